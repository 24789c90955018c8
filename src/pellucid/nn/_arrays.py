"""Functions on symbolic values that take arrays as well, as Keras's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from pellucid.errors import DataError
from pellucid.graph import Node, lift

__all__ = ["Value", "apply", "as_floats", "as_numbers", "is_symbolic"]

Value: TypeAlias = Any
"""A symbolic value, or anything that NumPy makes an array of; what comes back is of the same sort."""


def apply(function: Callable[[Node], Node], x: Value) -> Value:
    """Call a function on a symbolic value; given an array instead, build its graph, run that on NumPy."""
    if is_symbolic(x):
        return function(lift(x))
    from pellucid.engines.numpy import evaluate

    return evaluate(function, as_floats(x))


def is_symbolic(value: object) -> bool:
    """Whether this is a node, or stands for one as a weight does."""
    return isinstance(value, Node) or getattr(type(value), "__node__", None) is not None


def as_floats(value: object) -> np.ndarray:
    """Make an array of fractions: float64 stays as it is, lists and all other numbers become float32.

    Raises:
        DataError: if these are not numbers, or the lists are not equally long.
    """
    array = as_numbers(value)
    precise = isinstance(value, np.ndarray | np.generic) and array.dtype.kind == "f" and array.itemsize >= 8
    return array.astype(np.float64 if precise else np.float32, copy=False)


def as_numbers(value: object) -> np.ndarray:
    """Make an array of numbers of whatever kind they are.

    Raises:
        DataError: if these are not numbers, or the lists are not equally long.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise DataError(
            "these lists make no array", expected="lists of equal length", received=_shortened(value)
        ) from None
    if array.dtype.kind not in "fiub":
        raise DataError("this is no array of numbers", expected="numbers", received=_shortened(value))
    return array


def _shortened(value: object) -> str:
    from reprlib import repr as shortened

    return shortened(value)
