"""The language in which models are written down: nodes, and the graph that makes them.

It knows no operation by name; `ops` brings those.
"""

from pellucid.graph.checking import check
from pellucid.graph.graph import Graph, current_graph, lift, name_by_assignment, named
from pellucid.graph.node import (
    CONSTANT,
    INPUT,
    NUMBER,
    SEVERAL,
    SIZE,
    STATE,
    Leaf,
    Node,
    Operation,
    Operators,
    operators,
)
from pellucid.graph.scope import Line, Name, Note, Path, Phase, Scope
from pellucid.graph.size import BATCH, TIME, Axis, Shape, Size, product, quotient, shape_text

__all__ = [
    "BATCH",
    "CONSTANT",
    "INPUT",
    "NUMBER",
    "SEVERAL",
    "SIZE",
    "STATE",
    "TIME",
    "Axis",
    "Graph",
    "Leaf",
    "Line",
    "Name",
    "Node",
    "Note",
    "Operation",
    "Operators",
    "Path",
    "Phase",
    "Scope",
    "Shape",
    "Size",
    "check",
    "current_graph",
    "lift",
    "name_by_assignment",
    "named",
    "operators",
    "product",
    "quotient",
    "shape_text",
]
