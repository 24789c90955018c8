"""Convolution: windows that move over an array, as matrix products and shifted sums.

A convolution over rows of C channels reads its windows where they lie: those of neighbouring places overlap
in memory, and a product whose rows begin closer to each other than they are long needs no copies of them.
"""

from __future__ import annotations

from functools import reduce
from itertools import product as every
from math import prod
from typing import TYPE_CHECKING, Any

from pellucid.engines.native.contraction import Contraction, Target, Zeros
from pellucid.engines.native.extents import contiguous, fixed, times
from pellucid.engines.native.plan import Extent
from pellucid.engines.native.values import Shape, Value, Values
from pellucid.graph import Node

if TYPE_CHECKING:
    from pellucid.engines.native.placing import Placing

__all__ = [
    "convolution",
    "input_gradient",
    "kernel_gradient",
    "pad",
    "padded",
    "place_convolution",
    "place_kernel_gradient",
    "place_padded",
    "place_turned",
]


# ------------------------------------------------------------ from primitives to values
def pad(values: Values, node: Node, x: Value) -> Value:
    """Put zeros around on every axis."""
    return padded(values, x, values.shape(node.shape), tuple([pair[0] for pair in node["around"]]))


def padded(
    values: Values, x: Value, shape: Shape, before: tuple[int, ...], spread: tuple[int, ...] = ()
) -> Value:
    """Put an array into zeros, so far from the beginning of each axis; less than none cuts off."""
    return values.make("padded", (x,), shape, x.dtype, before=before, spread=spread or (1,) * len(shape))


def convolution(values: Values, node: Node, x: Value, w: Value) -> Value:
    """Pad the array, then slide the kernel over it."""
    around = _padded(values, x, node["padding"], (1,) * len(node["strides"]))
    return _convolved(values, around, w, node, values.shape(node.shape))


def _padded(values: Values, x: Value, padding: Any, spread: tuple[int, ...]) -> Value:
    """Put zeros around, and between neighbours where spread is above 1; less than none cuts off."""
    if set(spread) == {1} and all(pair == (0, 0) for pair in padding):
        return x
    sizes = [
        (fixed(size) - 1) * step + 1 + before + after
        for size, step, (before, after) in zip(x.shape[1:-1], spread, padding, strict=True)
    ]
    before = (0, *[pair[0] for pair in padding], 0)
    shape = (x.shape[0], *sizes, x.shape[-1])
    return padded(values, x, shape, before, (1, *spread, 1))


def _convolved(values: Values, x: Value, w: Value, node: Node, shape: Shape) -> Value:
    strides, dilation, groups = node["strides"], node["dilation"], node["groups"]
    if groups == x.shape[-1] == w.shape[-1] and groups > 1:
        return _channel_by_channel(values, x, w, (strides, dilation), shape)
    return values.make("convolve", (x, w), shape, x.dtype, strides=strides, dilation=dilation, groups=groups)


def _channel_by_channel(values: Values, x: Value, w: Value, steps: Any, shape: Shape) -> Value:
    """Each channel has its own kernel: the sum of shifted arrays, each times a row of weights."""
    rows = _rows_of(values, w)
    terms = [
        values.make("multiply", (_shifted(values, x, place, steps, shape), row), shape, x.dtype)
        for place, row in zip(_places(w), rows, strict=True)
    ]
    return reduce(lambda total, term: values.make("add", (total, term), shape, x.dtype), terms)


def _places(w: Value) -> Any:
    return every(*[range(fixed(size)) for size in w.shape[:-2]])


def _rows_of(values: Values, w: Value) -> list[Value]:
    """The weights of every place of the window: one number for each channel."""
    count, channels = prod([fixed(size) for size in w.shape[:-2]]), w.shape[-1]
    table = values.make("reshape", (w,), (count, channels), w.dtype)
    rows = [
        values.make("slice_axis", (table,), (1, channels), w.dtype, axis=0, start=place, stop=place + 1)
        for place in range(count)
    ]
    return [values.make("reshape", (row,), (channels,), w.dtype) for row in rows]


def _shifted(values: Values, x: Value, place: tuple[int, ...], steps: Any, shape: Shape) -> Value:
    """What lies under one place of the window while it moves."""
    strides, dilation = steps
    starts = tuple([number * step for number, step in zip(place, dilation, strict=True)])
    return values.make("shifted", (x,), (*shape[:-1], x.shape[-1]), x.dtype, starts=starts, steps=strides)


def input_gradient(values: Values, node: Node, g: Value, w: Value) -> Value:
    """Slide the turned kernel over the gradient, which has zeros around it and, for strides, between."""
    strides, dilation, groups = node["strides"], node["dilation"], node["groups"]
    padding, zeros = [], []
    for axis, (size, stride, step) in enumerate(zip(node["size"], strides, dilation, strict=True)):
        reach = step * (fixed(w.shape[axis]) - 1)
        spread = (fixed(g.shape[axis + 1]) - 1) * stride + 1
        before = reach - node["padding"][axis][0]
        padding.append((before, size + reach - spread - before))
        zeros.append(Zeros(max(0, before), min(before + spread, size + reach), step))
    around = _padded(values, g, tuple(padding), strides)
    *window, channels, filters = [fixed(size) for size in w.shape]
    turned_shape = (*window, filters // groups, channels * groups)
    turned = values.make("turned", (w,), turned_shape, w.dtype, groups=groups)
    once = (1,) * len(window)
    shape = values.shape(node.shape)
    if groups == filters and channels == 1 and groups > 1:
        return _channel_by_channel(values, around, turned, (once, dilation), shape)
    return values.make(
        "convolve",
        (around, turned),
        shape,
        g.dtype,
        strides=once,
        dilation=dilation,
        groups=groups,
        zeros=zeros[0],
    )


def kernel_gradient(values: Values, node: Node, x: Value, g: Value) -> Value:
    """Multiply what lay under each place of the window with the gradient, over all examples and places."""
    strides, dilation, groups = node["strides"], node["dilation"], node["groups"]
    around = _padded(values, x, node["padding"], (1,) * len(strides))
    shape = values.shape(node.shape)
    if groups > 1 and groups == x.shape[-1] == g.shape[-1]:
        return _kernel_by_channel(values, around, g, node, shape)
    return values.make(
        "convolve_kernel", (around, g), shape, x.dtype, strides=strides, dilation=dilation, groups=groups
    )


def _kernel_by_channel(values: Values, x: Value, g: Value, node: Node, shape: Shape) -> Value:
    rows = []
    steps = node["strides"], node["dilation"]
    for place in every(*[range(size) for size in node["window"]]):
        under = _shifted(values, x, place, steps, g.shape)
        term = values.make("multiply", (under, g), g.shape, x.dtype)
        total = values.make(
            "reduce", (term,), g.shape[-1:], x.dtype, how="sum", first=0, last=len(g.shape) - 1
        )
        rows.append(values.make("reshape", (total,), (1, *g.shape[-1:]), x.dtype))
    table = values.make("concatenate", tuple(rows), (len(rows), *g.shape[-1:]), x.dtype, axis=0)
    return values.make("reshape", (table,), shape, x.dtype)


# ------------------------------------------------------------ from values to instructions
def place_padded(placing: Placing, value: Value) -> None:
    """Zeros, and the array in the midst of them."""
    placing.new_draft("padded", value, [placing.locate(value.inputs[0])])


def place_turned(placing: Placing, value: Value) -> None:
    """The kernel with its window turned round, from filters to channels."""
    draft = placing.new_draft("turned", value, [placing.whole(value.inputs[0])])
    draft.options = (value.attributes["groups"],)


def place_convolution(placing: Placing, value: Value) -> None:
    """Product: rows are the windows along a row of places; sums run over window and channels."""
    x, w = (placing.whole(operand) for operand in value.inputs)
    strides, dilation, groups = (value.attributes[name] for name in ("strides", "dilation", "groups"))
    *window, channels, filters = [fixed(size) for size in w.shape]
    count, *out, _ = value.shape
    k = len(window)
    step = x.strides
    seen: Any = channels
    columns = filters // groups
    # Neighbours in the last axis of the window lie together, with their channels.
    inside = dilation[-1] == 1 and groups == 1
    rows = contiguous(w.shape[:-1])
    places = range(k - 1 if inside else k)
    outer = [count, *out[:-1], groups]
    extents = [
        *outer,
        out[-1],
        columns,
        *[window[axis] for axis in places],
        seen * (window[-1] if inside else 1),
    ]
    a = [step[0], *[times(strides[axis], step[axis + 1]) for axis in range(k - 1)], seen]
    a += [times(strides[-1], step[k]), 0, *[times(dilation[axis], step[axis + 1]) for axis in places], 1]
    b_rows = [*[0] * (k + 1), 0, 1, *[rows[axis] for axis in places], 1]
    b = [times(filters, row) for row in b_rows]
    b[k], b[k + 2] = columns if groups > 1 else 0, 1
    draft = placing.new_draft("matmul", value, [x, w])
    targets = [Target(axis) for axis in range(k)] + [Target(k + 1, columns), Target(k), Target(k + 1)]
    zeros = value.attributes.get("zeros") if k > 1 and groups == 1 else None
    b_in_rows = tuple(b_rows) if groups == 1 else None
    draft.contraction = Contraction(
        tuple(extents), k + 1, tuple(a), tuple(b), b_in_rows, tuple(targets), zeros
    )


def place_kernel_gradient(placing: Placing, value: Value) -> None:
    """Product: rows are a row of the window with its channels; sums run over examples and places."""
    x, g = (placing.whole(operand) for operand in value.inputs)
    strides, dilation, groups = (value.attributes[name] for name in ("strides", "dilation", "groups"))
    *window, channels, filters = [fixed(size) for size in value.shape]
    count, *out, _ = g.shape
    k = len(window)
    step: Any = x.strides
    columns = filters // groups
    inside = dilation[-1] == 1 and groups == 1
    places = range(k - 1 if inside else k)
    outer = [*[window[axis] for axis in places], groups]
    together: Extent = times(channels, window[-1]) if inside else channels
    extents = [*outer, together, columns, count, *out]
    a = [*[times(dilation[axis], step[axis + 1]) for axis in places], channels, 1, 0]
    a += [step[0], *[times(strides[axis], step[axis + 1]) for axis in range(k)]]
    b = [*[0] * len(places), columns if groups > 1 else 0, 0, 1, *g.strides[: k + 1]]
    draft = placing.new_draft("matmul", value, [x, g])
    targets = [Target(axis) for axis in places] + [Target(k + 1, columns), Target(k), Target(k + 1)]
    draft.contraction = Contraction(tuple(extents), len(outer), tuple(a), tuple(b), None, tuple(targets))
