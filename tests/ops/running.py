"""How the tests here run one operation on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.graph import Graph
from pellucid.testing import evaluate

__all__ = ["run"]


def run(operation: Any, *values: Any, **attributes: Any) -> Any:
    """Build a graph of one operation and evaluate it; numbers stay numbers, all else becomes an array."""
    graph = Graph()
    arrays = {
        f"x{place}": np.asarray(value)
        for place, value in enumerate(values)
        if isinstance(value, bool) or not isinstance(value, int | float)
    }
    with graph:
        nodes = [
            graph.input(f"x{place}", arrays[f"x{place}"].shape, arrays[f"x{place}"].dtype.name)
            if f"x{place}" in arrays
            else value
            for place, value in enumerate(values)
        ]
        graph.outputs = {("result",): operation(*nodes, **attributes)}
    return evaluate(graph, arrays)["result",]
