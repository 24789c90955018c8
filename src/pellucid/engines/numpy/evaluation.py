"""A graph, or a function over nodes, applied to arrays: write it, run it, return the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.engines.numpy.bodies import Functions, constants, indented
from pellucid.engines.numpy.carried import carried, source_of
from pellucid.engines.numpy.cores import one_core
from pellucid.engines.numpy.execution import execute
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import helpers_of
from pellucid.graph import CONSTANT, INPUT, SEVERAL, STATE, Graph, Node, Path, Size
from pellucid.transforms import simplify

__all__ = ["NumpyEvaluation", "evaluate"]


class NumpyEvaluation:
    """The function of a graph: from its inputs by name and the state by path to its outputs by path.

    Args:
        graph: what to work out, simplified.
        known: nodes whose values are given with each call.
    """

    def __init__(self, graph: Graph, known: Sequence[Node] = ()) -> None:
        given = {leaf: f"state[{leaf['path']!r}]" for leaf in graph.leaves(STATE)}
        given |= {node: f"known[{place}]" for place, node in enumerate(known)}
        nodes = graph.live(known=set(known))
        several = [node for node in nodes if node.dtype == SEVERAL and node not in given]
        fixed = [leaf["name"] for leaf in graph.leaves(CONSTANT) if leaf["name"] is not None]
        self._inputs = [leaf["name"] for leaf in graph.leaves(INPUT)]
        taken = ["n", *self._inputs, *fixed]
        writer = FunctionWriter(graph, nodes, several, given=given, numbers={}, taken=taken)
        writer.assign_names()
        functions = Functions()
        calls = {node: functions.call_text(node, graph, writer) for node in several}
        calls |= {node: f"({call},)" for node, call in calls.items() if len(node.shape) == 1}
        formulas = [calls.get(line) or writer.formula(line) for line in writer.lines]
        lines = [
            f"{writer.names[line]} = {formula}" for line, formula in zip(writer.lines, formulas, strict=True)
        ]
        results = ", ".join(f"{path!r}: {writer.text(node)}" for path, node in graph.outputs.items())
        head = f"def evaluation({', '.join(['state', 'known', *self._inputs])}):"
        body = [*_sizes(graph), *constants(graph), *lines, f"return {{{results}}}"]
        text = "\n".join([head, *indented(body)])
        helpers = [*functions.texts.values(), *map(source_of, carried(helpers_of(graph)).values())]
        names: dict[str, Any] = {}
        execute(
            "\n\n".join(["import math", "import numpy as np", *helpers, text]),
            "<evaluation>",
            names,
            "evaluation",
        )
        self._function = names["evaluation"]

    def __call__(
        self, given: Mapping[str, Any], state: Mapping[Path, Any], known: Sequence[Any] = ()
    ) -> dict[Path, Any]:
        with one_core():
            values: dict[Path, Any] = self._function(state, known, *[given[name] for name in self._inputs])
        return values


def _sizes(graph: Graph) -> list[str]:
    """Find the unknown sizes in the shapes of the inputs."""
    found: dict[str, str] = {}
    for leaf in graph.leaves(INPUT):
        for axis, size in enumerate(leaf.shape):
            if isinstance(size, Size) and size.factor == 1 and len(size.symbols) == 1:
                (symbol,) = size.symbols
                name = "n" if symbol == "batch" else symbol
                found.setdefault(name, f"{name} = {leaf['name']}.shape[{axis}]")
    return list(found.values())


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
    given = {node["name"]: array for node, array in zip(nodes, arrays, strict=True)}
    state = {} if state is None else state
    values = NumpyEvaluation(simplify(graph))(given, state)
    result = values.pop(("result",))
    state.update(values)
    return result
