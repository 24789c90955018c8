"""What layers have in common that move a window over series or pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Axis, Node
from pellucid.nn._arguments import whole
from pellucid.nn.layers._space import channels
from pellucid.nn.layers.base import Layer
from pellucid.ops import transpose

__all__ = ["Windowed", "by"]

_SPACE = {1: ("steps",), 2: ("height", "width")}


class Windowed(Layer):
    """The base of layers that move a window over one axis of space, or over two.

    Args:
        strides: by how many places the window moves on: one number, or one for each axis.
        padding: "valid", where the window stays inside; "same", where zeros around the input let it begin at
            every place (at every strides-th); "causal", where it sees nothing of what comes later.
        data_format: "channels_last" unless given, or "channels_first".
    """

    axes: int  # of space
    paddings: Sequence[str] = ("valid", "same")

    def __init__(self, strides: Any, padding: Any, data_format: Any, **options: Any) -> None:
        super().__init__(**options)
        self.strides = self.sizes("strides", strides)
        self.padding = padding.lower() if isinstance(padding, str) else padding
        if self.padding not in self.paddings:
            raise ArgumentError(
                f"padding of {type(self).__name__} cannot be used",
                expected=" or ".join(map(repr, self.paddings)),
                received=repr(padding),
            )
        self.data_format = channels(data_format)

    def sizes(self, name: str, value: Any) -> tuple[int, ...]:
        """Return a whole number, at least 1, for each axis of space; one stands for all."""
        numbers = list(value) if isinstance(value, list | tuple | np.ndarray) else [value] * self.axes
        if len(numbers) != self.axes:
            raise ArgumentError(
                f"{name} cannot be used",
                expected="one number" + (f", or {self.axes} of them" if self.axes > 1 else ""),
                received=repr(value),
            )
        return tuple([whole(name, number, least=1) for number in numbers])

    # ------------------------------------------------------------ the input
    def space_and_channels(self, shape: Sequence[Axis | None]) -> tuple[tuple[int, ...], int]:
        """Return the sizes in space and the number of channels of an input of this shape.

        Raises:
            ShapeError: if it has other axes, or one of these is not known.
        """
        known = [size for size in shape[1:] if isinstance(size, int)]
        if len(shape) != self.axes + 2 or len(known) != self.axes + 1:
            names = [*_SPACE[self.axes], "channels"]
            if self._channels_first:
                names.insert(0, names.pop())
            raise ShapeError(
                f"{self.name!r} cannot take this input",
                expected=f"(batch, {', '.join(names)})",
                received=str(tuple(shape)),
                attempt="x[..., None], which has one channel" if len(shape) == self.axes + 1 else "",
            )
        if self._channels_first:
            known = [*known[1:], known[0]]
        return tuple(known[:-1]), known[-1]

    @property
    def _channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def with_channels_last(self, x: Node) -> Node:
        """Bring an input into the order in which windows move."""
        axes = (0, *range(2, self.axes + 2), 1)
        turned: Node = transpose(x, axes=axes) if self._channels_first else x
        return turned

    def as_given(self, x: Node) -> Node:
        """Bring an output into the order of the input."""
        axes = (0, self.axes + 1, *range(1, self.axes + 1))
        turned: Node = transpose(x, axes=axes) if self._channels_first else x
        return turned

    # ------------------------------------------------------------ the window
    def around(
        self, size: Sequence[int], window: Sequence[int], dilation: Sequence[int]
    ) -> tuple[tuple[int, int], ...]:
        """Return how many places are added before and behind each axis of space.

        Formula:
            same: places = ceil(size / stride)
                  before + behind = max(0, (places - 1) stride + span - size), the odd one behind
            causal: before = span - 1
            span = dilation (window - 1) + 1
        Raises:
            ShapeError: if the window does not fit into the input.
        """
        spans = [d * (w - 1) + 1 for w, d in zip(window, dilation, strict=True)]
        if self.padding == "causal":
            return tuple([(span - 1, 0) for span in spans])
        if self.padding == "same":
            missing = [
                max(0, (-(-n // stride) - 1) * stride + span - n)
                for n, stride, span in zip(size, self.strides, spans, strict=True)
            ]
            return tuple([(both // 2, both - both // 2) for both in missing])
        if any(span > n for span, n in zip(spans, size, strict=True)):
            raise ShapeError(
                f"the window of {self.name!r} is larger than its input",
                expected=f"at most {by(size)}",
                received=by(spans),
                attempt='padding="same"',
            )
        return ((0, 0),) * self.axes

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
        }


def by(sizes: Iterable[int]) -> str:
    """Write sizes as a person would: 3 x 3."""
    return " x ".join(map(str, sizes))
