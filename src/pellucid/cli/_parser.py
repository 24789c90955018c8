"""The words of the command line."""

from __future__ import annotations

import argparse
import sys

from pellucid import __version__
from pellucid.cli import check, demo, draw, explain, fit, formula, predict, source

__all__ = ["parser"]

_EXAMPLE = """\
example:
  pellucid fit houses.csv --target price
  pellucid predict houses.safetensors --set area=120 --set rooms=4

`pellucid COMMAND --help` says more about each command.
"""


def parser() -> argparse.ArgumentParser:
    """Return what understands `pellucid COMMAND ...`; the result has the function `run`."""
    words = argparse.ArgumentParser(
        prog="pellucid",
        description="Give it a table of examples: it finds the rule, and shows every number it used.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words.add_argument("--version", action="version", version=f"pellucid {__version__}")
    words.set_defaults(run=lambda _: _without_command(words))
    commands = words.add_subparsers(title="commands", metavar="COMMAND")
    for command in (demo, check, fit, predict, explain, formula, source, draw):
        command.add_to(commands)
    return words


def _without_command(words: argparse.ArgumentParser) -> int:
    words.print_help(sys.stderr)
    return 2
