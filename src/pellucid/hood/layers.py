"""The layers of a graph: which nodes each of them is made of, what goes in and what comes out."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from pellucid.graph import CONSTANT, SIZE, STATE, Graph, Leaf, Node

__all__ = ["LayerNodes", "layers_of"]


class LayerNodes(NamedTuple):
    """One layer in a graph.

    A layer that does nothing in a graph, such as dropout in a prediction, has no nodes there.

    Attributes:
        name: what the layer is called.
        title: what a heading says about it: "20 units, relu".
        source: the node that it is applied to.
        nodes: its operations, in their order.
        output: the last one of them.
        weights: the paths of its weights, in the order in which it uses them.
    """

    name: str
    title: str
    source: Node
    nodes: tuple[Node, ...]
    output: Node
    weights: tuple[str, ...]

    @property
    def before_activation(self) -> Node | None:
        """The node z in a = f(z): what the output is a fixed function of; None if there is no such f.

        It has the shape of the output, and everything that the layer is given or has learnt goes through it:
        of a dense layer it is x W + b, of a layer that is nothing but an activation its input.
        """
        inside = set(self.nodes)
        for node in (self.source, *self.nodes[:-1]):
            if node.shape == self.output.shape and _goes_through(self.output, node, inside):
                return node
        return None


def layers_of(graph: Graph) -> list[LayerNodes]:
    """Find the layers that a graph's prediction is made by, in the order in which they are applied."""
    prediction = graph.outputs["prediction",]
    found: dict[tuple[str, str], list[Node]] = {}
    for node in graph.live([prediction]):
        scope = graph.notes[node].scope
        if scope.name and not isinstance(node.op, Leaf):
            found.setdefault((scope.name, scope.title), []).append(node)
    return [_layer(name, title, nodes) for (name, title), nodes in found.items()]


def _layer(name: str, title: str, nodes: list[Node]) -> LayerNodes:
    inside = set(nodes)
    outside = dict.fromkeys(x for node in nodes for x in node.inputs if x not in inside)
    leaves = [node for node in outside if node.op is STATE]
    weights = [leaf["path"][1] for leaf in leaves if leaf["path"][0] == "weights"]
    given = [node for node in outside if node.op not in (STATE, CONSTANT, SIZE)]
    source = next((node for node in reversed(given) if _first_axis(node) == _first_axis(nodes[-1])), nodes[0])
    return LayerNodes(name, title, source, tuple(nodes), nodes[-1], tuple(weights))


def _first_axis(node: Node) -> object:
    """The axis of the examples, which tells what flows through a layer from what all examples share."""
    return node.shape[0] if node.shape else None


def _goes_through(result: Node, gate: Node, inside: Collection[Node]) -> bool:
    """Whether the result depends on everything outside through one node only."""
    stack, seen = [result], {gate}
    while stack:
        node = stack.pop()
        if node in seen or node.op in (CONSTANT, SIZE):
            continue
        if node not in inside:
            return False
        seen.add(node)
        stack += node.inputs
    return True
