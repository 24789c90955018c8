"""`pellucid fit`: a network from a table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from itertools import pairwise
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
_FEW = 4  # columns whose numbers fit into an example of a command
_MANY = 8  # names in a list at most


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
    from pellucid.cli import _columns, _network
    from pellucid.cli._watching import Watching
    from pellucid.data.tables import read_table
    from pellucid.training._files import check_destination

    out = options.out or _named_after(options.table)
    check_destination(out)
    table = read_table(options.table)
    table.column(options.target)  # said to be missing before anything else
    shown, aside = _parted(table, options.seed)
    rest, y = shown.split(options.target)
    x, same = _network.varying(rest)
    model = _network.make_network(x, y, options.target, options.layers, options.seed)
    _columns.note(model, x.columns, options.target)
    plan = _network.make_plan(x, y, options.layers, options.epochs)
    _say_task(options, x, same, aside)
    watching = Watching(options.target, plan.epochs)
    finished = _network.learn(model, plan, x, y, watching)
    watching.close()
    if not finished:
        _say_stopped(model, plan.epochs)
    say_rule(model, x.columns, options.target)
    _say_doubt(plan.alike)
    _say_errors(model, x, y, options.target, aside)
    model.save(out)
    _say_next(out, x)
    return 0 if finished else 130


# ------------------------------------------------------------ rows
def _named_after(path: str) -> str:
    return f"{os.path.splitext(os.path.basename(path))[0]}.safetensors"


def _parted(table: Table, seed: int) -> tuple[Table, Table | None]:
    """Part the rows to learn from those to check with, by chance: tables are often sorted."""
    import numpy as np

    from pellucid.data.tables import Table

    if len(table) < _ENOUGH:
        return table, None
    aside = np.zeros(len(table), bool)
    aside[np.random.default_rng(seed).permutation(len(table))[: len(table) // _ASIDE]] = True
    return Table(table.columns, table.values[~aside]), Table(table.columns, table.values[aside])


# ------------------------------------------------------------ words
def _say_task(options: argparse.Namespace, x: Table, same: Sequence[str], aside: Table | None) -> None:
    from pellucid.cli import _network

    rows = f"{len(x)} rows" if len(x) > 1 else "1 row"
    print(f"Learning {options.target} from {_listed(x.columns)}: {rows} of {options.table}.")
    if aside is not None:
        print(f"Another {len(aside)} rows are kept aside, to check it on rows that it has not seen.")
    if same:
        print(f"Left out, being the same in every row: {_listed(same)}.")
    sizes = [len(x.columns), *options.layers, 1]
    numbers = sum((before + 1) * units for before, units in pairwise(sizes))
    kind = "linear network"
    if options.layers:
        layers = "a hidden layer" if len(options.layers) == 1 else "hidden layers"
        kind = f"network with {layers} of {_listed(options.layers)} units ({_network.ACTIVATION})"
    print(f"A {kind}: {numbers} numbers to learn. Ctrl-C ends it and keeps what it has learnt.\n")


def _say_stopped(model: Model, epochs: int) -> None:
    done = 0 if model.history is None else len(model.history.epoch)
    if not done:
        raise KeyboardInterrupt  # there is nothing to report, and nothing worth saving
    print(f"Stopped after {done} of {epochs} epochs.")


def say_rule(model: Model, columns: Sequence[str], target: str) -> None:
    """Print the rule of a linear network, set off by empty lines."""
    from pellucid.hood.rule import linear_rule

    rule = linear_rule(model, columns, target)
    if rule is None:
        print("\nWhat it found has no short formula; `pellucid source` prints all of it.\n")
    else:
        text = str(rule).replace("\n", "\n    ")
        print(f"\nThe rule it found:\n\n    {text}\n")


def _say_doubt(alike: Sequence[str]) -> None:
    if alike:
        print(
            f"Other numbers for {_listed(alike)} would fit these rows as well or nearly as well:\n"
            "these columns say almost the same, or there are too few rows to tell what each of them does.\n"
        )


def _say_errors(model: Model, x: Table, y: np.ndarray, target: str, aside: Table | None) -> None:
    """Say how far off the answers are: the root of the mean squared error, which has the target's unit."""
    from pellucid.hood.numbers import number_text

    learnt = number_text(model.evaluate(x.values, y, verbose=0) ** 0.5)
    print(f"Typical error on the {len(x)} rows it learnt from: {learnt} {target}.")
    if aside is not None:
        loss = model.evaluate(aside.select(x.columns).values, aside.column(target), verbose=0)
        print(f"Typical error on the {len(aside)} rows kept aside: {number_text(loss**0.5)} {target}.")


def _say_next(out: str, x: Table) -> None:
    from shlex import quote

    from pellucid.hood.numbers import number_text

    print(f"\nSaved as {out}. Ask it, or see how it computes:\n")
    if len(x.columns) > _FEW:
        print(f"    pellucid predict {quote(out)} TABLE.csv")
    else:
        case = [
            f"--set {quote(f'{name}={number_text(number)}')}"
            for name, number in zip(x.columns, x.values[-1], strict=True)
        ]
        print(f"    pellucid predict {quote(out)} {' '.join(case)}")
    print(f"    pellucid source {quote(out)}")


def _listed(things: Sequence[object]) -> str:
    """Write a list as people say it, and cut it short where it is long."""
    words = [str(thing) for thing in things]
    if len(words) > _MANY:
        words = [*words[: _MANY - 1], f"{len(words) - _MANY + 1} more"]
    return " and ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])


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
