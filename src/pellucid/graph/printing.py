"""A graph as text that a person can read."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Protocol, runtime_checkable

from pellucid.graph.node import CONSTANT, INPUT, NUMBER, SEVERAL, SIZE, STATE, Node
from pellucid.graph.scope import Note, Path
from pellucid.graph.size import shape_text

__all__ = ["graph_text"]


@runtime_checkable
class _Printable(Protocol):
    """What printing needs of a graph."""

    title: str
    notes: dict[Node, Note]
    outputs: dict[Path, Node]

    def live(self) -> list[Node]: ...


def graph_text(graph: _Printable) -> str:
    """Write a graph as one line per node, under a heading per part of the model.

    Numbers without a name stand where they are used; a graph inside a node follows its first use.

    Example:
        graph doubling
          given
            x = input                                                           float32 (batch, 2)
          forward: layer (twice the input)
            y = multiply(2, x)                                                  float32 (batch, 2)
          results
            y: y
    """
    return "\n".join(_lines(graph, "", set()))


def _lines(graph: _Printable, indent: str, known: set[_Printable]) -> list[str]:
    nodes = graph.live()
    labels = _labels(graph, nodes)
    shown = [node for node in nodes if node.op is not CONSTANT or node["name"]]
    lines = [f"{indent}graph {graph.title}"]
    for scope, part in groupby(shown, key=lambda node: graph.notes[node].scope):
        title = f" ({scope.title})" if scope.title else ""
        lines.append(f"{indent}  {scope.phase}: {scope.name}{title}" if scope.name else f"{indent}  given")
        for node in part:
            lines.append(
                f"{indent}    {labels[node]} = {_made_of(node, labels)}".ljust(70) + f"  {_type(node)}"
            )
            for body in _bodies(node):
                if body not in known:
                    known.add(body)
                    lines += _lines(body, indent + "      ", known)
    lines.append(f"{indent}  results")
    return lines + [f"{indent}    {'/'.join(path)}: {labels[node]}" for path, node in graph.outputs.items()]


def _labels(graph: _Printable, nodes: list[Node]) -> dict[Node, str]:
    """Call each node by its name, with a number where two have the same or one has none."""
    labels: dict[Node, str] = {}
    taken: set[str] = set()
    for node in nodes:
        name = graph.notes[node].name
        label = "" if name is None else str(name)
        if node.op is CONSTANT:
            label = node["name"] or repr(node["value"])
        elif not label or label in taken:
            label = f"{label}%{len(taken)}"
        if node.op is not CONSTANT or node["name"]:
            taken.add(label)
        labels[node] = label
    return labels


def _made_of(node: Node, labels: dict[Node, str]) -> str:
    if node.op is INPUT:
        return "input" if node["name"] == labels[node] else f"input {node['name']}"
    if node.op is STATE:
        return f"state {'/'.join(node['path'])}"
    if node.op is CONSTANT:
        return repr(node["value"])
    if node.op is SIZE:
        return f"size of {node['symbol']}"
    arguments = [labels[x] for x in node.inputs]
    arguments += [f"{name}={_value(value)}" for name, value in node.attributes]
    return f"{node.op.name}({', '.join(arguments)})"


def _value(value: Any) -> str:
    return value.title if isinstance(value, _Printable) else repr(value)


def _bodies(node: Node) -> list[_Printable]:
    return [value for _, value in node.attributes if isinstance(value, _Printable)]


def _type(node: Node) -> str:
    if node.dtype == SEVERAL:
        types: Any = node.shape
        return ", ".join(f"{dtype} {shape_text(shape)}" for shape, dtype in types)
    return node.dtype if node.dtype == NUMBER else f"{node.dtype} {shape_text(node.shape)}"
