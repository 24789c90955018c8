"""One operation on values: the word of the graph's language."""

from __future__ import annotations

from typing import Any, NoReturn, Protocol

from pellucid.errors import GraphError
from pellucid.graph._operators import Operators
from pellucid.graph.size import Shape, shape_text

__all__ = ["NUMBER", "SEVERAL", "Node", "Operation"]

NUMBER = "number"  # the dtype of a plain Python number: float64 until it meets an array
SEVERAL = "several"  # the dtype of a node with several results


class Operation(Protocol):
    """What a node does: a primitive, or the kind of a leaf."""

    @property
    def name(self) -> str: ...


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

    def __getitem__(self, key: str) -> Any:
        for name, value in self.attributes:
            if name == key:
                return value
        raise self._misuse(
            f"looking up {key!r} in", "an array", "the operations of the graph, such as slice_axis"
        )

    def __setitem__(self, key: object, value: object) -> NoReturn:
        raise self._misuse("assigning into", "an array", "select(condition, a, b), which makes a new value")

    def __repr__(self) -> str:
        shape = self.dtype if self.dtype == SEVERAL else f"{self.dtype} {shape_text(self.shape)}"
        return f"<{self.op.name}: {shape}>"

    def _misuse(self, what: str, expected: str, attempt: str) -> GraphError:
        return GraphError(
            f"{what} a symbolic value has no meaning", expected=expected,
            received=f"{self!r}, which has no numbers until the program runs",
            attempt=attempt,
        )  # fmt: skip

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
    "add": "__radd__", "subtract": "__rsub__", "multiply": "__rmul__", "divide": "__rtruediv__",
    "power": "__rpow__", "matmul": "__rmatmul__", "equal": "__eq__", "not_equal": "__ne__",
    "less": "__gt__", "less_equal": "__ge__", "greater": "__lt__", "greater_equal": "__le__",
}  # fmt: skip
