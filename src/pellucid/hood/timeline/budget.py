"""How much memory a recording may take."""

from __future__ import annotations

import re
from typing import Final

from pellucid.errors import ArgumentError

__all__ = ["DEFAULT", "budget_of"]

DEFAULT: Final = 64_000_000  # bytes: a thousand states of 16,000 numbers
_UNITS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def budget_of(record: object) -> float:
    """Return the bytes that the `record` of fit asks for; 0 for no recording.

    Raises:
        ArgumentError: if it is no amount of memory.
    Example:
        >>> budget_of(False), budget_of(True), budget_of(5000), budget_of("100 MB")
        (0, 64000000, 5000, 100000000.0)
    """
    if record is None or record is False:
        return 0
    if record is True:
        return DEFAULT
    if isinstance(record, int | float) and 0 < record < float("inf"):
        return record
    text = (
        re.fullmatch(r"([0-9]+\.?[0-9]*) *([kmg]i?|)b", record.strip().lower())
        if isinstance(record, str)
        else None
    )
    if text is None or not float(text[1]):
        raise ArgumentError(
            "record is no amount of memory",
            expected="True, False, a number of bytes above 0, or a text",
            received=repr(record),
            attempt="record='100 MB'",
        )
    return float(text[1]) * _UNITS[text[2]]
