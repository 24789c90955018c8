"""`pellucid fit`: a network from a table."""

from __future__ import annotations

import argparse
import os
from typing import Any

from pellucid.cli._words import Texts, add_command

__all__ = ["add_to", "run"]

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


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(commands, "fit", Texts("learn a column of a table", _ABOUT, _EXAMPLE))
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
        type=_epochs,
        metavar="N",
        help="how often to go through all rows; chosen to fit the table unless given",
    )
    words.add_argument(
        "--seed",
        type=_seed,
        default=0,
        metavar="N",
        help="another number gives other first weights and other rows to check with (default: 0)",
    )
    words.add_argument(
        "--out",
        metavar="FILE",
        help="where to save what was learnt, replacing what is there (default: TABLE.safetensors, here)",
    )
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.cli import _network, _report
    from pellucid.cli._table import part_rows, varying
    from pellucid.cli._watching import Watching
    from pellucid.data.tables import read_table
    from pellucid.training._files import check_destination

    out, target = options.out or _named_after(options.table), options.target
    check_destination(out)
    shown, aside = part_rows(read_table(options.table), options.seed)
    others, y = shown.split(target)
    x, same = varying(others)
    model = _network.make_network(x, y, target, options.layers, options.seed)
    model.feature_names, model.answer_names = x.columns, [target]
    plan = _network.make_plan(x, y, options.layers, options.epochs)
    _report.say_task(options, x, same, aside)
    watching = Watching(target, plan.epochs)
    finished = _network.learn(model, plan, x, y, watching)
    watching.close()
    if not finished:
        _report.say_stopped(model, plan.epochs)
    _report.say_rule(model)
    _report.say_doubt(plan.alike)
    _report.say_errors(model, (x, y), target, aside)
    model.save(out)
    _report.say_next(out, x)
    return 0 if finished else 130


def _named_after(path: str) -> str:
    return f"{os.path.splitext(os.path.basename(path))[0]}.safetensors"


# ------------------------------------------------------------ arguments
def _units(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"expected whole numbers above 0 such as 8,8, received {text!r}")
    return tuple([int(part) for part in parts])


def _epochs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, received {text!r}")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**64:
        raise argparse.ArgumentTypeError(f"expected a whole number from 0 to 2**64 - 1, received {text!r}")
    return int(text)
