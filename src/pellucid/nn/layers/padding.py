"""Zeros around series and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import ArgumentError
from pellucid.graph import Node, current_graph, named
from pellucid.nn.layers._space import axes_in_space, channels, pair
from pellucid.nn.layers.base import Layer
from pellucid.ops import pad

__all__ = ["ZeroPadding1D", "ZeroPadding2D"]


class ZeroPadding1D(Layer):
    """Put zeros before and after each series.

    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        returns: the same with before + steps + after
    Args:
        padding: how many zeros before and how many after; (before, after) where they differ.
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no series.
    Example:
        >>> ZeroPadding1D((1, 0))(np.ones((1, 2, 1))).tolist()
        [[[0.0], [1.0], [1.0]]]
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.padding = pair("padding", padding, least=0)
        self.data_format = channels(data_format)

    def call(self, inputs: Node) -> Node:
        return _padded(inputs, axes_in_space(self.name, inputs, 1, self.data_format), [self.padding])

    @property
    def title(self) -> str:
        before, after = self.padding
        return f"{before} before, {after} after"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"padding": list(self.padding), "data_format": self.data_format}


class ZeroPadding2D(Layer):
    """Put zeros around each picture.

    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: the same with top + height + bottom and left + width + right
    Args:
        padding: how many zeros on all sides; two numbers for (top and bottom, left and right); or
            ((top, bottom), (left, right)).
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no picture.
    Example:
        >>> ZeroPadding2D(((0, 1), (2, 0)))(np.ones((1, 1, 1, 1)))[0, :, :, 0].tolist()
        [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        sides = padding if isinstance(padding, list | tuple) else (padding, padding)
        if len(sides) != 2:
            raise ArgumentError(
                "padding cannot be used",
                expected="one number, two, or ((top, bottom), (left, right))",
                received=repr(padding),
            )
        self.padding = pair("padding", sides[0], least=0), pair("padding", sides[1], least=0)
        self.data_format = channels(data_format)

    def call(self, inputs: Node) -> Node:
        return _padded(inputs, axes_in_space(self.name, inputs, 2, self.data_format), self.padding)

    @property
    def title(self) -> str:
        (top, bottom), (left, right) = self.padding
        return f"{top} above, {bottom} below, {left} left, {right} right"

    def get_config(self) -> dict[str, Any]:
        padding = [list(sides) for sides in self.padding]
        return super().get_config() | {"padding": padding, "data_format": self.data_format}


def _padded(x: Node, axes: Sequence[int], padding: Sequence[tuple[int, int]]) -> Node:
    around = [(0, 0)] * len(x.shape)
    for axis, sides in zip(axes, padding, strict=True):
        around[axis] = sides
    return named("padded", pad(x, around=tuple(around)), current_graph().owner(x))
