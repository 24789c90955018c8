"""`pellucid formula`: a network as mathematics."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from pellucid.cli._words import Texts, add_command, add_model

__all__ = ["add_to", "run"]

_ABOUT = """\
Print a network as mathematics. Linear layers are multiplied out, so that the
rule is seen that the network has found; a network with bends, such as those of
relu, and with one or two inputs is taken apart into the pieces in which it is
linear. Then every layer follows.
"""
_EXAMPLE = """\
example:
  pellucid formula celsius.safetensors
  pellucid formula celsius.safetensors --latex > celsius.tex
"""


def add_to(commands: Any) -> None:
    """Add the words of this command."""
    words = add_command(commands, "formula", Texts("print a network as mathematics", _ABOUT, _EXAMPLE))
    add_model(words)
    words.add_argument(
        "--latex", action="store_true", help="print LaTeX, for a place where mathematics may stand"
    )
    words.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    from pellucid.training.loading import load_model

    formula = load_model(options.model).formula()
    sys.stdout.write(f"{formula.latex if options.latex else formula}\n")
    return 0
