"""`pellucid explain`: one case on its way through a network, number by number."""

from __future__ import annotations

import argparse
from typing import Any

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
    words = commands.add_parser(
        "explain",
        help="follow one case through a network, number by number",
        description=_ABOUT,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words.add_argument("model", metavar="MODEL", help="the file that `pellucid fit` or model.save wrote")
    words.add_argument(
        "--set",
        dest="given",
        metavar="COLUMN=NUMBER",
        action="append",
        required=True,
        help="one number of the case; again for each column, and for the answer if it is known: CLASS=1",
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
