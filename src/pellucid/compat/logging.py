"""tf.logging: how much the library says beside what was asked for."""

from __future__ import annotations

import logging

__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "WARN", "WARNING", "get_verbosity", "set_verbosity"]

DEBUG, INFO, WARN, WARNING, ERROR, FATAL = 10, 20, 30, 30, 40, 50


def set_verbosity(level: int | str) -> None:
    """Say nothing less important than this level."""
    logging.getLogger("pellucid").setLevel(level)


def get_verbosity() -> int:
    """Return the level below which nothing is said."""
    return logging.getLogger("pellucid").getEffectiveLevel()
