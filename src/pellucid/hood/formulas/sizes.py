"""How large inputs and answers usually are, where a network says so: then it is known which digits matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.graph import INPUT, Graph, Node, Path
from pellucid.hood.formulas.affine import known_values
from pellucid.hood.formulas.cells import Interval, Polygon
from pellucid.hood.formulas.pieces import Piece

__all__ = ["Sizes", "sizes_in_graph", "sizes_of_pieces"]

_NOTICEABLE: Final = 1e-3  # the digits left out change the answer by less than this part of its deviation
_NEGLIGIBLE: Final = 1e-6  # a term that changes it by less than this part is left out


class Sizes(NamedTuple):
    """How large numbers are.

    Attributes:
        largest: of each input, what it hardly exceeds.
        deviation: of each input, by how much it varies.
        spread: by how much each answer varies.
    """

    largest: np.ndarray
    deviation: np.ndarray
    spread: np.ndarray

    def tolerances(self, output: int) -> list[float]:
        """Return how far the coefficients and the intercept of an answer may be off in print."""
        noticeable = _NOTICEABLE * self.spread[output]
        with np.errstate(divide="ignore"):
            return [*(noticeable / self.largest).tolist(), float(noticeable)]

    def without_rounding(self, piece: Piece) -> Piece:
        """Set to 0 what changes the answers by nothing."""
        negligible = _NEGLIGIBLE * self.spread
        small = np.abs(piece.coefficients) * self.deviation < negligible[:, None]
        return piece._replace(
            coefficients=np.where(small, 0.0, piece.coefficients),
            intercepts=np.where(np.abs(piece.intercepts) < negligible, 0.0, piece.intercepts),
        )


def sizes_in_graph(graph: Graph, entries: Mapping[Path, Any], inputs: int, outputs: int) -> Sizes | None:
    """Read the sizes off a network from (x - mean) / deviation to mean + deviation z."""
    (x,) = graph.leaves(INPUT)
    live = graph.live()
    shifted = _readers(x, live)
    scaled = _readers(shifted[0], live) if shifted else []
    if [node.op.name for node in (*shifted, *scaled)] != ["subtract", "divide"]:
        return None
    restored = graph.outputs["prediction",]
    known = known_values(graph, entries)
    back = [
        factor
        for term in restored.inputs
        for factor in term.inputs
        if restored.op.name == "add" and term.op.name == "multiply" and factor in known
    ]
    if not back or shifted[0].inputs[1] not in known or scaled[0].inputs[1] not in known:
        return None
    mean, deviation = (
        np.broadcast_to(known[node.inputs[1]], (1, *x.shape[1:])).reshape(inputs)  # type: ignore[arg-type]
        for node in (shifted[0], scaled[0])
    )
    spread = np.broadcast_to(known[back[0]], (1, *restored.shape[1:])).reshape(outputs)  # type: ignore[arg-type]
    return Sizes(np.abs(mean) + 2 * deviation, deviation, np.abs(spread))


def sizes_of_pieces(pieces: tuple[Piece, ...]) -> Sizes | None:
    """Take the sizes from where the pieces meet."""
    near = np.concatenate([_corners(piece) for piece in pieces])
    if not len(near):
        return None
    values = np.concatenate([_corners(piece) @ piece.coefficients.T + piece.intercepts for piece in pieces])
    largest = np.abs(near).max(axis=0)
    largest = np.where(largest > 0, largest, largest.max() or 1.0)
    slopes = np.max([np.abs(piece.coefficients) * largest for piece in pieces], axis=(0, 2))
    spread = np.maximum(np.ptp(values, axis=0), slopes)
    return Sizes(largest, largest, spread)


def _corners(piece: Piece) -> np.ndarray:
    """Return the corners that are not infinitely far away."""
    where = piece.where
    if not isinstance(where, Interval | Polygon):
        return np.empty((0, where.near.shape[1]))
    return where.near[~where.far.any(axis=1)]


def _readers(node: Node, others: list[Node]) -> list[Node]:
    return [other for other in others if any(part is node for part in other.inputs)]
