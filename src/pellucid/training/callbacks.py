"""What may happen at certain moments of a training run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, UnknownNameError
from pellucid.training.base import BaseModel

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback"]

_Logs = dict[str, Any]


class Callback:
    """The base of all callbacks; override what is needed.

    Attributes:
        model: the model that is trained. `model.stop_training = True` ends the run after this epoch.
        params: "epochs", "steps" and "verbose" of the run.
    """

    def __init__(self) -> None:
        self.model: BaseModel = None  # type: ignore[assignment]
        self.params: dict[str, Any] = {}

    def set_model(self, model: BaseModel) -> None:
        """Take note of the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take note of the run's parameters."""
        self.params = params

    def on_train_begin(self, logs: _Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: _Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: _Logs | None = None) -> None:
        """Before an epoch, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
        """After an epoch; logs holds its loss and metrics."""

    def on_train_batch_begin(self, batch: int, logs: _Logs | None = None) -> None:
        """Before a batch."""

    def on_train_batch_end(self, batch: int, logs: _Logs | None = None) -> None:
        """After a batch; logs holds loss and metrics of the epoch so far."""


class CallbackList:
    """Several callbacks as one.

    Attributes:
        every_batch: whether any of them wants to see every batch.
        every_epoch: whether there are any at all.
    """

    def __init__(self, callbacks: Iterable[Callback], model: BaseModel, params: dict[str, Any]) -> None:
        self._callbacks = list(callbacks)
        for callback in self._callbacks:
            if not isinstance(callback, Callback):
                raise ArgumentError(
                    "callbacks must be callbacks",
                    expected="objects of a class over Callback",
                    received=type(callback).__name__,
                )
            callback.set_model(model)
            callback.set_params(params)
        self.every_batch = any(
            getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name)
            for callback in self._callbacks
            for name in ("on_train_batch_begin", "on_train_batch_end")
        )
        self.every_epoch = any(not isinstance(callback, History) for callback in self._callbacks)

    def tell(self, moment: str, *arguments: Any) -> None:
        """Call one method of all."""
        for callback in self._callbacks:
            getattr(callback, moment)(*arguments)


class History(Callback):
    """Keeps the loss and the metrics of every epoch.

    Attributes:
        history: for each name a list with one number per epoch: {"loss": [0.7, 0.5], ...}.
        epoch: the numbers of the epochs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        functions: by the moment: on_epoch_end=lambda epoch, logs: print(logs["loss"]).
    """

    def __init__(self, **functions: Callable[..., None] | None) -> None:
        super().__init__()
        moments = [name for name in dir(Callback) if name.startswith("on_")]
        for moment, function in functions.items():
            if moment not in moments:
                raise UnknownNameError("moment of a training run", moment, moments)
            if function is not None:
                setattr(self, moment, function)


class EarlyStopping(Callback):
    """Ends a run that no longer gets better.

    Args:
        monitor: what must get better: "val_loss", "accuracy".
        min_delta: the least change that counts as better.
        patience: how many epochs without one are allowed.
        verbose: 1 to say when it stops.
        mode: "min", "max", or "auto": accuracies shall grow, all else shrink.
        baseline: what must be reached at all.
        restore_best_weights: whether to end with the weights of the best epoch.
        start_from_epoch: how many epochs to wait at first.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise UnknownNameError("mode", mode, ("auto", "min", "max"))
        grows = mode == "max" or (mode == "auto" and ("acc" in monitor or monitor.endswith("auc")))
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.stopped_epoch = 0
        self.best_epoch = 0
        self._sign = -1 if grows else 1
        self._best = np.inf
        self._best_weights: list[np.ndarray] | None = None
        self._wait = 0

    @property
    def best(self) -> float:
        """The best value so far."""
        return float(self._sign * self._best)

    def on_train_begin(self, logs: _Logs | None = None) -> None:
        self._best, self._wait, self._best_weights = np.inf, 0, None
        self.stopped_epoch = self.best_epoch = 0

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
        if self.monitor not in (logs or {}):
            raise UnknownNameError("value to monitor", self.monitor, logs or {})
        if epoch < self.start_from_epoch:
            return
        value = self._sign * (logs or {})[self.monitor]
        self._wait += 1
        if self._best_weights is None and self.restore_best_weights:
            self._best_weights = self.model.get_weights()
        if value < self._best - self.min_delta:
            self._best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self._best_weights = self.model.get_weights()
            if self.baseline is None or value < self._sign * self.baseline - self.min_delta:
                self._wait = 0
        if self._wait >= self.patience and epoch > 0 and self._wait > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: _Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self._best_weights is not None:
            self.model.set_weights(self._best_weights)
