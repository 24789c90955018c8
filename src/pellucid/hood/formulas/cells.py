"""Convex parts of the space of inputs, and how a straight line cuts them in two.

Without bounds nothing has to be said about how large inputs are: a corner may lie infinitely far away. It is
kept as p + w d, with a w that is larger than every number; so is the constant of the lines that such corners
lie on, and all arithmetic stays exact in w.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Cell", "Corner", "Cut", "Edge", "Interval", "Polygon", "Space"]

_ROUNDING = 1e-11  # a value is 0 if it is less than this part of what it was added up from


class Cut(NamedTuple):
    """A straight line across a cell.

    Attributes:
        row: the slopes and, last, the constant of the sum that is 0 on the line.
        zero: the side that the line itself belongs to: 1 where the sum is above 0, -1 below, 0 either.
    """

    row: np.ndarray
    zero: int


class Cell:
    """A convex part of the space of inputs; each kind knows its corners.

    Attributes:
        near: what is finite of each corner: (corners, inputs).
        far: what is infinitely large of it.
    """

    __slots__ = ("_has_far", "far", "near")

    def __init__(self, near: ArrayLike, far: ArrayLike) -> None:
        self.near = np.array(near, np.float64)
        self.far = np.array(far, np.float64)
        self._has_far = bool(self.far.any())

    def cut(self, cut: Cut) -> tuple[Cell, Cell] | None:
        """Return the parts below and above 0; None for a cell that is not cut."""
        raise NotImplementedError(f"{type(self).__name__} needs cut")

    @property
    def extent(self) -> float:
        """How long or how large it is; inf if it has no end."""
        return np.inf

    def signs(self, rows: np.ndarray) -> np.ndarray:
        """Return the signs of sums at all corners.

        Args:
            rows: (inputs + 1, ...): the slopes of each sum and, last, its constant.
        Returns:
            -1, 0 and 1: (corners, ...).
        """
        flat = rows.reshape(len(rows), -1)
        sizes = np.abs(flat)
        near = self.near @ flat[:-1] + flat[-1]
        rounding = (np.abs(self.near) @ sizes[:-1] + sizes[-1]) * _ROUNDING
        signs = np.where(np.abs(near) > rounding, np.sign(near), 0)
        if self._has_far:
            far = self.far @ flat[:-1]
            rounding = np.abs(self.far).sum(axis=1, keepdims=True) * (sizes[:-1].max(axis=0) * _ROUNDING)
            signs = np.where(np.abs(far) > rounding, np.sign(far), signs)
        return signs.astype(int).reshape(-1, *rows.shape[1:])


@final
class Space(Cell):
    """All inputs, of any number. It is not cut: what is linear at all is so everywhere."""

    __slots__ = ()

    def __init__(self, inputs: int) -> None:
        ends = np.concatenate([np.eye(inputs), -np.eye(inputs)])
        super().__init__(np.zeros_like(ends), ends)

    def cut(self, cut: Cut) -> None:
        return None


@final
class Interval(Cell):
    """A part of the line of one input.

    Attributes:
        low: where it begins, -inf for nowhere.
        high: where it ends.
        has_low: whether its beginning is a part of it.
        has_high: whether its end is.
    """

    __slots__ = ("has_high", "has_low", "high", "low")

    def __init__(
        self, low: float = -np.inf, high: float = np.inf, has_low: bool = False, has_high: bool = False
    ) -> None:
        ends = (low, high)
        super().__init__(
            [[end if np.isfinite(end) else 0.0] for end in ends],
            [[0.0 if np.isfinite(end) else np.sign(end)] for end in ends],
        )
        self.low, self.high = ends
        self.has_low, self.has_high = has_low, has_high

    @property
    def extent(self) -> float:
        return self.high - self.low

    def cut(self, cut: Cut) -> tuple[Cell, Cell]:
        slope, constant = cut.row.tolist()
        at = -constant / slope
        left_has = cut.zero * slope < 0
        left = Interval(self.low, at, self.has_low, left_has)
        right = Interval(at, self.high, not left_has, self.has_high)
        return (left, right) if slope > 0 else (right, left)


class Edge(NamedTuple):
    """A side of a polygon: on it a x + b y + c + w e is 0, and inside the sum is above 0.

    Attributes:
        line: a, b, c and e; e is 0 unless the edge is infinitely far away.
        belongs: whether the edge is a part of the polygon.
    """

    line: tuple[float, float, float, float]
    belongs: bool


Corner: TypeAlias = "tuple[tuple[float, float], tuple[float, float]]"
"""A corner of a polygon: what is finite of it, and what is infinitely large."""


@final
class Polygon(Cell):
    """A part of the plane of two inputs.

    Attributes:
        edges: its sides; the edge with number i leads from corner i to the next one, counter-clockwise.
    """

    __slots__ = ("edges",)

    def __init__(self, corners: Sequence[Corner], edges: Sequence[Edge]) -> None:
        super().__init__([near for near, _ in corners], [far for _, far in corners])
        self.edges = tuple(edges)

    @classmethod
    def plane(cls) -> Polygon:
        """Return the whole plane: a square with the side 2 w."""
        corners = [((0.0, 0.0), far) for far in ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))]
        lines = [(0.0, 1.0, 0.0, 1.0), (-1.0, 0.0, 0.0, 1.0), (0.0, -1.0, 0.0, 1.0), (1.0, 0.0, 0.0, 1.0)]
        return cls(corners, [Edge(line, True) for line in lines])

    @property
    def corners(self) -> list[Corner]:
        """The corners: what is finite and what is infinitely large of each."""
        return [
            ((a, b), (c, d)) for (a, b), (c, d) in zip(self.near.tolist(), self.far.tolist(), strict=True)
        ]

    @property
    def extent(self) -> float:
        if self.far.any():
            return np.inf
        x, y = self.near.T
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)

    def cut(self, cut: Cut) -> tuple[Cell, Cell]:
        signs = self.signs(cut.row)
        return self._side(-cut.row, -signs, cut.zero < 0), self._side(cut.row, signs, cut.zero >= 0)

    def _side(self, row: np.ndarray, signs: np.ndarray, belongs: bool) -> Polygon:
        """Return the part in which the sum is above 0."""
        a, b, c = (row / np.abs(row[:2]).max()).tolist()
        new = Edge((a, b, c, 0.0), belongs)
        corners, edges, count = self.corners, [], len(self.edges)
        kept: list[Corner] = []
        for place, edge in enumerate(self.edges):
            here, there = signs[place], signs[(place + 1) % count]
            if here >= 0:
                kept.append(corners[place])
                edges.append(new if here == 0 and there < 0 else edge)
            if here > 0 > there:
                kept.append(_meeting(edge.line, new.line))
                edges.append(new)
            elif here < 0 < there:
                kept.append(_meeting(edge.line, new.line))
                edges.append(edge)
        return Polygon(kept, edges)


def _meeting(one: tuple[float, ...], other: tuple[float, ...]) -> Corner:
    """Return the point where two lines cross."""
    a, b, c, e = one
    p, q, r, s = other
    determinant = a * q - b * p
    return (
        ((b * r - c * q) / determinant, (c * p - a * r) / determinant),
        ((b * s - e * q) / determinant, (e * p - a * s) / determinant),
    )
