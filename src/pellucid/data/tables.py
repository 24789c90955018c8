"""Tables of numbers, read from CSV files.

A table is a header of column names and lines of numbers. NumPy reads it in one pass; only when that
pass meets something that is not a number is the file read again cell by cell, to say where. The slow
reading is also the definition of what a table may hold: the fast one never accepts more.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, TextIO, final

import numpy as np

from pellucid.errors import DataError, ShapeError, UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Table", "read_table"]

_SEPARATORS = ",;\t"

_Record = tuple[int, list[str]]  # the line where it begins, counted from 1, and its cells


@final
class Table:
    """Hold columns of numbers under their names.

    Shape:
        values: (rows, columns)
    Args:
        columns: the name of each column, no two alike.
        values: the numbers, kept as float64.
    Raises:
        DataError: if two columns have the same name, or one has none.
        ShapeError: if values is not (rows, columns).
    Example:
        >>> table = Table(["celsius", "fahrenheit"], [[0, 32], [100, 212]])
        >>> table.column("fahrenheit")
        array([ 32., 212.])
    """

    __slots__ = ("columns", "values")

    def __init__(self, columns: Iterable[str], values: ArrayLike) -> None:
        self.columns = tuple(columns)
        self.values: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
        _check_names(self.columns, "the table")
        if self.values.ndim != 2 or self.values.shape[1] != len(self.columns):
            raise ShapeError(
                "the values do not fit the columns",
                expected=f"shape (rows, {len(self.columns)})",
                received=f"shape {self.values.shape}",
            )

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Table(columns={self.columns}, rows={len(self)})"

    def column(self, name: str) -> NDArray[np.float64]:
        """Give the numbers of one column.

        Shape:
            returns: (rows,)
        Raises:
            UnknownNameError: if no column has this name.
        """
        return self.values[:, self._position(name)]

    def select(self, names: Iterable[str]) -> Table:
        """Make a table of some of the columns, in the order of their names here.

        Raises:
            UnknownNameError: if a name is not that of a column.
        """
        chosen = tuple(names)
        return Table(chosen, self.values[:, [self._position(name) for name in chosen]])

    def split(self, target: str) -> tuple[Table, NDArray[np.float64]]:
        """Part the column to be learnt from the columns to learn it from.

        Shape:
            returns: (rows, columns - 1) and (rows,)
        Raises:
            UnknownNameError: if no column is called target.
            DataError: if target is the only column.
        """
        answers = self.column(target)
        others = tuple(name for name in self.columns if name != target)
        if not others:
            raise DataError(
                f"there is nothing to learn {target!r} from",
                expected="at least one column beside it",
                received="a table of one column",
            )
        return self.select(others), answers

    def _position(self, name: str) -> int:
        if name not in self.columns:
            raise UnknownNameError("column", name, self.columns)
        return self.columns.index(name)


def read_table(path: str | os.PathLike[str]) -> Table:
    """Read a CSV file of numbers.

    The first line holds the names of the columns. Cells are parted by commas, semicolons or tabs,
    may be quoted and may have spaces around them; a line without anything in its cells is skipped.

    Args:
        path: where the file is; its text is UTF-8.
    Raises:
        DataError: if there is no such file, if it has no header or no rows, or if a cell holds
            anything but a finite number; the sentence names the line and the column.
    Example:
        >>> from pellucid.data.datasets import CELSIUS_FILE
        >>> read_table(CELSIUS_FILE)
        Table(columns=('celsius', 'fahrenheit'), rows=7)
    """
    name = os.fsdecode(path)
    try:
        # newline="" leaves the ends of lines to the csv module; "-sig" drops a byte order mark.
        with open(name, encoding="utf-8-sig", newline="") as file:
            return _read(file, repr(name))
    except FileNotFoundError:
        raise DataError(
            f"there is no file {name!r}",
            expected="the path of a CSV file",
            received=repr(os.path.abspath(name)),
        ) from None
    except OSError as error:
        raise DataError(
            f"{name!r} cannot be read", expected="a CSV file", received=f"{error.strerror or error}"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name!r} is not a text file in UTF-8",
            expected="a CSV file",
            received=f"bytes that are not text ({error.reason})",
            attempt="exporting it again as 'CSV UTF-8'",
        ) from error


def _read(file: TextIO, where: str) -> Table:
    separator = _separator(file, where)
    records = _records(file, separator, where)
    columns = _header(records, where)
    # The records have taken the header's lines from the file: what it gives next is the body.
    values = _read_fast(file, separator, len(columns))
    if values is None:
        body = islice(_records(file, separator, where), 1, None)
        values = _read_carefully(body, columns, where)
    if not len(values):
        raise DataError(
            f"{where} has a header but no rows", expected="numbers under " + ", ".join(map(repr, columns))
        )
    return Table(columns, values)


def _separator(file: TextIO, where: str) -> str:
    """Choose the separator that cuts the header, and the line below it alike, into the most cells."""

    def fitness(separator: str) -> tuple[bool, int]:
        widths = [len(cells) for _, cells in islice(_records(file, separator, where), 2)]
        widest = max(widths, default=0)
        return widest > 1 and widths == [widest, widest], widths[0] if widths else 0

    return max(_SEPARATORS, key=fitness)


def _records(file: TextIO, separator: str, where: str) -> Iterator[_Record]:
    """Give the records of the file from its beginning, those without any text left out."""
    import csv

    file.seek(0)
    reader = csv.reader(file, delimiter=separator, skipinitialspace=True)
    line = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"line {line} of {where} cannot be cut into cells",
            expected="every quote to be closed",
            received=str(error),
        ) from error


def _header(records: Iterator[_Record], where: str) -> tuple[str, ...]:
    _, names = next(records, (0, []))
    if not names:
        raise DataError(
            f"{where} is empty", expected="a line of column names above lines of numbers", received="no text"
        )
    if all(_number(name) is not None for name in names):
        raise DataError(
            f"{where} has no header",
            expected="the names of the columns in its first line",
            received="numbers: " + _shortened(", ".join(names)),
            attempt="writing a line of names above them",
        )
    _check_names(names, where)
    return tuple(names)


def _check_names(names: Sequence[str], where: str) -> None:
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        if not name:
            raise DataError(
                f"column {position} of {where} has no name",
                expected=f"{len(names)} names, one for each column",
            )
        if name in seen:
            raise DataError(
                f"two columns of {where} are called {name!r}",
                expected="a name of its own for every column",
                received=", ".join(map(repr, names)),
            )
        seen.add(name)


def _read_fast(lines: Iterable[str], separator: str, width: int) -> NDArray[np.float64] | None:
    """Read the body of a faultless table; give None where the careful reading has to judge it."""
    filled = (line for line in lines if line.lstrip(separator + " \t\r\n"))
    first = next(filled, None)
    if first is None:
        return np.empty((0, width))
    try:
        values = np.loadtxt(
            chain([first], filled), delimiter=separator, comments=None, quotechar='"', ndmin=2
        )
    except ValueError:
        return None
    return values if values.shape[1] == width and np.isfinite(values).all() else None


def _read_carefully(records: Iterable[_Record], columns: Sequence[str], where: str) -> NDArray[np.float64]:
    rows = (_numbers(line, cells, columns, where) for line, cells in records)
    return np.fromiter(rows, dtype=np.dtype((np.float64, (len(columns),))))


def _numbers(line: int, cells: Sequence[str], columns: Sequence[str], where: str) -> tuple[float, ...]:
    """Turn one record into numbers, or say what is wrong with it."""
    if len(cells) != len(columns):
        raise DataError(
            f"line {line} of {where} does not fit the header",
            expected=f"{len(columns)} cells",
            received=str(len(cells)),
        )
    numbers = []
    for column, text in zip(columns, cells, strict=True):
        number = _number(text)
        if number is None or not math.isfinite(number):
            raise DataError(
                f"line {line} of {where} has no number in column {column!r}",
                expected="a finite number",
                received=_shortened(repr(text)) if text else "an empty cell",
                attempt=_remedy(text),
            )
        numbers.append(number)
    return tuple(numbers)


def _number(text: str) -> float | None:
    # Python reads 1_000 as a number; in a table it is a slip or a code.
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _remedy(text: str) -> str:
    if _number(text.replace(",", "")) is not None and "," in text:
        return "a decimal point, and nothing between the thousands"
    if not any(character.isdigit() for character in text):
        return "filling in the cell, or leaving out the line or the column"
    return "writing it as a plain number such as 21.5"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
