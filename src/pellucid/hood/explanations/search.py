"""The smallest change, proven: from linear piece to linear piece, the nearest first.

Within a piece, and within bounds, the smallest change is the projection on a polyhedron. The pieces next to
one lie on the other side of its faces. A piece that is nearer than any change found so far has one before it,
on the straight way to it, that is nearer still: so once the nearest piece left is farther than what was
found, nothing nearer exists.
"""

from __future__ import annotations

from typing import Final, NamedTuple, final

import numpy as np

from pellucid.hood.explanations.goal import Margins
from pellucid.hood.explanations.held import Held, Piece
from pellucid.hood.explanations.nearest import nearest
from pellucid.hood.explanations.problem import Problem

__all__ = ["Found", "search"]

_PIECES: Final = 1000  # that are gone through at most
_THINNEST: Final = 1e-8  # what would be a piece of less than twice this is but a corner where others meet
_ROUNDING: Final = 1e-9


class Found(NamedTuple):
    """What a search has found.

    Attributes:
        u: the change; None if there is none.
        bound: no change that is shorter exists; infinite if none exists at all.
        pieces: how many linear pieces were gone through.
    """

    u: np.ndarray | None
    bound: float
    pieces: int


class _Region(NamedTuple):
    """A piece, and where it applies: faces u >= least."""

    positive: np.ndarray
    piece: Piece
    faces: np.ndarray
    least: np.ndarray


def search(
    problem: Problem, held: Held, alternatives: list[Margins], known: np.ndarray | None
) -> Found | None:
    """Go from piece to piece.

    Args:
        problem: the example, and how it may change.
        held: the network.
        alternatives: each of them would do.
        known: a change that reaches one of them.
    Returns:
        What was found; None if the network jumps, so that pieces side by side have nothing in common.
    Source:
        Jordan, Lewis & Dimakis 2019.
    """
    return _Search(problem, held, alternatives, known).run()


@final
class _Search:
    """Pieces in the order of their distances, or of what these are at least."""

    def __init__(
        self, problem: Problem, held: Held, alternatives: list[Margins], known: np.ndarray | None
    ) -> None:
        self._problem = problem
        self._held = held
        self._alternatives = alternatives
        self._best = known
        self._low, self._high = problem.low, problem.high
        self._queue: list[tuple[float, int, np.ndarray, _Region | None, int]] = []
        self._distances: dict[bytes, float] = {}  # of all pieces that were met; of those gone through, -1
        self._pushed = 0
        self._pieces = 0

    @property
    def _length(self) -> float:
        return np.inf if self._best is None else float(np.linalg.norm(self._best))

    def run(self) -> Found | None:
        """Take the nearest piece until nothing is nearer than what was found."""
        from heapq import heappop

        start = np.clip(np.zeros((1, len(self._low))), self._low, self._high)
        first = self._held.signs(self._problem.changed(start)[0])
        self._push(float(np.linalg.norm(start)), first, None, -1)
        while self._queue:
            distance, _, positive, before, face = self._queue[0]
            if distance >= self._length * (1 - _ROUNDING):
                return Found(self._best, self._length, self._pieces)
            if self._pieces >= _PIECES:
                return Found(self._best, distance, self._pieces)
            heappop(self._queue)
            if distance > self._distances[_key(positive)]:  # a nearer way to it was found
                continue
            self._distances[_key(positive)] = -1.0
            region = self._region(positive)
            if before is not None and self._jumps(before, region, face):
                return None
            self._visit(region)
        return Found(self._best, self._length, self._pieces)

    def _push(self, distance: float, positive: np.ndarray, before: _Region | None, face: int) -> None:
        from heapq import heappush

        if distance < min(self._length, self._distances.get(_key(positive), np.inf)):
            self._distances[_key(positive)] = distance
            self._pushed += 1
            heappush(self._queue, (distance, self._pushed, positive, before, face))

    def _region(self, positive: np.ndarray) -> _Region:
        piece = self._held.piece(self._problem.x, positive)
        count = self._held.count
        piece = Piece(piece.values, self._problem.along_free(piece.slopes))
        signs = np.where(positive, 1.0, -1.0)
        return _Region(positive, piece, signs[:, None] * piece.slopes[:count], -signs * piece.values[:count])

    def _visit(self, region: _Region) -> None:
        """Look for a shorter change in a piece, and remember the pieces next to it."""
        lengths = np.linalg.norm(region.faces, axis=1)
        inside = nearest(region.faces, region.least + _THINNEST * lengths, self._low, self._high)
        if inside is None or float(np.linalg.norm(inside)) >= self._length + _THINNEST:
            return
        self._pieces += 1
        count = self._held.count
        values, slopes = region.piece.values[count:], region.piece.slopes[count:]
        for margins in self._alternatives:
            rows = np.concatenate([region.faces, margins.rows @ slopes])
            least = np.concatenate([region.least, margins.least - margins.rows @ values])
            u = nearest(rows, least, self._low, self._high)
            if u is not None and float(np.linalg.norm(u)) < self._length:
                self._best = u
        for face in np.flatnonzero(lengths > 0):
            beyond = region.positive.copy()
            beyond[face] = not beyond[face]
            if self._distances.get(_key(beyond), np.inf) >= 0:
                self._push(self._distance(region, int(face), lengths), beyond, region, int(face))

    def _distance(self, region: _Region, face: int, lengths: np.ndarray) -> float:
        """Return how far a face of a piece is; infinite if only the piece's corners lie on it, or none."""
        if -float(region.least[face]) / lengths[face] >= self._length:
            return np.inf
        least = region.least + _THINNEST * lengths
        least[face] = region.least[face]
        rows = np.concatenate([region.faces, -region.faces[[face]]])
        u = nearest(rows, np.append(least, -region.least[face]), self._low, self._high)
        return np.inf if u is None else float(np.linalg.norm(u))

    def _jumps(self, before: _Region, after: _Region, face: int) -> bool:
        """Whether two pieces differ on the face between them."""
        normal = np.append(before.piece.slopes[face], before.piece.values[face])
        one, other = (np.column_stack([part.piece.slopes, part.piece.values]) for part in (before, after))
        change = other - one
        rest = change - np.outer(change @ normal / (normal @ normal), normal)
        return bool(np.abs(rest).max() > _ROUNDING * max(1.0, np.abs(one).max(), np.abs(other).max()) * 1e2)


def _key(positive: np.ndarray) -> bytes:
    return np.packbits(positive).tobytes()
