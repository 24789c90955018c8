"""Convolution: a small window of weights that moves over an array.

It is linear in the array and in the weights, so the gradient of each of the three primitives here is made of
the other two.
"""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Axis, Node, Shape, shape_text
from pellucid.ops import formulas_windows
from pellucid.ops._shapes import common_dtype, require_float
from pellucid.ops._windows import Pairs, Sizes, options_text, places, require_sizes, space_of, spread
from pellucid.ops.primitive import Formula, Primitive, Sample, primitive

__all__ = ["convolution", "convolution_input_gradient", "convolution_kernel_gradient"]

_PLAIN: dict[str, Any] = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
_ROW: dict[str, Any] = {"strides": (2,), "padding": ((1, 0),), "dilation": (2,), "groups": 1}
_UNEVEN = _PLAIN | {"strides": (2, 1), "padding": ((0, 1), (1, 2))}
_GROUPED = _PLAIN | {"dilation": (1, 2), "groups": 2}
_SPACE: dict[str, Any] = {"strides": (1,) * 3, "padding": ((0, 0),) * 3, "dilation": (1,) * 3, "groups": 1}


def _options(node: Node) -> dict[str, Any]:
    """Return what the three primitives have in common."""
    return {name: node[name] for name in _PLAIN}


# ------------------------------------------------------------ shapes
def _kernel(w: Node, axes: int) -> Sizes:
    """Return the sizes of a kernel: those of its window, channels / groups, filters."""
    sizes = tuple([size for size in w.shape if isinstance(size, int)])
    if len(w.shape) != axes + 2 or len(sizes) != axes + 2:
        raise ShapeError(
            f"this kernel cannot move over {axes} axes",
            expected=f"{axes} sizes of a window, channels / groups, filters",
            received=shape_text(w.shape),
        )
    return sizes


def _in_each_group(groups: int, channels: Axis, filters: Axis) -> int:
    """Return how many channels each filter sees."""
    if (
        isinstance(channels, int)
        and isinstance(filters, int)
        and type(groups) is int
        and 0 < groups <= min(channels, filters)
        and channels % groups == filters % groups == 0
    ):
        return channels // groups
    raise ArgumentError(
        "these groups cannot be made",
        expected="a whole number that divides the channels and the filters",
        received=f"groups={groups!r} for {channels} channels and {filters} filters",
    )


def _require_result(g: Node, shape: Shape) -> None:
    if g.shape != shape:
        raise ShapeError(
            "this is not the gradient of what the window made",
            expected=shape_text(shape),
            received=shape_text(g.shape),
        )


def _convolution_shape(
    x: Node, w: Node, *, strides: Sizes, padding: Pairs, dilation: Sizes, groups: int
) -> tuple[Shape, str]:
    dtype = common_dtype(x, w)
    require_float(dtype)
    size = space_of(x)
    *window, channels, filters = _kernel(w, len(size))
    if _in_each_group(groups, x.shape[-1], filters) != channels:
        raise ShapeError(
            "this kernel is not made for so many channels",
            expected=f"{channels * groups} on the last axis",
            received=f"{shape_text(x.shape)} with the kernel {shape_text(w.shape)}, groups={groups}",
        )
    return (x.shape[0], *places(size, tuple(window), strides, padding, dilation), filters), dtype


def _input_gradient_shape(
    g: Node, w: Node, *, size: Sizes, strides: Sizes, padding: Pairs, dilation: Sizes, groups: int
) -> tuple[Shape, str]:
    dtype = common_dtype(g, w)
    require_float(dtype)
    axes = len(space_of(g))
    require_sizes("size", size, axes)
    *window, channels, filters = _kernel(w, axes)
    _in_each_group(groups, channels * groups, filters)
    _require_result(g, (g.shape[0], *places(size, tuple(window), strides, padding, dilation), filters))
    return (g.shape[0], *size, channels * groups), dtype


def _kernel_gradient_shape(
    x: Node, g: Node, *, window: Sizes, strides: Sizes, padding: Pairs, dilation: Sizes, groups: int
) -> tuple[Shape, str]:
    dtype = common_dtype(x, g)
    require_float(dtype)
    space_of(g)
    filters = g.shape[-1]
    channels = _in_each_group(groups, x.shape[-1] if x.shape else 0, filters)
    _require_result(g, (x.shape[0], *places(space_of(x), window, strides, padding, dilation), filters))
    return (*window, channels, filters), dtype


# ------------------------------------------------------------ the primitives
convolution: Primitive = primitive(
    "convolution",
    shape=_convolution_shape,
    numpy=Formula(lambda node: f"convolve(x, y{options_text(node)})", formulas_windows.convolve),
    gradient=lambda g, out, x, w: (
        convolution_input_gradient(g, w, size=x.shape[1:-1], **_options(out)),
        convolution_kernel_gradient(x, g, window=w.shape[:-2], **_options(out)),
    ),
    samples=[
        Sample(spread(2, 4, 3, 1), spread(2, 2, 1, 2), **_PLAIN),
        Sample(spread(1, 4, 3, 2), spread(2, 2, 2, 1), **_UNEVEN),
        Sample(spread(1, 3, 4, 2), spread(2, 2, 1, 4), **_GROUPED),
        Sample(spread(2, 5, 2), spread(2, 2, 3), **_ROW),
        Sample(spread(1, 2, 2, 3, 1), spread(1, 2, 2, 1, 2), **_SPACE),
    ],
    source="Dumoulin & Visin 2016; the window is not turned round: LeCun et al. 1998",
)

convolution_input_gradient: Primitive = primitive(
    "convolution_input_gradient",
    shape=_input_gradient_shape,
    numpy=Formula(
        lambda node: f"convolve_input_gradient(x, y, {node['size']}{options_text(node)})",
        formulas_windows.convolve_input_gradient,
    ),
    gradient=lambda g, out, y, w: (
        convolution(g, w, **_options(out)),
        convolution_kernel_gradient(g, y, window=w.shape[:-2], **_options(out)),
    ),
    samples=[
        Sample(spread(2, 2, 2, 2), spread(2, 2, 1, 2), size=(3, 3), **_PLAIN),
        Sample(spread(1, 2, 5, 1), spread(2, 2, 2, 1), size=(4, 3), **_UNEVEN),
        Sample(spread(1, 2, 2, 4), spread(2, 2, 1, 4), size=(3, 4), **_GROUPED),
        Sample(spread(2, 2, 3), spread(2, 2, 3), size=(5,), **_ROW),
    ],
    source="Dumoulin & Visin 2016, chapter 4: the transposed convolution",
)

convolution_kernel_gradient: Primitive = primitive(
    "convolution_kernel_gradient",
    shape=_kernel_gradient_shape,
    numpy=Formula(
        lambda node: f"convolve_kernel_gradient(x, y, {node['window']}{options_text(node)})",
        formulas_windows.convolve_kernel_gradient,
    ),
    gradient=lambda g, out, x, y: (
        convolution_input_gradient(y, g, size=x.shape[1:-1], **_options(out)),
        convolution(x, g, **_options(out)),
    ),
    samples=[
        Sample(spread(2, 3, 3, 1), spread(2, 2, 2, 2), window=(2, 2), **_PLAIN),
        Sample(spread(1, 4, 3, 2), spread(1, 2, 5, 1), window=(2, 2), **_UNEVEN),
        Sample(spread(1, 3, 4, 2), spread(1, 2, 2, 4), window=(2, 2), **_GROUPED),
        Sample(spread(2, 5, 2), spread(2, 2, 3), window=(2,), **_ROW),
    ],
)
