"""What a network is drawn with: columns of units, blocks, and what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from pellucid.errors import DataError
from pellucid.graph import INPUT, STATE, Node, Path
from pellucid.hood.layers import LayerNodes, layers_of
from pellucid.hood.opened import Opened
from pellucid.hood.pictures.examples import outputs_for
from pellucid.ops import Primitive

__all__ = ["Column", "Diagram", "Link", "diagram_of"]


class Column(NamedTuple):
    """What the network works out at one place: a row of numbers, or an array of more axes.

    Attributes:
        name: what the layer is called; "x" for what goes in.
        title: what a heading says about it.
        shape: the shape for one example.
        labels: what the single numbers are called; () where they have no names.
        values: these numbers for one example, if one was given.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    labels: tuple[str, ...]
    values: np.ndarray | None

    @property
    def is_row(self) -> bool:
        """Whether it is a row of numbers, each of which is drawn."""
        return len(self.shape) == 1


class Link(NamedTuple):
    """How one column comes of the one before it.

    Attributes:
        kind: "weights": each number of the one has a weight for each of the other. "one to one": each comes
            of the one at its place. "all": each may come of any.
        kernel: the weights, (numbers before, numbers after); None unless there are such weights.
        bias: what is added; None without.
    """

    kind: Literal["weights", "one to one", "all"]
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None


class Diagram(NamedTuple):
    """A network as it is drawn.

    Attributes:
        title: the name of the model.
        columns: from the inputs to the answers.
        links: what lies between each and the next.
    """

    title: str
    columns: list[Column]
    links: list[Link]


def diagram_of(opened: Opened) -> Diagram:
    """Find out what there is to draw; where there are examples, there has to be one."""
    graph = opened.blueprint.predict
    layers = layers_of(graph)
    (x,) = graph.leaves(INPUT)
    if opened.arrays and len(opened.arrays[0]) != 1:
        count = len(opened.arrays[0])
        raise DataError(
            "the picture has room for the numbers of one example",
            expected="one",
            received=str(count),
            attempt="x[:1]" if count else "",
        )
    values = _values(x, layers, opened)
    nodes = [x, *[layer.output for layer in layers]]
    names = [(x["name"], ""), *[(layer.name, layer.title) for layer in layers]]
    columns = [
        Column(name, title, _shape(node), (), values.get(node))
        for (name, title), node in zip(names, nodes, strict=True)
    ]
    columns[-1] = columns[-1]._replace(labels=opened.answers)
    columns[0] = columns[0]._replace(labels=opened.features)
    return Diagram(opened.blueprint.title, columns, [_link(layer, opened) for layer in layers])


def _values(x: Node, layers: Sequence[LayerNodes], opened: Opened) -> dict[Node, np.ndarray]:
    """Ask the engine what each layer gives for the example."""
    if not opened.arrays:
        return {}
    wanted: dict[Path, Node] = {("output", layer.name): layer.output for layer in layers}
    given = opened.arrays[0]
    worked_out = outputs_for(opened, given, wanted)
    return {x: given[0]} | {wanted[path]: value[0] for path, value in worked_out.items()}


def _shape(node: Node) -> tuple[int, ...]:
    return tuple([size for size in node.shape[1:] if isinstance(size, int)])


def _link(layer: LayerNodes, opened: Opened) -> Link:
    before, after = _shape(layer.source), _shape(layer.output)
    if len(before) == len(after) == 1:
        for node in layer.nodes:
            kernel = _weight(node, "matmul", layer.source, opened)
            if kernel is not None and kernel.shape == (*before, *after):
                biases = (_weight(user, "add", node, opened) for user in layer.nodes)
                bias = next((found for found in biases if found is not None and found.shape == after), None)
                return Link("weights", kernel, bias)
    flowing = [node for node in layer.nodes if node.shape[:1] == layer.output.shape[:1]]
    single = all(isinstance(node.op, Primitive) and node.op.elementwise for node in flowing)
    return Link("one to one" if single and before == after else "all")


def _weight(node: Node, operation: str, operand: Node, opened: Opened) -> np.ndarray | None:
    """Return the weight that an operation joins with an operand, if that is what the node is."""
    if node.op.name != operation or not any(x is operand for x in node.inputs):
        return None
    leaves = [leaf for leaf in node.inputs if leaf.op is STATE and leaf["path"][0] == "weights"]
    return opened.state["weights"][leaves[0]["path"][1]] if leaves else None
