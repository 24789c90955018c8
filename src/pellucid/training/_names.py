"""What the columns of a table, the classes and the answers are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.errors import ArgumentError

__all__ = ["ANSWERS", "FEATURES", "checked", "line_of", "names_in", "names_of", "numbered"]

FEATURES = "columns of x"  # under these words they stand in a model's notes
ANSWERS = "columns of y"


def names_of(values: Any, shape: Sequence[Any]) -> tuple[str, ...]:
    """Return the names that a table brings along: a data frame of pandas or polars, or a column of one.

    Args:
        values: what the user has given.
        shape: that of one row in the model; () is returned where there are not as many names as numbers.
    """
    columns, name = getattr(values, "columns", None), getattr(values, "name", None)
    names = (name,) if columns is None else tuple(columns)
    if (len(names),) != tuple(shape) or not all(isinstance(name, str) and name for name in names):
        return ()
    return names


def checked(names: Any, count: int | None, what: str) -> tuple[str, ...]:
    """Return names that a user has given.

    Raises:
        ArgumentError: if they are not texts, if two are alike, or there are not as many as there have to be.
    """
    listed = [names] if isinstance(names, str) else list(names)
    if not all(isinstance(name, str) and name for name in listed) or len(set(listed)) < len(listed):
        raise ArgumentError(f"{what} cannot be called so", expected="different texts", received=repr(names))
    if listed and count is not None and len(listed) != count:
        raise ArgumentError(f"{what} cannot be called so", expected=f"{count} names", received=repr(names))
    return tuple(listed)


def numbered(letter: str, shape: Sequence[Any]) -> tuple[str, ...]:
    """Return names for a row of numbers that has none: ("x",), or ("x1", "x2"); () for what is no row."""
    if len(shape) != 1:
        return ()
    count = shape[0]
    return (letter,) if count == 1 else tuple([f"{letter}{number + 1}" for number in range(count)])


# ------------------------------------------------------------ as a model's note
def names_in(notes: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """Return the names that a model's notes hold; () if none."""
    if kind not in notes:
        return ()
    import csv
    import io

    try:
        rows = list(csv.reader(io.StringIO(notes[kind], newline="")))
    except csv.Error:  # nothing that line_of has written
        return ()
    return tuple([name for row in rows for name in row])


def line_of(names: Sequence[str]) -> str:
    """Write names as a line of a CSV file, which stays one whatever signs are in them."""
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(names)
    return text.getvalue().removesuffix("\n")
