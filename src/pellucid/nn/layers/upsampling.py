"""Larger pictures and longer series from small ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Any

from pellucid.errors import ArgumentError, UnsupportedError
from pellucid.graph import Axis, Node, current_graph, named, product
from pellucid.nn import _arguments
from pellucid.nn.layers._space import axes_in_space, channels, pair
from pellucid.nn.layers.base import Layer
from pellucid.ops import broadcast_to, concatenate, expand_dims, reshape, slice_axis

__all__ = ["UpSampling1D", "UpSampling2D"]

_UNSUPPORTED = ("bicubic", "lanczos3", "lanczos5")


class UpSampling1D(Layer):
    """Repeat each step of a series.

    Shape:
        x: (batch, steps, channels)
        returns: (batch, size * steps, channels)
    Args:
        size: how often each step comes, at least 1.
    Raises:
        ShapeError: if x is no series.
    Example:
        >>> UpSampling1D(2)(np.array([[[3.0], [5.0]]])).tolist()
        [[[3.0], [3.0], [5.0], [5.0]]]
    """

    def __init__(self, size: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.size = _arguments.whole("size", size, least=1)

    def call(self, inputs: Node) -> Node:
        return _repeated(inputs, axes_in_space(self.name, inputs, 1), [self.size])

    @property
    def title(self) -> str:
        return f"each step {self.size} times"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"size": self.size}


class UpSampling2D(Layer):
    """Make pictures larger by a whole number.

    Formula:
        nearest: each number fills a block of its own.
        bilinear: each number stands in the middle of its block, and from one middle to the next the numbers
            change evenly; beyond the outermost middles they stay as they are.
    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: the same with size[0] * height and size[1] * width
    Args:
        size: how many times as high and as wide, at least 1; one number for both.
        data_format: "channels_last", or "channels_first".
        interpolation: "nearest" or "bilinear".
    Raises:
        ShapeError: if x is no picture.
        UnsupportedError: for Keras's other interpolations.
    Example:
        >>> UpSampling2D((1, 2), interpolation="bilinear")(np.array([[[[0.0], [4.0]]]])).ravel().tolist()
        [0.0, 1.0, 3.0, 4.0]
    """

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.size = pair("size", size, least=1)
        self.data_format = channels(data_format)
        self.interpolation = _interpolation(interpolation)

    def call(self, inputs: Node) -> Node:
        rows, columns = axes_in_space(self.name, inputs, 2, self.data_format)
        if self.interpolation == "nearest":
            return _repeated(inputs, (rows, columns), self.size)
        higher = _interpolated(inputs, rows, self.size[0], ("above", "below"))
        return _interpolated(higher, columns, self.size[1], ("left", "right"))

    @property
    def title(self) -> str:
        height, width = self.size
        return f"{height} times as high, {width} times as wide, {self.interpolation}"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "size": list(self.size),
            "data_format": self.data_format,
            "interpolation": self.interpolation,
        }


def _interpolation(name: Any) -> str:
    if name in _UNSUPPORTED:
        raise UnsupportedError(
            "UpSampling2D cannot do this", received=f"interpolation={name!r}", attempt="'bilinear'"
        )
    if name not in ("nearest", "bilinear"):
        raise ArgumentError(
            "interpolation cannot be used", expected="'nearest' or 'bilinear'", received=repr(name)
        )
    return str(name)


def _repeated(x: Node, axes: Sequence[int], times: Sequence[int]) -> Node:
    """Repeat every place along some axes."""
    often = dict(zip(axes, times, strict=True))
    apart: list[Axis] = []
    blocks: list[Axis] = []
    for axis, size in enumerate(x.shape):
        apart += [size, 1] if axis in often else [size]
        blocks += [size, often[axis]] if axis in often else [size]
    filled = broadcast_to(reshape(x, shape=tuple(apart)), shape=tuple(blocks), dtype=x.dtype)
    return _joined(named("blocks", filled, current_graph().owner(x)), x, often)


def _interpolated(x: Node, axis: int, times: int, neighbours: tuple[str, str]) -> Node:
    """Put numbers between those along one axis; beyond its ends the numbers stay the same."""
    size: Any = x.shape[axis]
    if times == 1 or size < 2:
        return _repeated(x, [axis], [times])
    owner = current_graph().owner(x)
    first, last = (slice_axis(x, axis=axis, start=place, stop=place + 1) for place in (0, size - 1))
    but_last, but_first = (slice_axis(x, axis=axis, start=i, stop=i + size - 1) for i in (0, 1))
    before = named(neighbours[0], concatenate(first, but_last, axis=axis), owner)
    after = named(neighbours[1], concatenate(but_first, last, axis=axis), owner)
    block = []
    for place in range(times):
        away = 2 * place + 1 - times  # from the middle of the block; to the next middle it is 2 * times
        common = gcd(away, 2 * times)
        share, whole = abs(away) // common, 2 * times // common
        between = ((whole - share) * x + share * (after if away > 0 else before)) / whole
        block.append(expand_dims(named("between", between, owner) if away else x, axis=axis + 1))
    return _joined(concatenate(*block, axis=axis + 1), x, {axis: times})


def _joined(blocks: Node, x: Node, times: Mapping[int, int]) -> Node:
    """Make one axis of each axis of x and of the blocks that stand along it."""
    shape = tuple([product((size, times.get(axis, 1))) for axis, size in enumerate(x.shape)])
    return named("upsampled", reshape(blocks, shape=shape), current_graph().owner(x))
