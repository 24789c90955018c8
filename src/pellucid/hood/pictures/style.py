"""One look for all plots: colours, sizes, and figures that need no window."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pellucid.errors import UnsupportedError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "CLASSES",
    "CONTINUOUS",
    "DASHES",
    "INK",
    "LINES",
    "MARKERS",
    "class_colours",
    "dress",
    "figure",
    "ink_on",
    "layer_colours",
    "legend",
    "luminance",
    "scale_in",
    "shared_scale",
]

# The palette of Okabe & Ito (2008), which nearly everybody can tell apart. Yellow and black are left out:
# the one is too pale on paper, the other is for what is no class.
CLASSES: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES: Final = ("#0072B2", "#D55E00")  # training, validation
MARKERS: Final = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "p")
DASHES: Final = ("-", "--", "-.", ":")
CONTINUOUS: Final = "cividis"  # Nuñez, Anderton & Renslow 2018: the same to all eyes, and even in grey
INK: Final = "#222222"

_WIDTH: Final = 6.8  # inches: the text of a page
_TITLE: Final = 10.0  # points
_LABEL: Final = 9.0
_TICK: Final = 8.0


# ------------------------------------------------------------ figures
def figure(
    rows: int, columns: int, height: float, width: float = _WIDTH, **options: Any
) -> tuple[Figure, np.ndarray]:
    """Make a figure of matplotlib, with axes in rows and columns.

    It is no figure of pyplot: no window opens, nothing is kept, and no setting of the user's is changed.

    Args:
        rows: how many axes stand one above the other.
        columns: how many side by side.
        height: of one row, in inches.
        width: of all, in inches; that of the text of a page unless given.
        options: what else `Figure.subplots` takes.
    Returns:
        The figure, and its axes as an array of rows and columns.
    Raises:
        UnsupportedError: if matplotlib is not installed.
    """
    made = _figure_class()(figsize=(width, height * rows + 0.35), layout="constrained")
    return made, made.subplots(rows, columns, squeeze=False, **options)


@cache
def _figure_class() -> type[Figure]:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "matplotlib":
            raise
        raise UnsupportedError(
            "plots are drawn by matplotlib",
            expected="matplotlib",
            received="an environment without it",
            attempt="pip install 'pellucid[plots]'",
        ) from None

    class Plot(Figure):
        """A figure that a notebook shows, whether pyplot is loaded or not."""

        def _repr_png_(self) -> bytes:
            from io import BytesIO

            file = BytesIO()
            self.savefig(file, format="png", dpi=120)
            return file.getvalue()

    return Plot


def dress(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Give axes their words, in letters that can be read in print."""
    axes.set_title(title, fontsize=_TITLE, color=INK)
    axes.set_xlabel(x, fontsize=_LABEL, color=INK)
    axes.set_ylabel(y, fontsize=_LABEL, color=INK)
    axes.tick_params(which="both", labelsize=_TICK, color=INK, labelcolor=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def legend(axes: Axes, **options: Any) -> None:
    """Add a legend in the letters of all others."""
    axes.legend(fontsize=_TICK, frameon=True, framealpha=0.85, edgecolor="none", **options)


def shared_scale(figure: Figure, drawn: Any, axes: Any, label: str = "") -> None:
    """Add a bar beside axes that says what the colours mean."""
    _dress_bar(figure.colorbar(drawn, ax=axes, pad=0.02, aspect=25), label)


def scale_in(axes: Axes, drawn: Any) -> None:
    """Turn axes into a bar that says what the colours mean."""
    _dress_bar(axes.figure.colorbar(drawn, cax=axes), "")


def _dress_bar(bar: Any, label: str) -> None:
    bar.set_label(label, fontsize=_LABEL, color=INK)
    bar.ax.tick_params(labelsize=_TICK, labelcolor=INK)
    bar.outline.set_visible(False)


# ------------------------------------------------------------ colours
def class_colours(count: int) -> np.ndarray:
    """Return a colour for each class, as rows of red, green and blue from 0 to 1.

    Where there are more classes than the palette has colours, they are taken from a scale.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    if count <= len(CLASSES):
        return np.array([to_rgb(colour) for colour in CLASSES[:count]])
    return np.asarray(colormaps["viridis"](np.linspace(0, 1, count)))[:, :3]


def layer_colours(count: int) -> np.ndarray:
    """Return a colour for each layer, from the first, dark, to the last; all can be seen on white."""
    from matplotlib import colormaps

    return np.asarray(colormaps["viridis"](np.linspace(0, 0.72, count)))[:, :3]


def luminance(colour: Any) -> float:
    """Say how light a colour is, from 0 to 1.

    Source:
        W3C, Web Content Accessibility Guidelines 2.1: relative luminance.
    """
    parts = np.asarray(colour, float)[..., :3]
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def ink_on(colour: Any) -> str:
    """Return black or white, whichever is read better on a colour."""
    return "#000000" if luminance(colour) > 0.179 else "#FFFFFF"
