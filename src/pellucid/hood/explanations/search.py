"""The smallest change, proven: from linear piece to linear piece, the nearest first.

Within a piece, and within bounds, the smallest change is the projection on a polyhedron. The pieces next to
one lie on the other side of its faces. A piece that is nearer than any change found so far has one before it,
on the straight way to it, that is nearer still: so once the nearest piece left is farther than what was
found, nothing nearer exists.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.hood.explanations.goal import Margins
from pellucid.hood.explanations.held import Held
from pellucid.hood.explanations.nearest import nearest
from pellucid.hood.explanations.problem import Problem
from pellucid.ops.formulas import random_uniform

__all__ = ["Found", "search"]

_MOST: Final = 5_000_000  # numbers in the inequalities of all projections; some seconds of work
_EACH: Final = 1000  # a projection costs as much as so many of them, however small it is
_ASIDE: Final = 1e-6  # how far from the example the first piece is looked for: the example may lie on an edge
_THINNEST: Final = 1e-8  # what would be a piece of less than twice this is but a corner where others meet
_ROUNDING: Final = 1e-9
_JUMP: Final = 1e-7  # of the largest slope


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


def search(problem: Problem, held: Held, alternatives: list[Margins], known: np.ndarray | None) -> Found:
    """Go from piece to piece.

    Args:
        problem: the example, and how it may change.
        held: the network.
        alternatives: each of them would do.
        known: a change that reaches one of them.
    Source:
        Jordan, Lewis & Dimakis 2019.
    """
    return _Search(problem, held, alternatives, known).run()


class _Region(NamedTuple):
    """A piece, and where it applies.

    Attributes:
        positive: which numbers are above 0 in it.
        rows: the numbers that decide, and after them the answers, as functions of u: their slopes, and in the
            last column their values at the example.
        faces: the slopes of the numbers that decide, turned so that faces u >= least in the piece.
        least: see there.
        lengths: of the faces' slopes.
    """

    positive: np.ndarray
    rows: np.ndarray
    faces: np.ndarray
    least: np.ndarray
    lengths: np.ndarray


class _Step(NamedTuple):
    """From one piece through a face to another; none led to the first."""

    before: _Region
    face: int


@final
class _Search:
    """Pieces in the order of their distances."""

    def __init__(
        self, problem: Problem, held: Held, alternatives: list[Margins], known: np.ndarray | None
    ) -> None:
        self._problem = problem
        self._held = held
        self._alternatives = alternatives
        self._best = known
        self._low, self._high = problem.low, problem.high
        self._queue: list[tuple[float, int, np.ndarray, _Step | None]] = []
        self._distances: dict[bytes, float] = {}  # of all pieces that were met; of those gone through, -1
        self._certain = np.inf  # farther away something may have been missed
        self._pushed = 0
        self._pieces = 0
        self._looked_at = 0

    @property
    def _length(self) -> float:
        return np.inf if self._best is None else float(np.linalg.norm(self._best))

    def run(self) -> Found:
        """Take the nearest piece until nothing is nearer than what was found."""
        from heapq import heappop

        random: Any = random_uniform  # it has no type hints
        start = np.clip(0.0, self._low, self._high)
        aside = _ASIDE * (random(start.shape, 0, "aside").astype(np.float64) * 2 - 1)
        aside = np.clip(start + aside, self._low, self._high)
        self._push(
            float(np.linalg.norm(start)), self._held.signs(self._problem.changed(aside[None])[0]), None
        )
        while self._queue:
            distance, _, positive, step = heappop(self._queue)
            if distance >= self._length * (1 - _ROUNDING):
                break
            if self._looked_at >= _MOST:
                self._certain = min(self._certain, distance)
                break
            if distance <= self._distances[_key(positive)]:  # else a nearer way to it was found
                self._distances[_key(positive)] = -1.0
                region = self._region(positive)
                if not self._visit(region) or (step is not None and _jumps(step, region)):
                    self._certain = min(self._certain, distance)
        return Found(self._best, min(self._certain, self._length), self._pieces)

    def _push(self, distance: float, positive: np.ndarray, step: _Step | None) -> None:
        from heapq import heappush

        if distance < min(self._length, self._distances.get(_key(positive), np.inf)):
            self._distances[_key(positive)] = distance
            self._pushed += 1
            heappush(self._queue, (distance, self._pushed, positive, step))

    def _nearest(self, rows: np.ndarray, least: np.ndarray) -> np.ndarray | None:
        self._looked_at += _EACH + rows.size
        return nearest(rows, least, self._low, self._high)

    def _region(self, positive: np.ndarray) -> _Region:
        piece = self._held.piece(self._problem.x, positive)
        slopes = self._problem.along_free(piece.slopes)
        signs = np.where(positive, 1.0, -1.0)
        faces = signs[:, None] * slopes[: len(signs)]
        rows = np.column_stack([slopes, piece.values])
        least = -signs * piece.values[: len(signs)]
        return _Region(positive, rows, faces, least, np.linalg.norm(faces, axis=1))

    def _visit(self, region: _Region) -> bool:
        """Look for a shorter change in a piece, and remember the pieces next to it.

        Returns:
            Whether that was done: not if there is no such piece, or no time for it.
        """
        least = region.least + _THINNEST * region.lengths
        if self._nearest(region.faces, least) is None:
            return False
        self._pieces += 1
        count = len(region.positive)
        slopes, values = region.rows[count:, :-1], region.rows[count:, -1]
        for margins in self._alternatives:
            rows = np.concatenate([region.faces, margins.rows @ slopes])
            wanted = np.append(region.least, margins.least - margins.rows @ values)
            u = self._nearest(rows, wanted)
            if u is not None and float(np.linalg.norm(u)) < self._length:
                self._best = u
        steep = region.lengths > _ROUNDING * region.lengths.max(initial=0.0)  # others are 0 but for rounding
        for face in map(int, np.flatnonzero(steep)):
            if -region.least[face] >= self._length * region.lengths[face]:
                continue
            if self._looked_at >= _MOST:
                return False
            same = _on_face(region, face)
            flipped = region.positive ^ same
            if same.sum() > 1 or self._distances.get(_key(flipped), np.inf) >= 0:
                distance = self._distance(region, face, same)
                if distance < self._length:
                    self._push(distance, self._beyond(region, face, same), _Step(region, face))
        return True

    def _distance(self, region: _Region, face: int, same: np.ndarray) -> float:
        """Return how far a face of a piece is; infinite if only the piece's corners lie on it, or none."""
        least = region.least + np.where(same, -1, 1) * _THINNEST * region.lengths
        rows = np.concatenate([region.faces, -region.faces[[face]]])
        u = self._nearest(rows, np.append(least, -region.least[face]))
        return np.inf if u is None else float(np.linalg.norm(u))

    def _beyond(self, region: _Region, face: int, same: np.ndarray) -> np.ndarray:
        """Return which numbers are above 0 beyond a face: all but those that are 0 on it stay as they are."""
        positive: np.ndarray = region.positive ^ same
        if same.sum() == 1:
            return positive
        side = -1.0 if region.positive[face] else 1.0
        for _ in range(len(positive)):  # those in front decide about the others
            now = self._region(positive).rows[: len(positive)] @ region.rows[face] * side > 0
            if (now == positive)[same].all():
                break
            positive[same] = now[same]
        return positive


def _on_face(region: _Region, face: int) -> np.ndarray:
    """Find the numbers that are 0 wherever the one of a face is."""
    normal = region.rows[face] / np.linalg.norm(region.rows[face])
    rows = region.rows[: len(region.positive)]
    lengths = np.linalg.norm(rows, axis=1)
    rest = np.linalg.norm(rows - np.outer(rows @ normal, normal), axis=1)
    same: np.ndarray = rest <= _ROUNDING * np.maximum(lengths, _ROUNDING * lengths.max())
    return same


def _jumps(step: _Step, after: _Region) -> bool:
    """Whether two pieces differ on the face between them, so that others may lie beyond it too."""
    normal = step.before.rows[step.face] / np.linalg.norm(step.before.rows[step.face])
    change = after.rows - step.before.rows
    rest = change - np.outer(change @ normal, normal)
    return bool(np.abs(rest).max() > _JUMP * max(np.abs(step.before.rows).max(), np.abs(after.rows).max()))


def _key(positive: np.ndarray) -> bytes:
    return np.packbits(positive).tobytes()
