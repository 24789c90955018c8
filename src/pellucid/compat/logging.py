"""tf.logging: how much the library says beside what was asked for."""

from __future__ import annotations

from pellucid.errors import ArgumentError, UnknownNameError

__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "WARN", "WARNING", "get_verbosity", "info", "set_verbosity"]

DEBUG, INFO, WARN, WARNING, ERROR, FATAL = 10, 20, 30, 30, 40, 50

_LEVELS = {"DEBUG": DEBUG, "INFO": INFO, "WARN": WARN, "WARNING": WARNING, "ERROR": ERROR, "FATAL": FATAL}
_verbosity = INFO


def set_verbosity(level: int | str) -> None:
    """Say nothing less important than this level.

    Args:
        level: one of the numbers here, or its name.
    Raises:
        UnknownNameError: if no level has this name.
        ArgumentError: if this is neither a name nor a whole number.
    """
    global _verbosity  # noqa: PLW0603 - how much is said is one setting for all
    if isinstance(level, str):
        if level.upper() not in _LEVELS:
            raise UnknownNameError("level", level, _LEVELS)
        level = _LEVELS[level.upper()]
    if isinstance(level, bool) or not isinstance(level, int):
        raise ArgumentError(
            "this level cannot be used",
            expected="a whole number or one of " + ", ".join(map(repr, _LEVELS)),
            received=repr(level),
        )
    _verbosity = level


def get_verbosity() -> int:
    """Return the level below which nothing is said."""
    return _verbosity


def info(sentence: str) -> None:
    """Say something useful that nobody asked for, through Python's logging under the name "pellucid"."""
    if _verbosity <= INFO:
        import logging

        logging.getLogger("pellucid").info(sentence)
