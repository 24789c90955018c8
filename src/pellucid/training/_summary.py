"""The table that model.summary() prints, as Keras 3 draws it.

    Model: "sequential"
    ┏━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
    ┃ Layer (type)          ┃ Output Shape     ┃ Param # ┃
    ┡━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
    │ dense (Dense)         │ (None, 1)        │       2 │
    └───────────────────────┴──────────────────┴─────────┘
     Total params: 2 (8.00 B)
     Trainable params: 2 (8.00 B)
     Non-trainable params: 0 (0.00 B)

Keras draws it with rich, whose rules for widths and line breaks are followed here: column widths leave out
the borders, so that every column then gives up about a third of what they take; a word that is wider than its
column is cut and ends in "…". Two things are not followed: a table wider than the terminal is not cropped at
its right edge, and a model's long name is not broken. There are no colours.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pellucid.errors import ArgumentError

__all__ = ["Row", "Weights", "summary_text", "write_summary"]

_LINE_LENGTH: Final = 88
_MARGIN: Final = 4
_POSITIONS: Final = (0.45, 0.80, 1.0)
_TRAINABLE_LENGTH: Final = 12
_NARROWEST: Final = 4

# The lines of the table: left end, rule, crossing, right end.
_TOP: Final = "┏━┳┓"
_BELOW_HEADER: Final = "┡━╇┩"
_BETWEEN_ROWS: Final = "├─┼┤"
_BOTTOM: Final = "└─┴┘"
# What takes their place where the encoding lacks them.
_PLAIN_SIGNS: Final = str.maketrans("┏━┳┓┃┡╇┩│├─┼┤└┴┘…", "+-++|+++|+-+++++~")


class Row(NamedTuple):
    """One layer in the table.

    Args:
        name: the layer's name.
        kind: the name of its class.
        output_shape: sizes with None for the batch, or a text; None if it is not known yet.
        parameters: number of its parameters; None if it is not built yet.
        trainable: whether training changes it; None if it has no weights.
        depth: how many models it is nested in, for a layer of a model in the model.
    """

    name: str
    kind: str
    output_shape: Sequence[int | None] | str | None
    parameters: int | None
    trainable: bool | None = None
    depth: int = 0


class Weights(NamedTuple):
    """How many numbers a group of weights holds, and in how many bytes."""

    number: int = 0
    size: int = 0


class _Column(NamedTuple):
    title: str
    align: Callable[[str, int], str]
    width: int


def summary_text(
    name: str,
    rows: Iterable[Row],
    trainable: Weights,
    non_trainable: Weights,
    *,
    optimizer: Weights | None = None,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    show_trainable: bool = False,
) -> str:
    """Draw the summary of a model.

    Args:
        name: the model's name.
        rows: its layers.
        trainable: the weights that training changes.
        non_trainable: the others.
        optimizer: what the optimizer keeps; None before the model is compiled and the optimizer has started.
        line_length: width of the table; None for 88 (100 with the column of show_trainable), or as much of it
            as the terminal has.
        positions: where each column ends, as fractions of the line or, if the last is above 1, in characters.
        show_trainable: whether a further column says "Y" or "N" for each layer with weights.
    Returns:
        Lines, each with its line end.
    Raises:
        ArgumentError: if the columns do not fit into the line.
    """
    columns = _columns(line_length, positions, show_trainable)
    lines = [f'Model: "{name}"', _rule(columns, _TOP)]
    lines += _cells(columns, [column.title for column in columns], "┃", at_bottom=True)
    lines.append(_rule(columns, _BELOW_HEADER))
    for index, row in enumerate(rows):
        if index:
            lines.append(_rule(columns, _BETWEEN_ROWS))
        lines += _cells(columns, _fields(row)[: len(columns)], "│")
    lines.append(_rule(columns, _BOTTOM))
    lines += _totals(trainable, non_trainable, optimizer)
    return "".join(f"{line}\n" for line in lines)


def write_summary(text: str, print_fn: Callable[[str], object] | None = None) -> None:
    """Print a summary on standard output, or hand it to a function in one piece.

    A stream whose encoding lacks the signs of the table gets a table of "+", "-" and "|".

    Args:
        text: what summary_text returned.
        print_fn: takes the text instead of standard output.
    """
    if print_fn is not None:
        print_fn(text)
    elif sys.stdout is not None:  # it is None in a program without a console
        encoding: str = getattr(sys.stdout, "encoding", None) or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = text.translate(_PLAIN_SIGNS).encode(encoding, "replace").decode(encoding)
        sys.stdout.write(text)
        sys.stdout.flush()


def _columns(
    line_length: int | None, positions: Sequence[float] | None, show_trainable: bool
) -> list[_Column]:
    titles = [("Layer (type)", _left), ("Output Shape", _left), ("Param #", _right)]
    if line_length is None:
        from shutil import get_terminal_size

        longest = _LINE_LENGTH + (_TRAINABLE_LENGTH if show_trainable else 0)
        line_length = min(longest, get_terminal_size().columns - _MARGIN)
    ends = list(_POSITIONS if positions is None else positions)
    if ends and ends[-1] > 1:
        ends = [end / max(1, line_length) for end in ends]
    if len(ends) != len(titles) or ends[-1] > 1:
        raise ArgumentError(
            "positions cannot be used",
            expected=f"{len(titles)} places in a line of {line_length}",
            received=repr(positions),
        )
    if show_trainable:
        titles.append(("Trainable", _center))
        ends = [end * 0.90 for end in ends] + [1.0]
    places = [0, *(int(end * line_length) for end in ends)]
    widths = [end - start for start, end in pairwise(places)]
    if min(widths) < _NARROWEST or min(fitted := _fitted(widths, line_length)) < 1:
        raise ArgumentError(
            "the summary does not fit",
            expected="room for every column",
            received=f"a line of {line_length} characters with columns of {', '.join(map(str, widths))}",
            attempt="a larger line_length",
        )
    return [_Column(title, align, width) for (title, align), width in zip(titles, fitted, strict=True)]


def _fitted(widths: list[int], line_length: int) -> list[int]:
    """Shrink or stretch the columns until they, their padding and the borders fill the line."""
    fitted = []
    used = sum(widths) + 2 * len(widths)
    excess = used - (line_length - len(widths) - 1)
    for index, width in enumerate(widths):
        if excess > 0:
            step = round(excess / (len(widths) - index))
        else:  # in proportion to the width, padding included
            step = -math.ceil(-excess * (width + 2) / used)
        fitted.append(width - step)
        excess -= step
        used -= width + 2
    return fitted


def _fields(row: Row) -> list[str]:
    prefix = "   " * row.depth + "└ " if row.depth else ""
    shape = "?" if row.output_shape is None else row.output_shape
    if not isinstance(shape, str):
        shape = f"({', '.join(map(str, shape))})"
    parameters = "0 (unbuilt)" if row.parameters is None else f"{row.parameters:,}"
    trainable = "-" if row.trainable is None else "Y" if row.trainable else "N"
    return [f"{prefix}{row.name} ({row.kind})", shape, parameters, trainable]


def _rule(columns: list[_Column], signs: str) -> str:
    left, line, crossing, right = tuple(signs)
    return left + crossing.join(line * (column.width + 2) for column in columns) + right


def _cells(columns: list[_Column], fields: list[str], border: str, *, at_bottom: bool = False) -> list[str]:
    cells = [_wrapped(field, column.width) for field, column in zip(fields, columns, strict=True)]
    height = max(map(len, cells))
    lines = []
    for line in range(height):
        texts = []
        for cell, column in zip(cells, columns, strict=True):
            place = line - (height - len(cell) if at_bottom else 0)
            texts.append(column.align(cell[place] if 0 <= place < len(cell) else "", column.width))
        lines.append(border + border.join(f" {text} " for text in texts) + border)
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text before words that do not fit, and cut words that are wider than the column."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in re.findall(r"\s*\S+\s*", paragraph):
            if line and _width(line) + _width(word.rstrip()) > width:
                lines.append(line)
                line = ""
            line += word
        lines.append(line)
    return [_cut(line, width) for line in lines]


def _cut(line: str, width: int) -> str:
    line = line.rstrip()
    if _width(line) <= width:
        return line
    room = width - 1
    kept = ""
    for sign in line:
        if _width(sign) > room:
            break
        kept += sign
        room -= _width(sign)
    return kept + " " * room + "…"  # there is room left where a sign of two columns would have come next


def _width(text: str) -> int:
    """Count the columns of the terminal that a text takes: East Asian signs take two, accents none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _left(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text


def _center(text: str, width: int) -> str:
    return _left(" " * ((width - _width(text)) // 2) + text, width)


def _totals(trainable: Weights, non_trainable: Weights, optimizer: Weights | None) -> list[str]:
    groups = [("Trainable", trainable), ("Non-trainable", non_trainable)]
    groups += [("Optimizer", optimizer)] if optimizer is not None else []
    total = Weights(sum(group.number for _, group in groups), sum(group.size for _, group in groups))
    return [
        f" {title} params: {weights.number:,} ({_readable(weights.size)})"
        for title, weights in [("Total", total), *groups]
    ]


def _readable(size: float) -> str:
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"
