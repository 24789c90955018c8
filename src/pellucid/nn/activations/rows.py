"""Activations of whole rows: each number of the result depends on all numbers of its row."""

from __future__ import annotations

from collections.abc import Callable

from pellucid import ops
from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, shape_text
from pellucid.nn._arrays import Value
from pellucid.nn.activations._registry import activation
from pellucid.ops import (
    cast,
    expand_dims,
    log_sum_exp,
    maximum,
    reduce_max,
    reduce_sum,
    select,
    slice_axis,
    stop_gradient,
    transpose,
)

__all__ = ["glu", "log_softmax", "softmax", "sparsemax"]


@activation()
def softmax(x: Value, axis: int = -1) -> Value:
    """Make probabilities that add up to 1.

    Formula:
        softmax(x)_i = exp(x_i) / sum over j of exp(x_j)
    Args:
        axis: the axis along which they add up to 1.
    Source:
        Bridle 1990.
    """
    return _in_rows(ops.softmax, x, axis)


@activation()
def log_softmax(x: Value, axis: int = -1) -> Value:
    """Take the logarithm of softmax, which is never that of 0.

    Formula:
        log_softmax(x)_i = x_i - log(sum over j of exp(x_j))
    Args:
        axis: the axis along which the probabilities add up to 1.
    """

    def rule(rows: Node) -> Node:
        # The same number for any shift; around 0 no digits are lost when the two are subtracted.
        shifted = rows - stop_gradient(_beside(reduce_max(rows, axes=(len(rows.shape) - 1,))))
        return shifted - _beside(log_sum_exp(shifted))

    return _in_rows(rule, x, axis)


@activation()
def sparsemax(x: Value, axis: int = -1) -> Value:
    """Make probabilities that add up to 1, with 0 for all that are far below the largest.

    Formula:
        sparsemax(x)_i = max(x_i - t, 0), with t such that they add up to 1
    Args:
        axis: the axis along which they add up to 1. Memory grows with the square of its size.
    Source:
        Martins & Astudillo 2016.
    """
    return _in_rows(_sparsemax, x, axis)


def _sparsemax(rows: Node) -> Node:
    """Find what stays above 0 without sorting: x_i, if all larger x_j exceed it by less than 1 in total."""
    last = len(rows.shape) - 1
    largest = stop_gradient(reduce_max(rows, axes=(last,)))
    x = maximum(rows - _beside(largest), -1)  # 1 below the largest or more, -inf too: the result is 0
    excess = maximum(expand_dims(x, axis=last) - expand_dims(x, axis=last + 1), 0)
    support = reduce_sum(excess, axes=(last + 1,)) < 1
    total = reduce_sum(select(support, x, 0), axes=(last,))
    count = reduce_sum(cast(support, dtype=x.dtype), axes=(last,))
    probabilities: Node = maximum(x - _beside((total - 1) / count), 0)
    return probabilities


@activation()
def glu(x: Value, axis: int = -1) -> Value:
    """Let the second half say how much of the first passes.

    Formula:
        glu(x) = a sigmoid(b), with a and b the halves of x
    Args:
        axis: the axis that is halved.
    Raises:
        ShapeError: if its size is not even.
    Source:
        Dauphin, Fan, Auli & Grangier 2017.
    """
    place = _place(x, axis)
    size = x.shape[place]
    if not isinstance(size, int) or size % 2:
        raise ShapeError("this axis has no halves", expected="an even size", received=repr(size))
    a = slice_axis(x, axis=place, start=0, stop=size // 2)
    b = slice_axis(x, axis=place, start=size // 2, stop=size)
    return a * ops.sigmoid(b)


def _in_rows(function: Callable[[Node], Node], x: Node, axis: int) -> Node:
    """Apply a function of rows along any axis: exchange that axis with the last one, before and after."""
    place, last = _place(x, axis), len(x.shape) - 1
    if place == last:
        return function(x)
    axes = list(range(last + 1))
    axes[place], axes[last] = last, place
    exchanged = function(transpose(x, axes=tuple(axes)))
    result: Node = transpose(exchanged, axes=tuple(axes))
    return result


def _place(x: Node, axis: int) -> int:
    rank = len(x.shape)
    if not isinstance(axis, int) or not -rank <= axis < rank:
        raise ArgumentError(
            "there is no such axis",
            expected=f"one of the {rank} axes of the shape {shape_text(x.shape)}",
            received=repr(axis),
        )
    return axis % rank


def _beside(value: Node) -> Node:
    """Make one number a row into a column beside the rows."""
    column: Node = expand_dims(value, axis=len(value.shape))
    return column
