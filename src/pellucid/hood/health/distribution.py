"""How the numbers of an array are distributed."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from pellucid.hood.numbers import number_text

__all__ = ["Distribution", "distribution_of"]

_BINS: Final = 32


class Distribution(NamedTuple):
    """How the numbers of an array are distributed; mean to largest and the histogram are of the finite ones.

    Attributes:
        size: how many numbers there are.
        finite: how many of them are numbers at all: neither NaN nor infinite.
        mean: their mean; NaN if there is none.
        deviation: their standard deviation.
        quartiles: the smallest, a quarter of the way, the middle, three quarters, the largest.
        zeros: the share of the numbers that are exactly 0.
        counts: how many numbers there are in each bin of a histogram.
        edges: the limits of the bins, one more than there are bins.
    """

    size: int
    finite: int
    mean: float
    deviation: float
    quartiles: tuple[float, float, float, float, float]
    zeros: float
    counts: np.ndarray
    edges: np.ndarray

    @property
    def smallest(self) -> float:
        """The smallest number."""
        return self.quartiles[0]

    @property
    def largest(self) -> float:
        """The largest number."""
        return self.quartiles[-1]

    @property
    def all_finite(self) -> bool:
        """Whether no number is NaN or infinite."""
        return self.finite == self.size

    def __str__(self) -> str:
        if not self.finite:
            return "none"
        if not self.deviation:
            return f"{number_text(self.mean)} ± 0"
        places = 2 - math.floor(math.log10(self.deviation))  # beyond them, a mean says nothing
        return f"{number_text(round(self.mean, places), 2)} ± {number_text(self.deviation, 2)}"


def distribution_of(array: np.ndarray) -> Distribution:
    """Say how the numbers of an array are distributed."""
    numbers = np.asarray(array, np.float64).ravel()
    kept = numbers[np.isfinite(numbers)]
    if not kept.size:
        nothing = (np.nan,) * 5
        empty = np.zeros(_BINS, np.int64), np.full(_BINS + 1, np.nan)
        return Distribution(numbers.size, 0, np.nan, np.nan, nothing, 0.0, *empty)
    quartiles = np.quantile(kept, [0, 0.25, 0.5, 0.75, 1])
    return Distribution(
        numbers.size,
        kept.size,
        float(kept.mean()),
        float(kept.std()),
        tuple(quartiles.tolist()),
        float(np.mean(kept == 0)),
        *_histogram(kept, quartiles[0], quartiles[-1]),
    )


def _histogram(numbers: np.ndarray, smallest: float, largest: float) -> tuple[np.ndarray, np.ndarray]:
    """Count the numbers in bins of equal width; where all are equal, or nearly so, around that number."""
    room = max(abs(smallest), abs(largest), 1e-300) * 1e-6
    if largest - smallest < room:
        smallest, largest = smallest - room, largest + room
    edges = np.linspace(smallest, largest, _BINS + 1)
    places = np.searchsorted(edges[1:-1], numbers, side="right")
    return np.bincount(places, minlength=_BINS), edges
