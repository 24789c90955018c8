"""What a graph says about a network: its products with weights, its activations, its noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from pellucid.graph import CONSTANT, INPUT, STATE, Graph, Node
from pellucid.hood.doctor.glance import activation_of

__all__ = [
    "Product",
    "activations",
    "dropout_rates",
    "layer_of",
    "noisy_output",
    "normalizes_batches",
    "penalty",
    "products",
    "straight",
]

_PRODUCTS: Final = ("matmul", "convolution")
_AFFINE: Final = frozenset(
    "add subtract multiply divide negative reshape transpose expand_dims pad broadcast_to cast".split()
)


class Product(NamedTuple):
    """What a layer does first: its input times its weights.

    Attributes:
        node: the product.
        source: the input.
        weight: the path of the weights: "dense/kernel".
    """

    node: Node
    source: Node
    weight: str

    @property
    def layer(self) -> str:
        """The name of the layer."""
        return self.weight.rpartition("/")[0]


def _forward(graph: Graph) -> Iterator[Node]:
    return (node for node in graph.live() if graph.notes[node].scope.phase == "forward")


def layer_of(graph: Graph, node: Node) -> str:
    """Return the name of the layer that made a node."""
    return graph.notes[node].scope.name


def products(graph: Graph) -> list[Product]:
    """Return all products of something with weights, in their order."""
    return [
        Product(node, node.inputs[0], node.inputs[1]["path"][1])
        for node in _forward(graph)
        if node.op.name in _PRODUCTS and node.inputs[1].op is STATE and node.inputs[1]["path"][0] == "weights"
    ]


def activations(graph: Graph, kinds: frozenset[str]) -> list[Node]:
    """Return the nodes of some kinds of activation, "relu" or "tanh", that a layer hands on."""
    handed_on = {graph.outputs["prediction",]}
    for node in _forward(graph):
        handed_on |= {part for part in node.inputs if layer_of(graph, part) != layer_of(graph, node)}
    return [node for node in _forward(graph) if node in handed_on and activation_of(node) in kinds]


# ------------------------------------------------------------ what lies between two layers
def straight(graph: Graph) -> list[tuple[Product, Product]]:
    """Return the products that follow each other with nothing but sums and factors between them.

    Together such a pair can do no more than one of them alone.
    """
    by_node = {product.node: product for product in products(graph)}
    moving = _depending(graph)
    pairs = []
    for product in by_node.values():
        below = product.source
        while below not in by_node and below.op.name in _AFFINE:
            changing = [part for part in below.inputs if part in moving]
            if len(changing) != 1 or (below.op.name == "divide" and changing[0] is below.inputs[1]):
                break
            below = changing[0]
        if below in by_node:
            pairs.append((by_node[below], product))
    return pairs


def _depending(graph: Graph) -> set[Node]:
    """Return the nodes that depend on what the network is given."""
    found: set[Node] = set()
    for node in graph.live():
        if node.op is INPUT or any(part in found for part in node.inputs):
            found.add(node)
    return found


# ------------------------------------------------------------ what happens only while training
def dropout_rates(step: Graph) -> dict[str, float]:
    """Return the share of values that each layer sets to 0 while training, by the layer's name."""
    return {
        layer_of(step, node): float(node.inputs[1]["value"])
        for node in _forward(step)
        if node.op.name == "greater_equal"
        and node.inputs[0].op.name == "random_uniform"
        and node.inputs[1].op is CONSTANT
    }


def noisy_output(step: Graph) -> str:
    """Return the layer that adds noise to the prediction itself, behind the last weights; "" if none."""
    waiting, seen = [step.outputs["prediction",]], set()
    while waiting:
        node = waiting.pop()
        if node in seen or node.op.name in _PRODUCTS:
            continue
        if node.op.name == "random_uniform":
            return layer_of(step, node)
        seen.add(node)
        waiting += node.inputs
    return ""


def normalizes_batches(step: Graph) -> str:
    """Return a layer that takes means over the examples of a batch, and over nothing else; "" if none."""
    moving = _depending(step)
    for node in _forward(step):
        if node.op.name == "reduce_mean" and node in moving and node["axes"] == (0,):
            return layer_of(step, node)
    return ""


def penalty(step: Graph) -> Node | None:
    """Return what regularizers add to the loss, if there are any."""
    for node in step.live():
        name = step.notes[node].name
        if name is not None and str(name) == "penalty" and step.notes[node].scope.phase == "loss":
            return node
    return None
