"""`pellucid check`: the classic mistakes in a model and a table."""

from __future__ import annotations

import argparse
from typing import Any

from pellucid.cli._words import Texts, add_command
from pellucid.errors import DataError

__all__ = ["add_to", "run"]

_ABOUT = """\
Look for the classic mistakes in a model and the table that it learns from, and
say what to do instead: columns that say nothing or too much, numbers that stand
for what is missing, inputs far too large, a last layer that does not suit the
loss, steps that are too long. Nothing is changed.

The exit code is 0 if nothing was found, and 1 otherwise.
"""
_EXAMPLE = """\
example:
  pellucid check celsius.safetensors celsius.csv
  pellucid check houses.safetensors houses.csv --validation new-houses.csv
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(
        commands, "check", Texts("look for classic mistakes in a model and its table", _ABOUT, _EXAMPLE)
    )
    words.add_argument("model", metavar="MODEL", help="the file that `pellucid fit` wrote")
    words.add_argument(
        "table", metavar="TABLE.csv", help="a table with the columns of the model and its answer"
    )
    words.add_argument("--validation", metavar="TABLE.csv", help="the table that the model is judged with")
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.cli import _columns

    model, columns, target = _columns.load(options.model)
    x, y = _examples(options.table, columns, target)
    held_out = None if options.validation is None else _examples(options.validation, columns, target)
    diagnosis = model.check(x, y, held_out)
    print(diagnosis)
    return 0 if diagnosis.healthy else 1


def _examples(path: str, columns: tuple[str, ...], target: str) -> tuple[Any, Any]:
    """Read the columns that a model needs, and the answers."""
    from pellucid.data.tables import read_table

    table = read_table(path)
    for name in (*columns, target):
        if name not in table.columns:
            raise DataError(
                f"{path!r} has no column {name!r}, which the model learns from",
                expected=", ".join(map(repr, (*columns, target))),
                received=", ".join(map(repr, table.columns)),
            )
    return table.select(columns).values, table.column(target)
