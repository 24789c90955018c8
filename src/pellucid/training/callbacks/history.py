"""What fit returns: the loss and the metrics of every epoch, and the way back to every step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pellucid.errors import UsageError
from pellucid.hood.history import OpenHistory
from pellucid.nn._arguments import whole
from pellucid.training.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from pellucid.hood.autopsy.autopsy import Autopsy
    from pellucid.hood.health.report import Health
    from pellucid.hood.timeline.moment import Moment
    from pellucid.hood.timeline.recording import Recording

__all__ = ["History"]


class History(OpenHistory, Callback):
    """Keeps the loss and the metrics of every epoch; of a recorded run, every step.

    Attributes:
        history: for each name a list with one number per epoch: {"loss": [0.7, 0.5], ...}.
        epoch: the numbers of the epochs.
        health: the reports of a `HealthMonitor` among the callbacks.
        autopsy: if the loss became NaN or infinite: which step broke, and why.
        recording: what `at` and `branch` go back with; None unless fit was called with `record`.
        task: what the run learned from, if it was recorded.
    """

    only_watches = True

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.health: list[Health] = []
        self.autopsy: Autopsy | None = None
        self.recording: Recording | None = None
        self.task: Any = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy begins with: the recording, which holds the examples, stays here."""
        return {**self.__dict__, "recording": None, "task": None}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def extend(self, first_epoch: int, logs: Sequence[Logs]) -> None:
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
            >>> model = keras.Sequential([keras.layers.Dense(1, input_shape=[1])])
            >>> model.compile("sgd", "mean_squared_error")
            >>> history = model.fit([1.0, 2.0], [2.0, 4.0], epochs=100, verbose=0, record=True)
            >>> history.steps, history.at(99).loss < history.at(0).loss
            (100, True)
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
