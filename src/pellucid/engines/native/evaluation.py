"""A graph applied to arrays: plan it, run it, return all its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.engines.native.engine import missing_row
from pellucid.engines.native.planner import Planned, plan_of
from pellucid.engines.native.values import Value
from pellucid.errors import ShapeError
from pellucid.graph import INPUT, NUMBER, Graph, Path, Size

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
        sizes = _sizes(self._graph, given)
        symbols = [sizes.get(symbol, 1) for symbol in planned.plan.symbols]
        inputs = [np.ascontiguousarray(given[name]) for name in planned.inputs]
        results = {path: value for path, value in planned.outputs.items() if not value.single}
        arrays = {path: np.empty(_shape(value, symbols), value.dtype) for path, value in results.items()}
        outputs = [(planned.buffer(value), arrays[path]) for path, value in results.items()]
        fault = program.apply(inputs, outputs, symbols)
        if fault is not None:
            raise missing_row(*fault)
        return {
            path: arrays.get(path) if path in arrays else _single(planned, program, value)
            for path, value in planned.outputs.items()
        }


def evaluate_graph(graph: Graph, given: Mapping[str, Any], state: Mapping[Path, Any]) -> dict[Path, Any]:
    """Return the outputs of a graph, once."""
    return NativeEvaluation(graph)(given, state)


def _single(planned: Planned, program: Any, value: Value) -> Any:
    number = program.get(planned.memory.register(value))
    return number if value.dtype == NUMBER else np.asarray(number).astype(value.dtype)[()]


def _shape(value: Value, symbols: list[int]) -> tuple[int, ...]:
    sizes = []
    for extent in value.shape:
        factor, *places = (extent,) if isinstance(extent, int) else extent
        sizes.append(int(np.prod([factor, *[symbols[place] for place in places]])))
    return tuple(sizes)


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
