"""Matrix products as one kernel sees them: sums of products along some axes, for all places on others.

A dense layer, a batch of products, a convolution and its gradient differ in nothing but these numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from pellucid.engines.native.places import Place, broadcast_strides
from pellucid.engines.native.values import Shape

__all__ = ["Contraction", "Target", "Zeros", "product_of_matrices"]


class Target(NamedTuple):
    """How far an axis of the kernel moves in the result: so many steps along one of its axes."""

    axis: int
    steps: int = 1


class Zeros(NamedTuple):
    """Where the left side is zero, in rows that an outer axis counts, and the first segment counts on.

    Attributes:
        first, last: rows before the one and from the other on add nothing to a sum.
        step: how many rows one segment lies behind the other.
    """

    first: int
    last: int
    step: int


class Contraction(NamedTuple):
    """result[..., m, n] = sum over the segments and k of a[..., m, segments, k] b[..., n, segments, k].

    Attributes:
        extents: (..., M, N, segments..., K).
        outer: how many axes stand before M.
        a, b: how far the two sides move along all these axes.
        b_rows: the same for b, counted in rows, if b is one whole matrix.
        targets: for (..., M, N), how far the result moves.
        zeros: where `a` is zero along the second axis, if the first segment goes the same way.
    """

    extents: Shape
    outer: int
    a: Shape
    b: Shape
    b_rows: Shape | None
    targets: tuple[Target, ...]
    zeros: Zeros | None = None


def product_of_matrices(left: Place, right: Place, shape: Shape) -> Contraction:
    """Describe left @ right."""
    outer = shape[:-2]
    lead = len(outer)
    a = broadcast_strides(left._replace(shape=left.shape[:-2], strides=left.strides[:-2]), outer)
    b = broadcast_strides(right._replace(shape=right.shape[:-2], strides=right.strides[:-2]), outer)
    zeros = (0,) * lead
    return Contraction(
        extents=(*shape, left.shape[-1]),
        outer=lead,
        a=(*a, left.strides[-2], 0, left.strides[-1]),
        b=(*b, 0, 1, right.strides[-2]),
        b_rows=(*zeros, 0, 1, 1) if len(right.shape) == 2 else None,
        targets=tuple([Target(axis) for axis in range(lead + 2)]),
    )
