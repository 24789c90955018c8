"""The end of a run that no longer gets better."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, UnknownNameError
from pellucid.nn._arguments import number, whole
from pellucid.training.callbacks.callback import Callback, Logs

__all__ = ["EarlyStopping"]


class EarlyStopping(Callback):
    """Ends a run that no longer gets better.

    Args:
        monitor: what must get better: "val_loss", "accuracy".
        min_delta: the least change that counts as better.
        patience: how many epochs without one are allowed.
        verbose: 1 to say when it stops.
        mode: "min", "max", or "auto": accuracies shall grow, all else shrink.
        baseline: what must be passed for the wait to end.
        restore_best_weights: whether to end with the weights of the best epoch.
        start_from_epoch: how many epochs to wait at first.
    Attributes:
        best: the best value so far, None before any.
        best_epoch: the epoch it is from.
        best_weights: the weights of that epoch, if they are to be restored.
        wait: how many epochs have passed since.
        stopped_epoch: the epoch in which it ended the run, 0 if it has not.
    Raises:
        UnknownNameError: when fit begins, if the run has no such value.
        ArgumentError: when fit begins, if it has that value only for validation data, and there are none.
    """

    only_watches = True

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
        self.min_delta = abs(number("min_delta", min_delta, "a number", lambda delta: True))
        self.patience = whole("patience", patience)
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = whole("start_from_epoch", start_from_epoch)
        self._sign = -1 if grows else 1
        self._forget()

    def _forget(self) -> None:
        self.best: float | None = None
        self.best_epoch = 0
        self.best_weights: list[np.ndarray] | None = None
        self.wait = 0
        self.stopped_epoch = 0

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        if self.monitor not in params.get("metrics", [self.monitor]):
            raise self._unknown(params["metrics"])

    def _unknown(self, known: Iterable[str]) -> ArgumentError | UnknownNameError:
        if self.monitor.removeprefix("val_") in known:
            return ArgumentError(
                f"{self.monitor!r} cannot be monitored",
                expected="validation data",
                received="none",
                attempt="validation_split=0.2 in fit",
            )
        return UnknownNameError("value to monitor", self.monitor, known)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = (logs or {}).get(self.monitor)
        if value is None:
            raise self._unknown(logs or {})
        if epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self._is_better(value, self.best):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self._is_better(value, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _is_better(self, value: float, than: float | None) -> bool:
        return than is None or self._sign * value + self.min_delta < self._sign * than

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
