"""What may happen at certain moments: while a model is trained, judged or used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.errors import ArgumentError, UnknownNameError, UsageError
from pellucid.nn._arguments import number, whole
from pellucid.training.base import BaseModel

if TYPE_CHECKING:
    from pellucid.hood.autopsy.autopsy import Autopsy
    from pellucid.hood.timeline.moment import Moment
    from pellucid.hood.timeline.recording import Recording

__all__ = ["Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback"]

_Logs = dict[str, Any]
_EACH_BATCH = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


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

    def on_train_begin(self, logs: _Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: _Logs | None = None) -> None:
        """After the last epoch; logs are those of that epoch."""

    def on_epoch_begin(self, epoch: int, logs: _Logs | None = None) -> None:
        """Before an epoch."""

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
        """After an epoch; logs holds its loss and metrics. What is added to them gets into the history."""

    def on_train_batch_begin(self, batch: int, logs: _Logs | None = None) -> None:
        """Before a batch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: _Logs | None = None) -> None:
        """After a batch; logs holds loss and metrics of the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: _Logs | None = None) -> None:
        """Before a batch of training; another name for it."""

    def on_batch_end(self, batch: int, logs: _Logs | None = None) -> None:
        """After a batch of training; another name for it."""

    def on_test_begin(self, logs: _Logs | None = None) -> None:
        """Before the model is judged."""

    def on_test_end(self, logs: _Logs | None = None) -> None:
        """After the model was judged; logs holds loss and metrics."""

    def on_test_batch_begin(self, batch: int, logs: _Logs | None = None) -> None:
        """Before a batch that the model is judged by."""

    def on_test_batch_end(self, batch: int, logs: _Logs | None = None) -> None:
        """After a batch that the model is judged by; logs holds loss and metrics so far."""

    def on_predict_begin(self, logs: _Logs | None = None) -> None:
        """Before predictions."""

    def on_predict_end(self, logs: _Logs | None = None) -> None:
        """After predictions."""

    def on_predict_batch_begin(self, batch: int, logs: _Logs | None = None) -> None:
        """Before the prediction for a batch."""

    def on_predict_batch_end(self, batch: int, logs: _Logs | None = None) -> None:
        """After the prediction for a batch; logs["outputs"] is what was predicted."""


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

    def catch_up(self, first_epoch: int, logs: Sequence[_Logs]) -> None:
        """Hear of many epochs at once; only where nobody waits for the end of each."""
        if self._history is not None:
            self._history.extend(first_epoch, logs)


class History(Callback):
    """Keeps the loss and the metrics of every epoch; of a recorded run, every step.

    Attributes:
        history: for each name a list with one number per epoch: {"loss": [0.7, 0.5], ...}.
        epoch: the numbers of the epochs.
        autopsy: if the loss became NaN or infinite: which step broke, and why.
        recording: what `at` and `branch` go back with; None unless fit was called with `record`.
        task: what the run learned from, if it was recorded.
    """

    only_watches = True

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.autopsy: Autopsy | None = None
        self.recording: Recording | None = None
        self.task: Any = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy begins with: the recording, which holds the examples, stays here."""
        return {**self.__dict__, "recording": None, "task": None}

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def extend(self, first_epoch: int, logs: Sequence[_Logs]) -> None:
        """Take note of many epochs that follow each other."""
        self.epoch += range(first_epoch, first_epoch + len(logs))
        for name in logs[0] if logs else ():
            self.history.setdefault(name, []).extend([each[name] for each in logs])

    # ------------------------------------------------------------ the time line
    @property
    def steps(self) -> int:
        """How many steps the run took: the last one that `at` can return to."""
        return self._recorded().last

    def at(self, step: int) -> Moment:
        """Return to a step of a recorded run.

        Args:
            step: how many steps are done: 0 for what the run began with, `steps` for what it ended with.
        Returns:
            The model, its weights, gradients and activations as they were, to the last bit.
        Raises:
            UsageError: if the run was not recorded.
            ArgumentError: if it has no such step.
        Example:
            >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "mean_squared_error")
            >>> history = model.fit([1.0, 2.0], [3.0, 5.0], epochs=20, verbose=0, record=True)
            >>> history.at(20).loss < history.at(0).loss
            True
        """
        return self._recorded().at(whole("step", step))

    def branch(
        self,
        step: int,
        learning_rate: float | None = None,
        epochs: int | None = None,
        verbose: int | str = 0,
        callbacks: Any = None,
    ) -> History:
        """Go on from a step of a recorded run in another way, with a model of its own.

        It takes the same examples in the same order. Steps and epochs keep their numbers, so that `at` can be
        compared: the branch can be asked for those from `step` on.

        Args:
            step: where to leave the run.
            learning_rate: the step size from there on; as it was then unless given.
            epochs: the number of the epoch to end with; that of the run unless given.
            verbose: how much to show, as in fit.
            callbacks: what happens at certain moments; those of the run are not called again.
        Returns:
            The History of the branch; its `model` is the one that was trained.
        Raises:
            UsageError: if the run was not recorded.
            ArgumentError: if it has no such step.
        """
        moment = self.at(step)
        model = moment.model
        if learning_rate is not None:
            model.optimizer.learning_rate = learning_rate
        last = self.task.epochs if epochs is None else whole("epochs", epochs)
        task = self.task._replace(start=moment.kept, epochs=last)
        branch: History = model.prepared(task, callbacks, verbose, self._recorded().budget).train()
        return branch

    def _recorded(self) -> Recording:
        if self.recording is None:
            raise UsageError("this run was not recorded", attempt="fit(..., record=True)")
        return self.recording


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

    def on_train_begin(self, logs: _Logs | None = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: _Logs | None = None) -> None:
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

    def on_train_end(self, logs: _Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
