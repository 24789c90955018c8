"""A graph as text that a person can read."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pellucid.graph.graph import CONSTANT, Graph
from pellucid.graph.node import SEVERAL, Node
from pellucid.graph.size import shape_text

__all__ = ["graph_text"]


def graph_text(graph: Graph, indent: str = "") -> str:
    """Write a graph as one line per node, under a heading per part of the model.

    Example:
        graph celsius
          x                = input                                 float32 (batch, 1)
        forward: dense (1 unit, linear)
          ...
    """
    nodes = graph.live()
    labels = _labels(graph, nodes)
    lines = [f"{indent}graph {graph.title}"]
    shown = [node for node in nodes if node.op is not CONSTANT or node["name"]]
    for scope, part in groupby(shown, key=lambda node: graph.notes[node].scope):
        title = f" ({scope.title})" if scope.title else ""
        lines.append(f"{indent}  {scope.phase}: {scope.name}{title}" if scope.name else f"{indent}  given")
        for node in part:
            lines.append(f"{indent}    {labels[node]} = {_call(node, labels)}".ljust(72) + "  " + _type(node))
            lines += [graph_text(body, indent + "      ") for body in _bodies(node)]
    lines.append(f"{indent}  results")
    lines += [f"{indent}    {'/'.join(path)}: {labels[node]}" for path, node in graph.outputs.items()]
    return "\n".join(lines)


def _labels(graph: Graph, nodes: list[Node]) -> dict[Node, str]:
    labels: dict[Node, str] = {}
    taken: set[str] = set()
    for number, node in enumerate(nodes):
        name = graph.notes[node].name
        label = str(name) if name else f"%{number}"
        if node.op is CONSTANT and not node["name"]:
            label = repr(node["value"])
        elif label in taken:
            label = f"{label}%{number}"
        taken.add(label)
        labels[node] = label
    return labels


def _call(node: Node, labels: dict[Node, str]) -> str:
    arguments = [labels[x] for x in node.inputs]
    arguments += [f"{name}={_value(value)}" for name, value in node.attributes if value is not None]
    return f"{node.op.name}({', '.join(arguments)})"


def _value(value: Any) -> str:
    return value.title if isinstance(value, Graph) else repr(value)


def _bodies(node: Node) -> list[Graph]:
    return [value for _, value in node.attributes if isinstance(value, Graph)]


def _type(node: Node) -> str:
    if node.dtype == SEVERAL:
        return ", ".join(f"{dtype} {shape_text(shape)}" for shape, dtype in node.shape)  # type: ignore[misc]
    return node.dtype if node.dtype == "number" else f"{node.dtype} {shape_text(node.shape)}"
