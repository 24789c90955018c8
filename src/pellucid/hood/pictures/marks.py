"""What a diagram is drawn with: units, blocks, and the lines between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from pellucid.hood.numbers import number_text
from pellucid.hood.pictures.diagram import Column, Link
from pellucid.hood.pictures.svg import element, text

__all__ = [
    "BLOCK",
    "INK",
    "NEGATIVE",
    "PALE",
    "POSITIVE",
    "RADIUS",
    "STEP",
    "THICKEST",
    "Placed",
    "Unit",
    "block",
    "height_of",
    "lines",
    "row_of_units",
    "units_of",
    "words",
]

# Blue and vermilion of the palette of Okabe & Ito (2008), which nearly everybody can tell apart. Lines of
# negative weights are dashed as well, for those who cannot, and for print in black and white.
POSITIVE: Final = "#0072B2"
NEGATIVE: Final = "#D55E00"
INK: Final = "#222222"
PALE: Final = "#595959"
_LINE: Final = "#8C8C8C"
_PAPER: Final = "#F2F2F2"

RADIUS: Final = 16.0  # of a unit, in pixels
STEP: Final = 41.0  # from one unit to the next
BLOCK: Final = 78.0  # the side of a block
THICKEST: Final = 5.0  # the line of a layer's largest weight, where there are few
_FEW: Final = 32  # lines; where there are more, all are thinner
_SPELLED: Final = 6  # lines; where there are no more, their numbers are written on them
_MOST: Final = 12  # units in a column; of more, the first and the last are drawn
_FIRST: Final = 6
_LAST: Final = 4
_DASHES: Final = "7 3"


class Unit(NamedTuple):
    """A circle: which number of its column it is, counted from 0, and where it stands."""

    number: int
    y: float


class Placed(NamedTuple):
    """A column in its place.

    Attributes:
        column: what it shows.
        x: its middle.
        y: its middle.
        units: the circles of a row of numbers; those that are drawn.
    """

    column: Column
    x: float
    y: float
    units: list[Unit]


# ------------------------------------------------------------ sizes
def _shown(count: int) -> list[int | None]:
    """Return which units are drawn; None for the gap."""
    if count <= _MOST:
        return list(range(count))
    return [*range(_FIRST), None, *range(count - _LAST, count)]


def height_of(column: Column) -> float:
    """How much room a column needs."""
    return STEP * len(_shown(column.shape[0])) if column.is_row else BLOCK + 20


def units_of(column: Column, y: float) -> list[Unit]:
    """Place the units of a column around its middle."""
    if not column.is_row:
        return []
    shown = _shown(column.shape[0])
    first = y - STEP * (len(shown) - 1) / 2
    return [Unit(number, first + STEP * place) for place, number in enumerate(shown) if number is not None]


# ------------------------------------------------------------ units and blocks
def words(x: float, y: float, content: str, *, size: float = 12, anchor: str = "middle", **look: str) -> str:
    """Write a line of text, its foot at y."""
    return element("text", text(content), x=x, y=y, font_size=size, text_anchor=anchor, **look)


def row_of_units(placed: Placed, outside: str) -> Iterable[str]:
    """Draw circles, with their names on one side ("start" or "end"), and with their numbers if there are any.

    Args:
        placed: the column.
        outside: on which side the names stand: "left" or "right".
    """
    column, x = placed.column, placed.x
    largest = 0.0 if column.values is None else float(np.nanmax(np.abs(column.values), initial=0.0))
    for number, y in placed.units:
        value = None if column.values is None else float(column.values[number])
        fill = "#FFFFFF" if value is None else _tint(value, largest)
        yield element("circle", cx=x, cy=y, r=RADIUS, fill=fill, stroke=INK, stroke_width=1.2)
        if value is not None:
            yield _fitted(_number(value), x, y)
        if column.labels:
            label = _short(column.labels[number], 20)
            if outside == "left":
                yield words(x - RADIUS - 7, y + 4, label, anchor="end")
            else:
                yield words(x + RADIUS + 7, y + 4, label, anchor="start")
    count = column.shape[0]
    if count > len(placed.units):
        gap = (placed.units[_FIRST - 1].y + placed.units[_FIRST].y) / 2
        left_out = f"{count - len(placed.units):,} more"
        width = 6.4 * len(left_out) + 4
        yield element("rect", x=x - width / 2, y=gap - 9, width=width, height=18, rx=3, fill="#FFFFFF")
        yield words(x, gap + 4, left_out, size=11, fill=PALE)


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _number(value: float) -> str:
    """Write a number with three digits where there is room for them, else with two."""
    return next(
        (written for digits in (3, 2) if len(written := number_text(value, digits)) <= 5),
        number_text(value, 2),
    )


def _fitted(number: str, x: float, y: float) -> str:
    """Write a number into a unit, in letters as large as the circle has room for."""
    size = min(11.0, 1.85 * RADIUS / (0.56 * max(1, len(number))))
    return words(x, y + 0.36 * size, number, size=size)


def _tint(value: float, largest: float) -> str:
    """Return a pale colour for a number: the paler, the smaller it is beside the largest of its column."""
    if not np.isfinite(value) or not 0 < largest < np.inf:
        return "#FFFFFF"
    red, green, blue = (0xA8, 0xD1, 0xEB) if value >= 0 else (0xF7, 0xC3, 0x9C)
    share = abs(value) / largest
    mixed = [round(255 + share * (part - 255)) for part in (red, green, blue)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def block(placed: Placed) -> Iterable[str]:
    """Draw an array of several axes as a stack of cards with its shape."""
    column = placed.column
    left, top = placed.x - BLOCK / 2, placed.y - BLOCK / 2
    for back in (8, 4, 0):
        place = {"x": left + back, "y": top - back, "width": BLOCK - 8, "height": BLOCK, "rx": 4}
        yield element("rect", **place, fill=_PAPER, stroke=INK, stroke_width=1)
    lines_inside = [" × ".join(map(str, column.shape)) or "1"]
    if column.values is not None and column.values.size:
        mean, largest = float(column.values.mean()), float(column.values.max())
        lines_inside += [f"mean {number_text(mean, 2)}", f"max {number_text(largest, 2)}"]
    for number, line in enumerate(lines_inside):
        y = placed.y + 4 + 15 * (number - (len(lines_inside) - 1) / 2)
        size = min(11.5, (BLOCK - 14) / (0.56 * len(line)))
        yield words(placed.x - 4, y, line, size=size, fill=PALE if number else INK)


# ------------------------------------------------------------ lines
def lines(link: Link, before: Placed, after: Placed, bias_y: float) -> Iterable[str]:
    """Draw how one column comes of the one before it."""
    if link.kernel is not None:
        yield from _weights(link.kernel, link.bias, before, after, bias_y)
    elif link.kind == "one to one" and before.units:
        for start, end in zip(before.units, after.units, strict=True):
            yield _line(before.x, start.y, after.x, end.y, stroke=_LINE, stroke_width=1)
    elif link.kind == "one to one":
        yield _line(before.x + BLOCK / 2 + 4, before.y, after.x - BLOCK / 2 - 4, after.y, stroke=_LINE)
    else:
        yield _bundle(before, after)


def _weights(
    kernel: np.ndarray, bias: np.ndarray | None, before: Placed, after: Placed, bias_y: float
) -> Iterable[str]:
    """Draw a line for each weight, as thick as it is large; the large ones lie on top."""
    every = [np.abs(kernel).ravel(), *([] if bias is None else [np.abs(bias)])]
    sizes = np.concatenate(every).astype(float)
    largest = float(np.max(sizes, where=np.isfinite(sizes), initial=0.0))
    drawn = [
        (float(kernel[start.number, end.number]), start.y, end)
        for start in before.units
        for end in after.units
    ]
    if bias is not None:
        drawn += [(float(bias[end.number]), bias_y, end) for end in after.units]
    thickest = THICKEST * min(1.0, (_FEW / len(drawn)) ** 0.5)
    for weight, y, end in sorted(drawn, key=lambda line: abs(line[0])):
        width = thickest * abs(weight) / largest if largest else 0.0
        yield _weight_line(weight, width, (before.x, y), (after.x, end.y))
    if len(drawn) <= _SPELLED:
        # So far along their lines, none of them lies on another.
        shares = np.linspace(0.25, 0.7, len(drawn)) if len(drawn) > 1 else [0.45]
        for (weight, y, end), share in zip(drawn, shares, strict=True):
            yield _weight_text(weight, (before.x, y), (after.x, end.y), float(share))
    if bias is not None:
        yield element(
            "circle", cx=before.x, cy=bias_y, r=9, fill="#FFFFFF", stroke=INK, stroke_dasharray="2 2"
        )
        yield words(before.x, bias_y + 4, "1", size=11)
    if largest:
        place = (before.x + after.x) / 2
        yield words(place, bias_y + 26, f"thickest: {number_text(largest, 3)}", size=10.5, fill=PALE)


def _weight_line(weight: float, width: float, start: tuple[float, float], end: tuple[float, float]) -> str:
    note = element("title", text(number_text(weight, 6)))
    if not np.isfinite(weight):
        return _line(*start, *end, note, stroke=INK, stroke_width=1, stroke_dasharray="1 3")
    if weight >= 0:
        return _line(*start, *end, note, stroke=POSITIVE, stroke_width=width)
    return _line(*start, *end, note, stroke=NEGATIVE, stroke_width=width, stroke_dasharray=_DASHES)


def _weight_text(weight: float, start: tuple[float, float], end: tuple[float, float], share: float) -> str:
    """Write a weight onto its line, on paper of its own, so far from its start."""
    x, y = ((1 - share) * a + share * b for a, b in zip(start, end, strict=True))
    number = number_text(weight, 3)
    width = 6.4 * len(number) + 6
    paper = element("rect", x=x - width / 2, y=y - 8, width=width, height=16, rx=3, fill="#FFFFFF")
    return paper + words(x, y + 4, number, size=11)


def _line(x1: float, y1: float, x2: float, y2: float, content: str = "", **look: str | float) -> str:
    return element("line", content, x1=x1, y1=y1, x2=x2, y2=y2, **look)


def _bundle(before: Placed, after: Placed) -> str:
    """Draw a band from all of one column to all of the next."""
    (left, *start), (right, *end) = _side(before, 1), _side(after, -1)
    points = [(left, start[0]), (right, end[0]), (right, end[1]), (left, start[1])]
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element("polygon", points=listed, fill="#E4E4E4")


def _side(placed: Placed, direction: int) -> tuple[float, float, float]:
    """Return where a band touches a column: x, the upper and the lower y."""
    if placed.units:
        ys = [unit.y for unit in placed.units]
        return placed.x, min(ys) - RADIUS / 2, max(ys) + RADIUS / 2
    return placed.x + direction * (BLOCK / 2 - 4), placed.y - BLOCK / 2, placed.y + BLOCK / 2
