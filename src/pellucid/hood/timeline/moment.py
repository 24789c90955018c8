"""One step of a run: the numbers as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np

from pellucid.engines import State
from pellucid.graph import Node, Path
from pellucid.hood.layers import layers_of
from pellucid.hood.numbers import number_text
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table
from pellucid.hood.timeline.course import Course, Kept, copied

__all__ = ["Moment", "wanted_of"]


@final
class Moment(Report):
    """A run after one of its steps, before the next one; printed, it is a table.

    Attributes:
        step: how many steps were done.
        epoch: the number of the present epoch, as callbacks are told it.
        batch: how many batches of this epoch were done.
        batches: how many there are in an epoch.
        rows: which examples the next batch has, as places in x.
        state: everything that training goes on from; its arrays are not to be written into.
        weights: the weights by their paths.
    """

    __slots__ = (
        "_found",
        "_make_model",
        "_work_out",
        "batch",
        "batches",
        "epoch",
        "rows",
        "state",
        "step",
        "weights",
    )

    def __init__(
        self,
        course: Course,
        kept: Kept,
        work_out: Callable[[State, np.ndarray], dict[Path, Any]],
        make_model: Callable[[State], Any],
    ) -> None:
        self._work_out = work_out
        self._make_model = make_model
        self._found: dict[Path, Any] | None = None
        self.step = kept.step
        self.state: State = kept.state
        self.weights: dict[str, np.ndarray] = dict(kept.state["weights"])
        self.batches = course.batches
        self.epoch, self.batch = divmod(kept.step, self.batches)
        self.epoch += course.first_epoch
        self.rows = course.rows(kept)

    @property
    def kept(self) -> Kept:
        """The state, and after which step it was so."""
        return Kept(self.step, self.state)

    @property
    def model(self) -> Any:
        """A model as this one was, of its own: it can predict, be saved, and be trained on."""
        return self._make_model(copied(self.state))

    @property
    def learning_rate(self) -> float:
        """The step size of the next update."""
        return float(self.state["optimizer"]["learning_rate"])

    @property
    def loss(self) -> float:
        """The loss of the next batch."""
        return float(self._numbers["loss",])

    @property
    def gradients(self) -> dict[str, np.ndarray]:
        """For each weight that is trained, by its path, the gradient that the next step goes by."""
        return self._part("gradient")

    @property
    def activations(self) -> dict[str, np.ndarray]:
        """For each layer, by its name, its output for the next batch: one row for each of `rows`.

        A layer that does nothing, such as dropout of rate 0, has none of its own.
        """
        return self._part("activation")

    @property
    def _numbers(self) -> dict[Path, Any]:
        if self._found is None:
            with np.errstate(all="ignore"):  # what was not finite is shown as it was
                self._found = self._work_out(self.state, self.rows)
        return self._found

    def _part(self, kind: str) -> dict[str, np.ndarray]:
        return {path[1]: np.asarray(value) for path, value in self._numbers.items() if path[0] == kind}

    def parts(self) -> list[str | Part]:
        """Return where the run was, and how large weights and gradients were."""
        place = f"epoch {self.epoch + 1}, {self.batch} of {self.batches} batches done"
        rate = f"learning rate {number_text(self.learning_rate)}"
        heading = f"Step {self.step}: {place}; {rate}; loss of the next batch {number_text(self.loss)}"
        table = Table("weight", "shape", "typical size", "typical gradient")
        gradients = self.gradients
        for path, weight in self.weights.items():
            shape = "x".join(map(str, weight.shape)) or "1"
            table.add(
                path, shape, _size(weight), _size(gradients[path]) if path in gradients else "not trained"
            )
        return [heading, table]


def wanted_of(opened: Opened) -> dict[Path, Node]:
    """Name the nodes of a step that are the loss, the gradients, and what each layer puts out."""
    graph = opened.training.step
    wanted: dict[Path, Node] = {("loss",): graph.outputs["loss",]}
    wanted |= {("gradient", path): node for path, node in opened.gradients().items()}
    return wanted | {("activation", layer.name): layer.output for layer in layers_of(graph)}


def _size(array: np.ndarray) -> str:
    """Write the root of the mean square."""
    return number_text(float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))) if array.size else "0"
