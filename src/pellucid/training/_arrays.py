"""From what users have, lists and arrays of any kind, to arrays of finite numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

import numpy as np

from pellucid.errors import DataError, UnsupportedError

__all__ = ["cast", "first_place", "numbers", "place_text"]


def numbers(values: Any, name: str) -> np.ndarray:
    """Make an array of finite numbers.

    Args:
        values: lists or an array.
        name: what the user calls them: "x".
    Raises:
        DataError: if there is text, NaN or infinity among them, or the rows differ in length.
        UnsupportedError: if it is a dictionary.
    """
    if isinstance(values, Mapping):
        raise UnsupportedError(
            f"{name} is a dictionary", expected="a list or an array", attempt="the values for one input alone"
        )
    if isinstance(values, np.ndarray) and type(values) is not np.ndarray and np.ma.is_masked(values):
        raise DataError(
            f"{name} cannot be used",
            expected="numbers",
            received="an array with masked entries",
            attempt="to fill or leave out such rows",
        )
    try:
        array = np.asarray(values)
    except ValueError:
        raise DataError(
            f"{name} is not a table", expected="rows of equal length", received=_lengths(values)
        ) from None
    if array.dtype.kind not in "fiub":
        array = _from_objects(array, name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = first_place(~np.isfinite(array))
        raise DataError(
            f"{name} cannot be used",
            expected="finite numbers",
            received=f"{array[place]}{place_text(place)}",
            attempt="to fill or leave out such rows",
        )
    return array


def cast(array: np.ndarray, dtype: str, name: str) -> np.ndarray:
    """Return finite numbers in another dtype.

    Raises:
        DataError: if one is too large for it.
    """
    if array.dtype == dtype:
        return np.ascontiguousarray(array)
    with np.errstate(over="ignore"):
        made = np.ascontiguousarray(array, dtype)
    if array.dtype.kind == "f" and array.itemsize > made.itemsize and not np.isfinite(made).all():
        place = first_place(~np.isfinite(made))
        raise DataError(
            f"{name} cannot be used",
            expected=f"numbers up to {np.finfo(dtype).max:.1e}, the largest of {dtype}",
            received=f"{array[place]}{place_text(place)}",
            attempt="to divide all of them by the largest",
        )
    return made


def _lengths(rows: Any) -> str:
    """Say which different lengths there are."""
    try:
        found = sorted({len(row) for row in rows})
    except TypeError:
        return "rows among single numbers"
    return f"rows of {found[0]} and of {found[-1]}" if len(found) > 1 else "different ones"


def _from_objects(array: np.ndarray, name: str) -> np.ndarray:
    """Turn an array of objects, which pandas makes of mixed columns, into numbers."""
    for place, value in np.ndenumerate(array):
        if not isinstance(value, Number | np.bool_) or isinstance(value, complex):
            raise _not_a_number(name, value, place)
    return array.astype(np.float64)


def _not_a_number(name: str, value: Any, place: tuple[int, ...]) -> DataError:
    from reprlib import repr as shortened

    plain = value.item() if isinstance(value, np.generic) else value
    attempt = ""
    if isinstance(plain, str | bytes):
        attempt = "to turn text into numbers first, such as one column for each word"
        if len(place) == 1:
            attempt = "to turn text into numbers first, such as 0, 1, 2 for the different words"
        if _reads_as_number(plain):
            attempt = f"np.array({name}, float), which reads text as numbers"
    elif not place and isinstance(plain, Iterable):
        attempt = f"list({name})"
    return DataError(
        f"{name} cannot be used",
        expected="numbers",
        received=shortened(plain) + place_text(place),
        attempt=attempt,
    )


def _reads_as_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def first_place(wrong: np.ndarray) -> tuple[int, ...]:
    """Return the indices of the first True."""
    return tuple([int(index) for index in np.argwhere(wrong)[0]])


def place_text(place: tuple[int, ...]) -> str:
    """Say where something is: " in row 3, column 0"."""
    names = ("row", "column", *(f"axis {axis}" for axis in range(2, len(place))))
    where = ", ".join(f"{name} {index}" for name, index in zip(names, place, strict=False))
    return f" in {where}" if where else ""
