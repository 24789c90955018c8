"""A look at the model's health after every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.nn._arguments import whole
from pellucid.training.callbacks.callback import Callback, Logs
from pellucid.training.callbacks.history import History

if TYPE_CHECKING:
    from pellucid.hood.health.examination import Examination
    from pellucid.hood.health.report import Health

__all__ = ["HealthMonitor"]


class HealthMonitor(Callback):
    """Looks at the model's health after every epoch; the history of the fit can draw what it has seen.

    Args:
        x: inputs to look at it with; some hundred examples are enough.
        y: the right answers.
        sample_weight: how much each example counts.
        every: how many epochs lie between two looks.
    Attributes:
        reports: what `model.health(x, y)` would have said, by epoch.
    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mean_squared_error")
        >>> monitor = HealthMonitor([[1.0], [2.0]], [[3.0], [5.0]])
        >>> history = model.fit([[1.0], [2.0]], [[3.0], [5.0]], epochs=3, verbose=0, callbacks=monitor)
        >>> [report.epoch for report in history.health]
        [0, 1, 2]
    """

    only_watches = True

    def __init__(self, x: Any, y: Any, sample_weight: Any = None, every: int = 1) -> None:
        super().__init__()
        self.reports: list[Health] = []
        self.every = whole("every", every, least=1)
        self._examples = (x, y, sample_weight)
        self._examination: Examination | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.reports = []
        history: History = self.model.history  # type: ignore[attr-defined] # fit has set it
        history.health = self.reports

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if (epoch + 1) % self.every:
            return
        from pellucid.hood.health.examination import Examination

        opened = self.model.opened(*self._examples)  # type: ignore[attr-defined] # a Model
        if self._examination is None or self._examination.blueprint is not opened.blueprint:
            self._examination = Examination(opened)
        self.reports.append(self._examination(opened).after(epoch))
