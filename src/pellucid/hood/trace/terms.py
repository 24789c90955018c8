"""What a single number is the sum of."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import NamedTuple

import numpy as np

from pellucid.graph import Node
from pellucid.hood.trace.places import Places, broadcast, followed
from pellucid.hood.trace.trace import Trace
from pellucid.ops.formulas_windows import max_pool_pick

__all__ = ["Sum", "Terms", "compared", "sum_of"]


class Terms(NamedTuple):
    """Terms of a sum that are alike: products of entries of the same arrays.

    Attributes:
        sign: 1, or -1 where they are subtracted.
        factors: one or two arrays, and for each term the place in them.
    """

    sign: int
    factors: tuple[tuple[Node, Places], ...]

    @property
    def size(self) -> int:
        """How many there are."""
        shapes = [np.broadcast(*places).size for _, places in self.factors if places]
        return max(shapes, default=1)

    def values(self, trace: Trace) -> np.ndarray:
        """Return the terms as numbers."""
        parts = [trace.value(node)[places] for node, places in self.factors]
        product = np.asarray(parts[0], np.float64)
        for part in parts[1:]:
            product = product * part
        return np.atleast_1d(self.sign * product)


class Sum(NamedTuple):
    """A number as a sum, or as a mean.

    Attributes:
        terms: what is added up.
        divisor: what the sum is divided by.
    """

    terms: list[Terms]
    divisor: int = 1


def sum_of(trace: Trace, node: Node, place: tuple[int, ...]) -> Sum | None:
    """Take the number at a place apart into the terms that are added up; None if it is no sum."""
    places = tuple([np.array([index]) for index in place])
    name = node.op.name
    if name in _MEANS:
        entries, count = _MEANS[name](trace, node, places)
        return Sum([entries], count)
    return Sum(_split(trace, node, places)) if name in _SUMS or name in _SIGNS else None


def compared(trace: Trace, node: Node, place: tuple[int, ...]) -> Terms:
    """Return the numbers of which the largest is taken."""
    places = tuple([np.array([index]) for index in place])
    return _pooled(trace, node, places) if node.op.name == "max_pool" else _reduced(trace, node, places)


_SIGNS = {"add": (1, 1), "subtract": (1, -1), "negative": (-1,)}


def _split(trace: Trace, node: Node, places: Places) -> list[Terms]:
    """Take one number apart, and what it is made of, as far as that has no names."""
    name = node.op.name
    if name in _SUMS:
        return [_SUMS[name](trace, node, places)]
    found: list[Terms] = []
    for sign, operand in zip(_SIGNS[name], node.inputs, strict=True):
        own = broadcast(places, trace.value(operand).shape)
        source, own = followed(trace, operand, own)
        if not trace.is_mention(source) and (source.op.name in _SUMS or source.op.name in _SIGNS):
            found += [Terms(sign * part.sign, part.factors) for part in _split(trace, source, own)]
        else:
            found.append(Terms(sign, ((source, own),)))
    return found


def _terms(trace: Trace, *factors: tuple[Node, Places]) -> Terms:
    """Make terms of entries of arrays, told where these come from."""
    return Terms(1, tuple([followed(trace, node, places) for node, places in factors]))


# ------------------------------------------------------------ products and reductions
def _matmul(trace: Trace, node: Node, places: Places) -> Terms:
    x, y = node.inputs
    left, right = trace.value(x).shape, trace.value(y).shape
    inner = np.arange(left[-1])
    outer = [np.broadcast_to(axis, inner.shape) for axis in places]
    rows = broadcast(tuple(outer[:-1]), left[:-1])
    before = broadcast(tuple(outer[:-2]), right[:-2])
    return _terms(trace, (x, (*rows, inner)), (y, (*before, inner, outer[-1])))


def _reduced(trace: Trace, node: Node, places: Places) -> Terms:
    source = node.inputs[0]
    shape, axes = trace.value(source).shape, node["axes"]
    inner = np.indices([shape[axis] for axis in axes]).reshape(len(axes), -1)
    inside, outside = iter(inner), iter(places)
    count = inner.shape[1]
    return _terms(
        trace,
        (
            source,
            tuple(
                [
                    next(inside) if axis in axes else np.broadcast_to(next(outside), (count,))
                    for axis in range(len(shape))
                ]
            ),
        ),
    )


def _mean(trace: Trace, node: Node, places: Places) -> tuple[Terms, int]:
    shape = trace.value(node.inputs[0]).shape
    return _reduced(trace, node, places), prod(shape[axis] for axis in node["axes"])


# ------------------------------------------------------------ windows
def _window(node: Node, window: tuple[int, ...], source: tuple[int, ...], out: tuple[int, ...]) -> np.ndarray:
    """Return all (place of the result, entry of the window, place of the source) that meet, axis by axis.

    The result has a row for each meeting and three columns for each axis of space.
    """
    dilations = dict(node.attributes).get("dilation", (1,) * len(window))
    rows = np.zeros((1, 0), int)
    for axis, size in enumerate(window):
        p, e = np.indices((out[axis], size)).reshape(2, -1)
        q = p * node["strides"][axis] + e * dilations[axis] - node["padding"][axis][0]
        here = (q >= 0) & (q < source[axis])
        met = np.stack([p, e, q], axis=1)[here]
        rows = np.concatenate([np.repeat(rows, len(met), axis=0), np.tile(met, (len(rows), 1))], axis=1)
    return rows


def _chosen(rows: np.ndarray, column: int, wanted: Places) -> np.ndarray:
    """Leave the meetings at the wanted places; column 0 is the result, 1 the window, 2 the source."""
    here = np.ones(len(rows), bool)
    for axis, index in enumerate(wanted):
        here &= rows[:, 3 * axis + column] == index
    return rows[here]


def _columns(rows: np.ndarray, column: int, repeats: int) -> list[np.ndarray]:
    return [np.repeat(rows[:, axis], repeats) for axis in range(column, rows.shape[1], 3)]


def _convolution(trace: Trace, node: Node, places: Places) -> Terms:
    x, w = node.inputs
    batch, *space, filters = places
    *window, channels, total = trace.value(w).shape
    out = trace.value(node).shape[1:-1]
    rows = _chosen(_window(node, tuple(window), trace.value(x).shape[1:-1], out), 0, tuple(space))
    group = int(filters[0]) // (total // node["groups"])
    channel = np.tile(np.arange(channels), len(rows))
    same = np.zeros_like(channel)
    source = (same + batch, *_columns(rows, 2, channels), channel + group * channels)
    kernel = (*_columns(rows, 1, channels), channel, same + filters)
    return _terms(trace, (x, source), (w, kernel))


def _input_gradient(trace: Trace, node: Node, places: Places) -> Terms:
    g, w = node.inputs
    batch, *space, channels = places
    *window, width, total = trace.value(w).shape
    out, source = trace.value(g).shape[1:-1], trace.value(node).shape[1:-1]
    rows = _chosen(_window(node, tuple(window), source, out), 2, tuple(space))
    count = total // node["groups"]
    first = int(channels[0]) // width * count
    filters = first + np.tile(np.arange(count), len(rows))
    same = np.zeros_like(filters)
    kernel = (*_columns(rows, 1, count), same + int(channels[0]) % width, filters)
    return _terms(trace, (w, kernel), (g, (same + batch, *_columns(rows, 0, count), filters)))


def _kernel_gradient(trace: Trace, node: Node, places: Places) -> Terms:
    x, g = node.inputs
    *entry, channel, filters = places
    *window, width, total = trace.value(node).shape
    shape, out = trace.value(x).shape, trace.value(g).shape[1:-1]
    rows = _chosen(_window(node, tuple(window), shape[1:-1], out), 1, tuple(entry))
    group = int(filters[0]) // (total // node["groups"])
    batch = np.tile(np.arange(shape[0]), len(rows))
    same = np.zeros_like(batch)
    source = (batch, *_columns(rows, 2, shape[0]), same + channel + group * width)
    return _terms(trace, (x, source), (g, (batch, *_columns(rows, 0, shape[0]), same + filters)))


def _pooled(trace: Trace, node: Node, places: Places) -> Terms:
    x = node.inputs[0]
    batch, *space, channel = places
    out = trace.value(node).shape[1:-1]
    rows = _chosen(_window(node, node["window"], trace.value(x).shape[1:-1], out), 0, tuple(space))
    same = np.zeros(len(rows), int)
    return _terms(trace, (x, (same + batch, *_columns(rows, 2, 1), same + channel)))


def _average_pool(trace: Trace, node: Node, places: Places) -> tuple[Terms, int]:
    entries = _pooled(trace, node, places)
    return entries, entries.size


def _max_pool_gradient(trace: Trace, node: Node, places: Places) -> Terms:
    """A number gets what comes back to the windows of which it was the largest."""
    g, x = node.inputs
    numbers = np.arange(trace.value(x).size).reshape(trace.value(x).shape)
    options = {name: node[name] for name in ("window", "strides", "padding")}
    largest = max_pool_pick(numbers, trace.value(x), **options)  # type: ignore[no-untyped-call]
    return _terms(trace, (g, np.nonzero(largest == numbers[places])))


_SUMS: dict[str, Callable[[Trace, Node, Places], Terms]] = {
    "convolution": _convolution,
    "convolution_input_gradient": _input_gradient,
    "convolution_kernel_gradient": _kernel_gradient,
    "matmul": _matmul,
    "max_pool_gradient": _max_pool_gradient,
    "reduce_sum": _reduced,
}
_MEANS: dict[str, Callable[[Trace, Node, Places], tuple[Terms, int]]] = {
    "average_pool": _average_pool,
    "reduce_mean": _mean,
}
