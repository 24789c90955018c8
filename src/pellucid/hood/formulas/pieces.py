"""A network in the pieces in which it is linear: one, or those that its bends cut the inputs into.

Bends are followed through the graph: where a value bends within a cell of inputs, the cell is cut there, and
both parts go on. What is left are cells in which everything is linear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from pellucid.graph import INPUT, Graph, Node, Path
from pellucid.hood.formulas.affine import Affine, Value, followed, known_values
from pellucid.hood.formulas.cells import Cell, Corner, Cut, Edge, Interval, Polygon, Space
from pellucid.transforms import in_double

__all__ = ["MOST", "Piece", "Pieces", "in_pieces"]

MOST: Final = 10_000  # pieces; a network with more of them is not described by a list
_LARGEST: Final = 20_000_000  # numbers of a value, with those of its slopes, that are multiplied out
_ALIKE: Final = 1e-9  # numbers are the same if they differ by less than this part of the largest
_ROUNDING: Final = 1e-14  # a coefficient that is less than this part of the largest is 0

_Waiting: TypeAlias = "tuple[Cell, dict[Node, Value], int]"  # a cell, what is known in it, and the next node


class Piece(NamedTuple):
    """A part of the inputs, and what the network computes there.

    Attributes:
        where: the part: a `Space` for all inputs, an `Interval` of one, a `Polygon` of two.
        coefficients: the number of each input: (outputs, inputs).
        intercepts: what is added: (outputs,).
    """

    where: Cell
    coefficients: np.ndarray
    intercepts: np.ndarray


class Pieces(NamedTuple):
    """What was found.

    Attributes:
        pieces: all of them, or none.
        obstacle: why there are none: a sentence.
    """

    pieces: tuple[Piece, ...]
    obstacle: str = ""


def in_pieces(graph: Graph, entries: Mapping[Path, Any]) -> Pieces:
    """Find the pieces in which a network is linear, in float64.

    Networks of one and of two inputs are taken apart at their bends. Of those with more inputs, only such
    as have no bend are made of one piece.

    Args:
        graph: the prediction, for a batch of one.
        entries: the weights, by their paths.
    Source:
        Montufar, Pascanu, Cho & Bengio 2014 (the pieces of a relu network); Humayun, Balestriero,
        Balakrishnan & Baraniuk 2023 (found by cutting polygons layer by layer).
    """
    graph = in_double(graph)
    (x,) = graph.leaves(INPUT)
    shape = [size for size in x.shape[1:] if isinstance(size, int)]
    count = prod(shape)
    if len(shape) < len(x.shape) - 1 or not count:
        return Pieces((), "It is not known how many inputs it has.")
    largest = max(_size(node) for node in graph.live())
    if largest * (count + 1) > _LARGEST:
        return Pieces((), "It is too large to be multiplied out.")
    whole: Cell = Interval() if count == 1 else Polygon.plane() if count == 2 else Space(count)
    rows = np.concatenate([np.eye(count), np.zeros((1, count))]).reshape(count + 1, 1, *shape)
    wide = {
        path: np.float64(entry) if isinstance(entry, np.ndarray) else entry for path, entry in entries.items()
    }
    with np.errstate(all="ignore"):
        found = _explored(graph, {x: Affine(rows)}, wide, whole)
    if found is None and count > 2:
        return Pieces((), "It is not linear, and has too many inputs to be taken apart into linear pieces.")
    if found is None:
        return Pieces((), "It is not linear, nor made of linear pieces.")
    if len(found) > MOST:
        return Pieces((), f"It is made of more than {MOST:,} linear pieces: too many to list.")
    return Pieces(tuple(_merged([_piece(cell, value, count) for cell, value in found])))


def _size(node: Node) -> int:
    return prod([size for size in node.shape if isinstance(size, int)])


def _explored(
    graph: Graph, given: dict[Node, Value], entries: Mapping[Path, Any], whole: Cell
) -> list[tuple[Cell, Value]] | None:
    """Return the cells and the outputs in them; None if an output is no straight line."""
    known = known_values(graph, entries)
    nodes = [node for node in graph.live() if node not in known and node not in given]
    output = graph.outputs["prediction",]
    waiting: list[_Waiting] = [(whole, known | given, 0)]
    found: list[tuple[Cell, Value]] = []
    while waiting and len(found) + len(waiting) <= MOST:
        cell, values, place = waiting.pop()
        stop = _onward(nodes, place, values, cell)
        halves = cell.cut(stop.cut) if stop is not None and stop.cut is not None else ()
        if stop is None or halves is None:
            return None
        waiting += [(half, dict(values), stop.place) for half in halves]
        if stop.cut is None:
            found.append((cell, values[output]))
    return [*found, *((cell, np.zeros(1)) for cell, _, _ in waiting)]


class _Stop(NamedTuple):
    """Where the way through the graph has ended: at a bend, or behind the last node."""

    place: int
    cut: Cut | None


def _onward(nodes: Sequence[Node], place: int, values: dict[Node, Value], cell: Cell) -> _Stop | None:
    """Follow the values from one node to the next; None where one is no straight line."""
    for number in range(place, len(nodes)):
        node = nodes[number]
        outcome = followed(node, [values[operand] for operand in node.inputs], cell)
        if outcome is None:
            return None
        if isinstance(outcome, Cut):
            return _Stop(number, outcome)
        values[node] = outcome
    return _Stop(len(nodes), None)


def _piece(cell: Cell, value: Value, count: int) -> Piece:
    if isinstance(value, Affine):
        rows = value.rows.reshape(count + 1, -1)
    else:
        rows = np.zeros((count + 1, np.size(value)))
        rows[-1] = np.ravel(value)
    slopes = rows[:-1].T
    largest = np.abs(slopes).max(axis=1, keepdims=True, initial=0)
    return Piece(cell, np.where(np.abs(slopes) > _ROUNDING * largest, slopes, 0.0), rows[-1])


# ------------------------------------------------------------ neighbours with the same rule
def _merged(pieces: list[Piece]) -> list[Piece]:
    """Put neighbours together in which the same is computed; intervals from left to right."""
    if isinstance(pieces[0].where, Interval):
        return _merged_intervals(pieces)
    if isinstance(pieces[0].where, Polygon):
        return _merged_polygons(pieces)
    return pieces


def _alike(one: Piece, other: Piece) -> bool:
    pairs = ((one.coefficients, other.coefficients), (one.intercepts, other.intercepts))
    return all(
        np.abs(a - b).max() <= _ALIKE * max(np.abs(a).max(), np.abs(b).max(), 1e-300) for a, b in pairs
    )


def _merged_intervals(pieces: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.where.low):  # type: ignore[attr-defined]
        last = merged[-1] if merged else None
        if last is not None and _alike(last, piece):
            a, b = last.where, piece.where
            if isinstance(a, Interval) and isinstance(b, Interval):
                merged[-1] = last._replace(where=Interval(a.low, b.high, a.has_low, b.has_high))
        else:
            merged.append(piece)
    return merged


def _merged_polygons(pieces: list[Piece]) -> list[Piece]:
    """Put together two polygons with a whole side in common, if they are convex together, until none are."""
    kept: dict[int, Piece] = dict(enumerate(pieces))
    sides: dict[tuple[Any, ...], list[int]] = {}
    for number, piece in kept.items():
        for side in _sides(piece.where):
            sides.setdefault(side, []).append(number)
    waiting = [side for side, numbers in sides.items() if len(numbers) == 2]
    while waiting:
        numbers = tuple(sides.get(waiting.pop(), ()))
        if len(numbers) != 2 or not _alike(*(kept[number] for number in numbers)):
            continue
        one, other = numbers
        together = _united(kept[one].where, kept[other].where)
        if together is None:
            continue
        for number in numbers:
            for side in _sides(kept.pop(number).where):
                sides[side].remove(number)
        kept[one] = pieces[one]._replace(where=together)
        for side in _sides(together):
            sides.setdefault(side, []).append(one)
            waiting.append(side)
    return list(kept.values())


def _rounded(corner: Corner) -> tuple[str, ...]:
    return tuple([f"{number + 0.0:.8g}" for part in corner for number in part])


def _sides(where: Cell) -> list[tuple[Any, ...]]:
    """Return the sides of a polygon, such that those of neighbours are equal."""
    if not isinstance(where, Polygon):
        return []
    corners = [_rounded(corner) for corner in where.corners]
    return [
        tuple(sorted((here, there))) for here, there in zip(corners, corners[1:] + corners[:1], strict=True)
    ]


def _united(one: Cell, other: Cell) -> Polygon | None:
    """Return two polygons with one side in common as one, or None if that is not convex."""
    if not isinstance(one, Polygon) or not isinstance(other, Polygon):
        return None
    shared = [side for side in _sides(one) if side in _sides(other)]
    if len(shared) != 1:
        return None
    corners, edges = [], []
    for polygon in (one, other):
        start = (_sides(polygon).index(shared[0]) + 1) % len(polygon.edges)
        turned = polygon.corners[start:] + polygon.corners[:start]
        corners += turned[:-1]
        edges += [*polygon.edges[start:], *polygon.edges[:start]][:-1]
    return _convex(Polygon(corners, edges), len(one.edges) - 1)


def _convex(union: Polygon, second: int) -> Polygon | None:
    """Take out the corners where the parts met if the sides go straight on; None where they bend in."""
    corners, edges = union.corners, list(union.edges)
    for place in (second, 0):
        before, following = edges[place - 1], corners[(place + 1) % len(corners)]
        side = _side(before, following)
        if side < 0:
            return None
        if side == 0:
            del corners[place], edges[place]
            edges[place - 1] = before
    return Polygon(corners, edges)


def _side(edge: Edge, corner: Corner) -> int:
    """Return 1 for a corner inside of an edge, 0 on its line, -1 outside."""
    a, b, near, far = edge.line
    for (x, y), constant in ((corner[1], far), (corner[0], near)):
        value, size = a * x + b * y + constant, abs(a * x) + abs(b * y) + abs(constant)
        if abs(value) > _ALIKE * size:
            return 1 if value > 0 else -1
    return 0
