"""Initializers that give the same numbers in every run."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.engines.recipe import Recipe
from pellucid.errors import ShapeError
from pellucid.nn import _initial
from pellucid.nn.initializers.base import Kind, Sizes, Written, misfit, numbers, real, recipe_with, registry

__all__ = ["Constant", "Identity", "Ones", "Zeros"]


@registry.register("zeros", "zero")
class Zeros(Written):
    """Start from 0."""

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        return Recipe(np.zeros, (_short(shape), kind))


@registry.register("ones", "one")
class Ones(Written):
    """Start from 1."""

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        return Recipe(np.ones, (_short(shape), kind))


@registry.register("constant")
class Constant(Written):
    """Start from one number, or from an array that is repeated to the shape of the weight.

    Args:
        value: the number or the array.
    Raises:
        DataError: if it is not finite.
        ShapeError: if an array cannot be repeated to the shape of the weight.
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = numbers(value)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        own = self.value.shape
        pairs = zip(own[::-1], shape[::-1], strict=False)
        if len(own) > len(shape) or any(size not in (1, whole) for size, whole in pairs):
            raise misfit(own, shape)
        return Recipe(np.full, (_short(shape), self.value if own else self.value.item(), kind))

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value.tolist()}


@registry.register("identity", "IdentityInitializer")
class Identity(Written):
    """Start from a matrix that changes nothing: 1 on its diagonal and 0 elsewhere.

    Args:
        gain: what stands on the diagonal.
    Raises:
        ShapeError: if the weight is not a matrix.
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = real("gain", gain)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        if len(shape) != 2:
            raise ShapeError("the identity is a matrix", expected="two axes", received=f"the shape {shape}")
        options = {} if self.gain == 1 else {"gain": self.gain}
        return recipe_with(_initial.identity, shape, kind=kind, **options)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}


def _short(shape: Sizes) -> int | Sizes:
    """Write the shape of a row as people do: np.zeros(4)."""
    return shape[0] if len(shape) == 1 else shape
