"""What may happen at certain moments of a run: the base of all callbacks."""

from __future__ import annotations

from typing import Any

from pellucid.training.base import BaseModel

__all__ = ["Callback", "Logs"]

Logs = dict[str, Any]


class Callback:
    """The base of all callbacks; override what is needed.

    Training has epochs, which are numbered from 0, and in them batches. Judging ("test") happens in
    `evaluate` and, with validation data, at the end of every epoch.

    Attributes:
        model: the model at work. `model.stop_training = True` ends a fit after this epoch.
        params: "steps" and "verbose" of the run; of a fit "epochs" too.
        only_watches: whether it adds nothing of its own to the logs.
    """

    only_watches = False

    def __init__(self) -> None:
        self.model: BaseModel = None  # type: ignore[assignment]
        self.params: dict[str, Any] = {}

    def set_model(self, model: BaseModel) -> None:
        """Take note of the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take note of the run's parameters."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch; logs are those of that epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch; logs holds its loss and metrics. What is added to them gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch; logs holds loss and metrics of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of training; another name for it."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of training; another name for it."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before the model is judged."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After the model was judged; logs holds loss and metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch that the model is judged by."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch that the model is judged by; logs holds loss and metrics so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before predictions."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After predictions."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before the prediction for a batch."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After the prediction for a batch; logs["outputs"] is what was predicted."""
