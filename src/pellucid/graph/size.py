"""Sizes of axes: whole numbers, or unknown until the program runs."""

from __future__ import annotations

from typing import TypeAlias

__all__ = ["BATCH", "TIME", "Axis", "Shape", "Size", "product", "quotient", "shape_text"]


class Size:
    """A size that is known only when the program runs: a whole number times named unknowns.

    Attributes:
        factor: the known part, at least 1.
        symbols: the unknowns, sorted: ("batch",), ("batch", "time").
    """

    __slots__ = ("factor", "symbols")

    factor: int
    symbols: tuple[str, ...]

    def __init__(self, factor: int, symbols: tuple[str, ...]) -> None:
        object.__setattr__(self, "factor", factor)
        object.__setattr__(self, "symbols", tuple(sorted(symbols)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Size does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Size) and (self.factor, self.symbols) == (other.factor, other.symbols)

    def __hash__(self) -> int:
        return hash((self.factor, self.symbols))

    def __repr__(self) -> str:
        return " * ".join([str(self.factor)] * (self.factor != 1) + list(self.symbols))


Axis: TypeAlias = "int | Size"
Shape: TypeAlias = "tuple[Axis, ...]"

BATCH = Size(1, ("batch",))
TIME = Size(1, ("time",))


def product(axes: Shape) -> Axis:
    """Multiply sizes: (4, batch, 3) gives 12 * batch."""
    factor = 1
    symbols: tuple[str, ...] = ()
    for axis in axes:
        if isinstance(axis, Size):
            factor *= axis.factor
            symbols += axis.symbols
        else:
            factor *= axis
    return Size(factor, symbols) if symbols and factor else factor


def quotient(whole: Axis, part: Axis) -> Axis | None:
    """Divide one size by another, or None where the result is not a size."""
    over = list(whole.symbols) if isinstance(whole, Size) else []
    for symbol in part.symbols if isinstance(part, Size) else ():
        if symbol not in over:
            return None
        over.remove(symbol)
    numerator = whole.factor if isinstance(whole, Size) else whole
    denominator = part.factor if isinstance(part, Size) else part
    if denominator == 0 or numerator % denominator:
        return None
    factor = numerator // denominator
    return Size(factor, tuple(over)) if over else factor


def shape_text(shape: Shape) -> str:
    """Write a shape as Python would: (batch, 4), (3,), ()."""
    return "(" + ", ".join(map(repr, shape)) + ("," if len(shape) == 1 else "") + ")"
