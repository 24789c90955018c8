"""The axes of an array that a layer speaks of, and values for each place along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node
from pellucid.ops import expand_dims, reshape

__all__ = ["as_axes", "beside", "counted_sizes", "from_front"]


def as_axes(axis: Any) -> tuple[int, ...]:
    """Return the axes that a user names by one number or by several.

    Raises:
        ArgumentError: if these are no whole numbers, or there are none.
    """
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    if not axes or any(isinstance(each, bool) or not isinstance(each, int) for each in axes):
        raise ArgumentError(
            "axis cannot be used", expected="a whole number such as -1, or several", received=repr(axis)
        )
    return axes


def from_front(layer: str, axes: Sequence[int], shape: Sequence[Any]) -> tuple[int, ...]:
    """Return axes in their order, counted from the front.

    Raises:
        ShapeError: naming the layer, if the shape has no such axis.
    """
    rank = len(shape)
    if any(not -rank <= axis < rank for axis in axes):
        raise ShapeError(
            f"{layer!r} finds no such axis",
            expected=f"axis from {-rank} to {rank - 1}",
            received=f"{tuple(axes)} for the shape {tuple(shape)}",
        )
    return tuple(sorted({axis % rank for axis in axes}))


def counted_sizes(layer: str, axes: Sequence[int], shape: Sequence[int | None]) -> tuple[int, ...]:
    """Return how many places there are along axes that weights are made for.

    Raises:
        ShapeError: naming the layer, if that is not known.
    """
    sizes = [shape[axis] for axis in axes]
    known = tuple([size for size in sizes if size is not None])
    if len(known) < len(sizes):
        raise ShapeError(
            f"{layer!r} needs features that it can count",
            expected="known sizes along axis",
            received=f"{tuple(sizes)} in the shape {tuple(shape)}",
        )
    return known


def beside(values: Node, axes: Sequence[int], rank: int) -> Node:
    """Give the other axes size 1 in values for the places along some axes of an array with rank axes."""
    if not axes:
        return values
    first = axes[0]  # what is missing in front, NumPy adds by itself
    missing = [axis - first for axis in range(first, rank) if axis not in axes]
    if not missing:
        return values
    if len(missing) == 1:
        column: Node = expand_dims(values, axis=missing[0])
        return column
    sizes = iter(values.shape)
    spread: Node = reshape(
        values, shape=tuple([next(sizes) if axis in axes else 1 for axis in range(first, rank)])
    )
    return spread
