"""What convolution and pooling share: where a window can lie, and how its options are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, shape_text

__all__ = ["Pairs", "Sizes", "options_text", "places", "require_sizes", "space_of", "spread"]

Sizes: TypeAlias = "tuple[int, ...]"  # one for each axis of space
Pairs: TypeAlias = "tuple[tuple[int, int], ...]"  # how many places before and behind each axis of space

_USUAL = {"strides": 1, "padding": 0, "dilation": 1, "groups": 1}  # what the formulas assume


def space_of(x: Node) -> Sizes:
    """Return the sizes between the batch and the channels.

    Raises:
        ShapeError: if there are not one to three, or if one is known only when the program runs.
    """
    sizes = tuple([size for size in x.shape[1:-1] if isinstance(size, int)])
    if not 3 <= len(x.shape) <= 5 or len(sizes) != len(x.shape) - 2:
        raise ShapeError(
            "no window can move over this array",
            expected="(batch, one to three known sizes, channels)",
            received=shape_text(x.shape),
        )
    return sizes


def places(size: Sizes, window: Sizes, strides: Sizes, padding: Pairs, dilation: Sizes) -> Sizes:
    """Return how many places a window has on each axis.

    Formula:
        span = dilation (window - 1) + 1
        places = floor((size + before + behind - span) / stride) + 1
    Raises:
        ArgumentError: if one of the options is not what it should be.
        ShapeError: if the window does not fit into what it moves over.
    Source:
        Dumoulin & Visin 2016, relationship 15.
    """
    for name, values in (("window", window), ("strides", strides), ("dilation", dilation)):
        require_sizes(name, values, len(size))
    if not isinstance(padding, tuple) or len(padding) != len(size):
        raise _unfit("padding", f"a tuple of {len(size)} pairs", padding)
    for pair in padding:
        require_sizes("padding", pair, 2, least=0)
    whole = [n + before + behind for n, (before, behind) in zip(size, padding, strict=True)]
    spans = [d * (w - 1) + 1 for w, d in zip(window, dilation, strict=True)]
    if any(span > room for span, room in zip(spans, whole, strict=True)):
        raise ShapeError(
            "this window is larger than what it moves over",
            expected=f"at most {_by(whole)}" + (" with its padding" if whole != list(size) else ""),
            received=f"a window of {_by(window)}"
            + (f" that spans {_by(spans)}" if spans != list(window) else ""),
        )
    return tuple([(room - span) // s + 1 for room, span, s in zip(whole, spans, strides, strict=True)])


def require_sizes(name: str, values: Any, count: int, least: int = 1) -> None:
    """Raise ArgumentError unless these are so many whole numbers, none below the least, in a tuple."""
    fits = isinstance(values, tuple) and len(values) == count
    if not fits or any(type(value) is not int or value < least for value in values):
        raise _unfit(name, f"a tuple of {count} whole numbers, at least {least}", values)


def _unfit(name: str, expected: str, received: object) -> ArgumentError:
    return ArgumentError(f"{name} cannot be used", expected=expected, received=repr(received))


def _by(sizes: Iterable[int]) -> str:
    return " x ".join(map(str, sizes))


def options_text(node: Node) -> str:
    """Write the options of a node that are not the usual ones, as arguments: ", strides=2, padding=1"."""
    given = dict(node.attributes)
    shown = {name: _shortest(given.get(name, usual)) for name, usual in _USUAL.items()}
    return "".join([f", {name}={value}" for name, value in shown.items() if value != _USUAL[name]])


def _shortest(value: Any) -> Any:
    """Write one number where all are equal: ((1, 1), (1, 1)) is 1."""
    numbers = np.unique(value)
    return int(numbers[0]) if len(numbers) == 1 else value


def spread(*shape: int) -> Any:
    """Return numbers from -1 to 1 for samples, no two of them near each other: nested lists of this shape."""
    golden = (math.sqrt(5) - 1) / 2  # its multiples divide a circle most evenly
    return (2 * (golden * np.arange(1, math.prod(shape) + 1) % 1) - 1).reshape(shape).tolist()
