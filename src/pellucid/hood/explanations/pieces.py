"""Where a network bends: it is put together of linear pieces, as with relu, or of smooth ones.

A primitive bends, or jumps, where a certain number changes its sign: maximum(x, y) where x - y does. Where
none of these numbers has changed its sign from one point to another, each of them was linear in between, one
after the other from the inputs on; so none can have changed it twice, and the network is linear there. Where
one has, and none before it in the graph, it is itself linear there, so that the place is known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.graph import INPUT, Graph, Node, Path, Size
from pellucid.hood.explanations.function import Evaluated
from pellucid.hood.opened import Opened
from pellucid.ops import formulas_windows

__all__ = ["Pieces", "Switch", "degrees", "switches"]

_KEEPS: Final = frozenset(
    "add subtract negative reshape transpose expand_dims broadcast_to reduce_sum reduce_mean slice_axis "
    "slice_gradient concatenate reverse pad average_pool average_pool_gradient stop_gradient select "
    "logical_and logical_or logical_not".split()
)
_MULTIPLIES: Final = frozenset(
    "multiply divide matmul convolution convolution_input_gradient convolution_kernel_gradient".split()
)
_BENDS: Final = frozenset("maximum minimum clip absolute reduce_max max_pool".split())
_JUMPS: Final = frozenset("greater greater_equal equal sign".split())

_CURVED: Final = 2  # the degree of what is neither piecewise constant (0) nor piecewise linear (1)

_SHORTEST: Final = 1e-12  # pieces shorter than this part of the way are nothing but rounding
_MOST: Final = 100_000  # edges that are looked at, all rounds together


def degrees(graph: Graph) -> dict[Node, int]:
    """Find out for each node that depends on the inputs how it does.

    Returns:
        0 for piecewise constant, 1 for piecewise linear, 2 for anything else.
    """
    found = dict.fromkeys(graph.leaves(INPUT), 1)
    for node in graph.live():
        if node in found or not any(operand in found for operand in node.inputs):
            continue
        degree = _degree(node, found)
        one_row_each = node.dtype != "several" and bool(node.shape) and isinstance(node.shape[0], Size)
        found[node] = min(degree, _CURVED) if one_row_each else _CURVED
    return found


def _degree(node: Node, found: dict[Node, int]) -> int:
    name = node.op.name
    given = [found[operand] for operand in node.inputs if operand in found]
    largest = max(given)
    if name in _MULTIPLIES:
        divides = name == "divide" and found.get(node.inputs[1], 0) > 0
        return _CURVED if divides else sum(given)
    if name == "cast":
        return largest if node.dtype.startswith("float") else _CURVED
    if name in _JUMPS:
        return 0 if largest < _CURVED else _CURVED
    return largest if name in _KEEPS | _BENDS else _CURVED


class Switch(NamedTuple):
    """A node that bends or jumps.

    Attributes:
        node: the node.
        offsets: for each number that changes its sign there, what is taken from the first operand: another
            operand, or a number; () where a node takes the largest of many numbers.
    """

    node: Node
    offsets: tuple[Node | float, ...]


def switches(graph: Graph, found: dict[Node, int]) -> list[Switch]:
    """Return all nodes that bend or jump where something linear changes its sign, inputs before users."""
    nodes = [node for node in graph.live() if node.op.name in _BENDS | _JUMPS]
    return [
        Switch(node, _offsets(node))
        for node in nodes
        if max([found[operand] for operand in node.inputs if operand in found], default=0) == 1
    ]


def _offsets(node: Node) -> tuple[Node | float, ...]:
    name = node.op.name
    if name in ("reduce_max", "max_pool"):
        return ()
    if name == "clip":
        return (node["low"], node["high"])
    return (node.inputs[1],) if len(node.inputs) == 2 else (0.0,)


# ------------------------------------------------------------ on a straight way
@final
class Pieces:
    """The pieces that a network is put together of.

    Args:
        graph: a graph with the output ("answer",).
        opened: the model.
    Attributes:
        linear: whether all pieces are linear.
    """

    def __init__(self, graph: Graph, opened: Opened) -> None:
        found = degrees(graph)
        self.linear = found.get(graph.outputs["answer",], 0) < _CURVED
        self.switches = switches(graph, found)
        self._evaluated = Evaluated(_signs(graph, self.switches), opened) if self.switches else None

    def edges(self, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, bool]:
        """Find where the network bends on the straight way from one example to another.

        Returns:
            Shares of the way, from 0 to 1, and whether these are all: there may be too many.
        """
        edges, worked_out = np.array([0.0, 1.0]), 0
        while self._evaluated is not None:
            worked_out += len(edges)
            if worked_out > min(_MOST, self._evaluated.affordable):
                return np.array([0.0, 1.0]), False
            found = self._crossings(start, end, edges)
            if not found.size:
                break
            edges = np.union1d(edges, found)
            edges = edges[np.diff(edges, prepend=-1) > _SHORTEST / 2]
        return edges, self.linear

    def _crossings(self, start: np.ndarray, end: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Between any two edges, find where the first switch that changes does so."""
        found = [np.empty(0)]
        if self._evaluated is None:
            return found[0]
        block = max(1, self._evaluated.at_once - 1)
        for first in range(0, len(edges) - 1, block):
            times = edges[first : first + block + 1]
            x = start + times.reshape(-1, *[1] * start.ndim) * (end - start)
            found.append(self._first_changes(self._evaluated.once(x), times))
        return np.concatenate(found)

    def _first_changes(self, values: Sequence[np.ndarray], times: np.ndarray) -> np.ndarray:
        low, high = times[:-1, None], times[1:, None]
        undecided = np.ones(len(low), bool)
        found = []
        remaining = iter(values)
        for switch in self.switches:
            for _ in switch.offsets or (0.0,):
                before, after = _before_and_after(switch, next(remaining), len(times))
                with np.errstate(all="ignore"):
                    place = low + (high - low) * before / (before - after)
                    changes = (before * after < 0) & (place > low + _SHORTEST) & (place < high - _SHORTEST)
                changes &= undecided[:, None]
                found.append(place[changes])
                undecided &= ~changes.any(axis=1)
        return np.concatenate(found)


def _signs(graph: Graph, bending: Sequence[Switch]) -> Graph:
    """Build what decides about the switches: numbers by their sign, or those whose largest is taken."""
    (leaf,) = graph.leaves(INPUT)
    signs = Graph(graph.title)
    with signs:
        x = signs.input(leaf["name"], leaf.shape, leaf.dtype)
        nodes: dict[Path, Node] = {
            (str(place), str(number)): node
            for place, switch in enumerate(bending)
            for number, node in enumerate(switch.node.inputs)
        }
        copies = dict(zip(nodes, signs.include(graph.asked_for(nodes), [x]), strict=True))
        for place, switch in enumerate(bending):
            first = copies[str(place), "0"]
            if not switch.offsets:
                signs.outputs[str(place),] = first
            for number, offset in enumerate(switch.offsets):
                other = copies[str(place), "1"] if isinstance(offset, Node) else offset
                signs.outputs[str(place), str(number)] = first - other
    return signs


def _before_and_after(switch: Switch, values: np.ndarray, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers at the beginning and at the end of each stretch; between opposite signs is a switch.

    Of several candidates, it is by how much the one that is the largest at the beginning exceeds the one that
    is so at the end.
    """
    if switch.offsets:
        numbers = values.reshape(rows, -1)
        return numbers[:-1], numbers[1:]
    before, after = values[:-1], values[1:]
    if switch.node.op.name == "max_pool":
        largest: Any = formulas_windows.max_pool  # it has no type hints
        pick: Any = formulas_windows.max_pool_pick
        options = [switch.node[name] for name in ("window", "strides", "padding")]
        first = largest(before, *options) - pick(before, after, *options)
        last = pick(after, before, *options) - largest(after, *options)
    else:
        axes = switch.node["axes"]
        before, after = (_together(part, axes) for part in (before, after))
        here, there = (part.argmax(axis=-1)[..., None] for part in (before, after))
        first = before.max(axis=-1) - np.take_along_axis(before, there, axis=-1)[..., 0]
        last = np.take_along_axis(after, here, axis=-1)[..., 0] - after.max(axis=-1)
    return first.reshape(rows - 1, -1), last.reshape(rows - 1, -1)


def _together(values: np.ndarray, axes: Sequence[int]) -> np.ndarray:
    """Bring some axes to the end, as one."""
    moved = np.moveaxis(values, axes, range(-len(axes), 0))
    return moved.reshape(*moved.shape[: -len(axes)], -1)
