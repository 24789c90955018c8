"""A function over nodes, applied to arrays: write it, run it, return the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.engines.numpy.bodies import Functions, indented
from pellucid.engines.numpy.carried import carried, source_of
from pellucid.engines.numpy.cores import one_core
from pellucid.engines.numpy.engine import execute
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import helpers_of
from pellucid.graph import STATE, Graph, Node, Path
from pellucid.transforms import simplify

__all__ = ["evaluate"]


def evaluate(function: Callable[..., Node], *arrays: np.ndarray, state: dict[Path, Any] | None = None) -> Any:
    """Apply a function from nodes to a node to arrays.

    Args:
        function: what builds the graph.
        arrays: its inputs.
        state: the values that it refers to beside them, such as weights, by path; those that it assigns are
            replaced.
    Example:
        >>> evaluate(lambda x: x * 2, np.ones(3))
        array([2., 2., 2.])
    """
    graph = Graph("evaluation")
    with graph:
        nodes = [
            graph.input(f"x_{place}", array.shape, array.dtype.name) for place, array in enumerate(arrays)
        ]
        graph.outputs["result",] = function(*nodes)
    graph = simplify(graph)
    functions = Functions()
    given = {leaf: f"state[{leaf['path']!r}]" for leaf in graph.leaves(STATE)}
    writer = FunctionWriter(graph, graph.live(), [], given=given, numbers={})
    writer.assign_names()
    lines = [f"{writer.names[line]} = {writer.formula(line)}" for line in writer.lines]
    results = ", ".join(f"{path!r}: {writer.text(node)}" for path, node in graph.outputs.items())
    arguments = ", ".join(["state", *[node["name"] for node in nodes]])
    text = f"def evaluation({arguments}):\n" + "\n".join(indented([*lines, f"return {{{results}}}"]))
    helpers = [source_of(helper) for helper in carried(helpers_of(graph)).values()]
    names: dict[str, Any] = {}
    execute(
        "\n\n".join(["import math", "import numpy as np", *helpers, *functions.texts.values(), text]),
        "<evaluation>",
        names,
        "evaluation",
    )
    state = {} if state is None else state
    with one_core():
        values = names["evaluation"](state, *arrays)
    result = values.pop(("result",))
    state.update(values)
    return result
