"""graph -> graph: the same in float64."""

from __future__ import annotations

from typing import Any

from pellucid.graph import INPUT, Graph, Leaf, Node, check

__all__ = ["in_double"]


def in_double(graph: Graph) -> Graph:
    """Return a graph that does the same with float64 wherever there was float32."""
    return check(_copy(graph, {}))


def _copy(old: Graph, bodies: dict[Graph, Graph]) -> Graph:
    new = Graph(old.title)
    new.doc, new.remarks = old.doc, dict(old.remarks)
    copies: dict[Node, Node] = {}
    with new:
        # A body keeps its inputs, needed or not.
        for node in dict.fromkeys([*old.leaves(INPUT), *old.live()]):
            note = old.notes[node]
            with new.like(note):
                if isinstance(node.op, Leaf):
                    copies[node] = new.add(node.op, (), dict(node.attributes), node.shape, _wide(node.dtype))
                else:
                    attributes = {name: _widened(name, value, bodies) for name, value in node.attributes}
                    inputs = [copies[operand] for operand in node.inputs]
                    copies[node] = node.op(*inputs, **attributes)  # type: ignore[operator]
            new.notes[copies[node]].name = note.name
    new.outputs = {path: copies[node] for path, node in old.outputs.items()}
    return new


def _widened(name: str, value: Any, bodies: dict[Graph, Graph]) -> Any:
    """Return an attribute of the wide operation."""
    if isinstance(value, Graph):
        if value not in bodies:
            bodies[value] = _copy(value, bodies)
        return bodies[value]
    return _wide(value) if name == "dtype" else value


def _wide(dtype: str) -> str:
    return "float64" if dtype == "float32" else dtype
