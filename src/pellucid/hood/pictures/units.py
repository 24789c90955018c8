"""What each unit of each layer sees of the plane, or of the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pellucid.errors import ShapeError
from pellucid.graph import Path
from pellucid.hood.layers import LayerNodes, layers_of
from pellucid.hood.opened import Opened
from pellucid.hood.pictures.examples import answers_of, outputs_for
from pellucid.hood.pictures.plane import Plane, plane_of
from pellucid.hood.pictures.style import (
    CONTINUOUS,
    DASHES,
    INK,
    dress,
    figure,
    layer_colours,
    legend,
    scale_in,
)
from pellucid.hood.samples import spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_units"]

_COARSE: Final = 81  # points of the grid along each side
_LINE: Final = 401  # points along a line
_MOST: Final = 8  # units of a layer
_POINTS: Final = 120
_FEW: Final = 20  # examples that are drawn large


def plot_units(opened: Opened) -> Figure:
    """Draw what each unit gives over the plane of two inputs; as curves where there is one input.

    Raises:
        ShapeError: if the model has more inputs, or arrays for inputs.
    """
    layers = [layer for layer in layers_of(opened.blueprint.predict) if len(layer.output.shape) == 2]
    shape = opened.arrays[0].shape[1:]
    if shape not in ((1,), (2,)) or not layers:
        raise ShapeError(
            "what units see is drawn for models with one or two inputs",
            expected="(1,) or (2,)",
            received=str(shape),
        )
    return _curves(opened, layers) if shape == (1,) else _maps(opened, layers)


def _outputs(opened: Opened, layers: list[LayerNodes], points: np.ndarray) -> list[np.ndarray]:
    wanted: dict[Path, Any] = {("output", layer.name): layer.output for layer in layers}
    found = outputs_for(opened, points, wanted)
    return [found["output", layer.name] for layer in layers]


def _unit_names(opened: Opened, layers: list[LayerNodes], layer: LayerNodes, count: int) -> list[str]:
    if layer is layers[-1] and len(opened.answers) == count:
        return list(opened.answers)
    return [f"unit {number}" for number in range(count)]


# ------------------------------------------------------------ two inputs
def _maps(opened: Opened, layers: list[LayerNodes]) -> Figure:
    plane = plane_of(opened.arrays[0], _COARSE)
    outputs = _outputs(opened, layers, plane.points)
    columns = max(2, min(_MOST, max(output.shape[1] for output in outputs)))
    ratios = [*[1.0] * columns, 0.1]  # the last column is for the scales
    height = max(1.25, 5.4 / columns)
    drawn, axes = figure(len(layers), columns + 1, height, width_ratios=ratios)
    below = [output.shape[1] for output in outputs[1:]] + [0]  # how many units the next row has
    for layer, output, (*row, bar), next_count in zip(layers, outputs, axes, below, strict=True):
        names = _unit_names(opened, layers, layer, output.shape[1])[:_MOST]
        finite = output[np.isfinite(output)]
        span = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        for number, (name, place) in enumerate(zip(names, row, strict=False)):
            image = _draw_map(place, plane, plane.grid(output[:, number]), span)
            _dots(place, opened)
            _words(place, name, opened.features, left=number == 0, lowest=number >= next_count)
        for place in row[len(names) :]:
            place.remove()
        scale_in(bar, image)
        _name_row(row[0], layer.name, output.shape[1])
    heading = f"What each unit of {opened.blueprint.title!r} gives; white line: where it gives 0"
    drawn.suptitle(heading, fontsize=10)
    return drawn


def _words(axes: Axes, name: str, features: Sequence[str], *, left: bool, lowest: bool) -> None:
    """Say what a map shows; along its sides only where no other map comes next."""
    dress(axes, name, features[0] if lowest else "", features[1] if left else "")
    axes.title.set_fontsize(8)
    axes.tick_params(labelbottom=lowest, labelleft=left)


def _name_row(axes: Axes, name: str, count: int) -> None:
    """Write the name of a layer above its first map; it may be wider than that map."""
    more = f", {_MOST} of {count:,} units" if count > _MOST else ""
    look: dict[str, Any] = {"fontsize": 9, "fontweight": "bold", "color": INK}
    places: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points"}
    written = axes.annotate(f"{name}{more}", (0, 1), xytext=(0, 18), **places, **look)
    written.set_in_layout(False)
    axes.title.set_text("\n" + axes.get_title())  # what keeps the room for it


def _draw_map(axes: Axes, plane: Plane, values: np.ndarray, span: tuple[float, float]) -> Any:
    image = axes.imshow(
        values,
        origin="lower",
        extent=plane.extent,
        aspect="auto",
        cmap=CONTINUOUS,
        vmin=span[0],
        vmax=span[1],
        interpolation="bilinear",
    )
    if np.isfinite(values).all() and values.min() < 0 < values.max():
        axes.contour(*plane.axes, values, levels=[0], colors="#FFFFFF", linewidths=1.2)
    return image


def _dots(axes: Axes, opened: Opened) -> None:
    """Draw some of the examples, small: white with a dark edge, or dark, by their class."""
    x = opened.arrays[0]
    some = spread(len(x), _POINTS)
    answers = answers_of(opened)
    labels = np.zeros(len(x), np.int64) if answers.labels is None else answers.labels
    shades = np.linspace(1, 0, max(2, len(answers.names)))[labels[some]]
    size = 4 if len(some) > _FEW else 30
    axes.scatter(
        x[some, 0], x[some, 1], s=size, c=shades, cmap="gray", vmin=0, vmax=1, edgecolors=INK, linewidths=0.25
    )


# ------------------------------------------------------------ one input
def _curves(opened: Opened, layers: list[LayerNodes]) -> Figure:
    x = opened.arrays[0]
    ends = (float(x.min()), float(x.max())) if len(x) else (-1.0, 1.0)
    room = 0.05 * (ends[1] - ends[0]) or 1.0
    points = np.linspace(ends[0] - room, ends[1] + room, _LINE)[:, None]
    columns = min(2, len(layers))
    drawn, axes = figure(-(-len(layers) // columns), columns, 2.8)
    for layer, output, place in zip(layers, _outputs(opened, layers, points), axes.flat, strict=False):
        count = output.shape[1]
        names = _unit_names(opened, layers, layer, count)[:_MOST]
        for number, (name, colour) in enumerate(zip(names, layer_colours(len(names)), strict=True)):
            dashes = DASHES[number % len(DASHES)]
            place.plot(
                points[:, 0], output[:, number], color=colour, linestyle=dashes, linewidth=1.5, label=name
            )
        if layer is layers[-1] and len(opened.arrays) > 1 and opened.arrays[1].ndim == 2 and count == 1:
            some = spread(len(x), 10 * _POINTS)
            place.scatter(x[some, 0], opened.arrays[1][some, 0], s=14, color=INK, label="examples", zorder=3)
        more = f" ({_MOST} of {count:,} units)" if count > _MOST else ""
        dress(place, f"{layer.name}{more}", opened.features[0], "what it gives")
        legend(place)
    for place in axes.flat[len(layers) :]:
        place.remove()
    return drawn
