"""`pellucid explain`: one case on its way through a network, number by number."""

from __future__ import annotations

import argparse
from typing import Any

from pellucid.cli._words import Texts, add_case, add_command, add_model

__all__ = ["add_to", "run"]

_ABOUT = """\
Follow one case through a network: for every unit the sum with its terms, what
the activation makes of it, and the answer. With the right answer among the
numbers, also the way back: the loss, every gradient, and what one step of
training would change.
"""
_EXAMPLE = """\
example:
  pellucid explain celsius.safetensors --set celsius=100
  pellucid explain celsius.safetensors --set celsius=100 --set fahrenheit=212
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(
        commands, "explain", Texts("follow one case through a network, number by number", _ABOUT, _EXAMPLE)
    )
    add_model(words)
    add_case(
        words,
        "one number of the case; again for each column, and for the answer if it is known: CLASS=1",
        required=True,
    )
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.cli import _case, _columns

    model, columns, answers = _columns.named(options.model)
    found = _case.numbers(options.given, [*columns, *answers])
    x = [_case.row(found, columns)]
    right = {name: number for name, number in found.items() if name in answers}
    if not right:
        print(model.explain(x))
    elif model.chosen_loss is not None and model.chosen_loss.labels:
        print(model.explain(x, [answers.index(max(right, key=lambda name: right[name]))]))
    else:
        print(model.explain(x, [_case.row(right, answers)]))
    return 0
