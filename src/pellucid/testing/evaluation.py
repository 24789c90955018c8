"""Run a graph one node at a time, from the formulas of its primitives and nothing else.

Plain and slow on purpose, and without any code of the engines, so that it can judge them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from pellucid.errors import CheckError, GraphError, ShapeError, UnknownNameError
from pellucid.graph import (
    CONSTANT,
    INPUT,
    NUMBER,
    SEVERAL,
    SIZE,
    STATE,
    Axis,
    Graph,
    Leaf,
    Node,
    Path,
    Shape,
    Size,
    shape_text,
)
from pellucid.ops import Primitive, call, scan

__all__ = ["compute", "evaluate"]


def evaluate(
    graph: Graph, inputs: Mapping[str, Any], state: Mapping[Path, Any] | None = None
) -> dict[Path, Any]:
    """Run a graph in NumPy and compare every value with the shape and dtype of its node.

    Args:
        graph: what to run.
        inputs: an array for each input, by its name; symbolic sizes are taken from them.
        state: an array or a number for each entry of the state, by its path.
    Returns:
        The outputs, by their path.
    Raises:
        GraphError: if an input or an entry of the state is missing.
        UnknownNameError: if the graph has no input of this name.
        CheckError: if a value is not what its node promises.
    Example:
        >>> with Graph() as graph:
        ...     x = graph.input("x", (BATCH, 2), "float64")
        ...     graph.outputs = {("y",): 2 * x + 1}
        >>> evaluate(graph, {"x": np.ones((1, 2))})
        {('y',): array([[3., 3.]])}
    """
    leaves = {leaf["name"]: leaf for leaf in graph.leaves(INPUT)}
    for name in inputs:
        if name not in leaves:
            raise UnknownNameError("input", name, leaves)
    given = {leaves[name]: value for name, value in inputs.items()}
    results = compute(graph, given, list(graph.outputs.values()), state)
    return dict(zip(graph.outputs, results, strict=True))


def compute(
    graph: Graph, given: dict[Node, Any], wanted: Sequence[Node], state: Mapping[Path, Any] | None = None
) -> list[Any]:
    """Compute some nodes of a graph from values for its inputs, checking as `evaluate` does."""
    return _Run(state or {}).results(graph, given, wanted)


class _Run:
    """One run: the state it starts from, and the sizes that the arrays have settled so far."""

    def __init__(self, state: Mapping[Path, Any]) -> None:
        self.state = state
        self.sizes: dict[str, int] = {}

    def results(self, graph: Graph, given: dict[Node, Any], wanted: Sequence[Node]) -> list[Any]:
        nodes = graph.live(wanted)
        values = dict(given)
        for node in nodes:
            if node.op is STATE and node["path"] in self.state:
                values[node] = self.state[node["path"]]
        for leaf, value in values.items():
            self._settle_sizes(leaf.shape, np.shape(value))
            self._compare(graph, leaf, value)
        for node in nodes:
            if node not in values:
                values[node] = self._value(graph, node, [values[operand] for operand in node.inputs])
                self._compare(graph, node, values[node])
        return [values[node] for node in wanted]

    def _value(self, graph: Graph, node: Node, inputs: list[Any]) -> Any:
        if node.op is CONSTANT:
            return node["value"]
        if node.op is SIZE:
            return self._count(Size(1, (node["symbol"],)))
        if not isinstance(node.op, Primitive):
            raise GraphError(
                f"{_called(graph, node)} is missing", expected=_type_text(node.shape, node.dtype)
            )
        if node.op is call:
            return self._body(node["body"], inputs)
        if node.op is scan:
            return self._scan(node, inputs)
        return eval(_compiled(_formula(node, node.op)), self._names(node, node.op, inputs))  # noqa: S307

    def _names(self, node: Node, op: Primitive, inputs: list[Any]) -> dict[str, Any]:
        """Bind all that a formula may speak of."""
        return {
            "np": np,
            "math": math,
            **{"n" if symbol == "batch" else symbol: count for symbol, count in self.sizes.items()},
            **{helper.__name__: helper for helper in op.helpers},
            **{name: self._known(value) for name, value in node.attributes},
            **{f"x{place}": value for place, value in enumerate(inputs)},
            **dict(zip("xyz", inputs, strict=False)),
        }

    def _body(self, body: Graph, inputs: Sequence[Any]) -> list[Any]:
        given = dict(zip(body.leaves(INPUT), inputs, strict=True))
        return self.results(body, given, list(body.outputs.values()))

    def _scan(self, node: Node, inputs: list[Any]) -> list[Any]:
        memories, sequences = node["memories"], node["sequences"]
        now, fixed = inputs[:memories], inputs[memories + sequences :]
        over = inputs[memories : memories + sequences]
        types: Any = node.shape
        stacked = [np.empty(self._known(shape), dtype) for shape, dtype in types[memories:]]
        for step in range(len(over[0])):
            results = self._body(node["body"], [*now, *[x[step] for x in over], *fixed])
            for stack, value in zip(stacked, [*now, *results[memories:]], strict=True):
                stack[step] = value
            now = results[:memories]
        return [*now, *stacked]

    # ------------------------------------------------------------ sizes
    def _settle_sizes(self, shape: Shape, actual: tuple[int, ...]) -> None:
        """Learn from an array how large the one unknown of an axis is; `_compare` judges the rest."""
        for axis, count in zip(shape, actual, strict=False):
            if isinstance(axis, Size):
                known = tuple([symbol for symbol in axis.symbols if symbol in self.sizes])
                unknown = [symbol for symbol in axis.symbols if symbol not in self.sizes]
                part = self._count(Size(axis.factor, known))
                if len(unknown) == 1 and part and count % part == 0:
                    self.sizes[unknown[0]] = count // part

    def _count(self, axis: Axis) -> int:
        if isinstance(axis, int):
            return axis
        for symbol in axis.symbols:
            if symbol not in self.sizes:
                raise ShapeError(f"the size {symbol!r} is unknown", expected="an input whose shape has it")
        return axis.factor * math.prod(self.sizes[symbol] for symbol in axis.symbols)

    def _known(self, value: Any) -> Any:
        """Put whole numbers in the place of the symbolic sizes of a shape or an attribute."""
        if isinstance(value, Size):
            return self._count(value)
        return tuple([self._known(part) for part in value]) if isinstance(value, tuple) else value

    def _settled(self, shape: Shape) -> Shape:
        """Put whole numbers in the place of those symbolic sizes that are settled."""
        return tuple([axis if self._is_open(axis) else self._count(axis) for axis in shape])

    def _is_open(self, axis: Axis) -> bool:
        return isinstance(axis, Size) and not self.sizes.keys() >= set(axis.symbols)

    # ------------------------------------------------------------ judging values
    def _compare(self, graph: Graph, node: Node, value: Any) -> None:
        types: Any = node.shape if node.dtype == SEVERAL else [(node.shape, node.dtype)]
        for (shape, dtype), part in zip(types, value if node.dtype == SEVERAL else [value], strict=True):
            expected = self._settled(shape)
            if not _is(part, expected, dtype):
                raise CheckError(
                    f"{_called(graph, node)} is not what the graph says",
                    expected=_type_text(expected, dtype),
                    received=_kind(part),
                )


def _is(value: Any, shape: Shape, dtype: str) -> bool:
    """A number must be Python's own: NumPy's would impose their dtype on the arrays that they meet."""
    if dtype == NUMBER:
        return type(value) in (int, float)
    is_truth = dtype == "bool" and type(value) is bool
    is_array = isinstance(value, np.ndarray | np.generic) and value.dtype.name == dtype
    return (is_truth or is_array) and np.shape(value) == shape


def _formula(node: Node, op: Primitive) -> str:
    if node.dtype == NUMBER and op.number is not None:
        return op.number
    return op.numpy if isinstance(op.numpy, str) else op.numpy(node)


@cache
def _compiled(formula: str) -> CodeType:
    return compile(formula, formula, "eval")


def _called(graph: Graph, node: Node) -> str:
    if isinstance(node.op, Leaf):
        name = graph.notes[node].name or "/".join(dict(node.attributes).get("path", ()))
        return f"the {node.op.name} {str(name)!r}"
    return f"the result of {graph.where(node)}"


def _type_text(shape: Shape, dtype: str) -> str:
    return "a Python number" if dtype == NUMBER else f"{dtype} {shape_text(shape)}"


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return _type_text(value.shape, value.dtype.name)
    return f"{value!r}, a Python {type(value).__name__}"
