"""`pellucid fit`: a network from a table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from pellucid.data.tables import Table
    from pellucid.training.model import Model

__all__ = ["add_to", "run", "say_rule"]

_ABOUT = """\
Learn one column of a table of numbers from all others, and save what was learnt.

Without --layers the network is linear: it finds the rule that fits the rows
best (least squares), and says it as a formula. With --layers it has hidden
layers of so many units, with the activation tanh, and can learn rules that no
short formula holds.

Each column is scaled inside the network, so what it says is in your units. From
50 rows on, a fifth of them is kept aside, to check the network on rows that it
has not seen. Ctrl-C ends the learning early; what was learnt is reported and
saved.
"""
_EXAMPLE = """\
example:
  pellucid fit celsius.csv --target fahrenheit
  pellucid fit houses.csv --target price --layers 8,8 --out houses.safetensors
"""
_ENOUGH = 50  # rows, to keep some aside
_ASIDE = 5  # one of so many


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = commands.add_parser(
        "fit",
        help="learn a column of a table",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words.add_argument("table", metavar="TABLE.csv", help="numbers under a line of column names")
    words.add_argument("--target", required=True, metavar="COLUMN", help="the column to learn")
    words.add_argument(
        "--layers",
        type=_units,
        default=(),
        metavar="8,8",
        help="units of the hidden layers; none unless given",
    )
    words.add_argument(
        "--epochs",
        type=_whole("--epochs", least=1),
        metavar="N",
        help="how often to go through all rows; chosen to fit the table unless given",
    )
    words.add_argument(
        "--seed",
        type=_whole("--seed", least=0, below=2**64),
        default=0,
        metavar="N",
        help="another number gives other first weights and other rows to check with (default: 0)",
    )
    words.add_argument(
        "--out",
        metavar="FILE",
        help="where to save the network, replacing what is there (default: TABLE.safetensors, in this folder)",
    )
    words.set_defaults(run=run)
