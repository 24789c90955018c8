"""keras.utils: small helps around a model."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.errors import DataError
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
        DataError: if a label is below 0 or not below num_classes.
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    labels = labels.astype(np.int64)
    classes = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise DataError(
            "a label is no class",
            expected=f"whole numbers from 0 to {classes - 1}",
            received=f"{labels.min()} to {labels.max()}",
        )
    rows: np.ndarray = (labels[..., None] == np.arange(classes)).astype(np.float32)
    return rows


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """Divide by the norm along an axis; rows of zeros stay as they are.

    Formula:
        x / (sum |x|^order)^(1/order)
    """
    array = np.asarray(x, np.float32)
    norms = np.linalg.norm(array, order, axis, keepdims=True)
    normalized: np.ndarray = array / np.where(norms == 0, 1, norms)
    return normalized
