"""Some of many, always the same ones."""

from __future__ import annotations

import numpy as np

__all__ = ["spread"]


def spread(count: int, most: int) -> np.ndarray:
    """Choose some of many things, at equal distances, the first and the last among them.

    Args:
        count: how many there are.
        most: how many are enough.
    Returns:
        Their numbers, counted from 0.
    Example:
        >>> spread(9, 3), spread(2, 3)
        (array([0, 4, 8]), array([0, 1]))
    """
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.int64)
