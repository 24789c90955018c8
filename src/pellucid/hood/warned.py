"""Warnings at the line of the user's program that is at work."""

from __future__ import annotations

import sys
from typing import Final
from warnings import warn

__all__ = ["warn_user"]

_HOME: Final = __file__.rpartition("hood")[0]  # the folder of this library


def warn_user(warning: Warning) -> None:
    """Warn at the nearest line, going outwards, that is not this library's own."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOME):
        level, frame = level + 1, frame.f_back
    warn(warning, stacklevel=level)
