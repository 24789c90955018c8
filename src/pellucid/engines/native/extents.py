"""Arithmetic with sizes that may hang on symbols: products, and strides made of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pellucid.engines.native.plan import Extent
from pellucid.errors import ShapeError
from pellucid.graph import Axis, Size

__all__ = ["Symbols", "contiguous", "factor_of", "fixed", "product", "times"]

_KEPT: Final = 4096  # answers: a planner asks for those of few shapes, again and again


class Symbols:
    """The sizes that are unknown until a plan runs, in the order of their numbers."""

    __slots__ = ("names",)

    def __init__(self) -> None:
        self.names: list[str] = ["batch"]

    def extent(self, axis: Axis) -> Extent:
        """Write a size of the graph as a plan has it."""
        if not isinstance(axis, Size):
            return axis
        for symbol in axis.symbols:
            if symbol not in self.names:
                self.names.append(symbol)
        return (axis.factor, *sorted(map(self.names.index, axis.symbols)))


def fixed(extent: object) -> int:
    """Return a size that has to be known when a graph is planned."""
    if not isinstance(extent, int):
        raise ShapeError(
            "this size has to be known beforehand", expected="a whole number", received=str(extent)
        )
    return extent


def factor_of(extent: Extent) -> int:
    """Return the known part of a size."""
    return extent if isinstance(extent, int) else extent[0]


def times(a: Extent, b: Extent) -> Extent:
    """Multiply two sizes."""
    if isinstance(a, int):
        if isinstance(b, int):
            return a * b
        return (a * b[0], *b[1:]) if a else 0
    if isinstance(b, int):
        return (a[0] * b, *a[1:]) if b else 0
    return (a[0] * b[0], *sorted(a[1:] + b[1:]))


def product(extents: Sequence[Extent]) -> Extent:
    """Multiply sizes; 1 for none."""
    return _product(tuple(extents))


@lru_cache(_KEPT)
def _product(extents: tuple[Extent, ...]) -> Extent:
    result: Extent = 1
    for extent in extents:
        result = times(result, extent)
    return result


def contiguous(shape: Sequence[Extent]) -> tuple[Extent, ...]:
    """Return the strides of an array whose numbers lie one after the other, the last axis fastest."""
    return _contiguous(tuple(shape))


@lru_cache(_KEPT)
def _contiguous(shape: tuple[Extent, ...]) -> tuple[Extent, ...]:
    strides: list[Extent] = []
    stride: Extent = 1
    for extent in reversed(shape):
        strides.append(stride)
        stride = times(stride, extent)
    return tuple(reversed(strides))
