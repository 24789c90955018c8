"""A training run: slices of work in the engine, and between them progress, callbacks and validation."""

from __future__ import annotations

from collections.abc import Callable

from pellucid.engines import Run, State
from pellucid.training._progress import Progress
from pellucid.training._session import SLICE, Session, sorted_logs
from pellucid.training.callbacks import CallbackList

__all__ = ["Fitting"]


class Fitting:
    """One call of fit.

    Args:
        session: the model at work.
        run: the engine's loop over the examples.
        state: what that loop changes.
        callbacks: whom to tell.
        progress: what is shown.
        first_epoch: the number of the first epoch.
        validate: returns the loss and metrics on the validation data; None without.
        look: lets the doctor look at what goes on; called between two slices.
    """

    def __init__(
        self,
        session: Session,
        run: Run,
        state: State,
        callbacks: CallbackList,
        progress: Progress,
        first_epoch: int,
        validate: Callable[[], dict[str, float]] | None,
        look: Callable[[], None],
    ) -> None:
        self._session = session
        self._run = run
        self._state = state
        self._callbacks = callbacks
        self._progress = progress
        self._first = first_epoch
        self._validate = validate
        self._look = look
        self._logs: dict[str, float] = {}

    def train(self, quiet: bool, stopped: Callable[[], bool]) -> None:
        """Do all epochs.

        Args:
            quiet: whether many epochs may pass between two looks, since nobody wants to see each.
            stopped: whether the run shall end before the next epoch.
        """
        self._callbacks.tell("on_train_begin", {})
        try:
            if quiet and not self._callbacks.every_epoch and self._validate is None:
                self._many_epochs()
            while not self._run.finished and not stopped():
                self._epoch(self._first + self._run.epoch)
        finally:
            self._keep()
        self._callbacks.tell("on_train_end", self._logs)

    def _many_epochs(self) -> None:
        run = self._run
        try:
            while not run.finished:
                run.advance(SLICE, epochs=run.epochs)
                self._look()
        finally:
            done = [sorted_logs(logs) for logs in run.history]
            self._callbacks.catch_up(self._first, done)
            self._logs = done[-1] if done else {}

    def _epoch(self, epoch: int) -> None:
        run = self._run
        self._progress.begin_epoch(epoch)
        self._callbacks.tell("on_epoch_begin", epoch, {})
        self._session.refresh(self._state)
        finished = run.epoch + 1
        while run.epoch < finished:
            self._slice()
            self._look()
            if run.epoch < finished:
                self._progress.show(run.batch, sorted_logs(run.results()))
        self._keep()
        logs = sorted_logs(run.history[-1])
        if self._validate is not None:
            logs |= sorted_logs({f"val_{name}": value for name, value in self._validate().items()})
        self._progress.show(run.batches, logs, finished=True)
        self._logs = logs
        self._callbacks.tell("on_epoch_end", epoch, logs)
        self._session.refresh(self._state)

    def _keep(self) -> None:
        self._run.settle()
        self._session.keep(self._state)

    def _slice(self) -> None:
        """Train for a moment; batch by batch if a callback wants to see every one."""
        run = self._run
        if not self._callbacks.every_batch:
            run.advance(SLICE if run.batch else 0)  # the first batch alone, for the progress bar's clock
            return
        batch = run.batch
        self._callbacks.tell("on_train_batch_begin", batch, {})
        self._session.refresh(self._state)
        run.advance(0)
        self._keep()
        logs = run.results() if run.batch else run.history[-1]
        self._callbacks.tell("on_train_batch_end", batch, sorted_logs(logs))
        self._session.refresh(self._state)
