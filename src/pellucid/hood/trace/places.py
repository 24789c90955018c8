"""Where in one array the numbers of another come from: back through what only moves numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from pellucid.graph import Node
from pellucid.hood.trace.trace import Trace

__all__ = ["Places", "broadcast", "followed", "moved"]

Places: TypeAlias = "tuple[np.ndarray, ...]"
"""Places in an array, as NumPy's indexing has them: for each axis an array of whole numbers."""


def followed(trace: Trace, node: Node, places: Places) -> tuple[Node, Places]:
    """Go back from places in an array to where their numbers were before they were moved.

    Args:
        trace: the numbers of the graph.
        node: the array; one that has a name of its own is not looked through.
        places: where in it.
    """
    while not trace.is_mention(node):
        before = moved(trace, node, places)
        if before is None:
            break
        node, places = before
    return node, places


def moved(trace: Trace, node: Node, places: Places) -> tuple[Node, Places] | None:
    """Return where the numbers were before one operation; None if that does more than to move them."""
    if node.op.name not in _MOVES:
        return None
    return node.inputs[0], _MOVES[node.op.name](trace, node, places)


def broadcast(places: Places, shape: Sequence[int]) -> Places:
    """Return the places in an operand of this shape that go into places of a result."""
    own = places[len(places) - len(shape) :]
    return tuple([axis if size != 1 else np.zeros_like(axis) for axis, size in zip(own, shape, strict=True)])


def _same(trace: Trace, node: Node, places: Places) -> Places:
    return places


def _transposed(trace: Trace, node: Node, places: Places) -> Places:
    before = dict(zip(node["axes"], places, strict=True))
    return tuple([before[axis] for axis in range(len(places))])


def _reshaped(trace: Trace, node: Node, places: Places) -> Places:
    shape, source = trace.value(node).shape, trace.value(node.inputs[0]).shape
    flat = np.ravel_multi_index(places, shape) if shape else np.zeros((), int)
    return tuple(np.unravel_index(flat, source)) if source else ()


def _expanded(trace: Trace, node: Node, places: Places) -> Places:
    return (*places[: node["axis"]], *places[node["axis"] + 1 :])


def _broadcast(trace: Trace, node: Node, places: Places) -> Places:
    return broadcast(places, trace.value(node.inputs[0]).shape)


def _sliced(trace: Trace, node: Node, places: Places) -> Places:
    axis: int = node["axis"]
    return (*places[:axis], places[axis] + node["start"], *places[axis + 1 :])


def _reversed(trace: Trace, node: Node, places: Places) -> Places:
    axis: int = node["axis"]
    last = trace.value(node).shape[axis] - 1
    return (*places[:axis], last - places[axis], *places[axis + 1 :])


_MOVES: dict[str, Callable[[Trace, Node, Places], Places]] = {
    "broadcast_to": _broadcast,
    "cast": _same,
    "expand_dims": _expanded,
    "reshape": _reshaped,
    "reverse": _reversed,
    "slice_axis": _sliced,
    "stop_gradient": _same,
    "transpose": _transposed,
}
"""For each operation that only moves numbers: from places in its result to places in its operand."""
