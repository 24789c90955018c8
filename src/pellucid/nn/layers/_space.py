"""Where the rows and columns of pictures, or the steps of series, are among the axes."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node
from pellucid.nn._arguments import whole

__all__ = ["axes_in_space", "channels", "pair"]

_LAST, _FIRST = "channels_last", "channels_first"
_NAMES = {1: ["steps"], 2: ["height", "width"]}


def channels(data_format: Any) -> str:
    """Return where the channels are: after the places in space, unless said otherwise.

    Raises:
        ArgumentError: if it is neither "channels_last" nor "channels_first".
    """
    if data_format not in (None, _LAST, _FIRST):
        raise ArgumentError(
            "data_format cannot be used", expected=f"{_LAST!r} or {_FIRST!r}", received=repr(data_format)
        )
    return _LAST if data_format is None else str(data_format)


def axes_in_space(layer: str, x: Node, count: int, data_format: str = _LAST) -> tuple[int, ...]:
    """Return the axes of x beside the batch and the channels, as many as count.

    Raises:
        ShapeError: naming the layer, if x has more axes or fewer, or a size is not known.
    """
    first = 1 if data_format == _LAST else 2
    axes = tuple(range(first, first + count))
    if len(x.shape) != count + 2 or not all(isinstance(x.shape[axis], int) for axis in axes):
        names = ["batch", *_NAMES[count], "channels"]
        if data_format == _FIRST:
            names.insert(1, names.pop())
        raise ShapeError(
            f"{layer!r} cannot take this input", expected=f"({', '.join(names)})", received=str(x.shape)
        )
    return axes


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """Return two whole numbers; one stands for both.

    Raises:
        ArgumentError: if these are not two whole numbers that are large enough.
    """
    both = value if isinstance(value, list | tuple) else (value, value)
    if len(both) != 2:
        raise ArgumentError(f"{name} cannot be used", expected="one number or two", received=repr(value))
    return whole(name, both[0], least), whole(name, both[1], least)
