"""The smallest change of an example as a problem: which inputs may change, how far, and in which units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.errors import ArgumentError, DataError, ShapeError
from pellucid.hood.explanations.function import NetworkFunction
from pellucid.hood.explanations.goal import Margins
from pellucid.hood.explanations.places import Places
from pellucid.hood.explanations.question import usual_inputs
from pellucid.hood.opened import Opened
from pellucid.nn._arrays import as_numbers

__all__ = ["Limits", "Problem", "limits"]


class Limits(NamedTuple):
    """How inputs may change.

    Attributes:
        free: the numbers of the inputs that may.
        scale: of each of them, what counts as a change of 1.
        low: how small it may become.
        high: how large it may become.
        words: what the scale is.
    """

    free: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray
    words: str


def limits(opened: Opened, inputs: Places, scale: Any, fixed: Any, bounds: Any) -> Limits:
    """Find out how inputs may change.

    Raises:
        UnknownNameError, ArgumentError: if there is no such input, or bounds leave nothing between them.
        ShapeError, DataError: if there is not one scale for each input, or one is not above 0.
    """
    units, words = _scale(opened, inputs, scale)
    named = [fixed] if isinstance(fixed, str | int | np.integer) else list(fixed)
    free = np.setdiff1d(np.arange(inputs.count), [inputs.number(name) for name in named])
    if not len(free):
        raise ArgumentError("no input may change", expected="at least one that is not fixed", received="none")
    low, high = np.full(inputs.count, -np.inf), np.full(inputs.count, np.inf)
    given = bounds if isinstance(bounds, Mapping) else dict.fromkeys(_all(inputs), bounds) if bounds else {}
    for name, pair in given.items():
        place = inputs.number(name)
        low[place], high[place] = _pair(name, pair)
    return Limits(free, units[free], low[free], high[free], words)


def _all(inputs: Places) -> Sequence[Any]:
    if len(inputs.shape) == 1:
        return range(inputs.count)
    return list(np.ndindex(inputs.shape))


def _pair(name: Any, pair: Any) -> tuple[float, float]:
    """Return the least and the greatest that an input may be; None stands for no bound."""
    ends = list(pair) if isinstance(pair, Sequence) and len(pair) == 2 else [np.nan]
    low, high = (
        [
            infinite if end is None else float(end)
            for end, infinite in zip(ends, (-np.inf, np.inf), strict=True)
        ]
        if len(ends) == 2
        else [np.nan, np.nan]
    )
    if not low <= high:
        raise ArgumentError(
            f"the bounds of {name!r} cannot be used", expected="(least, greatest)", received=repr(pair)
        )
    return low, high


def _scale(opened: Opened, inputs: Places, given: Any) -> tuple[np.ndarray, str]:
    """Return what counts as a change of 1, and what that is."""
    if given is None:
        usual = usual_inputs(opened)
        if usual is None:
            return np.ones(inputs.count), "the inputs' own units"
        return usual.deviation.ravel(), "units of the deviations that the network divides its inputs by"
    scale = as_numbers(given).astype(np.float64)
    if scale.ndim and scale.shape != inputs.shape:
        raise ShapeError(
            "scale does not fit the inputs",
            expected=f"one number, or the shape {inputs.shape}",
            received=f"the shape {scale.shape}",
        )
    if not (scale > 0).all() or not np.isfinite(scale).all():
        raise DataError("scale cannot be used", expected="numbers above 0", received=repr(given))
    return np.broadcast_to(scale, inputs.shape).ravel(), "units of the given scale"


class Problem(NamedTuple):
    """One example, and how it may change: by a vector u that is to be as short as can be.

    Attributes:
        function: the network.
        x: the example.
        limits: how it may change.
    """

    function: NetworkFunction
    x: np.ndarray
    limits: Limits

    @property
    def low(self) -> np.ndarray:
        """The least that u may be."""
        low: np.ndarray = (self.limits.low - self.x.ravel()[self.limits.free]) / self.limits.scale
        return low

    @property
    def high(self) -> np.ndarray:
        """The greatest that u may be."""
        high: np.ndarray = (self.limits.high - self.x.ravel()[self.limits.free]) / self.limits.scale
        return high

    def changed(self, u: np.ndarray) -> np.ndarray:
        """Return the example, changed by each row of u."""
        free = self.limits.free
        rows = np.repeat(self.x.reshape(1, -1), len(u), axis=0)
        rows[:, free] = np.clip(rows[:, free] + u * self.limits.scale, self.limits.low, self.limits.high)
        return rows.reshape(-1, *self.x.shape)

    def margins(self, u: np.ndarray, margins: Margins) -> np.ndarray:
        """Return by how much each row of u reaches each margin."""
        found: np.ndarray = self.function.values(self.changed(u)) @ margins.rows.T - margins.least
        return found

    def slopes(self, u: np.ndarray, margins: Margins) -> np.ndarray:
        """Differentiate the margins with respect to one u."""
        x = np.repeat(self.changed(u[None]), len(margins.least), axis=0)
        return self.along_free(self.function.gradients(x, margins.rows))

    def along_free(self, gradients: np.ndarray) -> np.ndarray:
        """Bring gradients with respect to the inputs to gradients with respect to u."""
        found: np.ndarray = gradients.reshape(len(gradients), -1)[:, self.limits.free] * self.limits.scale
        return found
