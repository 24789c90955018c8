"""Which operation of a graph broke first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.graph import (
    CONSTANT,
    INPUT,
    NUMBER,
    SEVERAL,
    SIZE,
    STATE,
    Graph,
    Leaf,
    Node,
    Path,
    Size,
    product,
)

__all__ = ["Breach", "Values", "arguments_of", "first_breach", "operands_of"]

_AT_ONCE: Final = 2**26  # numbers that are worked out at once


class Breach(NamedTuple):
    """An operation whose result is not finite, though everything it is applied to is.

    Attributes:
        graph: where it is: the step, or a function that the step calls.
        node: the operation; a leaf, if what the step was given was not finite already.
        operands: what it is applied to.
        result: what came out.
        caller: the call in the step, if it is in a function.
    """

    graph: Graph
    node: Node
    operands: list[np.ndarray]
    result: np.ndarray
    caller: Node | None = None


def first_breach(
    graph: Graph, given: Mapping[str, Any], entries: Mapping[Path, Any], ends: Iterable[Node]
) -> Breach | None:
    """Find the first operation that broke, on the way to what is not finite in the end.

    What is infinite on the way and does no harm, such as a number that is masked afterwards, is passed over.

    Args:
        graph: what was worked out.
        given: its inputs by name.
        entries: the state by path.
        ends: nodes of which some are not finite.
    Returns:
        None if they are all finite when the operations are worked out one by one: the rounding of several at
        once may make the difference.
    """
    nodes = [node for node in graph.live(ends) if node.dtype != SEVERAL]
    finite: dict[Node, bool] = {}
    for part in _parts(nodes, len(next(iter(given.values())))):
        values = Values(graph, part)(given, entries)
        finite |= {node: _is_finite(node, value) for node, value in zip(part, values, strict=True)}
    reached = _harmful(ends, finite)
    broken = (node for node in nodes if node in reached and all(finite[x] for x in operands_of(node)))
    node = next(broken, None)
    if node is None:
        return None
    result, *operands = Values(graph, [node, *operands_of(node)])(given, entries)
    if not _is_called(node):
        return Breach(graph, node, operands, result)
    caller = node.inputs[0]
    body: Graph = caller["body"]
    found = first_breach(body, arguments_of(body, operands), {}, [list(body.outputs.values())[node["index"]]])
    return None if found is None else found._replace(caller=caller)


def operands_of(node: Node) -> tuple[Node, ...]:
    """Return what a node is applied to; of one of several results, what they all come from."""
    return node.inputs[0].inputs if node.inputs and node.inputs[0].dtype == SEVERAL else node.inputs


def arguments_of(body: Graph, values: Iterable[np.ndarray]) -> dict[str, Any]:
    """Return values by the names of a body's inputs; what is a plain number becomes one again."""
    return {
        leaf["name"]: value.item() if leaf.dtype == NUMBER else value
        for leaf, value in zip(body.leaves(INPUT), values, strict=True)
    }


def _is_called(node: Node) -> bool:
    return bool(node.inputs) and node.inputs[0].op.name == "call"


def _harmful(ends: Iterable[Node], finite: Mapping[Node, bool]) -> set[Node]:
    """Return all that is not finite and leads to an end that is not."""
    stack = [node for node in ends if not finite[node]]
    reached = set(stack)
    while stack:
        for operand in operands_of(stack.pop()):
            if not finite[operand] and operand not in reached:
                reached.add(operand)
                stack.append(operand)
    return reached


# ------------------------------------------------------------ numbers
def _is_finite(node: Node, value: np.ndarray) -> bool:
    return node.op is CONSTANT or bool(np.isfinite(value).all())  # an infinite constant was meant


def _parts(nodes: list[Node], examples: int) -> Iterator[list[Node]]:
    """Yield the nodes in such parts that the numbers of each find room."""
    part: list[Node] = []
    numbers = 0
    for node in nodes:
        size = product(node.shape)
        numbers += size.factor * examples ** len(size.symbols) if isinstance(size, Size) else size
        if part and numbers > _AT_ONCE:
            yield part
            part, numbers = [], 0
        part.append(node)
    yield part


@final
class Values:
    """The function from what a graph is given to some of its nodes, leaves among them."""

    __slots__ = ("_evaluation", "_nodes")

    def __init__(self, graph: Graph, nodes: Iterable[Node]) -> None:
        self._nodes: dict[Path, Node] = {("node", str(place)): node for place, node in enumerate(nodes)}
        wanted = {path: node for path, node in self._nodes.items() if not isinstance(node.op, Leaf)}
        self._evaluation = evaluation_of(graph.asked_for(wanted)) if wanted else None

    def __call__(self, given: Mapping[str, Any], entries: Mapping[Path, Any]) -> list[np.ndarray]:
        values = {} if self._evaluation is None else self._evaluation(given, entries)
        return [
            np.asarray(values[path] if path in values else _leaf_value(node, given, entries))
            for path, node in self._nodes.items()
        ]


def _leaf_value(node: Node, given: Mapping[str, Any], entries: Mapping[Path, Any]) -> Any:
    if node.op is INPUT:
        return given[node["name"]]
    if node.op is STATE:
        return entries[node["path"]]
    return len(next(iter(given.values()))) if node.op is SIZE else node["value"]
