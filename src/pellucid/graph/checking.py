"""Does a graph keep its own rules? Asked after every transform."""

from __future__ import annotations

from pellucid.errors import GraphError, PellucidError
from pellucid.graph.graph import Graph
from pellucid.graph.node import Leaf

__all__ = ["check"]


def check(graph: Graph) -> Graph:
    """Check that every node comes after its inputs and has the shape and dtype that its rule gives.

    Returns:
        The same graph.
    Raises:
        GraphError: naming the node, the rule and the line of user code.
    """
    seen = set()
    for node in graph.notes:
        for operand in node.inputs:
            if operand not in seen:
                raise GraphError(f"{graph.where(node)} comes before its operand {operand!r}")
        seen.add(node)
        if isinstance(node.op, Leaf):
            continue
        try:
            shape, dtype = node.op.shape(*node.inputs, **dict(node.attributes))  # type: ignore[attr-defined]
        except PellucidError as error:
            raise GraphError(
                f"{graph.where(node)} breaks a rule of {node.op.name!r}: {error}".rstrip(".")
            ) from error
        if (shape, dtype) != (node.shape, node.dtype):
            raise GraphError(
                f"{graph.where(node)} breaks the shape rule of {node.op.name!r}",
                expected=f"{dtype} {shape}",
                received=f"{node.dtype} {node.shape}",
            )
    for path, node in graph.outputs.items():
        if node not in seen:
            raise GraphError(f"the output {'/'.join(path)} is {node!r}, a node of another graph")
    return graph
