"""The table of a comparison, and what a reader must know about it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.measuring import duration
from benchmarks.peers.rounds import Row
from benchmarks.peers.sides import OURS, Side

__all__ = ["BEGIN", "END", "replaced", "table"]

BEGIN = "<!-- written by: python -m benchmarks.peers --write -->"
END = "<!-- end of what benchmarks.peers wrote -->"
NOTHING = "–"


def table(rows: Sequence[Row], sides: Sequence[Side]) -> str:
    """Return the rows as a Markdown table; the best peer's times are bold."""
    heads = ["work", *(side.title for side in sides), "share of the best peer", "aim"]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for row in rows:
        cells = [_cell(row, side) for side in sides]
        lines.append([row.title, *cells, _number(row.share), _number(row.aim)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(row: Row, side: Side) -> str:
    if side not in row.times:
        return NOTHING
    text = duration(median(row.times[side]))
    return f"**{text}**" if side is row.best and side is not OURS else text


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def replaced(text: str, written: str) -> str:
    """Return the text with something else between the two markers.

    Raises:
        ValueError: if the text does not have each marker once, the one before the other.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"the text needs one line {BEGIN!r} and, below it, one line {END!r}")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{written.strip()}\n\n{END}{after}"
