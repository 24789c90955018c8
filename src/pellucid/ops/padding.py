"""Zeros around an array."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, Shape, shape_text
from pellucid.ops.layout import slice_axis
from pellucid.ops.primitive import Primitive, Sample, primitive
from pellucid.ops.reduction import as_array

__all__ = ["pad"]


def _pad_shape(x: Node, around: tuple[tuple[int, int], ...]) -> tuple[Shape, str]:
    if len(around) != len(x.shape) or any(zeros < 0 for pair in around for zeros in pair):
        raise ArgumentError(
            "this padding cannot be used",
            expected=f"(before, after), at least 0, for each axis of {shape_text(x.shape)}",
            received=str(around),
        )
    sizes = list(x.shape)
    for axis, (before, after) in enumerate(around):
        size = sizes[axis]
        if before or after:
            if not isinstance(size, int):
                raise ShapeError(
                    "only an axis of known size can be padded", expected="a number", received=repr(size)
                )
            sizes[axis] = before + size + after
    return tuple(sizes), x.dtype


def _pad_gradient(g: Node, out: Node, x: Node) -> tuple[Node]:
    g = as_array(g, out)
    for axis, (before, after) in enumerate(out["around"]):
        if before or after:
            size: Any = x.shape[axis]
            g = slice_axis(g, axis=axis, start=before, stop=before + size)
    return (g,)


pad: Primitive = primitive(
    "pad",
    numpy=lambda node: f"np.pad(x, {node['around']})",
    shape=_pad_shape,
    samples=[
        Sample([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], around=((0, 0), (2, 1))),
        Sample([[1.0, -2.0]], around=((1, 0), (0, 1))),
    ],
    gradient=_pad_gradient,
)
