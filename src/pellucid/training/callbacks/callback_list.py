"""Several callbacks as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pellucid.errors import ArgumentError
from pellucid.training.base import BaseModel
from pellucid.training.callbacks.callback import Callback, Logs
from pellucid.training.callbacks.history import History

__all__ = ["CallbackList"]

_EACH_BATCH = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


class CallbackList:
    """Several callbacks as one.

    Args:
        callbacks: a callback, several in a list, or None.
        model: the model at work.
        params: what they may know of the run; "metrics", the names that will be in the logs, if none of them
            adds to these.
        history: one more, told after all others.
    Attributes:
        every_epoch: whether anybody waits for the end of every epoch.
        every_batch: whether anybody waits for the end of every batch of training.
    Raises:
        ArgumentError: if something is no callback.
    """

    def __init__(
        self, callbacks: Any, model: BaseModel, params: dict[str, Any], history: History | None = None
    ) -> None:
        given = callbacks if isinstance(callbacks, Iterable) else () if callbacks is None else (callbacks,)
        self._callbacks: list[Callback] = [*given, *((history,) if history else ())]
        self._history = history
        for callback in self._callbacks:
            if not isinstance(callback, Callback):
                raise ArgumentError(
                    "callbacks must be callbacks",
                    expected="objects of a class over Callback",
                    received=repr(callback),
                    attempt=f"{callback.__name__}()" if isinstance(callback, type) else "",
                )
        if not all(callback.only_watches for callback in self._callbacks):
            params = {name: value for name, value in params.items() if name != "metrics"}
        for callback in self._callbacks:
            callback.set_model(model)
            callback.set_params(params)
        self.every_epoch = any(callback is not history for callback in self._callbacks)
        self.every_batch = self.waits_for(*_EACH_BATCH)

    def waits_for(self, *moments: str) -> bool:
        """Whether any of them does something at one of these moments."""
        return any(
            getattr(getattr(callback, moment), "__func__", None) is not getattr(Callback, moment)
            for callback in self._callbacks
            for moment in moments
        )

    def tell(self, moment: str, *arguments: Any) -> None:
        """Call one method of all."""
        for callback in self._callbacks:
            getattr(callback, moment)(*arguments)

    def catch_up(self, first_epoch: int, logs: Sequence[Logs]) -> None:
        """Hear of many epochs at once; only where nobody waits for the end of each."""
        if self._history is not None:
            self._history.extend(first_epoch, logs)
