"""The words that several commands share."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

__all__ = ["Texts", "add_case", "add_command", "add_model"]


class Texts(NamedTuple):
    """What a command says about itself.

    Attributes:
        short: a line in the list of commands.
        about: what it does.
        example: how it is used.
    """

    short: str
    about: str
    example: str


def add_command(commands: Any, name: str, texts: Texts) -> argparse.ArgumentParser:
    """Add a command; returns what its own words are added to."""
    words: argparse.ArgumentParser = commands.add_parser(
        name,
        help=texts.short,
        description=texts.about,
        epilog=texts.example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return words


def add_model(words: argparse.ArgumentParser) -> None:
    """Add the file of a model."""
    words.add_argument("model", metavar="MODEL", help="the file that `pellucid fit` or model.save wrote")


def add_case(words: argparse.ArgumentParser, about: str, required: bool = False) -> None:
    """Add the numbers of one case: --set area=120 --set rooms=4."""
    words.add_argument(
        "--set",
        dest="given",
        metavar="COLUMN=NUMBER",
        action="append",
        default=[],
        required=required,
        help=about,
    )
