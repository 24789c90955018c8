"""Watch a printed program run, and compare every value that gets a name with the node that it stands for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import Any

import numpy as np

from pellucid.engines.numpy import NumpyEngine
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.graph import INPUT, NUMBER, Axis, Leaf, Node, Shape, Size, shape_text

__all__ = ["Watch"]

Values = Sequence[tuple[str, Any]]


class Watch:
    """Runs functions of a program; afterwards it knows what differed from the graph.

    Args:
        engine: whose program.
        state: what the program trains; the names of its parts stand for no node.
        batch: how many examples the functions are given.
    Attributes:
        complaints: for each value that is not what its node says, a sentence.
        seen: for each function, the names that were given to values in it.
    """

    def __init__(self, engine: NumpyEngine, state: Mapping[str, Any], batch: int) -> None:
        self.complaints: list[str] = []
        self.seen: dict[str, set[str]] = {}
        self._writers = engine.program.functions.writers
        self._namespace = engine.functions
        self._batch = batch
        self._plumbing = {
            "state",
            "name",
            "n",
            "_",
            *[slot for slot, value in state.items() if isinstance(value, dict)],
        }

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the program, line by line."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return function(*arguments)
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        function = frame.f_code.co_name
        if frame.f_globals is not self._namespace or function not in self._writers:
            return None
        latest: dict[str, Any] = {}
        values: list[tuple[str, Any]] = []

        def look(frame: FrameType, event: str, result: Any) -> Callable[..., Any]:
            new = [(name, value) for name, value in frame.f_locals.items() if latest.get(name) is not value]
            latest.update(new)
            values.extend(new)
            if event == "return":
                self._judge(function, values)
            return look

        return look(frame, event, None)

    def _judge(self, function: str, values: Values) -> None:
        """A function that was written for several layers must fit one of them."""
        self.seen.setdefault(function, set()).update(name for name, _ in values)
        complaints = [self._differences(writer, values) for writer in self._writers[function]]
        self.complaints += [f"{function}: {complaint}" for complaint in min(complaints, key=len)]

    def _differences(self, writer: FunctionWriter, values: Values) -> list[str]:
        nodes = nodes_by_name(writer)
        own = own_shapes(writer, values)
        loops = {f"{name}{plural}" for name in nodes for plural in ("", "s")} | {"gradients", "gradient"}
        complaints = []
        for name, value in values:
            kinds = {
                (own.get((node.shape, node.dtype), node.shape), node.dtype) for node in nodes.get(name, ())
            }
            if kinds and not any(self._is(value, *kind) for kind in kinds):
                wanted = " or ".join(f"{dtype} {shape_text(shape)}" for shape, dtype in kinds)
                complaints.append(f"{name} is {kind_of(value)}, its node {wanted}")
            elif not kinds and name not in self._plumbing | loops:
                complaints.append(f"{name} stands for no node")
        return complaints

    def _is(self, value: Any, shape: Shape, dtype: str) -> bool:
        if dtype == NUMBER:
            return type(value) in (int, float)
        is_array = isinstance(value, np.ndarray | np.generic) and value.dtype.name == dtype
        return is_array and value.shape == tuple(self._size(axis) for axis in shape)

    def _size(self, axis: Axis) -> int:
        return axis.factor * self._batch ** len(axis.symbols) if isinstance(axis, Size) else axis


def nodes_by_name(writer: FunctionWriter) -> dict[str, list[Node]]:
    """Return what each name in a function stands for; a name that is used again stands for several."""
    nodes: dict[str, list[Node]] = {}
    leaves = [node for node in writer.graph.notes if isinstance(node.op, Leaf) and node not in writer.names]
    for node, name in (*writer.names.items(), *[(leaf, writer.text(leaf)) for leaf in leaves]):
        nodes.setdefault(name, []).append(node)
    return nodes


def own_shapes(writer: FunctionWriter, values: Values) -> dict[tuple[Shape, str], Shape]:
    """The update of weights is written once for all shapes: read off those of the present weight."""
    arguments = [node for node in writer.graph.leaves(INPUT) if node in writer.names]
    if len(arguments) < len(writer.graph.leaves(INPUT)):
        return {}
    given = dict(reversed(values))
    return {(node.shape, node.dtype): np.shape(given[node["name"]]) for node in arguments}


def kind_of(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype.name} {value.shape}"
    return f"{value!r}, a {type(value).__name__}"
