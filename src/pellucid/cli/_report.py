"""What `pellucid fit` says beside the progress: its task, the rule, the errors, and what comes next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from shlex import quote
from typing import Final

import numpy as np

from pellucid.cli._network import ACTIVATION
from pellucid.data.tables import Table
from pellucid.hood.numbers import number_text
from pellucid.training.model import Model

__all__ = ["say_doubt", "say_errors", "say_next", "say_rule", "say_stopped", "say_task"]

_FEW: Final = 4  # columns whose numbers fit into an example of a command
_MANY: Final = 8  # names in a list at most


def say_task(options: argparse.Namespace, x: Table, same: Sequence[str], aside: Table | None) -> None:
    """Say what is about to be learnt, from what, and by what."""
    print(f"Learning {options.target} from {_listed(x.columns)}: {len(x)} rows of {options.table}.")
    if aside is not None:
        print(f"Another {len(aside)} rows are kept aside, to check it on rows that it has not seen.")
    if same:
        print(f"Left out, being the same in every row: {_listed(same)}.")
    sizes = [len(x.columns), *options.layers, 1]
    numbers = sum((before + 1) * units for before, units in pairwise(sizes))
    kind = "linear network"
    if options.layers:
        layers = "a hidden layer" if len(options.layers) == 1 else "hidden layers"
        kind = f"network with {layers} of {_listed(options.layers)} units ({ACTIVATION})"
    print(f"A {kind}: {numbers} numbers to learn. Ctrl-C ends it and keeps what it has learnt.\n")


def say_stopped(model: Model, epochs: int) -> None:
    """Say that Ctrl-C has ended the learning; if it had hardly begun, let it end everything."""
    done = 0 if model.history is None else len(model.history.epoch)
    if not done:
        raise KeyboardInterrupt  # there is nothing to report, and nothing worth saving
    print(f"Stopped after {done} of {epochs} epochs.")


def say_rule(model: Model) -> None:
    """Print the rule of a linear network, set off by empty lines."""
    rules = model.formula().rules
    if not rules:
        print("\nWhat it found has no short formula; `pellucid formula` prints all of it.\n")
    for rule in rules:
        text = str(rule).replace("\n", "\n    ")
        print(f"\nThe rule it found:\n\n    {text}\n")


def say_doubt(alike: Sequence[str]) -> None:
    """Say which numbers of the rule are not the only ones."""
    if alike:
        print(
            f"Other numbers for {_listed(alike)} would fit these rows as well or nearly as well:\n"
            "these columns say almost the same, or there are too few rows to tell what each of them does.\n"
        )


def say_errors(model: Model, learnt: tuple[Table, np.ndarray], target: str, aside: Table | None) -> None:
    """Say how far off the answers are: the root of the mean squared error, which has the target's unit."""
    x, y = learnt
    error = number_text(model.evaluate(x.values, y, verbose=0) ** 0.5)
    print(f"Typical error on the {len(x)} rows it learnt from: {error} {target}.")
    if aside is not None:
        loss = model.evaluate(aside.select(x.columns).values, aside.column(target), verbose=0)
        print(f"Typical error on the {len(aside)} rows kept aside: {number_text(loss**0.5)} {target}.")


def say_next(out: str, x: Table) -> None:
    """Say where the network is, and what to do with it; the last row serves as an example."""
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
