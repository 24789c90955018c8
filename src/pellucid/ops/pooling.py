"""Pooling: the largest number, or the mean, under a window that moves over an array.

Every channel is pooled for itself. Padding counts as nothing: it is never the largest, and it is not one of
the numbers that a mean is made of.
"""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, Shape, shape_text
from pellucid.ops import formulas_windows
from pellucid.ops._shapes import common_dtype, require_float
from pellucid.ops._windows import Pairs, Sizes, options_text, places, require_sizes, space_of, spread
from pellucid.ops.primitive import Formula, Primitive, Sample, primitive

__all__ = [
    "average_pool",
    "average_pool_gradient",
    "max_pool",
    "max_pool_gradient",
    "max_pool_pick",
]

_PLAIN: dict[str, Any] = {"window": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}
_UNEVEN: dict[str, Any] = {"window": (2, 3), "strides": (1, 2), "padding": ((0, 1), (1, 2))}
_ROW: dict[str, Any] = {"window": (3,), "strides": (1,), "padding": ((1, 0),)}


def _options(node: Node) -> dict[str, Any]:
    """Return what all poolings have in common."""
    return {name: node[name] for name in _PLAIN}


# ------------------------------------------------------------ shapes
def _places(size: Sizes, window: Sizes, strides: Sizes, padding: Pairs) -> Sizes:
    """Return how many places the window has; at each it must hold at least one number."""
    found = places(size, window, strides, padding, (1,) * len(size))
    if any(max(pair) >= span for pair, span in zip(padding, window, strict=True)):
        raise ArgumentError(
            "there is nothing to pool where a window lies in the padding alone",
            expected=f"less padding than the window {window} on each side",
            received=repr(padding),
        )
    return found


def _pool_shape(x: Node, *, window: Sizes, strides: Sizes, padding: Pairs) -> tuple[Shape, str]:
    require_float(x.dtype)
    size = space_of(x)
    return (x.shape[0], *_places(size, window, strides, padding), x.shape[-1]), x.dtype


def _require(received: Node, shape: Shape) -> None:
    if received.shape != shape:
        raise ShapeError(
            "these arrays do not belong to one pooling",
            expected=shape_text(shape),
            received=shape_text(received.shape),
        )


def _max_gradient_shape(
    g: Node, x: Node, *, window: Sizes, strides: Sizes, padding: Pairs
) -> tuple[Shape, str]:
    pooled, _ = _pool_shape(x, window=window, strides=strides, padding=padding)
    _require(g, pooled)
    return x.shape, common_dtype(g, x)


def _pick_shape(values: Node, x: Node, *, window: Sizes, strides: Sizes, padding: Pairs) -> tuple[Shape, str]:
    _require(values, x.shape)
    dtype = common_dtype(values, x)
    return _pool_shape(x, window=window, strides=strides, padding=padding)[0], dtype


def _average_gradient_shape(
    g: Node, *, size: Sizes, window: Sizes, strides: Sizes, padding: Pairs
) -> tuple[Shape, str]:
    require_float(g.dtype)
    require_sizes("size", size, len(space_of(g)))
    _require(g, (g.shape[0], *_places(size, window, strides, padding), g.shape[-1]))
    return (g.shape[0], *size, g.shape[-1]), g.dtype


# ------------------------------------------------------------ the largest number
max_pool: Primitive = primitive(
    "max_pool",
    shape=_pool_shape,
    numpy=Formula(
        lambda node: f"max_pool(x, {node['window']}{options_text(node)})", formulas_windows.max_pool
    ),
    gradient=lambda g, out, x: (max_pool_gradient(g, x, **_options(out)),),
    samples=[
        Sample(spread(2, 4, 5, 1), **_PLAIN),
        Sample(spread(1, 3, 3, 2), **_UNEVEN),
        Sample(spread(2, 4, 2), **_ROW),
    ],
)

max_pool_gradient: Primitive = primitive(
    "max_pool_gradient",
    shape=_max_gradient_shape,
    numpy=Formula(
        lambda node: f"max_pool_gradient(x, y, {node['window']}{options_text(node)})",
        formulas_windows.max_pool_gradient,
    ),
    gradient=lambda g, out, y, x: (max_pool_pick(g, x, **_options(out)), None),
    samples=[
        Sample(spread(2, 2, 2, 1), spread(2, 4, 5, 1), **_PLAIN),
        Sample(spread(1, 3, 2, 2), spread(1, 3, 3, 2), **_UNEVEN),
        Sample(spread(2, 3, 2), spread(2, 4, 2), **_ROW),
    ],
    source="of equally large numbers the first, row by row, gets the gradient: as in TensorFlow",
)

max_pool_pick: Primitive = primitive(
    "max_pool_pick",
    shape=_pick_shape,
    numpy=Formula(
        lambda node: f"max_pool_pick(x, y, {node['window']}{options_text(node)})",
        formulas_windows.max_pool_pick,
    ),
    gradient=lambda g, out, values, x: (max_pool_gradient(g, x, **_options(out)), None),
    samples=[
        Sample(spread(2, 4, 5, 1)[::-1], spread(2, 4, 5, 1), **_PLAIN),
        Sample(spread(1, 3, 3, 2), spread(1, 3, 3, 2), **_UNEVEN),
    ],
    source="how max_pool moves with its input: the gradient of its gradient",
)

# ------------------------------------------------------------ the mean
average_pool: Primitive = primitive(
    "average_pool",
    shape=_pool_shape,
    numpy=Formula(
        lambda node: f"average_pool(x, {node['window']}{options_text(node)})", formulas_windows.average_pool
    ),
    gradient=lambda g, out, x: (average_pool_gradient(g, size=x.shape[1:-1], **_options(out)),),
    samples=[
        Sample(spread(2, 4, 5, 1), **_PLAIN),
        Sample(spread(1, 3, 3, 2), **_UNEVEN),
        Sample(spread(2, 4, 2), **_ROW),
    ],
)

average_pool_gradient: Primitive = primitive(
    "average_pool_gradient",
    shape=_average_gradient_shape,
    numpy=Formula(
        lambda node: f"average_pool_gradient(x, {node['size']}, {node['window']}{options_text(node)})",
        formulas_windows.average_pool_gradient,
    ),
    gradient=lambda g, out, y: (average_pool(g, **_options(out)),),
    samples=[
        Sample(spread(2, 2, 2, 1), size=(4, 5), **_PLAIN),
        Sample(spread(1, 3, 2, 2), size=(3, 3), **_UNEVEN),
        Sample(spread(2, 3, 2), size=(4,), **_ROW),
    ],
)
