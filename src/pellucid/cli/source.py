"""`pellucid source`: the program that a model is."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from pellucid.cli._words import Texts, add_command, add_model

__all__ = ["add_to", "run"]

_ABOUT = """\
Print the NumPy program that a model is: what predicts, what trains it, and the
numbers it has learnt. It runs on its own, without Pellucid, and gives the same
answers: to the last bit those of PELLUCID_ENGINE=numpy, else but for rounding.

A notebook (--out with the ending .ipynb) goes through one step of training in
slow motion, with every line as mathematics and where each gradient comes from.
"""
_EXAMPLE = """\
example:
  pellucid source celsius.safetensors --out celsius.py
  python -c "import celsius; print(celsius.predict([[100]], celsius.trained_weights()))"
  pellucid source celsius.safetensors --out celsius.ipynb
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(
        commands, "source", Texts("print the NumPy program that a model is", _ABOUT, _EXAMPLE)
    )
    add_model(words)
    words.add_argument(
        "--out",
        metavar="FILE",
        help="write the program, or a notebook, into this file; many numbers go into a file beside it",
    )
    words.add_argument(
        "--derivations",
        action="store_true",
        help="say above each gradient why it is that one (a notebook always does)",
    )
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.training.loading import load_model

    model = load_model(options.model)
    text = model.numpy_source(options.out, derivations=options.derivations)
    beside = f"{os.path.splitext(options.out or model.name)[0]}.npz"
    apart = os.path.basename(beside) in text  # the program reads its numbers from there
    if options.out is None:
        sys.stdout.write(text)
        if apart:
            print(
                f"pellucid: this program has too many numbers to print: it reads them from {beside}; "
                "--out FILE writes both.",
                file=sys.stderr,
            )
    else:
        print(f"Wrote {options.out}" + f" and {beside}." * apart + "." * (not apart))
    return 0
