"""A training run: slices of work in the engine, and between them progress, callbacks and validation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from pellucid.engines import State
from pellucid.errors import DivergenceWarning
from pellucid.hood.timeline.course import Course, Kept
from pellucid.hood.warned import warn_user
from pellucid.hood.watch import Diverged, Watch
from pellucid.training._progress import Progress
from pellucid.training._session import SLICE, Session, sorted_logs
from pellucid.training.base import BaseModel
from pellucid.training.callbacks import CallbackList, History

__all__ = ["Fitting", "Task"]


class Task(NamedTuple):
    """What a model shall learn from, and how.

    Attributes:
        arrays: x, y, and the examples' weights if there are any.
        held_out: the same, to judge with after every epoch; None without.
        batch_size: examples per step.
        judged_at_once: examples at once when judging.
        first_epoch: the number of the first epoch.
        epochs: the number of the epoch to end with.
        shuffle: whether every epoch takes the examples in a new order.
        start: the step to go on after, and its state; None to begin with what the model has.
    """

    arrays: list[np.ndarray]
    held_out: list[np.ndarray] | None
    batch_size: int
    judged_at_once: int
    first_epoch: int
    epochs: int
    shuffle: bool
    start: Kept | None = None


class Fitting:
    """One call of fit.

    Args:
        model: the model that learns.
        session: what lies between it and its engines.
        task: what it learns.
        callbacks: whom to tell.
        verbose: how much to show.
    Attributes:
        blueprint: the graphs of the model.
        history: the results of the epochs.
        look: called between two slices of work.
    """

    def __init__(
        self, model: BaseModel, session: Session, task: Task, callbacks: Any, verbose: int | str
    ) -> None:
        session.weighted = len(task.arrays) > 2
        engine = session.engine(session.weighted)
        state = session.begin(engine)
        course = Course(engine, task.arrays, task.batch_size, task.shuffle, task.first_epoch)
        done = 0 if task.start is None else task.start.step
        if task.start is not None:
            state["metrics"] = task.start.state["metrics"]  # of an epoch that has begun
        self._first = task.first_epoch + done // course.batches
        self._watch = Watch(course, Kept(done, state), max(0, task.epochs - self._first))
        self.blueprint = engine.blueprint
        self.look: Callable[[], None] = _look_away
        self._model = model
        self._session = session
        self._task = task
        self._quiet = verbose in (0, False)
        self._progress = Progress(verbose, epochs=task.epochs, steps=course.batches)
        names = [*model.metrics_names, *[f"val_{name}" for name in model.metrics_names if task.held_out]]
        params = {"epochs": task.epochs, "steps": course.batches, "verbose": verbose, "metrics": names}
        self.history = History()
        self._callbacks = CallbackList(callbacks, model, params, self.history)
        self._logs: dict[str, float] = {}

    @property
    def state(self) -> State:
        """What training changes."""
        return self._watch.state

    def record(self, budget: float, make_model: Callable[[State], Any]) -> None:
        """Keep what is needed to return to each step.

        Args:
            budget: so many bytes at most.
            make_model: returns a model like this one with the numbers of a state.
        """
        self.history.recording = self._watch.record(budget, make_model)
        self.history.task = self._task

    # ------------------------------------------------------------ all of it
    def train(self) -> History:
        """Do all epochs, or as many as are wanted; if the loss breaks, end with the last good step."""
        watch = self._watch
        self._callbacks.tell("on_train_begin", {})
        try:
            if self._quiet and not self._callbacks.every_epoch and not self._task.held_out:
                self._many_epochs()
            while not watch.run.finished and not self._model.stop_training:
                self._epoch(self._first + watch.run.epoch)
            watch.end()
        except Diverged:
            self._go_back()
        finally:
            watch.finish()
            self._session.keep(watch.state)
        self._callbacks.tell("on_train_end", self._logs)
        if watch.recording is not None:
            self._refresh()
        return self.history

    def _go_back(self) -> None:
        autopsy = self.history.autopsy = self._watch.go_back()
        warn_user(DivergenceWarning(autopsy.sentence))

    def _many_epochs(self) -> None:
        run = self._watch.run
        try:
            while not run.finished:
                self._watch.advance(SLICE, epochs=run.epochs)
                self.look()
        finally:
            finite = takewhile(lambda logs: isfinite(logs["loss"]), run.history)
            done = [sorted_logs(logs) for logs in finite]
            self._callbacks.catch_up(self._first, done)
            self._logs = done[-1] if done else {}

    # ------------------------------------------------------------ one epoch
    def _epoch(self, epoch: int) -> None:
        run = self._watch.run
        self._progress.begin_epoch(epoch)
        self._callbacks.tell("on_epoch_begin", epoch, {})
        self._refresh()
        finished = run.epoch + 1
        while run.epoch < finished:
            logs = self._slice()
            self.look()
            if run.epoch < finished:
                self._progress.show(run.batch, logs)
        self._keep()
        if self._task.held_out is not None:
            logs |= sorted_logs({f"val_{name}": value for name, value in self._validate().items()})
        self._progress.show(run.batches, logs, finished=True)
        self._logs = logs
        self._callbacks.tell("on_epoch_end", epoch, logs)
        self._refresh()

    def _slice(self) -> dict[str, float]:
        """Train for a moment, or for one batch if a callback wants to see each; return the results so far."""
        batch = self._watch.run.batch
        if not self._callbacks.every_batch:
            return self._advance(SLICE if batch else 0)  # the first batch alone, for the progress bar's clock
        self._callbacks.tell("on_train_batch_begin", batch, {})
        self._refresh()
        logs = self._advance(0)
        self._keep()
        self._callbacks.tell("on_train_batch_end", batch, dict(logs))
        self._refresh()
        return logs

    def _advance(self, seconds: float) -> dict[str, float]:
        try:
            return sorted_logs(self._watch.advance(seconds))
        except Diverged:
            run = self._watch.run
            self._progress.show(run.batch or run.batches, finished=True)  # ends the line
            raise

    def _validate(self) -> dict[str, float]:
        held_out = self._task.held_out or []
        return self._session.evaluate(held_out, self._task.judged_at_once, self._callbacks)

    # ------------------------------------------------------------ the state
    def _keep(self) -> None:
        """Hand what training made to the model."""
        self._watch.run.settle()
        self._session.keep(self._watch.state)

    def _refresh(self) -> None:
        """Take over what callbacks made of the model."""
        state = self._watch.state
        before = {"weights": state["weights"], "optimizer": dict(state["optimizer"])}
        self._session.refresh(state)
        self._watch.changed(before)


def _look_away() -> None:
    """See nothing."""
