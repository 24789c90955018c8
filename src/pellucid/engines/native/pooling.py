"""Pooling: one kernel for all its kinds.

A maximum notes which entry of its window it is, if its gradient is wanted: one byte, in place of the whole
array that the gradient would have to look at again.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from pellucid.engines.native.extents import fixed
from pellucid.engines.native.values import Value, Values
from pellucid.graph import Node

if TYPE_CHECKING:
    from pellucid.engines.native.placing import Placing

__all__ = ["MAX_ENTRIES", "MAX_PUT", "POOLS", "masked", "place_entries", "place_pool", "pool"]

POOLS = ("max_pool", "max_pool_gradient", "max_pool_pick", "average_pool", "average_pool_gradient")
MAX_ENTRIES, MAX_PUT = len(POOLS), len(POOLS) + 1
"""A maximum that says which entry of its window it is, and the gradient that goes by it."""
_ENTRIES = 256  # of a window, at most: they are counted in uint8


def pool(values: Values, node: Node, *inputs: Value) -> Value:
    """A pooling as it is, with the sizes of the array that its windows move over."""
    big = node.shape if node.op.name.endswith("gradient") else node.inputs[0].shape
    options = [POOLS.index(node.op.name)]
    k = len(node["window"])
    small = (node.inputs[0] if node.op.name.endswith("gradient") else node).shape
    for axis in range(k - 3, k):
        if axis < 0:
            options += [1, 1, 1, 1, 0]
        else:
            options += [fixed(big[axis + 1]), fixed(small[axis + 1])]
            options += [node["window"][axis], node["strides"][axis], node["padding"][axis][0]]
    if node.op.name == "max_pool_gradient" and prod(node["window"]) <= _ENTRIES:
        inputs, options[0] = _by_entries(values, inputs, options)
    return values.make("pool", inputs, values.shape(node.shape), node.dtype, options=tuple(options))


def _by_entries(
    values: Values, inputs: tuple[Value, ...], options: list[int]
) -> tuple[tuple[Value, ...], int]:
    """Where the maximum is worked out, it can say which entry it is: then nobody keeps the array."""
    g, x = inputs
    largest = values.existing("pool", (x,), g.shape, x.dtype, options=(0, *options[1:]))
    if largest is None:
        return inputs, options[0]
    return (g, values.make("pool_entries", (largest,), largest.shape, "uint8")), MAX_PUT


def masked(values: Values, condition: Value, g: Value, zero: Value) -> Value | None:
    """Return where(condition, g, zero) if it can be asked before a maximum's gradient is put in its place.

    The gradient goes to where the maximum was: what a comparison says of that number, it says of the maximum.
    Everywhere else there is zero in any case.
    """
    if g.op != "pool" or g.attributes["options"][0] != MAX_PUT or zero.attributes.get("value") != 0:
        return None
    smaller, entries = g.inputs
    (largest,) = entries.inputs
    if condition.inputs[:1] != largest.inputs or not condition.inputs[-1].single:
        return None
    asked = values.make(condition.op, (largest, condition.inputs[-1]), largest.shape, condition.dtype)
    chosen = values.make("select", (asked, smaller, zero), smaller.shape, smaller.dtype)
    return values.make("pool", (chosen, entries), g.shape, g.dtype, **g.attributes)


def place_pool(placing: Placing, value: Value) -> None:
    """One kernel for all kinds of pooling."""
    places = [placing.whole(operand) for operand in value.inputs]
    draft = placing.new_draft("pool", value, places)
    draft.options = value.attributes["options"]


def place_entries(placing: Placing, value: Value) -> None:
    """Which entry of its window each maximum is: the kernel that finds it writes that, too."""
    draft = placing.draft_of[value.inputs[0]]
    draft.options = (MAX_ENTRIES, *draft.options[1:])
    draft.stored[value] = None
    placing.draft_of[value] = draft
    value.level = draft.level
