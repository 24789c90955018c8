"""Loss and metrics by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pellucid.errors import UsageError
from pellucid.hood.numbers import number_text
from pellucid.hood.pictures.style import DASHES, LINES, dress, figure, legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_history"]

_VALIDATION: Final = "val_"
_WIDE: Final = (
    50.0  # how many times its smallest value a curve may reach before powers of ten serve it better
)
_FEW: Final = 25  # epochs, each of which has its dot


def plot_history(epochs: Sequence[int], history: Mapping[str, Sequence[float]]) -> Figure:
    """Draw each measure in a plot of its own, training and validation together.

    Args:
        epochs: their numbers, counted from 0.
        history: for each name, one number per epoch; names of validation begin with "val_".
    Raises:
        UsageError: if there is nothing to draw.
    """
    names = list(dict.fromkeys(name.removeprefix(_VALIDATION) for name in history))
    if not names:
        raise UsageError("the history is empty", expected="an epoch at least", attempt="model.fit(x, y)")
    names.sort(key=lambda name: name != "loss")
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    drawn, axes = figure(rows, columns, 2.9 if columns == 1 else 2.5)
    for name, place in zip(names, axes.flat, strict=False):
        curves = {"training": history.get(name), "validation": history.get(_VALIDATION + name)}
        _measure(place, name, epochs, {kind: curve for kind, curve in curves.items() if curve is not None})
    for place in axes.flat[len(names) :]:
        place.remove()
    return drawn


def _measure(axes: Axes, name: str, epochs: Sequence[int], curves: Mapping[str, Sequence[Any]]) -> None:
    from matplotlib.ticker import MaxNLocator

    looks = dict(zip(("training", "validation"), zip(LINES, DASHES, strict=False), strict=True))
    for kind, curve in curves.items():
        values = np.asarray(curve, float)
        numbers = np.asarray(epochs[len(epochs) - len(values) :]) + 1  # a callback may report only the last
        colour, dashes = looks[kind]
        axes.plot(
            numbers,
            values,
            color=colour,
            linestyle=dashes,
            linewidth=1.6,
            marker="o" if len(values) <= _FEW else "",
            markersize=3.5,
            label=f"{kind}: {number_text(float(values[-1]), 3)} at the end",
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if _spans_powers(np.concatenate([np.asarray(curve, float) for curve in curves.values()])):
        axes.set_yscale("log")
    axes.grid(visible=True, axis="y", linewidth=0.4, color="#CCCCCC")
    dress(axes, name.replace("_", " "), "epoch", name.replace("_", " "))
    legend(axes)


def _spans_powers(values: np.ndarray) -> bool:
    finite = values[np.isfinite(values)]
    return bool(finite.size and finite.min() > 0 and finite.max() > _WIDE * finite.min())
