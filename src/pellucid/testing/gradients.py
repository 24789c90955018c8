"""Compare gradients with differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pellucid.errors import CheckError
from pellucid.graph import Graph, Node, check
from pellucid.ops import reduce_sum
from pellucid.testing.evaluation import compute
from pellucid.transforms.gradient import gradient

__all__ = ["Differentiated", "array_of", "check_gradient"]

_Array: TypeAlias = "npt.NDArray[Any]"

_TOLERANCE = 1e-6  # how far an entry may be from the differences, relative to the largest entry
_EPSILON = float(np.finfo(np.float64).eps)
_STEP = _EPSILON ** (1 / 3)  # where the errors of truncation and of rounding are about equal


def check_gradient(function: Callable[..., Node], *arrays: Any) -> None:
    """Compare the gradient of a function, and the gradient of that, with central differences in float64.

    Formula:
        d f / d x = (f(x + h) - f(x - h)) / 2h, for each number x in the arrays
    Args:
        function: from nodes to a node of any shape; its numbers are added up, each with its own weight.
        arrays: where the gradient is taken. Whole numbers and truth values are passed on as they are.
    Raises:
        CheckError: if an entry of a gradient is off by more than 1e-6 of the largest entry.
    Example:
        >>> check_gradient(lambda x, y: x * y + tanh(y), [1.0, 2.0], [0.5, -1.0])
    """
    made = Differentiated(function, [array_of(array, "float64") for array in arrays])
    for order in ("first", "second"):
        made.differentiate()
        _compare(made, order)


class Differentiated:
    """A function as a graph, reduced to one number, and its gradient.

    Attributes:
        graph: where all of it is built.
        given: the arrays, by the inputs that stand for them.
        targets: the inputs that the gradient is with respect to.
        total: the one number.
        slopes: its gradient, empty before `differentiate`.
    """

    def __init__(self, function: Callable[..., Node], arrays: Sequence[_Array]) -> None:
        self.graph = Graph("gradient check")
        self.given: dict[Node, _Array] = {}
        self.slopes: list[Node] = []
        with self.graph:
            nodes = [self._input("x", array) for array in arrays]
            self.targets = [node for node in nodes if node.dtype.startswith("float")]
            if not self.targets:
                raise CheckError(
                    "there is nothing to differentiate", expected="an array of floating-point numbers"
                )
            self.total = self._weighted_sum([function(*nodes)])

    def differentiate(self) -> None:
        """Take the gradient; asked again, the gradient of the weighted sum of the gradient."""
        with self.graph:
            if self.slopes:
                self.total = self._weighted_sum(self.slopes)
            self.slopes = gradient(self.total, self.targets)
        check(self.graph)

    def _input(self, name: str, array: _Array) -> Node:
        node = self.graph.input(f"{name}{len(self.given)}", array.shape, array.dtype.name)
        self.given[node] = array
        return node

    def _weighted_sum(self, nodes: Sequence[Node]) -> Node:
        """Add up all numbers, each with its own weight, so that no two errors cancel."""
        if len(nodes) == 1 and nodes[0].shape == ():
            return nodes[0]
        random = np.random.default_rng(len(self.given))
        parts = []
        for node in nodes:
            shape: Any = node.shape  # whole numbers, since those of the arrays are
            weight = self._input("weight", np.asarray(random.uniform(0.5, 1.5, shape), node.dtype))
            parts.append(reduce_sum(node * weight, axes=tuple(range(len(shape)))))
        return sum(parts[1:], start=parts[0])


def _compare(made: Differentiated, order: str) -> None:
    def value() -> float:
        return float(compute(made.graph, made.given, [made.total])[0])

    rounding = 8 * _EPSILON * max(1.0, abs(value())) / _STEP  # of the differences themselves
    for target, slope in zip(made.targets, compute(made.graph, made.given, made.slopes), strict=True):
        expected = _differences(value, made.given[target])
        largest = max(np.max(np.abs(expected), initial=0.0), np.max(np.abs(slope), initial=0.0))
        right = np.abs(slope - expected) <= _TOLERANCE * largest + rounding
        if not np.all(right):  # NaN is not right either
            place = tuple(map(int, np.argwhere(~right)[0]))
            raise CheckError(
                f"the {order} gradient with respect to {target['name']} is wrong at {place}",
                expected=f"{float(expected[place])} by central differences",
                received=str(float(slope[place])),
            )


def _differences(value: Callable[[], float], array: _Array) -> _Array:
    """Move each number of the array up and down, and put it back."""
    slopes = np.empty_like(array)
    for place in np.ndindex(array.shape):
        middle = array[place]
        step = _STEP * max(1.0, abs(middle))
        array[place] = middle + step
        high, above = array[place], value()
        array[place] = middle - step
        low, below = array[place], value()
        array[place] = middle
        slopes[place] = (above - below) / (high - low)  # by how much it moved after rounding
    return slopes


def array_of(value: Any, dtype: str) -> _Array:
    """Make a new array; floating-point numbers get the dtype."""
    array = np.array(value)
    return array.astype(dtype) if array.dtype.kind == "f" else array
