"""How each primitive is written in the values that the compiled side knows.

What is not in the table here has the same name there. Composites (softmax, clip, a mean over several axes)
are taken apart, so that the planner sees their parts and can join them with what comes before and after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.engines.native import loops, pooling, windows
from pellucid.engines.native.extents import product
from pellucid.engines.native.values import Shape, Value, Values
from pellucid.graph import INPUT, NUMBER, Graph, Node

__all__ = ["LONG_ROW", "TRANSLATIONS"]

LONG_ROW = 1024
"""Rows longer than this are reduced number by number; shorter ones are turned round and kept near."""

_Translation = Callable[..., Any]


# ------------------------------------------------------------ arithmetic
def _plain(values: Values, op: str, *inputs: Value, dtype: str | None = None) -> Value:
    """An element-wise operation; its shape is that of the inputs together."""
    longest = max((x.shape for x in inputs), key=len)
    shape = tuple(
        [
            next((x.shape[place] for x in inputs if len(x.shape) >= -place and x.shape[place] != 1), 1)
            for place in range(-len(longest), 0)
        ]
    )
    kinds = [x.dtype for x in inputs if x.dtype != NUMBER]
    return values.make(op, inputs, shape, dtype or (kinds[-1] if kinds else NUMBER))


def _power(values: Values, node: Node, x: Value, y: Value) -> Value:
    exponent = y.attributes.get("value")
    shape = values.shape(node.shape)
    if exponent == 2:
        return values.make("square", (x,), shape, node.dtype)
    if exponent == 0.5 and node.dtype != NUMBER:
        return values.make("sqrt", (x,), shape, node.dtype)
    return values.make("power", (x, y), shape, node.dtype)


def _clip(values: Values, node: Node, x: Value) -> Value:
    low, high = values.number(node["low"]), values.number(node["high"])
    shape = values.shape(node.shape)
    return values.make(
        "minimum", (values.make("maximum", (x, low), shape, node.dtype), high), shape, node.dtype
    )


def _greater(values: Values, node: Node, x: Value, y: Value) -> Value:
    """Ask the output of a ReLU instead of its input: it says as much, and has to be kept anyway."""
    shape = values.shape(node.shape)
    if y.attributes.get("value") == 0:
        relu = values.existing("maximum", (x, y), x.shape, x.dtype)
        x = relu or x
    return values.make("greater", (x, y), shape, node.dtype)


def _select(values: Values, node: Node, condition: Value, yes: Value, no: Value) -> Value:
    masked = pooling.masked(values, condition, yes, no)
    if masked is not None:
        return masked
    return values.make("select", (condition, yes, no), values.shape(node.shape), node.dtype)


def _cast(values: Values, node: Node, x: Value) -> Value:
    if node.dtype == x.dtype:
        return x
    op = "copy" if x.single else "cast"
    return values.make(op, (x,), x.shape, node.dtype)


# ------------------------------------------------------------ rows
def _expanded(values: Values, narrow: Value) -> Value:
    """One number for each row as a column beside the rows."""
    shape = (*narrow.shape, 1)
    return values.make("expand_dims", (narrow,), shape, narrow.dtype, axis=len(narrow.shape))


def _as_rows(values: Values, x: Value) -> Value:
    """A single row becomes a matrix of one row."""
    return _reshaped(values, x, (1, *x.shape)) if len(x.shape) == 1 else x


def _reshaped(values: Values, x: Value, shape: Shape) -> Value:
    if x.shape == shape:
        return x
    if not shape:
        return values.make("take", (x,), (), x.dtype)
    if x.single:
        return values.make("spread", (x,), shape, x.dtype)
    return values.make("reshape", (x,), shape, x.dtype)


def _row(values: Values, op: str, x: Value, *more: Value, dtype: str | None = None) -> Value:
    return values.make(op, (x, *more), x.shape[:-1], dtype or x.dtype)


def _largest_and_shifted(values: Values, z: Value) -> tuple[Value, Value, Value]:
    """For each row the largest number, exp(z - largest), and the sum of that."""
    largest = _reduced_rows(values, z, "max")
    e = _plain(values, "exp", _plain(values, "subtract", z, _expanded(values, largest)))
    return largest, e, _reduced_rows(values, e, "sum")


def _softmax(values: Values, node: Node, z: Value) -> Value:
    _, e, total = _largest_and_shifted(values, _as_rows(values, z))
    result = _plain(values, "divide", e, _expanded(values, total))
    return _reshaped(values, result, values.shape(node.shape))


def _log_sum_exp(values: Values, node: Node, z: Value) -> Value:
    largest, _, total = _largest_and_shifted(values, _as_rows(values, z))
    result = _plain(values, "add", largest, _plain(values, "log", total))
    return _reshaped(values, result, values.shape(node.shape))


def _argmax(values: Values, node: Node, x: Value) -> Value:
    result = _row(values, "row_argmax", _as_rows(values, x), dtype="int64")
    return _reshaped(values, result, values.shape(node.shape))


def _pick(values: Values, node: Node, table: Value, labels: Value) -> Value:
    rows = _as_rows(values, table)
    result = _row(values, "pick", rows, _reshaped(values, labels, rows.shape[:-1]))
    return _reshaped(values, result, values.shape(node.shape))


def _one_hot(values: Values, node: Node, labels: Value) -> Value:
    rows = _reshaped(values, labels, labels.shape or (1,))
    result = values.make("one_hot", (rows,), (*rows.shape, node["classes"]), node.dtype)
    return _reshaped(values, result, values.shape(node.shape))


# ------------------------------------------------------------ reductions
def _reduced_rows(values: Values, x: Value, how: str) -> Value:
    """Reduce the last axis."""
    length = x.shape[-1]
    if isinstance(length, int) and length <= LONG_ROW and not x.dtype.startswith(("int", "uint")):
        return _row(values, f"row_{how}", x)
    last = len(x.shape) - 1
    return values.make("reduce", (x,), x.shape[:-1], x.dtype, how=how, first=last, last=last + 1)


def _reduction(how: str) -> _Translation:
    def translate(values: Values, node: Node, x: Value) -> Value:
        axes = node["axes"]
        if not axes or x.single:
            return x
        if x.dtype != node.dtype:  # truth values and small whole numbers are added up in a wide type
            x = values.make("cast", (x,), x.shape, node.dtype)
        if len(axes) == len(x.shape):
            return values.make("total", (x,), (), node.dtype, how=how)
        counted = product([x.shape[axis] for axis in axes])
        while axes:  # neighbouring axes at once, the last ones first
            first = len(axes) - 1
            while first and axes[first - 1] == axes[first] - 1:
                first -= 1
            x = _reduced_block(values, x, axes[first], axes[-1] + 1, "max" if how == "max" else "sum")
            axes = axes[:first]
        return x if how != "mean" else _plain(values, "divide", x, values.size(counted), dtype=x.dtype)

    return translate


def _reduced_block(values: Values, x: Value, first: int, stop: int, how: str) -> Value:
    shape = (*x.shape[:first], *x.shape[stop:])
    if stop == len(x.shape):
        return _reduced_rows(values, _reshaped(values, x, (*x.shape[:first], product(x.shape[first:]))), how)
    return values.make("reduce", (x,), shape, x.dtype, how=how, first=first, last=stop)


def _count_true(values: Values, node: Node, x: Value) -> Value:
    if x.single:
        return values.make("copy", (x,), (), NUMBER)
    return values.make("total", (x,), (), NUMBER, how="count_true")


# ------------------------------------------------------------ arrangement
def _reshape(values: Values, node: Node, x: Value) -> Value:
    return _reshaped(values, x, values.shape(node.shape))


def _expand_dims(values: Values, node: Node, x: Value) -> Value:
    if x.single:
        return values.make("spread", (x,), (1,), x.dtype)
    return values.make("expand_dims", (x,), values.shape(node.shape), x.dtype, axis=node["axis"])


def _broadcast_to(values: Values, node: Node, x: Value) -> Value:
    shape = values.shape(node.shape)
    if x.shape == shape:
        return x if x.dtype == node.dtype else values.make("copy", (x,), shape, node.dtype)
    if x.single:
        return values.make("spread", (x,), shape, node.dtype)
    return values.make("broadcast", (x,), shape, node.dtype)


def _transpose(values: Values, node: Node, x: Value) -> Value:
    if node["axes"] == tuple(range(len(x.shape))):
        return x
    return values.make("transpose", (x,), values.shape(node.shape), x.dtype, axes=node["axes"])


def _slice_gradient(values: Values, node: Node, g: Value) -> Value:
    """Numbers in the middle of zeros."""
    before = [0] * len(g.shape)
    before[node["axis"]] = node["start"]
    return windows.padded(values, g, values.shape(node.shape), tuple(before))


def _random_uniform(values: Values, node: Node, seed: Value, step: Value) -> Value:
    numbers = (seed, values.rest(seed), step)
    return values.make("random_uniform", numbers, values.shape(node.shape), node.dtype, stream=node["stream"])


# ------------------------------------------------------------ other graphs inside
def _call(values: Values, node: Node, *inputs: Value) -> list[Value]:
    body: Graph = node["body"]
    given = dict(zip(body.leaves(INPUT), inputs, strict=True))
    return values.include(body, list(body.outputs.values()), given)


def _item(values: Values, node: Node, several: list[Value]) -> Value:
    index: int = node["index"]
    return several[index]


TRANSLATIONS: dict[str, _Translation] = {
    "power": _power,
    "clip": _clip,
    "greater": _greater,
    "select": _select,
    "cast": _cast,
    "stop_gradient": lambda values, node, x: x,
    "softmax": _softmax,
    "log_sum_exp": _log_sum_exp,
    "argmax": _argmax,
    "pick": _pick,
    "one_hot": _one_hot,
    "reduce_sum": _reduction("sum"),
    "reduce_mean": _reduction("mean"),
    "reduce_max": _reduction("max"),
    "count_true": _count_true,
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "broadcast_to": _broadcast_to,
    "transpose": _transpose,
    "random_uniform": _random_uniform,
    "convolution": windows.convolution,
    "convolution_input_gradient": windows.input_gradient,
    "convolution_kernel_gradient": windows.kernel_gradient,
    **dict.fromkeys(pooling.POOLS, pooling.pool),
    "pad": windows.pad,
    "slice_gradient": _slice_gradient,
    "call": _call,
    "scan": loops.scan,
    "item": _item,
}
"""For each primitive that is not one operation of the compiled side: from its node to values."""
