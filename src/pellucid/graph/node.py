"""One operation on values: the word of the graph's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from pellucid.errors import GraphError
from pellucid.graph.size import Shape, shape_text

__all__ = [
    "CONSTANT",
    "INPUT",
    "NUMBER",
    "SEVERAL",
    "SIZE",
    "STATE",
    "Leaf",
    "Node",
    "Operation",
    "Operators",
    "operators",
]

NUMBER = "number"  # the dtype of a plain Python number: float64 until it meets an array
SEVERAL = "several"  # the dtype of a node with several results


operators: dict[str, Callable[..., Node]] = {}
"""What each operator builds, by the name of the primitive; `ops` fills it."""


class Operators:
    """Gives nodes, and what stands for a node, Python's operators."""

    __slots__ = ()

    __array_ufunc__: Any = None  # so that `array * node` comes to __rmul__, and np.exp(node) is refused

    def __add__(self, other: object) -> Node:
        return operators["add"](self, other)

    def __radd__(self, other: object) -> Node:
        return operators["add"](other, self)

    def __sub__(self, other: object) -> Node:
        return operators["subtract"](self, other)

    def __rsub__(self, other: object) -> Node:
        return operators["subtract"](other, self)

    def __mul__(self, other: object) -> Node:
        return operators["multiply"](self, other)

    def __rmul__(self, other: object) -> Node:
        return operators["multiply"](other, self)

    def __truediv__(self, other: object) -> Node:
        return operators["divide"](self, other)

    def __rtruediv__(self, other: object) -> Node:
        return operators["divide"](other, self)

    def __pow__(self, other: object) -> Node:
        return operators["power"](self, other)

    def __rpow__(self, other: object) -> Node:
        return operators["power"](other, self)

    def __matmul__(self, other: object) -> Node:
        return operators["matmul"](self, other)

    def __rmatmul__(self, other: object) -> Node:
        return operators["matmul"](other, self)

    def __neg__(self) -> Node:
        return operators["negative"](self)

    def __abs__(self) -> Node:
        return operators["absolute"](self)

    def __gt__(self, other: object) -> Node:
        return operators["greater"](self, other)

    def __lt__(self, other: object) -> Node:
        return operators["greater"](other, self)

    def __ge__(self, other: object) -> Node:
        return operators["greater_equal"](self, other)

    def __le__(self, other: object) -> Node:
        return operators["greater_equal"](other, self)

    def __eq__(self, other: object) -> Node:  # type: ignore[override]
        return operators["equal"](self, other)

    def __ne__(self, other: object) -> Node:  # type: ignore[override]
        return operators["logical_not"](self == other)

    __hash__ = object.__hash__  # by identity: as a key, a node is only ever itself

    def __and__(self, other: object) -> Node:
        return operators["logical_and"](self, other)

    def __or__(self, other: object) -> Node:
        return operators["logical_or"](self, other)

    def __invert__(self) -> Node:
        return operators["logical_not"](self)


class Operation(Protocol):
    """What a node does: a primitive, or the kind of a leaf."""

    @property
    def name(self) -> str: ...


class Leaf:
    """The kind of a node that has no inputs."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


INPUT = Leaf("input")
STATE = Leaf("state")
CONSTANT = Leaf("constant")
SIZE = Leaf("size")


class Node(Operators):
    """A value in a graph: an operation, what it is applied to, and the shape and dtype of the result.

    Nodes are frozen, and a graph makes no two that are alike: compare them with `is`. A node with several
    results has the dtype "several", and its shape is the tuple of their (shape, dtype) pairs.
    """

    __slots__ = ("attributes", "dtype", "inputs", "op", "shape")

    op: Operation
    inputs: tuple[Node, ...]
    attributes: tuple[tuple[str, Any], ...]
    shape: Shape
    dtype: str

    def __init__(
        self,
        op: Operation,
        inputs: tuple[Node, ...],
        attributes: tuple[tuple[str, Any], ...],
        shape: Shape,
        dtype: str,
    ) -> None:
        set_field = object.__setattr__
        set_field(self, "op", op)
        set_field(self, "inputs", inputs)
        set_field(self, "attributes", attributes)
        set_field(self, "shape", shape)
        set_field(self, "dtype", dtype)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise GraphError(f"cannot set {name!r} of a symbolic value: a node does not change")

    def __getitem__(self, key: Any) -> Any:
        """Look up an attribute by its name, or take a part as of an array: y[:, 0]."""
        for name, value in self.attributes:
            if name == key:
                return value
        if isinstance(key, str):
            raise GraphError(
                f"{self.op.name!r} has no attribute {key!r}",
                expected=", ".join(name for name, _ in self.attributes) or "none at all",
                received=repr(key),
            )
        return operators["part"](self, key)

    def __setitem__(self, key: object, value: object) -> NoReturn:
        raise self._misuse("assigning into", "an array", "select(condition, a, b), which makes a new value")

    def __repr__(self) -> str:
        shape = self.dtype if self.dtype == SEVERAL else f"{self.dtype} {shape_text(self.shape)}"
        return f"<{self.op.name}: {shape}>"

    def _misuse(self, what: str, expected: str, attempt: str) -> GraphError:
        return GraphError(
            f"{what} a symbolic value has no meaning",
            expected=expected,
            received=f"{self!r}, which has no numbers until the program runs",
            attempt=attempt,
        )

    # ------------------------------------------------------------ what has no meaning
    def __bool__(self) -> NoReturn:
        raise self._misuse("the truth of", "an array", "select(condition, a, b) instead of if")

    def __iter__(self) -> NoReturn:
        raise self._misuse("a loop over", "an array", "the operations of the graph, such as reduce_sum")

    def __len__(self) -> NoReturn:
        raise self._misuse("len() of", "an array", "the first entry of its shape")

    def __float__(self) -> NoReturn:
        raise self._misuse("float() of", "an array", "cast")

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        raise self._misuse("a NumPy function of", "an array", "the operation of that name in pellucid.ops")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        """Serve the operators with a number of NumPy's on the left, which come here; refuse np.exp(node)."""
        if method == "__call__" and ufunc.__name__ in _REFLECTED and inputs[1] is self:
            return getattr(self, _REFLECTED[ufunc.__name__])(inputs[0])
        raise self._misuse(
            f"np.{ufunc.__name__} of", "an array", "the operation of that name in pellucid.ops"
        )


_REFLECTED = {
    "add": "__radd__",
    "subtract": "__rsub__",
    "multiply": "__rmul__",
    "divide": "__rtruediv__",
    "power": "__rpow__",
    "matmul": "__rmatmul__",
    "equal": "__eq__",
    "not_equal": "__ne__",
    "less": "__gt__",
    "less_equal": "__ge__",
    "greater": "__lt__",
    "greater_equal": "__le__",
}
