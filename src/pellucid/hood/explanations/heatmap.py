"""What the places of an image add: as signs, and as a picture in HTML."""

from __future__ import annotations

from typing import Final, final

import numpy as np

__all__ = ["Heatmap"]

_CELLS: Final = 32  # along each side; of larger images, several places are added up to one
_STEPS: Final = (0.15, 0.5)  # shares of the largest, from which a weak and a strong sign are drawn
_SIGNS: Final = ("=", "-", " ", "+", "#")  # from what takes much away to what adds much
_SIZE: Final = 10  # of a cell in a picture, in pixels


@final
class Heatmap:
    """How much each place of an image adds.

    Args:
        values: (rows, columns) or (rows, columns, channels); channels are added up.
    Example:
        >>> print(Heatmap(np.array([[9.0, 2.0], [0.0, -9.0]])))
        |##++|
        |  ==|
        # adds much, + some; = takes much away, - some.
    """

    __slots__ = ("_cells",)

    def __init__(self, values: np.ndarray) -> None:
        cells = values.sum(axis=2) if values.ndim == 3 else values
        for axis in (0, 1):
            together = -(-cells.shape[axis] // _CELLS)
            cells = np.add.reduceat(cells, np.arange(0, cells.shape[axis], together), axis=axis)
        largest = float(np.abs(cells).max(initial=0.0))
        self._cells = cells / (largest or 1.0)

    def __str__(self) -> str:
        weak, strong = _STEPS
        levels = np.digitize(self._cells, [-strong, -weak, weak, strong])
        lines = [f"|{''.join(2 * _SIGNS[level] for level in row)}|" for row in levels]
        return "\n".join([*lines, "# adds much, + some; = takes much away, - some."])

    def html(self) -> str:
        """Return a picture: blue adds, red takes away."""
        rows, columns = self._cells.shape
        squares = [
            f'<rect x="{column * _SIZE}" y="{row * _SIZE}" width="{_SIZE}" height="{_SIZE}" '
            f'fill="{"#1f77b4" if share > 0 else "#d62728"}" fill-opacity="{abs(share):.2f}"/>'
            for (row, column), share in np.ndenumerate(self._cells)
        ]
        width, height = columns * _SIZE, rows * _SIZE
        return (
            f'<svg viewBox="0 0 {width} {height}" width="{width}" style="border:1px solid #ccc">'
            f"{''.join(squares)}</svg>"
        )
