"""Every line of the printed program, with the numbers that the engine has for it."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from pellucid.engines import State, engine_for
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import layer_numbers
from pellucid.engines.numpy.sections import Sections, heading
from pellucid.engines.numpy.step import weight_names
from pellucid.graph import INPUT, STATE, Node
from pellucid.hood.observation import observed
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

    Returns:
        All the numbers, and the state after the step; where there are no answers, that is the state before.
    """
    graph = opened.graph
    outputs: list[Node] = [graph.outputs["prediction",]]
    if len(opened.arrays) > 1:
        outputs = [*outputs, graph.outputs["loss",], *opened.gradients().values()]
    values, after = observed(opened, outputs, engine_for(opened.blueprint))
    nodes = graph.live(outputs)
    numbers = layer_numbers(opened.blueprint)
    weights = [node for node in nodes if node.op is STATE and node["path"][0] == "weights"]
    taken = [*(leaf["name"] for leaf in graph.leaves(INPUT)), "n"]
    given = weight_names(graph, weights, numbers)
    writer = FunctionWriter(graph, nodes, outputs, given=given, numbers=numbers, taken=taken)
    writer.assign_names(Sections(graph, graph.live()).ordered(writer.lines))
    return Trace(writer, values), after
