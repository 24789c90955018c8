"""Every weight's gradient beside what the loss does when the weight is moved a little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias, final

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.graph import Node, Path
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report
from pellucid.hood.samples import spread
from pellucid.hood.tables import Table
from pellucid.transforms import in_double

__all__ = ["GradientCheck", "GradientRow", "check_gradients"]

_MOST: Final = (
    100  # numbers of a weight that are moved one by one; of larger ones, so many at equal distances
)
_STEP: Final = 6e-6  # of how far a number is moved: the cube root of float64's precision
_TOLERANCES: Final = {"float32": 1e-3, "float64": 1e-6}

_Loss: TypeAlias = Callable[[str, np.ndarray], float]


class GradientRow(NamedTuple):
    """One weight in a gradient check.

    Attributes:
        weight: its path: "dense/kernel".
        shape: its shape.
        checked: how many of its numbers were moved one by one.
        place: the one of these whose gradient is off by most.
        computed: the gradient there, as training has it.
        measured: what the loss did there.
        error: the difference, as a share of the largest gradient of the weight.
        slope: what the loss did when all numbers of the weight were moved along their gradient together.
        length: what it should have done: the length of the gradient.
        slope_error: the difference, as a share of that length.
    """

    weight: str
    shape: tuple[int, ...]
    checked: int
    place: tuple[int, ...]
    computed: float
    measured: float
    error: float
    slope: float
    length: float
    slope_error: float

    @property
    def off(self) -> float:
        """The larger one of the two differences."""
        return max(self.error, self.slope_error)


@final
class GradientCheck(Report):
    """The gradients of a model beside finite differences; printed, it is a table.

    Attributes:
        rows: one for each weight that is trained.
        tolerance: the largest error that rounding explains.
    """

    __slots__ = ("rows", "title", "tolerance")

    def __init__(self, title: str, rows: list[GradientRow], tolerance: float) -> None:
        self.title = title
        self.rows = rows
        self.tolerance = tolerance

    @property
    def worst(self) -> GradientRow | None:
        """The weight whose gradient is off by most; None if no weight is trained."""
        return max(self.rows, key=lambda row: row.off, default=None)

    @property
    def passed(self) -> bool:
        """Whether all differences are no more than rounding."""
        return all(row.off <= self.tolerance for row in self.rows)

    def parts(self) -> list[str | Part]:
        """Return the heading, the table, and what it says."""
        heading = f"The gradients of {self.title!r} beside (loss(w + h) - loss(w - h)) / (2 h)"
        return [heading, self._table(), self._verdict()]

    def _verdict(self) -> str:
        worst = self.worst
        if worst is None:
            return "No weight is trained, so there is no gradient to check."
        if self.passed:
            return f"All agree. The largest difference, {worst.off:.0e} in {worst.weight!r}, is rounding."
        if worst.error >= worst.slope_error:
            place = f"{worst.weight}{list(worst.place)}"
            return f"They differ at {place}, by {worst.error:.0e} of the largest gradient there."
        return (
            f"They differ in {worst.weight!r}: where its numbers move along their gradient, the loss moves "
            f"by {worst.slope:.6g} and not by {worst.length:.6g}."
        )

    def _table(self) -> Table:
        table = Table("weight", "shape", "checked", "worst at", "gradient", "measured", "off by")
        for row in self.rows:
            shape = "x".join(map(str, row.shape)) or "1"
            numbers = [f"{number:.6g}" for number in (row.computed, row.measured)]
            checked = f"{row.checked} of {int(np.prod(row.shape))}"
            table.add(row.weight, shape, checked, str(list(row.place)), *numbers, f"{row.off:.0e}")
        return table


def check_gradients(opened: Opened) -> GradientCheck:
    """Compare the gradients of a model with finite differences.

    The gradients are those of the engine, in the model's own dtype; the losses are worked out in float64.
    """
    with np.errstate(all="ignore"):  # what overflows is found to be no gradient
        return _checked(opened)


def _checked(opened: Opened) -> GradientCheck:
    nodes, weights = opened.gradients(), opened.state["weights"]
    wanted: dict[Path, Node] = {("gradient", path): node for path, node in nodes.items()}
    computed = evaluation_of(opened.training.step.asked_for(wanted))(opened.given, opened.entries)
    gradients = {path: np.asarray(computed["gradient", path], np.float64) for path in nodes}
    loss = _loss_in_double(opened)
    rows = [_check_weight(path, gradients[path], weights[path], loss) for path in nodes]
    tolerance = max([_TOLERANCES[weights[path].dtype.name] for path in nodes], default=0.0)
    return GradientCheck(opened.blueprint.title, rows, tolerance)


def _loss_in_double(opened: Opened) -> _Loss:
    """Return the loss as a function of one weight's path and its new numbers."""
    step = opened.training.step
    graph = in_double(step.asked_for({("loss",): step.outputs["loss",]}))
    evaluation = evaluation_of(graph)
    given = {name: _double(array) for name, array in opened.given.items()}
    entries = {path: _double(entry) for path, entry in opened.entries.items()}

    def loss(path: str, numbers: np.ndarray) -> float:
        return float(evaluation(given, entries | {("weights", path): numbers})["loss",])

    return loss


def _double(value: Any) -> Any:
    wide = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float64) if wide else value


def _check_weight(path: str, gradient: np.ndarray, weight: np.ndarray, loss: _Loss) -> GradientRow:
    numbers = weight.astype(np.float64)
    largest, length = float(np.max(np.abs(gradient), initial=0.0)), float(np.linalg.norm(gradient))
    measured = {place: _slope(path, numbers, _at(numbers, place), loss) for place in _places(gradient.shape)}
    errors = {place: _off(gradient[place], slope, largest) for place, slope in measured.items()}
    worst = max(errors, key=errors.__getitem__)
    slope = _slope(path, numbers, gradient / length, loss) if length > 0 else 0.0
    return GradientRow(
        path,
        gradient.shape,
        len(measured),
        worst,
        float(gradient[worst]),
        measured[worst],
        errors[worst],
        slope,
        length,
        _off(length, slope, length),
    )


def _off(computed: float, measured: float, scale: float) -> float:
    """Return how far two numbers lie apart, in parts of another; what is no number lies as far as can be."""
    if not np.isfinite([computed, measured, scale]).all():
        return np.inf
    return float(abs(computed - measured) / (scale or 1.0))


def _places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield all places of an array, or of a large one some at equal distances."""
    size = int(np.prod(shape))
    for number in spread(size, _MOST):
        yield tuple([int(index) for index in np.unravel_index(number, shape)])


def _at(numbers: np.ndarray, place: tuple[int, ...]) -> np.ndarray:
    direction = np.zeros_like(numbers)
    direction[place] = 1
    return direction


def _slope(path: str, numbers: np.ndarray, direction: np.ndarray, loss: _Loss) -> float:
    """Measure how the loss moves with a weight in a direction of length 1."""
    h = _STEP * max(1.0, float(np.max(np.abs(numbers[direction != 0]), initial=0.0)))
    return (loss(path, numbers + h * direction) - loss(path, numbers - h * direction)) / (2 * h)
