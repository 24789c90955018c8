"""The graph: it makes nodes, each only once, and remembers where they come from."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence, Set
from contextvars import ContextVar
from keyword import iskeyword
from numbers import Integral, Real
from typing import Any

import numpy as np

from pellucid.errors import GraphError
from pellucid.graph.node import CONSTANT, INPUT, NUMBER, SIZE, STATE, Leaf, Node, Operation
from pellucid.graph.printing import graph_text
from pellucid.graph.scope import Line, Name, Note, Path, Phase, Scope
from pellucid.graph.size import Shape, Size

__all__ = ["Graph", "current_graph", "lift", "name_by_assignment", "named"]


class Graph:
    """A program in the making: nodes in the order in which they were made, and named outputs.

    Inside `with graph:` operations on its nodes add to it. Asking twice for the same operation on the same
    inputs gives the same node, so common sub-expressions exist once and their names meet.

    Attributes:
        title: what to call the whole.
        doc: what a function made of it says about itself.
        notes: for each node, in order of making, where it comes from and what it is called.
        remarks: for each scope, lines that whoever reads the program should know.
        outputs: the results, by path: ("loss",), ("weights", "dense/kernel").
    """

    def __init__(self, title: str = "graph") -> None:
        self.title = title
        self.doc = ""
        self.notes: dict[Node, Note] = {}
        self.remarks: dict[Scope, list[str]] = {}
        self.outputs: dict[Path, Node] = {}
        self._made: dict[tuple[object, ...], Node] = {}
        self._scope = Scope("")
        self._line: Line | None = None

    # ------------------------------------------------------------ building
    def __enter__(self) -> Graph:
        _active.set((*_active.get(), self))
        return self

    def __exit__(self, *_: object) -> None:
        _active.set(_active.get()[:-1])

    def add(
        self, op: Operation, inputs: tuple[Node, ...], attributes: dict[str, Any], shape: Shape, dtype: str
    ) -> Node:
        """Return the node for this operation; make it if it is new."""
        pairs: tuple[tuple[str, Any], ...] = ()
        key: tuple[object, ...] = (op, *map(id, inputs))
        if attributes:
            pairs = tuple(sorted(attributes.items()))
            # 1 and 1.0 are not the same constant, nor are 0.0 and -0.0, though Python calls them equal.
            values = tuple([(type(value), value or repr(value)) for _, value in pairs])
            key = (*key, pairs, values)
        try:
            node = self._made.get(key)
        except TypeError:
            raise GraphError(
                f"{op.name!r} cannot keep its attributes",
                expected="numbers, texts and tuples of them",
                received=str(attributes),
            ) from None
        if node is None:
            for operand in inputs:
                if operand not in self.notes:
                    raise GraphError(
                        f"{op.name!r} cannot use {operand!r}", received="a node of another graph"
                    )
            node = self._made[key] = Node(op, inputs, pairs, shape, dtype)
            self.notes[node] = Note(self._scope, self._line or _user_line())
        return node

    def input(self, name: str, shape: Shape, dtype: str) -> Node:
        """Declare an array that the program is given."""
        return self._leaf(INPUT, {"name": name}, shape, dtype, Name(name))

    def state(self, path: Path, shape: Shape, dtype: str, name: Name | None = None) -> Node:
        """Declare an entry of the state: ("weights", "dense/kernel"), ("optimizer", "step"), ("seed",)."""
        return self._leaf(STATE, {"path": path}, shape, dtype, name)

    def constant(self, value: float, name: str | None = None) -> Node:
        """Make a Python number. One with a name (beta_1) is never folded into others."""
        return self._leaf(
            CONSTANT, {"name": name, "value": value}, (), NUMBER, None if name is None else Name(name)
        )

    def size(self, size: Size | int) -> Node:
        """Make a number from a size: how many examples there are in this batch."""
        if isinstance(size, int):
            return self.constant(size)
        number = self.constant(size.factor)
        for symbol in size.symbols:
            name = Name("n") if symbol == "batch" else Name(symbol)
            number = number * self._leaf(SIZE, {"symbol": symbol}, (), NUMBER, name)
        return number

    def _leaf(
        self, kind: Leaf, attributes: dict[str, Any], shape: Shape, dtype: str, name: Name | None
    ) -> Node:
        node = self.add(kind, (), attributes, shape, dtype)
        if (node.shape, node.dtype) != (shape, dtype):
            raise GraphError(
                f"this {kind.name} exists already",
                expected=repr(node),
                received=f"{attributes} as {dtype} {shape}",
            )
        if name is not None:
            self.notes[node].name = name
        return node

    def include(self, body: Graph, arguments: Sequence[Node]) -> list[Node]:
        """Build the nodes of another graph here, with arguments in the place of its inputs.

        Returns:
            The outputs of that graph, in their order.
        """
        leaves = body.leaves(INPUT)
        declared, received = ([(x.shape, x.dtype) for x in nodes] for nodes in (leaves, arguments))
        if declared != received:
            raise GraphError(
                f"{body.title!r} cannot be built here",
                expected=f"arguments like {leaves}",
                received=str(list(arguments)),
            )
        copies = dict(zip(leaves, arguments, strict=True))
        for node in body.live():
            if node in copies:
                continue
            inputs = tuple([copies[operand] for operand in node.inputs])
            copies[node] = self.add(node.op, inputs, dict(node.attributes), node.shape, node.dtype)
            self.notes[copies[node]].name = self.notes[copies[node]].name or body.notes[node].name
        return [copies[output] for output in body.outputs.values()]

    def forget_unused_inputs(self) -> None:
        """Take back the inputs that no output needs, with everything else that none needs."""
        needed = set(self.live())
        self.notes = {node: note for node, note in self.notes.items() if node in needed}
        self._made = {key: node for key, node in self._made.items() if node in needed}

    def asked_for(self, outputs: dict[Path, Node]) -> Graph:
        """Return a graph of the same nodes with other outputs; nothing is added to it."""
        other = Graph(self.title)
        other.doc, other.notes, other.remarks, other.outputs = self.doc, self.notes, self.remarks, outputs
        return other

    # ------------------------------------------------------------ where nodes come from
    @property
    def scope(self) -> Scope:
        """The scope that new nodes get."""
        return self._scope

    def within(self, scope: Scope) -> _Place:
        """Give the nodes made meanwhile this scope."""
        return _Place(self, scope, self._line)

    def like(self, note: Note) -> _Place:
        """Give the nodes made meanwhile the scope and the line of another graph's node."""
        return _Place(self, note.scope, note.line)

    def phase(self, phase: Phase) -> _Place:
        """Give the nodes made meanwhile the present scope in another phase."""
        return self.within(self.scope._replace(phase=phase))

    def remark(self, text: str, phase: Phase | None = None) -> None:
        """Add lines to the present scope, or to its other phase, for whoever reads the program."""
        scope = self.scope if phase is None else self.scope._replace(phase=phase)
        remarks = self.remarks.setdefault(scope, [])
        if text not in remarks:
            remarks.append(text)

    # ------------------------------------------------------------ asking
    def live(self, results: Iterable[Node] | None = None, known: Set[Node] = frozenset()) -> list[Node]:
        """All nodes that the results (the outputs, unless given) need, inputs before users.

        What is needed only for nodes that are known is left out.
        """
        stack = list(self.outputs.values() if results is None else results)
        needed = set(stack)
        while stack:
            user = stack.pop()
            for node in () if user in known else user.inputs:
                if node not in needed:
                    needed.add(node)
                    stack.append(node)
        return [node for node in self.notes if node in needed]

    def leaves(self, kind: Leaf) -> list[Node]:
        """All leaves of one kind, in the order in which they were declared."""
        return [node for node in self.notes if node.op is kind]

    def owner(self, node: Node) -> str:
        """Return the layer whose number the name of a node takes; a layer without weights passes it on."""
        name = self.notes[node].name
        return "" if name is None else name.owner

    def where(self, node: Node) -> str:
        """Say in the user's words which part of the model and which line of code made a node."""
        note = self.notes[node]
        part = f" of {note.scope.name!r}" if note.scope.name else ""
        return f"{node.op.name!r}{part}" + (f" ({note.line})" if note.line else "")

    def __str__(self) -> str:
        return graph_text(self)


class _Place:
    """While it is entered, the nodes of a graph are said to come from this scope and this line."""

    __slots__ = ("_before", "_graph", "_line", "_scope")

    def __init__(self, graph: Graph, scope: Scope, line: Line | None) -> None:
        self._graph = graph
        self._scope = scope
        self._line = line

    def __enter__(self) -> Scope:
        graph = self._graph
        self._before = graph._scope, graph._line
        graph._scope, graph._line = self._scope, self._line
        return self._scope

    def __exit__(self, *_: object) -> None:
        self._graph._scope, self._graph._line = self._before


_active: ContextVar[tuple[Graph, ...]] = ContextVar("_active", default=())  # each thread builds its own


def current_graph() -> Graph:
    """Return the graph that is being built.

    Raises:
        GraphError: if there is none.
    """
    active = _active.get()
    if not active:
        raise GraphError(
            "operations build a graph, and none is being built", attempt="`with Graph() as graph:`"
        )
    return active[-1]


def lift(value: object) -> Node:
    """Make a node of what an operation was given: a node, a number, or something that stands for a node.

    Raises:
        GraphError: if it is none of these.
    """
    if isinstance(value, Node):
        return value
    kind = type(value)
    if kind is float or kind is int:
        return current_graph().constant(value)  # type: ignore[arg-type]
    if isinstance(value, Real) and kind is not bool:  # NumPy's numbers, np.float64 among them
        return current_graph().constant(int(value) if isinstance(value, Integral) else float(value))
    if isinstance(value, np.ndarray) and not value.shape:
        return lift(value.item())
    stands_for = getattr(type(value), "__node__", None)
    if stands_for is not None:
        node: Node = stands_for(value)
        return node
    raise GraphError(
        "an operation cannot use this value",
        expected="a node, a number or a weight",
        received=type(value).__name__,
        attempt="float(value), or make the array an input or a weight",
    )


def named(text: str, value: Node, owner: str | None = None) -> Node:
    """Say what a person would call this value: z = named("z", x @ W + b)."""
    graph = current_graph()
    if value.op is not CONSTANT:
        graph.notes[value].name = Name(text, graph.scope.name if owner is None else owner)
    return value


def name_by_assignment(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call a user's function; each value it assigns to a variable takes the variable's name."""
    graph = current_graph()
    if (function.__module__ or "").partition(".")[0] == "pellucid":  # ours say what they call a value
        with _Place(graph, graph.scope, graph._line or _user_line()):  # looked for once
            return function(*arguments, **options)
    import linecache

    before = len(graph.notes)
    result = function(*arguments, **options)
    last_on_line = {note.line: node for node, note in list(graph.notes.items())[before:]}
    for line, node in last_on_line.items():
        if line is None or node.op is CONSTANT:
            continue
        assignment = re.match(
            r"\s*([A-Za-z_]\w*)\s*(:[^=]*)?=[^=]", linecache.getline(line.file, line.number)
        )
        if assignment and graph.notes[node].name is None and not iskeyword(assignment[1]):
            graph.notes[node].name = Name(assignment[1])
    return result


def _user_line() -> Line | None:
    """Find the nearest line of code, going outwards, that is not Pellucid's own."""
    frame = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_HOME):
            return Line(file, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]
    return None


_HOME = _user_line.__code__.co_filename.removesuffix("graph.py").removesuffix("graph" + os.sep)
