"""One case on the command line: --set area=120 --set rooms=4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pellucid.errors import ArgumentError, DataError, UnknownNameError

__all__ = ["numbers", "row"]


def numbers(given: Sequence[str], columns: Sequence[str]) -> dict[str, float]:
    """Return the numbers by column, from texts such as "area=120" and "area=120,rooms=4"."""
    found: dict[str, float] = {}
    for text in (part for texts in given for part in _parts(texts)):
        name, equals, value = (piece.strip() for piece in text.rpartition("="))
        if not equals:
            raise ArgumentError(
                f"--set {text!r} cannot be used", expected="COLUMN=NUMBER", received=repr(text)
            )
        if name not in columns:
            raise UnknownNameError("column", name, columns)
        if name in found:
            raise ArgumentError(f"the column {name!r} has two numbers", expected="one", received=repr(text))
        found[name] = _number(name, value)
    return found


def row(found: Mapping[str, float], columns: Sequence[str]) -> list[float]:
    """Return the number of each column.

    Raises:
        DataError: if one is missing.
    """
    missing = [name for name in columns if name not in found]
    if missing:
        raise DataError(
            "the case is not complete",
            expected="a number for each of " + ", ".join(map(repr, columns)),
            received=", ".join(map(repr, found)) or "none",
            attempt=f"--set '{missing[0]}=NUMBER' as well",
        )
    return [found[name] for name in columns]


def _parts(text: str) -> list[str]:
    """Take "a=1,b=2" apart; a comma that parts nothing belongs to a name, or is wrong in a number."""
    parts = text.split(",")
    return parts if all("=" in part for part in parts) else [text]


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        decimal = text.replace(",", ".")
        raise ArgumentError(
            f"{name!r} cannot be {text!r}",
            expected="a number",
            received=repr(text),
            attempt=f"{name}={decimal}" if decimal != text else "",
        )
    return number
