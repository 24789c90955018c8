"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pellucid.errors import DataError
from pellucid.hood.opened import Opened
from pellucid.hood.pictures.examples import answers_of, predictions_for
from pellucid.hood.pictures.style import CONTINUOUS, dress, figure, ink_on, shared_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix", "plot_confusion_matrix"]

_SMALLEST: Final = 3.2  # inches
_LARGEST: Final = 5.6
_WRITTEN: Final = 20  # classes; where there are more, the cells are too small for numbers


def confusion_matrix(labels: np.ndarray, chosen: np.ndarray, count: int) -> np.ndarray:
    """Count how often each class (rows) is taken for each (columns).

    Example:
        >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
        array([[1, 1],
               [0, 1]])
    """
    return np.bincount(labels * count + chosen, minlength=count * count).reshape(count, count)


def plot_confusion_matrix(opened: Opened) -> Figure:
    """Draw for each class of the examples what the model takes them for: how often, and which share.

    Raises:
        DataError: if the right answers are no classes, if those of the model are no numbers, or if there are
            no examples.
    """
    answers = answers_of(opened)
    if answers.labels is None:
        raise DataError(
            "a confusion matrix is about classes",
            expected="labels, one-hot rows, or 0 and 1",
            received="other numbers in y",
        )
    probabilities = answers.probabilities(predictions_for(opened))
    if not np.isfinite(probabilities).all():
        raise DataError(
            "the model chooses no class for some examples",
            expected="answers that are numbers",
            received="NaN",
            attempt="model.health(x, y), to see where they come from",
        )
    chosen = probabilities.argmax(axis=1)
    counts = confusion_matrix(answers.labels, chosen, len(answers.names))
    right = float(np.trace(counts) / counts.sum())
    heading = f"{opened.blueprint.title!r}: {right:.1%} right of {len(chosen):,}"
    return _draw(counts, answers.names, heading)


def _draw(counts: np.ndarray, names: tuple[str, ...], heading: str) -> Figure:
    count = len(names)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    height = min(_LARGEST, max(_SMALLEST, 1.2 + 0.5 * count))
    drawn, axes = figure(1, 1, height, width=height + 1.2)
    from matplotlib import colormaps
    from matplotlib.ticker import PercentFormatter

    place = axes[0, 0]
    image = place.imshow(shares, cmap=CONTINUOUS, vmin=0, vmax=1)
    place.set_xticks(range(count), names, rotation=0 if max(map(len, names)) * count < 60 else 90)
    place.set_yticks(range(count), names)
    dress(place, heading, "what the model says", "what it is")
    if count <= _WRITTEN:
        size = min(10.0, 68.0 / count)
        colours = colormaps[CONTINUOUS](shares)
        for row, column in np.ndindex(counts.shape):
            said = f"{counts[row, column]:,}\n{shares[row, column]:.0%}"
            ink = ink_on(colours[row, column])
            place.text(column, row, said, ha="center", va="center", fontsize=size, color=ink)
    shared_scale(drawn, image, place, "share of the row")
    drawn.axes[-1].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return drawn
