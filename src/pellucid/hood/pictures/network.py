"""The network with its weights as lines: where everything stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pellucid.hood.opened import Opened
from pellucid.hood.pictures.diagram import Column, Diagram, diagram_of
from pellucid.hood.pictures.marks import (
    INK,
    NEGATIVE,
    PALE,
    POSITIVE,
    RADIUS,
    Placed,
    block,
    height_of,
    lines,
    row_of_units,
    units_of,
    words,
)
from pellucid.hood.pictures.picture import Picture
from pellucid.hood.pictures.svg import element, text

__all__ = ["draw"]

_WIDTH: Final = 720.0  # of the page, in pixels
_NARROWEST: Final = 116.0  # from one column to the next
_WIDEST: Final = 190.0
_LETTER: Final = 6.6  # how wide a letter of a name is, about
_LONGEST: Final = 20  # letters of a name
_TITLE: Final = 10.5  # how large the letters of a heading are
_HALF_A_HEADING: Final = 58.0
_EDGE: Final = 10.0


def draw(opened: Opened) -> Picture:
    """Draw a network; the numbers of one example are written into it, if there is one."""
    diagram = diagram_of(opened)
    return Picture(_alternative(diagram), _Page(diagram).svg())


def _alternative(diagram: Diagram) -> str:
    """Say in words what the picture shows."""
    parts = [f"{column.name}: {_about(column)}" for column in diagram.columns]
    return f"The network {diagram.title!r}. " + "; ".join(parts)


def _about(column: Column) -> str:
    """Say what a column is: "4 units, relu", "3 numbers", "28 × 28 × 1, windows of 2 x 2"."""
    if not column.is_row:
        return ", ".join(filter(None, [" × ".join(map(str, column.shape)) or "1", column.title]))
    return column.title or ("1 number" if column.shape == (1,) else f"{column.shape[0]:,} numbers")


class _Page:
    """A diagram on its way to SVG.

    Columns stand side by side. Where there are too many for the width of the page, they go on in another row,
    which begins with the last column of the row above.
    """

    def __init__(self, diagram: Diagram) -> None:
        columns = diagram.columns
        self.diagram = diagram
        self.left, right = _margin(columns[0]), _margin(columns[-1])
        room = _WIDTH - self.left - right
        steps = max(1, len(diagram.links))
        rows = -(-steps // max(1, int(room // _NARROWEST)))
        self.per_row = -(-steps // rows)  # links, in each row as many
        self.pitch = min(_WIDEST, room / self.per_row)
        self.left += (room - self.per_row * self.pitch) / 2

    def svg(self) -> str:
        """Write the whole file."""
        marks: list[str] = []
        top = _EDGE
        steps = len(self.diagram.links)
        for first in range(0, max(1, steps), self.per_row):
            top = self._row(first, min(first + self.per_row, steps), top, marks)
        if any(link.kernel is not None for link in self.diagram.links):
            marks += _legend(_WIDTH / 2, top + 4)
            top += 22
        alternative = _alternative(self.diagram) + "."
        return element(
            "svg",
            "\n".join(["", element("title", text(alternative)), *marks, ""]),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_WIDTH:.0f} {top:.0f}",
            width=_WIDTH,
            height=round(top),
            role="img",
            aria_label=alternative,
            font_family="Helvetica, Arial, sans-serif",
            fill=INK,
        )

    def _row(self, first: int, last: int, top: float, marks: list[str]) -> float:
        """Draw the columns first to last side by side; returns where the next thing may begin."""
        columns, links = self.diagram.columns[first : last + 1], self.diagram.links[first:last]
        headings = [_heading(column, int((self.pitch - 8) / (0.5 * _TITLE))) for column in columns]
        head = 15.0 * max(map(len, headings)) + 12
        height = max(map(height_of, columns))
        middle, bottom = top + head + height / 2, top + head + height
        row = [
            Placed(column, self.left + number * self.pitch, middle, units_of(column, middle))
            for number, column in enumerate(columns)
        ]
        for number, link in enumerate(links):
            marks += lines(link, row[number], row[number + 1], bottom + 10)
        for number, (placed, heading) in enumerate(zip(row, headings, strict=True)):
            marks += _written(heading, placed.x, top + head - 15 * len(heading) - 4)
            if placed.column.is_row:
                marks += row_of_units(placed, "left" if first + number == 0 else "right")
            else:
                marks += block(placed)
        return bottom + (50 if any(link.kernel is not None for link in links) else 16)


def _margin(column: Column) -> float:
    """The room that a column at the edge and its names need."""
    longest = min(_LONGEST, max(map(len, column.labels), default=0))
    return max(RADIUS + 12 + _LETTER * longest, _HALF_A_HEADING) + _EDGE


# ------------------------------------------------------------ words
def _heading(column: Column, letters: int) -> list[str]:
    """Return the lines above a column: its name, and what it is."""
    import textwrap

    title = _about(column) if column.is_row else column.title
    name = textwrap.wrap(column.name, letters) or [column.name]
    return [*name[:1], *textwrap.wrap(title, letters, max_lines=4, placeholder=" …")]


def _written(heading: list[str], x: float, top: float) -> Iterator[str]:
    name, *title = heading
    yield words(x, top + 12, name, size=12, font_weight="bold")
    for number, line in enumerate(title):
        yield words(x, top + 12 + 14 * (number + 1), line, size=_TITLE, fill=PALE)


def _legend(x: float, y: float) -> Iterator[str]:
    """Say what the lines mean."""
    for start, colour, look, what in (
        (x - 300, POSITIVE, {}, "positive weight"),
        (x - 165, NEGATIVE, {"stroke_dasharray": "7 3"}, "negative weight"),
    ):
        yield element("line", x1=start, y1=y, x2=start + 32, y2=y, stroke=colour, stroke_width=3, **look)
        yield words(start + 38, y + 4, what, size=10.5, anchor="start", fill=PALE)
    said = "thickness: its size beside the largest of its layer;  1: the bias"
    yield words(x - 25, y + 4, said, size=10.5, anchor="start", fill=PALE)
