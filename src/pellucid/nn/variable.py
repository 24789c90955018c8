"""A weight: an array that training changes, and how a graph refers to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.errors import ShapeError
from pellucid.graph import Name, Node, Operators, current_graph

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
        """Return the leaf that stands for this weight in the graph that is being built."""
        owner = self.path.rpartition("/")[0]
        return current_graph().state(
            ("weights", self.path), self.shape, self.dtype, Name(self.name_hint, owner)
        )

    def numpy(self) -> np.ndarray:
        """Return a copy of the numbers."""
        return self.value.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.value, dtype)

    def assign(self, value: Any) -> None:
        """Replace the numbers.

        Raises:
            ShapeError: if the shape is another one; nothing is changed then.
        """
        array = np.array(value, self.dtype)
        if array.shape != self.shape:
            raise ShapeError(
                f"the weight {self.path!r} keeps its shape",
                expected=str(self.shape),
                received=str(array.shape),
            )
        self.value = array

    def __repr__(self) -> str:
        return f"<Variable {self.path}: {self.dtype} {self.shape}>"
