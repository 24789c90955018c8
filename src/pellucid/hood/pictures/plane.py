"""What a model makes of the plane, point by point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from pellucid.hood.opened import Opened
from pellucid.hood.pictures.examples import Answers, answers_of, outputs_for, two_inputs
from pellucid.hood.pictures.style import (
    CONTINUOUS,
    INK,
    MARKERS,
    class_colours,
    dress,
    figure,
    legend,
    shared_scale,
)
from pellucid.hood.samples import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Plane", "plane_of", "plot_decision_regions", "scatter_examples"]

_FINE: Final = 201  # points of the grid along each side
_MARGIN: Final = 0.08  # around the examples, as a share of their extent
_MOST_POINTS: Final = 2000
_LEVELS: Final = 15
_FEW: Final = 4  # classes whose names find room beside the points
_MOST_ANSWERS: Final = 6  # plots of one number each
_PALENESS: Final = 0.62  # how much of its own colour a region has where the model is certain


class Plane(NamedTuple):
    """A grid over the part of the plane where the examples are.

    Attributes:
        points: its points, row by row from below.
        side: how many there are along each side.
        extent: left, right, lower and upper end.
    """

    points: np.ndarray
    side: int
    extent: tuple[float, float, float, float]

    def grid(self, values: np.ndarray) -> np.ndarray:
        """Return values at the points, one or several for each, as rows and columns."""
        return values.reshape(self.side, self.side, *values.shape[1:])

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """The coordinates along both sides."""
        left, right, lower, upper = self.extent
        return np.linspace(left, right, self.side), np.linspace(lower, upper, self.side)


def plane_of(x: np.ndarray, side: int) -> Plane:
    """Lay a grid over the examples; over the square from -1 to 1 if there are none."""
    ends = np.array([[-1.0, -1.0], [1.0, 1.0]]) if not len(x) else np.array([x.min(axis=0), x.max(axis=0)])
    size = ends[1] - ends[0]
    size = np.where(size > 0, size, np.maximum(1.0, np.abs(ends[0])))
    (left, lower), (right, upper) = (ends + np.outer([-_MARGIN, _MARGIN], size)).astype(np.float64)
    across, up = np.meshgrid(np.linspace(left, right, side), np.linspace(lower, upper, side))
    extent = (float(left), float(right), float(lower), float(upper))
    return Plane(np.column_stack([across.ravel(), up.ravel()]), side, extent)


def plot_decision_regions(opened: Opened) -> Figure:
    """Draw what a model of two inputs answers at every point of the plane, with the examples.

    Raises:
        ShapeError: if the model has more or fewer inputs.
    """
    plane = plane_of(two_inputs(opened, "decision regions are drawn"), _FINE)
    answers = answers_of(opened)
    prediction = opened.blueprint.predict.outputs["prediction",]
    predictions = outputs_for(opened, plane.points, {("prediction",): prediction})["prediction",]
    if answers.kind != "numbers":
        drawn, axes = figure(1, 1, 4.6)
        _draw_regions(axes[0, 0], plane, plane.grid(answers.probabilities(predictions)))
        dress(axes[0, 0], f"What {opened.blueprint.title!r} answers{_said(opened)}", *opened.features)
        scatter_examples(axes[0, 0], opened, answers, size=22)
        outside = {"loc": "upper left", "bbox_to_anchor": (1, 1)} if len(answers.names) > _FEW else {}
        legend(axes[0, 0], title="paler: less certain", title_fontsize=8, **outside)
        return drawn
    shown = answers.names[:_MOST_ANSWERS]
    columns = min(2, len(shown))
    drawn, axes = figure(-(-len(shown) // columns), columns, 4.4 / columns)
    for number, (name, place) in enumerate(zip(shown, axes.flat, strict=False)):
        _draw_surface(place, plane, plane.grid(predictions[:, number]), opened, number)
        dress(place, f"What {opened.blueprint.title!r} answers for {name}{_said(opened)}", *opened.features)
    for place in axes.flat[len(shown) :]:
        place.remove()
    return drawn


def _said(opened: Opened) -> str:
    """Say how many of the examples are drawn, unless all are."""
    count = len(opened.arrays[0])
    return f" ({_MOST_POINTS:,} of {count:,} examples drawn)" if count > _MOST_POINTS else ""


# ------------------------------------------------------------ classes
def _draw_regions(axes: Axes, plane: Plane, probabilities: np.ndarray) -> None:
    """Give each point the colour of its most probable class, the paler the less certain."""
    count = probabilities.shape[-1]
    chosen = probabilities.argmax(axis=-1)
    certainty = np.clip((probabilities.max(axis=-1) * count - 1) / (count - 1), 0, 1)[..., None]
    colours = 1 - _PALENESS * np.nan_to_num(certainty) * (1 - class_colours(count)[chosen])
    axes.imshow(colours, origin="lower", extent=plane.extent, aspect="auto", interpolation="bilinear")
    if np.isfinite(probabilities).all():
        for leader in _leads(probabilities):
            axes.contour(*plane.axes, leader, levels=[0], colors=INK, linewidths=1.0)


def _leads(probabilities: np.ndarray) -> Iterator[np.ndarray]:
    """Yield, for each class that wins somewhere but not everywhere, how far it lies ahead of all others."""
    count = probabilities.shape[-1]
    for number in range(count - (count == 2)):
        others = np.delete(probabilities, number, axis=-1).max(axis=-1)
        lead = probabilities[..., number] - others
        if lead.min() < 0 < lead.max():
            yield lead


def scatter_examples(axes: Axes, opened: Opened, answers: Answers, size: float) -> None:
    """Draw examples as points; those of each class in its colour, and with a sign of its own."""
    x = opened.arrays[0]
    some = spread(len(x), _MOST_POINTS)
    if answers.labels is None:
        axes.scatter(
            x[some, 0],
            x[some, 1],
            s=size,
            color="#FFFFFF",
            edgecolors=INK,
            linewidths=0.7,
            label="examples",
        )
        return
    colours = class_colours(len(answers.names))
    for number, name in enumerate(answers.names):
        points = x[some][answers.labels[some] == number]
        axes.scatter(
            points[:, 0],
            points[:, 1],
            s=size,
            color=colours[number : number + 1],
            marker=MARKERS[number % len(MARKERS)],
            edgecolors="#FFFFFF",
            linewidths=0.6,
            label=name,
        )


# ------------------------------------------------------------ numbers
def _draw_surface(axes: Axes, plane: Plane, values: np.ndarray, opened: Opened, number: int) -> None:
    """Draw a number over the plane as a map with lines of equal height."""
    from matplotlib.colors import Normalize

    y = opened.arrays[1][:, number] if len(opened.arrays) > 1 else values
    some = spread(len(opened.arrays[0]), _MOST_POINTS)
    every = np.concatenate([values.ravel(), y.ravel()])
    every = every[np.isfinite(every)]
    scale = Normalize(float(every.min(initial=0.0)) if not every.size else float(every.min()), _top(every))
    look: dict[str, Any] = {"cmap": CONTINUOUS, "norm": scale}
    image = axes.imshow(values, origin="lower", extent=plane.extent, aspect="auto", **look)
    if np.isfinite(values).all() and values.min() < values.max():
        axes.contour(*plane.axes, values, levels=_LEVELS, colors="#FFFFFF", linewidths=0.5)
    colours: Any = {"c": y[some], **look} if len(opened.arrays) > 1 else {"color": "#FFFFFF"}
    x = opened.arrays[0][some]
    axes.scatter(x[:, 0], x[:, 1], s=18, edgecolors="#000000", linewidths=0.7, **colours)
    shared_scale(axes.figure, image, axes, opened.answers[number])  # type: ignore[arg-type]


def _top(values: np.ndarray) -> float:
    return float(values.max()) if values.size else 1.0
