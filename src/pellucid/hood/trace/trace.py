"""Every line of the printed program, with the numbers that the engine has for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import numpy as np

from pellucid.engines import State, engine_for
from pellucid.engines.numpy import NumpyEvaluation
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import layer_numbers
from pellucid.engines.numpy.sections import Sections, heading
from pellucid.engines.numpy.step import weight_names
from pellucid.graph import CONSTANT, INPUT, SIZE, STATE, Graph, Leaf, Node, Path
from pellucid.hood.opened import Opened

__all__ = ["Trace", "trace_of"]


@final
class Trace:
    """The lines of a function with their numbers.

    Args:
        writer: writes the lines, and knows what values are called.
        values: the numbers of all nodes that matter.
    Attributes:
        graph: what the lines are of.
        lines: the values that have a line, in their order.
        names: what these, the inputs and the weights are called.
    """

    __slots__ = ("_values", "graph", "lines", "names")

    def __init__(self, writer: FunctionWriter, values: dict[Node, Any]) -> None:
        self._values = values
        self.graph = writer.graph
        self.lines = [node for node in writer.lines if node in values]
        self.names = writer.names | {leaf: leaf["name"] for leaf in self.graph.leaves(INPUT)}

    def value(self, node: Node) -> np.ndarray:
        """Return the numbers of a node."""
        return np.asarray(self._values[node])

    def is_mention(self, node: Node) -> bool:
        """Whether a value is called by its name where it is used."""
        return node in self.names

    def sections(self) -> list[tuple[str, list[Node]]]:
        """Return the lines under the headings that the printed program has."""
        graph = self.graph
        ranks = Sections(graph, graph.live(self.lines))
        found: dict[Any, tuple[str, list[Node]]] = {}
        for line in self.lines:
            rank = ranks.ranks[line]
            scope = ranks.scopes[rank]
            title = "\n".join(text[2:] for text in heading(graph, scope)) if scope.name else "given"
            found.setdefault(rank, (title, []))[1].append(line)
        return list(found.values())


def trace_of(opened: Opened) -> tuple[Trace, State]:
    """Work out all that is done with the examples, on the engine that trains and predicts.

    Where the engine does several operations at a time, so that it never has the number between them, that
    number is worked out from those that it has.

    Returns:
        All the numbers, and the state after the step; where there are no answers, that is the state before.
    """
    graph = opened.graph
    outputs: list[Node] = [graph.outputs["prediction",]]
    if len(opened.arrays) > 1:
        outputs = [*outputs, graph.outputs["loss",], *opened.gradients().values()]
    nodes = graph.live(outputs)
    watched: dict[Path, Node] = {
        ("node", str(place)): node for place, node in enumerate(nodes) if not isinstance(node.op, Leaf)
    }
    seen, after = engine_for(opened.blueprint).observe(opened.arrays, opened.state, watched)
    values = _leaf_values(opened, nodes) | {watched[path]: value for path, value in seen.items()}
    values |= _between(opened, [node for node in watched.values() if node not in values], values)
    numbers = layer_numbers(opened.blueprint)
    weights = [node for node in nodes if node.op is STATE and node["path"][0] == "weights"]
    taken = [*(leaf["name"] for leaf in graph.leaves(INPUT)), "n"]
    given = weight_names(graph, weights, numbers)
    writer = FunctionWriter(graph, nodes, outputs, given=given, numbers=numbers, taken=taken)
    writer.assign_names(Sections(graph, graph.live()).ordered(writer.lines))
    return Trace(writer, values), after


def _leaf_values(opened: Opened, nodes: Sequence[Node]) -> dict[Node, Any]:
    given, entries = opened.given, opened.entries
    values: dict[Node, Any] = {}
    for node in nodes:
        if node.op is INPUT:
            values[node] = given[node["name"]]
        elif node.op is STATE:
            values[node] = entries[node["path"]]
        elif node.op is CONSTANT:
            values[node] = node["value"]
        elif node.op is SIZE:
            values[node] = len(opened.arrays[0])
    return values


def _between(opened: Opened, nodes: Sequence[Node], known: dict[Node, Any]) -> dict[Node, Any]:
    """Work out what the engine never has as such, from what it has."""
    graph: Graph = opened.graph
    if not nodes:
        return {}
    wanted: dict[Path, Node] = {("node", str(place)): node for place, node in enumerate(nodes)}
    start = {node: value for node, value in known.items() if not isinstance(node.op, Leaf)}
    evaluation = NumpyEvaluation(graph.asked_for(wanted), known=list(start))
    found = evaluation(opened.given, opened.entries, list(start.values()))
    return {wanted[path]: value for path, value in found.items()}
