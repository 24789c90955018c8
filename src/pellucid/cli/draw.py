"""`pellucid draw`: a picture of the network."""

from __future__ import annotations

import argparse
import os
from typing import Any

from pellucid.cli import _case
from pellucid.cli._words import Texts, add_case, add_command, add_model
from pellucid.errors import ArgumentError

__all__ = ["add_to", "run"]

_ABOUT = """\
Draw the network that a model is: its units as circles, its weights as lines,
the thicker the larger, dashed where they are negative. With a case to answer,
the numbers are written into the units.
"""
_EXAMPLE = """\
example:
  pellucid draw celsius.safetensors
  pellucid draw celsius.safetensors --set celsius=100 --out boiling.svg
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(commands, "draw", Texts("draw the network that a model is", _ABOUT, _EXAMPLE))
    add_model(words)
    add_case(words, "one number of a case whose numbers are to be written in; again for each column")
    words.add_argument(
        "--out", metavar="FILE.svg", help="where to write it; MODEL with the ending .svg if not given"
    )
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.training.loading import load_model

    model = load_model(options.model)
    out = options.out or os.path.splitext(options.model)[0] + ".svg"
    columns = model.opened().features
    if options.given and not columns:
        raise ArgumentError(
            "--set is for models whose inputs are columns of a table",
            received=f"inputs of the shape {model.known_shape()}",
            attempt="model.draw(x=...) in Python",
        )
    case = _case.numbers(options.given, columns)
    model.draw(out, [_case.row(case, columns)] if case else None)
    print(f"Wrote {out}.")
    return 0
