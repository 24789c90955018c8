"""The shortest vector that satisfies linear inequalities."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["nearest"]

_ROUNDING: Final = 1e-10
_DEPENDENT: Final = 1e-9  # what is left of a direction of length 1 that others make up


def nearest(slopes: np.ndarray, least: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
    """Find the shortest vector that satisfies linear inequalities.

    Formula:
        the u with slopes u >= least, low <= u <= high and the smallest |u|
    Shape:
        slopes: (inequalities, n)
        least: (inequalities,)
        low, high: (n,); they may be infinite
    Returns:
        u, or None if no vector satisfies all.
    """
    lengths = np.linalg.norm(slopes, axis=1)
    constant = lengths <= _ROUNDING * lengths.max(initial=1e-300)
    if (least[constant] > _ROUNDING * np.abs(least).max(initial=0.0)).any():
        return None
    slopes, least = slopes[~constant] / lengths[~constant, None], least[~constant] / lengths[~constant]
    if len(least) == 1 and (low <= 0).all() and (high >= 0).all():
        return _beyond_one(slopes[0], float(least[0]), low, high)
    u = _beyond_all(slopes, np.concatenate([least, low, -high]))
    return None if u is None else np.clip(u, low, high)  # rounding leads out of bounds too


def _beyond_one(slope: np.ndarray, least: float, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
    """Go along the slope, every number to its bound and no further, until the one inequality holds."""
    u, free = np.zeros(len(slope)), np.ones(len(slope), bool)
    while slope @ u < least:
        power = slope[free] @ slope[free]
        if power <= _ROUNDING**2:
            return None
        u[free] = slope[free] * (least - slope[~free] @ u[~free]) / power
        outside = free & ((u < low) | (u > high))
        if not outside.any():
            return u
        u[outside] = np.clip(u[outside], low[outside], high[outside])
        free &= ~outside
    return u


def _beyond_all(slopes: np.ndarray, least: np.ndarray) -> np.ndarray | None:
    """Take up the inequality that is missed by most, and let go of those that then hold by themselves.

    Those taken up hold with equality, and u is a sum of their slopes with weights that are not negative: no
    shorter vector satisfies them.

    Args:
        slopes: of the inequalities; after them come those of the bounds, which are not written down.
        least: of slopes u, then of u and of -u.

    Source:
        Goldfarb & Idnani 1983.
    """
    u = np.zeros(slopes.shape[1])
    taken: list[int] = []
    rows, weights = np.zeros((0, len(u))), np.zeros(0)  # of those taken up
    while True:
        missing = least - np.concatenate([slopes @ u, u, -u])
        missing[taken] = 0
        worst = int(np.argmax(missing))
        if missing[worst] <= _ROUNDING * (1 + np.linalg.norm(u)):
            return u
        row, weight = _row(slopes, worst), 0.0
        while worst not in taken:
            parts = np.linalg.lstsq(rows.T, row)[0] if taken else np.zeros(0)
            direction = row - rows.T @ parts
            power = float(direction @ direction)
            shares = np.where(parts > _ROUNDING, weights / np.maximum(parts, _ROUNDING), np.inf)
            first = int(np.argmin(shares)) if taken else -1
            loosening = float(shares[first]) if taken else np.inf  # where one that is taken lets go
            reaching = np.inf
            if power > _DEPENDENT**2:
                reaching = float(least[worst] - row @ u) / power
            step = min(loosening, reaching)
            if step == np.inf:
                return None
            u = u + (step * direction if reaching < np.inf else 0)
            weights, weight = weights - step * parts, weight + step
            if reaching <= loosening:
                taken.append(worst)
                rows, weights = np.vstack([rows, row]), np.append(weights, weight)
            else:
                del taken[first]
                rows, weights = np.delete(rows, first, axis=0), np.delete(weights, first)


def _row(slopes: np.ndarray, number: int) -> np.ndarray:
    """Return the slopes of an inequality, or of a bound."""
    count, n = slopes.shape
    if number < count:
        row: np.ndarray = slopes[number]
        return row
    row = np.zeros(n)
    row[(number - count) % n] = 1 if number - count < n else -1
    return row
