"""Graphs worked out by the compiled engine, and one node at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.testing import assert_allclose

from pellucid.engines.native.evaluation import evaluate_graph
from pellucid.graph import INPUT, NUMBER, Graph, Node, Path
from pellucid.testing.evaluation import compute

__all__ = ["TOLERANCES", "compare", "compare_outputs"]

TOLERANCES = {"float32": (2e-5, 2e-6), "float64": (1e-11, 1e-12), NUMBER: (1e-12, 1e-12)}
"""How far a result may be from the reference, by its dtype: a share, and a number. All else is exact."""


def compare(apply: Callable[..., Node], *arrays: Any) -> np.ndarray:
    """Compare what a function of nodes makes of some arrays; returns it."""
    with Graph("compared") as graph:
        nodes = [graph.input(f"x{i}", np.shape(x), np.asarray(x).dtype.name) for i, x in enumerate(arrays)]
        graph.outputs = {("y",): apply(*nodes)}
    (result,) = compare_outputs(graph, {f"x{i}": x for i, x in enumerate(arrays)}, {})
    return np.asarray(result)


def compare_outputs(graph: Graph, given: Mapping[str, Any], state: Mapping[Path, Any]) -> list[Any]:
    """Compare all outputs of a graph; returns the right ones."""
    leaves = {leaf["name"]: leaf for leaf in graph.leaves(INPUT)}
    nodes: Sequence[Node] = list(graph.outputs.values())
    with np.errstate(all="ignore"):
        expected = compute(graph, {leaves[name]: value for name, value in given.items()}, nodes, state)
    received = evaluate_graph(graph, given, state)
    for path, node, right in zip(graph.outputs, nodes, expected, strict=True):
        relative, absolute = TOLERANCES.get(node.dtype, (0, 0))
        assert np.shape(received[path]) == np.shape(right)
        assert node.dtype == NUMBER or received[path].dtype == right.dtype
        assert_allclose(received[path], right, rtol=relative, atol=absolute, err_msg=str(path))
    return expected
