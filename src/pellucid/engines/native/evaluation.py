"""A graph applied to arrays: plan it, run it, return all its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.engines.native.once import carry_out
from pellucid.engines.native.planner import plan_of
from pellucid.errors import ShapeError
from pellucid.graph import INPUT, Graph, Path, Size

__all__ = ["NativeEvaluation", "evaluate_graph"]


class NativeEvaluation:
    """The function of a graph: from its inputs by name and the state by path to its outputs by path.

    Args:
        graph: what to work out.
    Raises:
        ShapeError: when called, if the inputs do not agree about the size of an axis.
        DataError: when called, if a label chooses a row that is not there.
    """

    def __init__(self, graph: Graph) -> None:
        from pellucid.engines.native._native import Program

        self._graph = graph
        self._planned = plan_of(graph)
        self._program = Program(self._planned.plan)

    def __call__(self, given: Mapping[str, Any], state: Mapping[Path, Any]) -> dict[Path, Any]:
        planned, program = self._planned, self._program
        for path, buffer in planned.arrays.items():
            program.write(buffer, np.ascontiguousarray(state[path]))
        for path, register in planned.numbers.items():
            planned.put(program, register, state[path])
        for name, register in planned.given.items():
            planned.put(program, register, given[name])
        inputs = [given[name] for name in planned.inputs]
        return carry_out(planned, program, inputs, _sizes(self._graph, given), planned.outputs)


def evaluate_graph(graph: Graph, given: Mapping[str, Any], state: Mapping[Path, Any]) -> dict[Path, Any]:
    """Return the outputs of a graph, once."""
    return NativeEvaluation(graph)(given, state)


def _sizes(graph: Graph, given: Mapping[str, Any]) -> dict[str, int]:
    """Find the unknown sizes in the shapes of the arrays."""
    sizes: dict[str, int] = {}
    for leaf in graph.leaves(INPUT):
        for axis, size in zip(leaf.shape, np.shape(given[leaf["name"]]), strict=True):
            if isinstance(axis, Size) and len(axis.symbols) == 1 and axis.factor == 1:
                (symbol,) = axis.symbols
                if sizes.setdefault(symbol, size) != size:
                    raise ShapeError(
                        f"the arrays do not agree about the size of {symbol}",
                        expected=str(sizes[symbol]),
                        received=str(size),
                    )
    return sizes
