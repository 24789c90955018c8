"""Integrated gradients: the slopes on the straight way from a baseline to an example."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.errors import ShapeError
from pellucid.hood.explanations.attribution import Attribution
from pellucid.hood.explanations.pieces import Pieces
from pellucid.hood.explanations.question import Question, ask, compared_with
from pellucid.hood.opened import Opened

__all__ = ["integrated_gradients"]

_POINTS: Final = 8  # of a Gauss-Legendre rule, exact for polynomials of degree 15
_PRECISION: Final = 1e-12  # of what is added up: where halving a stretch changes less, it is done
_HALVINGS: Final = 45  # after so many, a stretch is nothing but rounding
_MOST: Final = 500_000  # slopes of one way
_ROUNDING: Final = 1e-9  # of what is added up: a larger difference is none


def integrated_gradients(opened: Opened, baseline: Any, answer: Any, of: str) -> Attribution:
    """Integrate the slopes from the baseline to each example."""
    question = ask(opened, answer, of)
    compared = compared_with(baseline, opened, "baseline")
    x = question.x
    if len(compared.examples) not in (1, len(x)):
        raise ShapeError(
            "the baseline does not fit the examples",
            expected=f"one, or {len(x)}",
            received=str(len(compared.examples)),
        )
    starts = np.broadcast_to(compared.examples, x.shape)
    pieces = Pieces(question.function.graph, opened)
    ways = [_Way(question, starts[example], example) for example in range(len(x))]
    found = [way.integral(pieces) for way in ways]
    values = np.stack([integral.values for integral in found])
    prediction, reference = question.values(x), question.values(starts)
    note = _note(found, values, prediction, reference)
    return Attribution("Integrated gradients", question, compared, values, prediction, reference, note)


class _Integral(NamedTuple):
    """What the slopes of a way add up to, and how they were added up.

    Attributes:
        values: what each input adds.
        pieces: how many linear pieces there are; 0 where the slopes were integrated numerically.
        error: what the last halving changed.
    """

    values: np.ndarray
    pieces: int
    error: float


@final
class _Way:
    """The straight way from a baseline to one example, from time 0 to time 1."""

    __slots__ = ("_chosen", "_end", "_function", "_start")

    def __init__(self, question: Question, start: np.ndarray, example: int) -> None:
        self._function = question.function
        self._start = start
        self._end = question.x[example]
        self._chosen = question.chosen[example]

    def integral(self, pieces: Pieces) -> _Integral:
        """Integrate the slopes: linear piece by linear piece if it is made of these, else numerically."""
        edges, linear = pieces.edges(self._start, self._end)
        if not linear:
            return self._numerical(edges)
        middles, lengths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
        total = np.zeros_like(self._end)
        for first in range(0, len(lengths), self._function.at_once):
            part = slice(first, first + self._function.at_once)
            total += np.tensordot(lengths[part], self._slopes(middles[part]), axes=1)
        return _Integral(total, len(lengths), 0.0)

    def _x(self, times: np.ndarray) -> np.ndarray:
        x: np.ndarray = self._start + times.reshape(-1, *[1] * self._start.ndim) * (self._end - self._start)
        return x

    def _answers(self, times: np.ndarray) -> np.ndarray:
        return self._function.values(self._x(times))[:, self._chosen]

    def _slopes(self, times: np.ndarray) -> np.ndarray:
        """How much the answer grows with time on account of each input."""
        slopes = self._function.slopes(self._x(times), np.full(len(times), self._chosen))
        slopes *= self._end - self._start
        return slopes

    def _numerical(self, edges: np.ndarray) -> _Integral:
        """Halve all stretches between edges until neither sum nor answer says that something was missed."""
        low, high = edges[:-1], edges[1:]
        whole = self._by_gauss(low, high)
        tolerance = _PRECISION * float(np.abs(self._answers(edges)).max() + np.abs(whole).sum())
        values, error, spent = np.zeros_like(self._end), 0.0, 0
        for halving in range(_HALVINGS):
            middle = (low + high) / 2
            left, right = self._by_gauss(low, middle), self._by_gauss(middle, high)
            halves = left + right
            change = np.abs(halves - whole).reshape(len(low), -1).max(axis=1)
            gap = np.abs(halves.reshape(len(low), -1).sum(axis=1) - self._answers(high) + self._answers(low))
            spent += 2 * _POINTS * len(low)
            last = halving == _HALVINGS - 1 or spent > min(_MOST, self._function.affordable)
            again = ~(np.maximum(change, gap) <= tolerance) & (not last)
            values += halves[~again].sum(axis=0)
            error += float(change[~again].sum())
            if not again.any():
                break
            low, high = np.append(low[again], middle[again]), np.append(middle[again], high[again])
            whole = np.concatenate([left[again], right[again]])
        return _Integral(values, 0, error)

    def _by_gauss(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integrate over each stretch by the rule of Gauss and Legendre."""
        nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
        block = max(1, self._function.at_once // _POINTS)
        parts = []
        for first in range(0, len(low), block):
            start, length = low[first : first + block], (high - low)[first : first + block]
            slopes = self._slopes((start[:, None] + length[:, None] * (nodes + 1) / 2).ravel())
            rows = slopes.reshape(len(start), _POINTS, *self._start.shape)
            parts.append(np.einsum("sp...,p,s->s...", rows, weights / 2, length))
        return np.concatenate(parts)


def _note(found: list[_Integral], values: np.ndarray, prediction: np.ndarray, reference: np.ndarray) -> str:
    """Say how far the numbers can be trusted."""
    flat = values.reshape(len(values), -1)
    scale = np.abs(flat).sum(axis=1) + np.abs(prediction) + np.abs(reference)
    if (np.abs(flat.sum(axis=1) - prediction + reference) > _ROUNDING * scale).any():
        return (
            "The network jumps on the way, or bends more often than could be followed: no slope shows that."
        )
    counts = [integral.pieces for integral in found]
    if max(counts) == min(counts) == 1:
        return "The network is linear all the way: the numbers are exact."
    if min(counts):
        return f"The network is linear piece by piece, up to {max(counts)} on the way: the numbers are exact."
    error = max(integral.error for integral in found)
    return f"The slopes were integrated numerically; a finer integral differs by {error:.0e} at most."
