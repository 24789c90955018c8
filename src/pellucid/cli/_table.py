"""What of a table is learnt: which rows, and which columns."""

from __future__ import annotations

from typing import Final

import numpy as np

from pellucid.data.tables import Table
from pellucid.errors import DataError

__all__ = ["check_spread", "part_rows", "varying"]

_ENOUGH: Final = 50  # rows, to keep some aside
_ASIDE: Final = 5  # one of so many
_LEAST, _MOST = 1e-140, 1e140  # deviations whose squares a float64 can hold


def part_rows(table: Table, seed: int) -> tuple[Table, Table | None]:
    """Part the rows to learn from those to check with, by chance: tables are often sorted.

    Returns:
        Both; None for those to check with if there are too few rows for that.
    """
    if len(table) < _ENOUGH:
        return table, None
    aside = np.zeros(len(table), bool)
    aside[np.random.default_rng(seed).permutation(len(table))[: len(table) // _ASIDE]] = True
    return Table(table.columns, table.values[~aside]), Table(table.columns, table.values[aside])


def varying(table: Table) -> tuple[Table, list[str]]:
    """Part the columns that say something from those that are the same in every row.

    Raises:
        DataError: if there are none of the first kind, or one cannot be scaled.
    """
    lowest, highest = table.values.min(axis=0), table.values.max(axis=0)
    same = [name for name, low, high in zip(table.columns, lowest, highest, strict=True) if low == high]
    rest = table.select(name for name in table.columns if name not in same)
    if not rest.columns:
        raise DataError(
            "there is nothing to learn from",
            expected="a column whose numbers differ",
            received=f"{len(table)} {'row' if len(table) == 1 else 'equal rows'} of "
            + ", ".join(map(repr, same)),
        )
    for name in rest.columns:
        check_spread(rest.column(name), name)
    return rest, same


def check_spread(numbers: np.ndarray, name: str) -> None:
    """Refuse a column whose deviation cannot be squared.

    Raises:
        DataError: if it is that small or large; a column that does not vary at all will do.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        deviation = numbers.std()
    if numbers.min() != numbers.max() and not _LEAST < deviation < _MOST:
        raise DataError(
            f"the column {name!r} cannot be scaled",
            expected=f"numbers that differ by more than {_LEAST:g} and less than {_MOST:g}",
            received=f"{numbers.min():g} to {numbers.max():g}",
            attempt="another unit",
        )
