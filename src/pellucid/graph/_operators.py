"""What +, @, > and the others mean for values of a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

operators: dict[str, Callable[..., Any]] = {}
"""What each operator builds, by the name of the primitive; `ops` fills it."""


class Operators:
    """Gives nodes, and what stands for a node, Python's operators."""

    __slots__ = ()

    __array_ufunc__: Any = None  # so that `array * node` comes to __rmul__, and np.exp(node) is refused

    def __add__(self, other: object) -> Any:
        return operators["add"](self, other)

    def __radd__(self, other: object) -> Any:
        return operators["add"](other, self)

    def __sub__(self, other: object) -> Any:
        return operators["subtract"](self, other)

    def __rsub__(self, other: object) -> Any:
        return operators["subtract"](other, self)

    def __mul__(self, other: object) -> Any:
        return operators["multiply"](self, other)

    def __rmul__(self, other: object) -> Any:
        return operators["multiply"](other, self)

    def __truediv__(self, other: object) -> Any:
        return operators["divide"](self, other)

    def __rtruediv__(self, other: object) -> Any:
        return operators["divide"](other, self)

    def __pow__(self, other: object) -> Any:
        return operators["power"](self, other)

    def __rpow__(self, other: object) -> Any:
        return operators["power"](other, self)

    def __matmul__(self, other: object) -> Any:
        return operators["matmul"](self, other)

    def __rmatmul__(self, other: object) -> Any:
        return operators["matmul"](other, self)

    def __neg__(self) -> Any:
        return operators["negative"](self)

    def __abs__(self) -> Any:
        return operators["absolute"](self)

    def __gt__(self, other: object) -> Any:
        return operators["greater"](self, other)

    def __lt__(self, other: object) -> Any:
        return operators["greater"](other, self)

    def __ge__(self, other: object) -> Any:
        return operators["greater_equal"](self, other)

    def __le__(self, other: object) -> Any:
        return operators["greater_equal"](other, self)

    def __eq__(self, other: object) -> Any:
        return operators["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return operators["logical_not"](self == other)

    __hash__ = object.__hash__  # by identity: as a key, a node is only ever itself

    def __and__(self, other: object) -> Any:
        return operators["logical_and"](self, other)

    def __or__(self, other: object) -> Any:
        return operators["logical_or"](self, other)

    def __invert__(self) -> Any:
        return operators["logical_not"](self)
