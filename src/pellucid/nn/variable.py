"""A weight: an array that training changes, and how a graph refers to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.errors import DtypeError, GraphError, ShapeError
from pellucid.graph import NUMBER, Graph, Name, Node, Operators, Shape, current_graph, lift
from pellucid.ops import broadcast_to

if TYPE_CHECKING:
    from pellucid.engines.recipe import Recipe
    from pellucid.nn.regularizers import Regularizer

__all__ = ["Variable"]


class Variable(Operators):
    """An array of numbers that a layer owns.

    In a graph it stands for its entry in the state, so layers write `x @ self.kernel`.

    Attributes:
        path: "dense_1/kernel": its name among all weights of a model.
        shape: its shape.
        dtype: its dtype.
        recipe: how its first numbers are made.
        trainable: whether the optimizer changes it.
        regularizer: what is added to the loss for it, or None.
    """

    __slots__ = (
        "_seed",
        "_value",
        "dtype",
        "name_hint",
        "path",
        "recipe",
        "regularizer",
        "shape",
        "trainable",
    )

    def __init__(
        self,
        path: str,
        shape: tuple[int, ...],
        dtype: str,
        recipe: Recipe,
        *,
        seed: int,
        hint: str,
        trainable: bool = True,
        regularizer: Regularizer | None = None,
    ) -> None:
        self.path = path
        self.shape = shape
        self.dtype = dtype
        self.recipe = recipe
        self.trainable = trainable
        self.regularizer = regularizer
        self.name_hint = hint
        self._seed = seed
        self._value: np.ndarray | None = None

    @property
    def value(self) -> np.ndarray:
        """Its numbers at present; made when first asked for."""
        if self._value is None:
            self._value = self.recipe.make(self._seed)
        return self._value

    @value.setter
    def value(self, value: np.ndarray) -> None:
        self._value = value

    @property
    def made(self) -> bool:
        """Whether it has its numbers already."""
        return self._value is not None

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)

    @property
    def name(self) -> str:
        """The last part of the path: "kernel"."""
        return self.path.rpartition("/")[2]

    def __node__(self) -> Node:
        """Return what this weight is in the graph that is being built: a leaf, or what was assigned to it."""
        graph, path = current_graph(), ("weights", self.path)
        if path in graph.outputs:
            return graph.outputs[path]
        return graph.state(path, self.shape, self.dtype, Name(self.name_hint, self.path.rpartition("/")[0]))

    def numpy(self) -> np.ndarray:
        """Return a copy of the numbers."""
        return self.value.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype)

    def assign(self, value: Any) -> None:
        """Replace the numbers.

        Inside a layer's `call` it says what every step of training makes of the weight, and what the weight
        stands for from there on: `self.total.assign(self.total + more)`. Predictions keep nothing of it.

        Args:
            value: the new numbers; inside `call`, a value of the graph or a number.
        Raises:
            ShapeError: if the shape is another one; nothing is changed then.
            DtypeError: if a value of the graph has another dtype.
        """
        graph = _graph_of_call()
        if graph is not None:
            graph.outputs["weights", self.path] = self._fitting(lift(value))
            return
        array = np.array(value, self.dtype)
        self._check_shape(array.shape)
        self.value = array

    def _fitting(self, value: Node) -> Node:
        """Return a value that can take the place of this weight."""
        if value.dtype == NUMBER:
            value = broadcast_to(value, shape=self.shape, dtype=self.dtype)
        self._check_shape(value.shape)
        if value.dtype != self.dtype:
            raise DtypeError(
                f"the weight {self.path!r} keeps its dtype",
                expected=self.dtype,
                received=value.dtype,
                attempt=f'cast(value, dtype="{self.dtype}")',
            )
        return value

    def _check_shape(self, shape: Shape) -> None:
        if shape != self.shape:
            raise ShapeError(
                f"the weight {self.path!r} keeps its shape", expected=str(self.shape), received=str(shape)
            )

    def __repr__(self) -> str:
        return f"<Variable {self.path}: {self.dtype} {self.shape}>"


def _graph_of_call() -> Graph | None:
    """Return the graph that the call of a layer is building, if one is."""
    try:
        graph = current_graph()
    except GraphError:
        return None
    return graph if graph.scope.name else None
