"""`pellucid predict`: the answers of a model."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from pellucid.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from pellucid.data.tables import Table

from pellucid.cli._words import Texts, add_case, add_command

__all__ = ["add_to", "run"]

_ABOUT = """\
Ask a model: for the answer to one case, or for those to all rows of a table.

A table may have its columns in any order, and more of them than the model
needs. It comes back with one column more, and if it holds the right answers
too, the typical error is said.
"""
_EXAMPLE = """\
example:
  pellucid predict celsius.safetensors --set celsius=100
  pellucid predict houses.safetensors --set area=120,rooms=4
  pellucid predict houses.safetensors new-houses.csv --out prices.csv
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(commands, "predict", Texts("ask a model", _ABOUT, _EXAMPLE))
    words.add_argument("model", metavar="MODEL", help="the file that `pellucid fit` wrote")
    words.add_argument("table", metavar="TABLE.csv", nargs="?", help="a table with the columns of the model")
    add_case(words, "one number of the case to answer; again for each column")
    words.add_argument("--out", metavar="FILE", help="write the table into this file instead of printing it")
    words.set_defaults(run=run, refuse=words.error)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    if bool(options.given) == bool(options.table):
        options.refuse("give either a table, or a number for each column with --set COLUMN=NUMBER")
    if options.out and not options.table:
        options.refuse("--out is for the answers to a table; those to --set are printed")
    from pellucid.cli import _case, _columns

    model, columns, target = _columns.load(options.model)
    if options.table:
        from pellucid.data.tables import read_table

        table = read_table(options.table)
        inputs = _inputs(table, columns, options.table)
        _hand_over(table, target, model.predict(inputs, verbose=0)[:, 0], options.out)
    else:
        from pellucid.hood.numbers import number_text

        answer = model.predict([_case.row(_case.numbers(options.given, columns), columns)], verbose=0).item()
        print(f"{target} = {number_text(answer, digits=6)}")
    return 0


# ------------------------------------------------------------ a table
def _inputs(table: Table, columns: Sequence[str], path: str) -> np.ndarray:
    """Return the columns that the model needs, in its order."""
    for name in columns:
        if name not in table.columns:
            raise DataError(
                f"{path!r} has no column {name!r}, which the model needs",
                expected=", ".join(map(repr, columns)),
                received=", ".join(map(repr, table.columns)),
            )
    return table.select(columns).values


def _hand_over(table: Table, target: str, answers: np.ndarray, path: str | None) -> None:
    """Write the table with the answers, and say how good they are where that can be known."""
    added = f"predicted {target}"
    kept = table.select(name for name in table.columns if name != added)
    if path is None:
        _write(sys.stdout, kept, added, answers)
    else:
        with open(path, "w", encoding="utf-8", newline="") as file:
            _write(file, kept, added, answers)
        print(f"Wrote {len(table)} rows with the column {added!r} into {path}.")
    if target in table.columns:
        from pellucid.hood.numbers import number_text

        error = float(((answers - table.column(target)) ** 2).mean()) ** 0.5
        print(
            f"Typical error on these {len(table)} rows: {number_text(error)} {target}.",
            file=sys.stderr if path is None else sys.stdout,
        )


def _write(file: TextIO, table: Table, added: str, answers: np.ndarray) -> None:
    import csv

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*table.columns, added])
    writer.writerows(
        [*_texts(row), *_texts([answer])]
        for row, answer in zip(table.values.tolist(), answers.tolist(), strict=True)
    )


def _texts(numbers: Sequence[float]) -> Iterator[str]:
    """Write numbers with as many digits as give them back to the last bit."""
    return (repr(number).removesuffix(".0") for number in numbers)
