"""keras.utils: small helps around a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.errors import DataError, ShapeError
from pellucid.nn._arguments import number, whole
from pellucid.nn._arrays import as_floats, as_numbers
from pellucid.nn.settings import set_random_seed

__all__ = ["normalize", "set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """Write labels as rows of 0 with a single 1.

    Shape:
        x: (...) or (..., 1) whole numbers
        returns: (..., num_classes)
    Args:
        x: labels from 0.
        num_classes: the number of classes; one more than the largest label unless given.
    Raises:
        DataError: if a label is no whole number, is below 0, or is not below num_classes.
    """
    labels = as_numbers(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    below = np.inf if num_classes is None else whole("num_classes", num_classes, least=1)
    wrong = labels[~((labels >= 0) & (labels < below) & (labels == np.floor(labels)))]
    if wrong.size:
        raise DataError(
            "a label is no class",
            expected="whole numbers from 0" + f" to {below - 1}" * (num_classes is not None),
            received=str(wrong[0]),
        )
    labels = labels.astype(np.int64)
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else int(below)
    rows: np.ndarray = (labels[..., None] == np.arange(classes)).astype(np.float32)
    return rows


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Divide by the norm along an axis; rows of zeros stay as they are.

    Formula:
        x / (sum |x|^order)^(1/order)
    Args:
        x: numbers with at least one axis.
        axis: along which the norm is taken.
        order: which norm: 1, 2 or any other number above 0.
    Raises:
        DataError: if x holds no numbers.
        ShapeError: if x has no such axis.
        ArgumentError: if there is no such norm.
    """
    array = as_floats(x)
    if not -array.ndim <= axis < array.ndim:
        raise ShapeError(
            f"x has no axis {axis}", expected="one of its axes", received=f"the shape {array.shape}"
        )
    power = number("order", order, "a number above 0", lambda order: order > 0)
    norms = np.linalg.norm(array, power, axis, keepdims=True)
    normalized: np.ndarray = array / np.where(norms == 0, 1, norms).astype(array.dtype)
    return normalized
