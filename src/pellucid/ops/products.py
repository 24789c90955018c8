"""Matrix products."""

from __future__ import annotations

from pellucid.errors import ShapeError
from pellucid.graph import Node, Shape, shape_text
from pellucid.ops._shapes import broadcast_shapes, common_dtype, require_float
from pellucid.ops.layout import transpose
from pellucid.ops.primitive import Sample, primitive

__all__ = ["matmul"]


def _matmul_shape(x: Node, y: Node) -> tuple[Shape, str]:
    dtype = common_dtype(x, y)
    require_float(dtype)
    if len(x.shape) < 2 or len(y.shape) < 2 or x.shape[-1] != y.shape[-2]:
        raise ShapeError(
            "these matrices cannot be multiplied",
            expected="as many columns on the left as rows on the right",
            received=f"{shape_text(x.shape)} @ {shape_text(y.shape)}",
        )
    return (*broadcast_shapes(x.shape[:-2], y.shape[:-2]), x.shape[-2], y.shape[-1]), dtype


def _turned(x: Node) -> Node:
    """Exchange rows and columns."""
    axes = list(range(len(x.shape)))
    axes[-2:] = axes[-1], axes[-2]
    turned: Node = transpose(x, axes=tuple(axes))
    return turned


matmul = primitive(
    "matmul",
    numpy="x @ y",
    shape=_matmul_shape,
    gradient=lambda g, out, x, y: (g @ _turned(y), _turned(x) @ g),
    samples=[
        Sample([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]], [[1.0], [2.0], [-0.5]]),
        Sample([[[1.0, 2.0]], [[0.5, -1.0]]], [[1.0, 0.0], [2.0, -3.0]]),
    ],
)
