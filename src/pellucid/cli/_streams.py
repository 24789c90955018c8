"""What is printed, and where it goes."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

__all__ = ["forgiving", "on_terminal", "silence"]


def forgiving(*streams: Any) -> None:
    """Print signs that a terminal lacks, in the name of a column, as \\xf6 instead of failing."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence(stream: TextIO) -> None:
    """Let what is still to be written vanish, so that Python does not complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def on_terminal() -> bool:
    """Whether somebody watches what is printed, so that a line may be redrawn."""
    return sys.stdout.isatty()
