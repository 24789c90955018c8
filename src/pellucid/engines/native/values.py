"""A graph as the planner wants it: one flat list of values, calls opened, composites taken apart.

Every value is an array or a single number. Single numbers (what has the shape ()) live in registers, and
arithmetic with them is a program of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from pellucid.engines.native.extents import Symbols
from pellucid.engines.native.plan import Extent
from pellucid.graph import CONSTANT, INPUT, NUMBER, SIZE, STATE, Graph, Node, Path, Size

__all__ = ["ELEMENTWISE", "Shape", "Value", "Values", "needed_for"]

Shape: TypeAlias = "tuple[Extent, ...]"

ELEMENTWISE = frozenset(
    """add subtract multiply divide negative absolute sign floor sqrt power square maximum minimum
    exp expm1 log sin cos tanh erf sigmoid softplus
    greater greater_equal equal logical_and logical_or logical_not truth select copy""".split()
)
"""What a tile program does number by number; each is one operation of the compiled side."""


class Value:
    """One step of a computation.

    Attributes:
        op: what is done.
        inputs: what it is done with.
        attributes: the rest of what it needs to know.
        shape: with sizes as a plan writes them.
        dtype: NumPy's name, or "number" for a Python number.
        users: the values that need this one, each as often as it does.
        order: its place in the list.
        level: how many instructions have to run before it is there, one after the other.
        lanes: the dtype in which a tile program works it out; None for what is no part of one.
    """

    __slots__ = ("attributes", "dtype", "inputs", "lanes", "level", "op", "order", "shape", "users")

    def __init__(
        self, op: str, inputs: tuple[Value, ...], attributes: dict[str, Any], shape: Shape, dtype: str
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.attributes = attributes
        self.shape = shape
        self.dtype = dtype
        self.users: list[Value] = []
        self.order = 0
        self.level = 0
        self.lanes: str | None = None

    @property
    def single(self) -> bool:
        """Whether it is one number, in a register."""
        return not self.shape

    def __repr__(self) -> str:
        return f"<{self.op} {self.dtype} {self.shape}>"


class Values:
    """All values that the wanted outputs of a graph need.

    Args:
        graph: what is worked out.
        translations: for primitives that the compiled side lacks: from such a node to values.
        wanted: which outputs, by path.
        symbols: the unknown sizes of what is around it.
        watched: nodes that somebody wants to see, by path.

    Attributes:
        translations: as given.
        symbols: the unknown sizes.
        inputs: the arrays that a batch consists of, by name.
        states: the entries of the state that are read, by path.
        outputs: the wanted results, by path.
        watched: the values of watched nodes, as far as they are needed anyway, by path.
        found: all values, each after what it needs.
    """

    def __init__(
        self,
        graph: Graph,
        translations: Mapping[str, Callable[..., Any]],
        wanted: Callable[[Path], bool] = lambda path: True,
        symbols: Symbols | None = None,
        watched: Mapping[Path, Node] = MappingProxyType({}),
    ) -> None:
        self.translations = translations
        self.symbols = Symbols() if symbols is None else symbols
        self.inputs: dict[str, Value] = {}
        self.states: dict[Path, Value] = {}
        self._made: dict[tuple[object, ...], Value] = {}
        # All inputs, in their order, whether an output needs them or not.
        given = {leaf: self.input(leaf) for leaf in graph.leaves(INPUT)}
        outputs = {path: node for path, node in graph.outputs.items() if wanted(path)}
        needed = set(graph.live(list(outputs.values())))
        seen = {path: node for path, node in watched.items() if node in needed}
        results = iter(self.include(graph, [*outputs.values(), *seen.values()], given))
        self.outputs: dict[Path, Value] = dict(zip(outputs, results, strict=False))
        self.watched: dict[Path, Value] = dict(zip(seen, results, strict=True))
        self.found: list[Value] = []
        self.keep(self.outputs.values())

    def keep(self, results: Iterable[Value]) -> None:
        """Leave out what these results do not need."""
        needed = needed_for(results)
        self.found = [value for value in self._made.values() if value in needed]
        for order, value in enumerate(self.found):
            value.order = order
            value.users = []
            for operand in value.inputs:
                operand.users.append(value)

    # ------------------------------------------------------------ from nodes
    def include(self, graph: Graph, results: Sequence[Node], given: dict[Node, Value]) -> list[Value]:
        """Add a graph whose inputs are given; returns the values of its results."""
        known: dict[Node, Any] = dict(given)
        for node in graph.live(results):
            if node in known:
                continue
            inputs = [known[operand] for operand in node.inputs]
            kind = node.op
            if kind is CONSTANT:
                known[node] = self.number(node["value"])
            elif kind is STATE:
                known[node] = self.state(node)
            elif kind is SIZE:
                known[node] = self.size(self.symbols.extent(Size(1, (node["symbol"],))))
            else:
                translate = self.translations.get(kind.name, _as_it_is)
                known[node] = translate(self, node, *inputs)
        return [known[result] for result in results]

    def input(self, leaf: Node) -> Value:
        """Return the value of an input."""
        name = leaf["name"]
        self.inputs[name] = self.make("input", (), self._shape(leaf), leaf.dtype, name=name)
        return self.inputs[name]

    def state(self, node: Node) -> Value:
        """Return the value of an entry of the state."""
        path = node["path"]
        if path not in self.states:
            self.states[path] = self.make("state", (), self._shape(node), node.dtype, path=path)
        return self.states[path]

    def _shape(self, node: Node) -> Shape:
        return self.shape(node.shape)

    def shape(self, shape: tuple[Any, ...]) -> Shape:
        """Write the sizes of a graph as a plan has them."""
        for axis in shape:
            if type(axis) is not int:
                return tuple([self.symbols.extent(axis) for axis in shape])
        return shape

    # ------------------------------------------------------------ making values
    def make(
        self, op: str, inputs: tuple[Value, ...], shape: Shape, dtype: str, /, **attributes: Any
    ) -> Value:
        """Return the value for this operation; equal ones exist once."""
        key = (op, *map(id, inputs), shape, dtype, *attributes.items())
        value = self._made.get(key)
        if value is None:
            value = self._made[key] = Value(op, inputs, attributes, shape, dtype)
        return value

    def existing(
        self, op: str, inputs: tuple[Value, ...], shape: Shape, dtype: str, /, **attributes: Any
    ) -> Value | None:
        """Return the value for this operation if there is one."""
        return self._made.get((op, *map(id, inputs), shape, dtype, *attributes.items()))

    def size(self, extent: Extent) -> Value:
        """Return a size as a number."""
        return (
            self.number(extent)
            if isinstance(extent, int)
            else self.make("size", (), (), NUMBER, extent=extent)
        )

    def number(self, value: float) -> Value:
        """Return a constant."""
        number = float(value)
        rest = value - int(number) if isinstance(value, int) else 0
        # 0.0 and -0.0 are equal and not the same
        return self.make("constant", (), (), NUMBER, value=number, text=repr(number), rest=rest)

    def rest(self, number: Value) -> Value:
        """Return what a register lacks of a whole number: it holds 53 bits."""
        if number.op in ("state", "input"):
            return self.make("rest", (number,), (), NUMBER)
        return self.number(number.attributes.get("rest", 0))


def _as_it_is(values: Values, node: Node, *inputs: Value) -> Value:
    """An operation that the compiled side has under the same name."""
    return values.make(node.op.name, inputs, values.shape(node.shape), node.dtype, **dict(node.attributes))


def needed_for(outputs: Iterable[Value]) -> set[Value]:
    """Return the outputs and everything that they need."""
    needed: set[Value] = set()
    waiting = list(outputs)
    while waiting:
        value = waiting.pop()
        if value not in needed:
            needed.add(value)
            waiting += value.inputs
    return needed
