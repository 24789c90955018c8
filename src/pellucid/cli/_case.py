"""One case to look at, as the words of a command give it: --set area=120 --set rooms=4."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.errors import ArgumentError, DataError, UnknownNameError

__all__ = ["case"]


def case(given: Sequence[str], columns: Sequence[str]) -> list[float]:
    """Return the number of each column, from texts such as "area=120" and "area=120,rooms=4"."""
    numbers: dict[str, float] = {}
    for text in (part for texts in given for part in _parts(texts)):
        name, equals, value = (piece.strip() for piece in text.rpartition("="))
        if not equals:
            raise ArgumentError(
                f"--set {text!r} cannot be used", expected="COLUMN=NUMBER", received=repr(text)
            )
        if name not in columns:
            raise UnknownNameError("column", name, columns)
        if name in numbers:
            raise ArgumentError(f"the column {name!r} has two numbers", expected="one", received=repr(text))
        numbers[name] = _number(name, value)
    missing = [name for name in columns if name not in numbers]
    if missing:
        raise DataError(
            "the case is not complete",
            expected="a number for each of " + ", ".join(map(repr, columns)),
            received=", ".join(map(repr, numbers)),
            attempt=f"--set '{missing[0]}=NUMBER' as well",
        )
    return [numbers[name] for name in columns]


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
