"""A network whose switches are held: one linear piece of it, as if it went on forever."""

from __future__ import annotations

from typing import Final, NamedTuple, final

import numpy as np

from pellucid.graph import BATCH, INPUT, Graph, Node, current_graph, product, quotient
from pellucid.hood.explanations.function import Evaluated
from pellucid.hood.explanations.pieces import Switch, degrees, switches
from pellucid.hood.opened import Opened
from pellucid.ops import broadcast_to, concatenate, greater, reduce_sum, reshape, select
from pellucid.transforms import gradient

__all__ = ["Held", "Piece", "held_network"]

_HELD: Final = frozenset("maximum minimum clip absolute greater greater_equal sign".split())
_MOST: Final = 2048  # numbers that may change their sign, and answers


class Piece(NamedTuple):
    """One linear piece of a network, as functions of all inputs: slopes x + values.

    Attributes:
        values: of the numbers that change their sign, and after them of the answers, at the example.
        slopes: of the same, with respect to the inputs; a row for each.
    """

    values: np.ndarray
    slopes: np.ndarray


@final
class Held:
    """A network that is linear piece by piece, with its switches held as one wants.

    Attributes:
        count: how many numbers decide about its switches.
    """

    def __init__(self, graph: Graph, sizes: list[int], answers: int, opened: Opened) -> None:
        self._evaluated = Evaluated(graph, opened)
        self._sizes = sizes
        self._rows = sum(sizes) + answers
        self.count = sum(sizes)

    def piece(self, x: np.ndarray, positive: np.ndarray) -> Piece:
        """Work out a piece.

        Args:
            x: the example around which it is described.
            positive: which of the numbers are taken to be above 0.
        """
        many = [np.repeat(part[None], self._rows, axis=0) for part in self._split(positive)]
        every = np.repeat(x[None], self._rows, axis=0)
        numbers, slopes = self._evaluated(every, *many, np.eye(self._rows))
        return Piece(numbers[0], slopes.reshape(self._rows, -1))

    def signs(self, x: np.ndarray) -> np.ndarray:
        """Find out which of the numbers are above 0 at an example: those in front decide about the others."""
        positive = np.zeros(self.count, bool)
        for _ in range(len(self._sizes) + 1):
            now = self.piece(x, positive).values[: self.count] > 0
            if (now == positive).all():
                break
            positive = now
        return positive

    def _split(self, positive: np.ndarray) -> list[np.ndarray]:
        parts = np.split(positive.astype(np.float64), np.cumsum(self._sizes))
        return parts[: len(self._sizes)]  # behind the last cut nothing is left


def held_network(graph: Graph, opened: Opened) -> Held | None:
    """Hold the switches of a network.

    Args:
        graph: with the output ("answer",).
        opened: the model.
    Returns:
        None if not all of its pieces are linear, or if it has other switches than numbers that change their
        sign, or too many.
    """
    found = degrees(graph)
    bending = switches(graph, found)
    answer = graph.outputs["answer",]
    if found.get(answer) != 1 or any(switch.node.op.name not in _HELD for switch in bending):
        return None
    held = Graph(graph.title)
    with held:
        (leaf,) = graph.leaves(INPUT)
        copies = {leaf: held.input(leaf["name"], leaf.shape, leaf.dtype)}
        by_node = {switch.node: switch for switch in bending}
        numbers: list[Node] = []
        for node in graph.live():
            if node in by_node:
                copies[node] = _held(by_node[node], copies, numbers)
            elif node not in copies:
                copies[node] = _copy(node, copies)
        rows = [_in_rows(value) for value in (*numbers, copies[answer])]
        sizes = [_size(row) for row in rows]
        if sum(sizes) > _MOST:
            return None
        joined = concatenate(*rows, axis=1) if len(rows) > 1 else rows[0]
        shares = held.input("shares", joined.shape, joined.dtype)
        (slopes,) = gradient(reduce_sum(joined * shares, axes=(0, 1)), [copies[leaf]])
        held.outputs = {("numbers",): joined, ("slopes",): slopes}
    return Held(held, sizes[:-1], sizes[-1], opened)


def _copy(node: Node, copies: dict[Node, Node]) -> Node:
    graph = current_graph()
    inputs = tuple([copies[operand] for operand in node.inputs])
    return graph.add(node.op, inputs, dict(node.attributes), node.shape, node.dtype)


def _held(switch: Switch, copies: dict[Node, Node], numbers: list[Node]) -> Node:
    """Build what a switch passes on while the signs of its numbers are given."""
    node = switch.node
    first = copies[node.inputs[0]]
    others = [copies[offset] if isinstance(offset, Node) else offset for offset in switch.offsets]
    above = [_given_sign(first - other, numbers) for other in others]
    name = node.op.name
    if name == "clip":
        return select(above[1], others[1], select(above[0], first, others[0]))
    if name == "absolute":
        return select(above[0], first, -first)
    if name == "sign":
        one = broadcast_to(1, shape=node.shape, dtype=node.dtype)
        return select(above[0], one, -one)
    if name in ("maximum", "minimum"):
        larger, smaller = (first, others[0]) if name == "maximum" else (others[0], first)
        return select(above[0], larger, smaller)
    return above[0]


def _given_sign(number: Node, numbers: list[Node]) -> Node:
    """Declare whether a number is above 0, whatever it is."""
    numbers.append(number)
    row = (BATCH, _size(number))
    given = current_graph().input(f"positive{len(numbers)}", row, number.dtype)
    return greater(reshape(given, shape=number.shape), 0.5)


def _in_rows(value: Node) -> Node:
    return reshape(value, shape=(BATCH, _size(value)))


def _size(value: Node) -> int:
    """Return how many numbers a value has for each example."""
    size = quotient(product(value.shape), BATCH)
    return size if isinstance(size, int) else 1
