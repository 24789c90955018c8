"""Curves and tables of numbers: as text, and as a picture in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, final

import numpy as np

from pellucid.hood.numbers import number_text
from pellucid.hood.tables import Table

__all__ = ["Curves", "Surface"]

_ROWS: Final = 25  # values in a printed table
_SIGNS: Final = 40  # the width of a printed curve
_LINES: Final = 50  # single examples in a picture
_WIDTH, _HEIGHT, _MARGIN = 480, 240, 40  # of a picture, in pixels
_COLOURS: Final = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf")


@final
class Curves:
    """Answers over the values of an input: of single examples, and their mean.

    Args:
        input_name: what the input is called.
        grid: its values.
        answers: the names of the answers.
        individual: (examples, values, answers).
    """

    __slots__ = ("_answers", "_grid", "_individual", "_input")

    def __init__(
        self, input_name: str, grid: np.ndarray, answers: Sequence[str], individual: np.ndarray
    ) -> None:
        self._input = input_name
        self._grid = grid
        self._answers = answers
        self._individual = individual

    def __str__(self) -> str:
        mean = self._individual.mean(axis=0)
        single = len(self._answers) == 1
        low, high = _range(self._individual if single else mean)
        spread = [number_text(low), number_text(high)] if single else []
        table = Table(self._input, *self._answers, *([f"{spread[0]} ... {spread[1]}"] if single else []))
        for place in np.unique(
            np.linspace(0, len(self._grid) - 1, min(_ROWS, len(self._grid))).round().astype(int)
        ):
            numbers = [number_text(float(number)) for number in mean[place]]
            curve = [_signs(self._individual[:, place, 0], low, high)] if single else []
            table.add(number_text(float(self._grid[place])), *numbers, *curve)
        if single and len(self._individual) > 1:
            return f"{table}\n\n* is the mean; - is the range of single examples."
        return str(table)

    def html(self) -> str:
        """Return a picture: the means as thick lines, single examples as thin ones."""
        from html import escape

        mean = self._individual.mean(axis=0)
        single = len(self._answers) == 1
        low, high = _range(self._individual if single else mean)
        lines = []
        if single:
            count = len(self._individual)
            chosen = np.unique(np.linspace(0, count - 1, min(_LINES, count)).round().astype(int))
            lines = [self._line(self._individual[i, :, 0], low, high, "#999", 0.6) for i in chosen]
        legend = []
        for number, answer in enumerate(self._answers):
            colour = _COLOURS[number % len(_COLOURS)]
            lines.append(self._line(mean[:, number], low, high, colour, 2.5))
            legend.append(f'<span style="color:{colour}">{escape(answer)}</span>')
        first, last = number_text(float(self._grid[0])), number_text(float(self._grid[-1]))
        texts = [
            _text(_MARGIN, _HEIGHT - 8, first, "start"),
            _text(_WIDTH - 10, _HEIGHT - 8, last, "end"),
            _text(_WIDTH / 2, _HEIGHT - 8, escape(self._input), "middle"),
            _text(_MARGIN - 4, _HEIGHT - 24, number_text(low), "end"),
            _text(_MARGIN - 4, 18, number_text(high), "end"),
        ]
        box = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" style="font:11px sans-serif">'
        return f"<div>{' '.join(legend)}<br>{box}{''.join(lines + texts)}</svg></div>"

    def _line(self, values: np.ndarray, low: float, high: float, colour: str, width: float) -> str:
        start, end = float(self._grid[0]), float(self._grid[-1])
        across = (self._grid - start) / ((end - start) or 1) * (_WIDTH - _MARGIN - 10) + _MARGIN
        up = _HEIGHT - 28 - (values - low) / ((high - low) or 1) * (_HEIGHT - 42)
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


@final
class Surface:
    """Answers over the values of two inputs, as a table; in HTML its cells are the darker the larger.

    Args:
        inputs: what the inputs are called.
        grid: the values of the first, down, and of the second, across.
        values: (values of the first, values of the second).
    """

    __slots__ = ("_grid", "_inputs", "_values")

    def __init__(self, inputs: Sequence[str], grid: Sequence[np.ndarray], values: np.ndarray) -> None:
        self._inputs = inputs
        self._grid = grid
        self._values = values

    def __str__(self) -> str:
        head, rows = self._texts()
        table = Table(*head)
        for row in rows:
            table.add(*row)
        return str(table)

    def html(self) -> str:
        """Return the table as HTML."""
        from html import escape

        head, rows = self._texts()
        low, high = _range(self._values)
        shares = (self._values - low) / ((high - low) or 1)
        titles = "".join(f"<th>{escape(text)}</th>" for text in head)
        body = []
        for (name, *texts), row in zip(rows, shares, strict=True):
            cells = (
                f'<td style="background:rgba(31,119,180,{share:.2f})">{text}</td>'
                for text, share in zip(texts, row, strict=True)
            )
            body.append(f"<tr><th>{name}</th>{''.join(cells)}</tr>")
        return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(body)}</tbody></table>"

    def _texts(self) -> tuple[list[str], list[list[str]]]:
        down, across = ([number_text(float(value)) for value in values] for values in self._grid)
        head = [f"{self._inputs[0]} \\ {self._inputs[1]}", *across]
        rows = [
            [name, *[number_text(float(v)) for v in row]]
            for name, row in zip(down, self._values, strict=True)
        ]
        return head, rows


def _range(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _signs(values: np.ndarray, low: float, high: float) -> str:
    """Draw the range of some numbers and their mean on a line."""
    line = [" "] * _SIGNS

    def place(value: float) -> int:
        return round((value - low) / ((high - low) or 1) * (_SIGNS - 1))

    if not np.isfinite(values).all():
        return ""
    first, last = place(float(values.min())), place(float(values.max()))
    line[first : last + 1] = "-" * (last + 1 - first)
    line[place(float(values.mean()))] = "*"
    return "".join(line)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>'
