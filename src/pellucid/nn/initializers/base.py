"""What every initializer is, and those that hand over numbers made elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from operator import index
from typing import Any, TypeAlias

import numpy as np

from pellucid.engines.recipe import Recipe
from pellucid.errors import ArgumentError, DataError, DtypeError, ShapeError
from pellucid.nn._arrays import as_numbers
from pellucid.nn._serialize import Configured, Registry
from pellucid.nn.settings import floatx

__all__ = [
    "Function",
    "Initializer",
    "Kind",
    "Sizes",
    "Values",
    "Written",
    "misfit",
    "numbers",
    "real",
    "recipe_with",
    "registry",
]

Kind: TypeAlias = "type[np.generic]"
Sizes: TypeAlias = "tuple[int, ...]"

registry = Registry("initializer")


class Initializer(Configured):
    """The base of all initializers.

    To write one, define `__call__(self, shape, dtype=None)`, which returns an array, and `get_config` if its
    constructor takes arguments. A function of shape and dtype is an initializer as well.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Make an array of this shape."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(self, shape, dtype=None)")

    def recipe(self, shape: Sequence[int], dtype: Any = "float32", stream: str = "weight") -> Recipe:
        """Return how the numbers of a weight are made.

        Args:
            shape: the sizes of its axes.
            dtype: the kind of its numbers.
            stream: its name, which gives it random numbers of its own.
        Raises:
            ShapeError: if the initializer has no numbers for this shape.
            DtypeError: if it has none of this dtype.
        """
        sizes, kind = _sizes(shape), _kind(dtype)
        return _given(self(sizes, dtype=kind.__name__), sizes, kind)


class Function(Initializer):
    """Start from what a function of the user's returns.

    Args:
        function: takes shape and dtype; it is called once, when the weight is made.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        return self.function(shape, dtype=dtype or floatx())


@registry.register()
class Values(Initializer):
    """Start from given numbers.

    Args:
        value: an array of the weight's shape.
    Raises:
        ShapeError: if the weight has another shape.
    """

    def __init__(self, value: Any) -> None:
        self.value = numbers(value)

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return self.recipe(shape, dtype or floatx()).make(seed=0)

    def recipe(self, shape: Sequence[int], dtype: Any = "float32", stream: str = "weight") -> Recipe:
        return _given(self.value, _sizes(shape), _kind(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value.tolist()}


class Written(Initializer):
    """The base of those that a program can print as a call."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> np.ndarray:
        return self.recipe(shape, dtype or floatx()).make(self.own_seed())

    def recipe(self, shape: Sequence[int], dtype: Any = "float32", stream: str = "weight") -> Recipe:
        return self.written(_sizes(shape), _kind(dtype), stream)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        """Return the recipe for a checked shape and dtype."""
        raise NotImplementedError(f"{type(self).__name__} needs a method written")

    def own_seed(self) -> int:
        """Return the seed for a call without a model."""
        return 0


def recipe_with(function: Callable[..., Any], *arguments: object, kind: Kind, **options: float) -> Recipe:
    """Write the call of a function that makes float32 unless it is told another dtype."""
    dtype = {} if kind is np.float32 else {"dtype": kind}
    return Recipe(function, arguments, (*options.items(), *dtype.items()))


# ------------------------------------------------------------ checks
def real(name: str, value: Any, least: float = -math.inf) -> float:
    """Return an argument that must be one finite number.

    Raises:
        ArgumentError: if it is not, or is below the least.
    """
    number = value.item() if isinstance(value, np.generic) else value
    if not isinstance(number, int | float) or not math.isfinite(number) or number < least:
        expected = "a finite number" if least == -math.inf else f"a finite number, at least {least}"
        raise ArgumentError(f"this {name} cannot be used", expected=expected, received=repr(value))
    return number


def numbers(value: object) -> np.ndarray:
    """Make an array of its own of what the user gave.

    Raises:
        DataError: if these are not finite numbers.
    """
    array = as_numbers(value).copy()
    if not np.isfinite(array).all():
        raise DataError("a weight cannot start from NaN or infinity", expected="finite numbers")
    return array


def misfit(received: Sizes, expected: Iterable[object]) -> ShapeError:
    """Say that numbers have not the shape of the weight."""
    return ShapeError(
        "a weight cannot start from these numbers",
        expected=f"the shape {expected}",
        received=f"an array of shape {received}",
    )


def _given(made: object, shape: Sizes, kind: Kind) -> Recipe:
    array = numbers(made)
    if array.shape != shape:
        raise misfit(array.shape, shape)
    return Recipe(np.array, (array, kind))


def _sizes(shape: object) -> Sizes:
    try:
        sizes = tuple(map(index, shape if isinstance(shape, Iterable) else (shape,)))
    except TypeError:
        sizes = (-1,)
    if any(size < 0 for size in sizes):
        raise ShapeError("a weight needs known sizes", expected="whole numbers from 0", received=repr(shape))
    return sizes


def _kind(dtype: Any) -> Kind:
    try:
        kind: Kind = np.dtype(dtype).type
    except TypeError:
        kind = np.object_
    if np.dtype(kind).kind not in "fiub":
        raise DtypeError("this is no dtype of numbers", expected="such as float32", received=repr(dtype))
    return kind
