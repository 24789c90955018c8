"""Numbers as people write them."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["number_text"]

_MOST_DIGITS: Final = 15  # more than these a float64 does not have
_LONGEST: Final = 12  # digits in front of the point; beyond, powers of ten are plainer


def number_text(number: float, digits: int = 4, tolerance: float = math.inf) -> str:
    """Write a number with few digits, none of them in front of the decimal point left out.

    Args:
        number: any number.
        digits: how many significant digits are enough.
        tolerance: how far what is written may be off; it asks for more digits, never for fewer.
    Example:
        >>> number_text(31.952526), number_text(-0.5), number_text(123456.7), number_text(3.2e-9)
        ('31.95', '-0.5', '123457', '3.2e-09')
    """
    if not number or not math.isfinite(number):
        return f"{number or 0:g}"
    first = math.floor(math.log10(abs(number)))  # the place of its first digit: 0 for units, 1 for tens
    decimals = digits - 1 - first
    if 0 < tolerance < math.inf:
        decimals = max(decimals, math.ceil(-math.log10(2 * tolerance)))
    decimals = min(decimals, _MOST_DIGITS - 1 - first)
    if -5 <= first < _LONGEST:
        return _trimmed(f"{number:.{max(0, decimals)}f}")
    mantissa, _, exponent = f"{number:.{max(0, first + decimals)}e}".partition("e")
    return f"{_trimmed(mantissa)}e{exponent}"


def _trimmed(text: str) -> str:
    """Take off the zeros after the last digit behind the point."""
    return text.rstrip("0").rstrip(".") if "." in text else text
