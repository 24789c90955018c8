"""Regularizers: penalties that are added to the loss, for weights or outputs that should be small."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, shape_text
from pellucid.nn._arrays import Value, apply
from pellucid.nn._serialize import Configured, Registry
from pellucid.ops import absolute, broadcast_to, expand_dims, reduce_sum, select, sqrt, transpose

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
    "title",
]

_registry = Registry("regularizer")


class Regularizer(Configured):
    """The base of all regularizers.

    To write one, define `__call__(self, x)`, which returns a single number, and `get_config` if its
    constructor takes arguments. A function of x is a regularizer as well.

    Attributes:
        title: what a heading calls it: "L2 penalty 0.01".
    """

    @property
    def title(self) -> str:
        return f"penalty {type(self).__name__}"

    def __call__(self, x: Value) -> Value:
        """Return the penalty for a weight."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, x)")


class _Penalty(Regularizer):
    """The base of those here: they take arrays as well."""

    def __call__(self, x: Value) -> Value:
        return apply(self.penalty, x)

    def penalty(self, x: Node) -> Any:
        """Build the penalty."""
        raise NotImplementedError(f"{type(self).__name__} needs a method penalty")


@_registry.register("l1")
class L1(_Penalty):
    """Penalize the sum of the absolute values, which makes many of them 0.

    Formula:
        l1 sum(|x|)
    Args:
        l1: how much, at least 0.
    Source:
        Tibshirani 1996.
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = _factor("l1", l1, default=0.01)

    @property
    def title(self) -> str:
        return f"L1 penalty {self.l1:g}"

    def penalty(self, x: Node) -> Any:
        return self.l1 * _sum(absolute(x))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


@_registry.register("l2")
class L2(_Penalty):
    """Penalize the sum of the squares, which keeps all of them small; also called weight decay.

    Formula:
        l2 sum(x^2)
    Args:
        l2: how much, at least 0.
    Source:
        Hoerl & Kennard 1970.
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = _factor("l2", l2, default=0.01)

    @property
    def title(self) -> str:
        return f"L2 penalty {self.l2:g}"

    def penalty(self, x: Node) -> Any:
        return self.l2 * _sum(x**2)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


@_registry.register("l1_l2", "l1l2")
class L1L2(_Penalty):
    """Penalize the sum of the absolute values and the sum of the squares.

    Formula:
        l1 sum(|x|) + l2 sum(x^2)
    Args:
        l1: how much of the first, at least 0.
        l2: how much of the second, at least 0.
    Source:
        Zou & Hastie 2005.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1 = _factor("l1", l1, default=0.0)
        self.l2 = _factor("l2", l2, default=0.0)

    @property
    def title(self) -> str:
        return " and ".join(part.title for part in self._parts()) or "no penalty"

    def penalty(self, x: Node) -> Any:
        penalties = [part.penalty(x) for part in self._parts()]
        return sum(penalties[1:], penalties[0]) if penalties else _nothing(x)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}

    def _parts(self) -> list[_Penalty]:
        return [*([L1(self.l1)] if self.l1 else []), *([L2(self.l2)] if self.l2 else [])]


@_registry.register("orthogonal_regularizer")
class OrthogonalRegularizer(_Penalty):
    """Penalize rows (or columns) of a matrix that are not at right angles to each other.

    Formula:
        factor mean over the pairs of rows of |cos(angle between the two)|
    Args:
        factor: how much, at least 0.
        mode: "rows" or "columns".
    Raises:
        ShapeError: if x is not a matrix.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor("factor", factor, default=0.01)
        if mode not in ("rows", "columns"):
            raise ArgumentError(
                "this mode cannot be used", expected="'rows' or 'columns'", received=repr(mode)
            )
        self.mode = mode

    @property
    def title(self) -> str:
        return f"penalty {self.factor:g} for {self.mode} that are not orthogonal"

    def penalty(self, x: Node) -> Any:
        if len(x.shape) != 2 or not all(isinstance(size, int) for size in x.shape):
            raise ShapeError(
                "only a matrix has rows and columns",
                expected="two axes of known size",
                received=shape_text(x.shape),
            )
        rows: Any = x if self.mode == "rows" else transpose(x, axes=(1, 0))
        count: Any = rows.shape[0]
        if count < 2:
            return _nothing(x)
        squares = reduce_sum(rows**2, axes=(1,))
        norms = sqrt(select(squares > 0, squares, 1))  # a row of zeros is orthogonal to all others
        directions = rows / expand_dims(norms, axis=1)
        cosines = directions @ transpose(directions, axes=(1, 0))
        # The rows' cosines with themselves are on the diagonal, and stay out.
        twice_the_sum = _sum(absolute(cosines)) - _sum(directions**2)
        return self.factor * twice_the_sum / (count * (count - 1))

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}


l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer


def get(identifier: Any) -> Any:
    """Return the regularizer that is meant by a name, configuration, class or function; None for None.

    "l1_l2" has both factors at 0.01, as Keras documents; L1L2() has both at 0.

    Raises:
        UnknownNameError: if no regularizer has this name.
        ArgumentError: if it is none of these.
    """
    if isinstance(identifier, str) and identifier == "l1_l2":
        return L1L2(l1=0.01, l2=0.01)
    return None if identifier is None else _registry.get(identifier)


def serialize(regularizer: Callable[..., Any] | None) -> Any:
    """Write a regularizer down as data; `deserialize` makes it again.

    Raises:
        UnsupportedError: if it is a lambda, or an object that cannot describe itself.
    """
    return None if regularizer is None else _registry.serialize(regularizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Make a regularizer from what `serialize` wrote down.

    Args:
        config: a name, {"class_name": ..., "config": ...}, or None.
        custom_objects: the user's own regularizers by name.
    Raises:
        UnknownNameError: if no regularizer has this name.
        ArgumentError: if this is no such configuration.
    """
    return None if config is None else _registry.deserialize(config, custom_objects)


def title(regularizer: Callable[..., Any]) -> str:
    """Say in a heading what a regularizer, or a function of the user's, adds to the loss."""
    if isinstance(regularizer, Regularizer):
        return regularizer.title
    name: str = getattr(regularizer, "__name__", type(regularizer).__name__)
    return f"penalty {name}" if name.isidentifier() else "custom penalty"


def _sum(x: Node) -> Any:
    return reduce_sum(x, axes=tuple(range(len(x.shape))))


def _nothing(x: Node) -> Any:
    return broadcast_to(0, shape=(), dtype=x.dtype)


def _factor(name: str, value: float | None, default: float) -> float:
    if value is None:
        return default
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ArgumentError(
            f"{name} cannot be used", expected="a finite number, at least 0", received=repr(value)
        )
    return float(value)
