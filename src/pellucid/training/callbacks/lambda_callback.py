"""A callback made of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.errors import UnknownNameError
from pellucid.training.callbacks.callback import Callback

__all__ = ["LambdaCallback"]


class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        functions: by the moment: on_epoch_end=lambda epoch, logs: print(logs["loss"]).
    Raises:
        UnknownNameError: if there is no such moment; it offers the nearest.
    """

    def __init__(self, **functions: Callable[..., Any] | None) -> None:
        super().__init__()
        moments = [name for name in vars(Callback) if name.startswith("on_")]
        for moment, function in functions.items():
            if moment not in moments:
                raise UnknownNameError("moment of a run", moment, moments)
            if function is not None:
                setattr(self, moment, function)
