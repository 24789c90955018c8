"""Values that are straight lines in the inputs, carried through a graph one operation at a time.

Where an operation has a bend - a maximum, a comparison - the cell of inputs that is looked at decides on
which side of it the values are. If it reaches across, the operation says where it has to be cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias, final

import numpy as np

from pellucid.engines.numpy.expressions import formula_text
from pellucid.graph import CONSTANT, INPUT, SIZE, STATE, Graph, Node, Path
from pellucid.hood.formulas.cells import Cell, Cut
from pellucid.ops import Primitive, formulas_windows

__all__ = ["REARRANGING", "Affine", "Value", "computed", "followed", "known_values"]

_LETTERS = ("x", "y", "z")


@final
class Affine:
    """An array of sums: each input times a number, and one number more.

    Attributes:
        rows: (inputs + 1, *shape): the number of each input, and last what is added.
    """

    __slots__ = ("rows",)

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows


Value: TypeAlias = "np.ndarray | Affine"  # numbers that do not depend on the inputs, or sums
_Outcome: TypeAlias = "Value | Cut | None"
_Rule: TypeAlias = "Callable[..., _Outcome]"


def computed(node: Node, operands: Sequence[Any]) -> Any:
    """Work out one operation by the formula of its primitive, for one example."""
    names: dict[str, Any] = {"np": np, "math": math, "n": 1}
    if isinstance(node.op, Primitive):
        names |= {helper.__name__: helper for helper in node.op.helpers}
    names |= {name: value for name, value in node.attributes if isinstance(value, int | float | str)}
    names |= dict(zip(_LETTERS if len(operands) <= 3 else (), operands, strict=False))
    names |= {f"x{place}": operand for place, operand in enumerate(operands)}
    return eval(formula_text(node), names)  # noqa: S307 - a formula of ours, on arrays


def known_values(graph: Graph, entries: Mapping[Path, Any]) -> dict[Node, Any]:
    """Return all values of a graph that do not depend on its inputs, for one example."""
    known: dict[Node, Any] = {}
    for node in graph.live():
        if node.op is CONSTANT:
            known[node] = node["value"]
        elif node.op is SIZE:
            known[node] = 1
        elif node.op is STATE:
            known[node] = entries[node["path"]]
        elif node.op is not INPUT and all(operand in known for operand in node.inputs):
            known[node] = computed(node, [known[operand] for operand in node.inputs])
    return known


def followed(node: Node, operands: Sequence[Value], cell: Cell) -> _Outcome:
    """Carry values through one operation.

    Returns:
        The result; a cut, if the cell reaches across a bend; None, if the result is no straight line.
    """
    if not any(isinstance(operand, Affine) for operand in operands):
        value: np.ndarray = computed(node, operands)
        return value
    rule = _RULES.get(node.op.name)
    outcome = None if rule is None else rule(node, cell, *operands)
    if isinstance(outcome, Affine) and not outcome.rows[:-1].any():
        constant: np.ndarray = outcome.rows[-1]
        return constant
    return outcome


# ------------------------------------------------------------ rows
def _rows(value: Value, like: Value, rank: int) -> np.ndarray:
    """Return the rows of a value, with axes of size 1 in front of others that the result has."""
    if isinstance(value, Affine):
        rows = value.rows
    elif isinstance(like, Affine):
        rows = np.zeros((len(like.rows), *np.shape(value)), np.result_type(value, np.float64))
        rows[-1] = value
    else:
        raise TypeError("one of two values has rows")
    return rows.reshape(len(rows), *[1] * (rank + 1 - rows.ndim), *rows.shape[1:])


def _pair(node: Node, x: Value, y: Value) -> tuple[np.ndarray, np.ndarray]:
    rank = max(len(operand.shape) for operand in node.inputs)
    return _rows(x, y, rank), _rows(y, x, rank)


# ------------------------------------------------------------ what is linear
def _added(node: Node, cell: Cell, x: Value, y: Value) -> Affine:
    one, other = _pair(node, x, y)
    return Affine(one + other)


def _subtracted(node: Node, cell: Cell, x: Value, y: Value) -> Affine:
    one, other = _pair(node, x, y)
    return Affine(one - other)


def _multiplied(node: Node, cell: Cell, x: Value, y: Value) -> Affine | None:
    if isinstance(x, Affine) and isinstance(y, Affine):
        return None
    one, other = _pair(node, x, y)
    return Affine(one[-1:] * other) if isinstance(y, Affine) else Affine(one * other[-1:])


def _divided(node: Node, cell: Cell, x: Value, y: Value) -> Affine | None:
    if isinstance(y, Affine):
        return None
    one, other = _pair(node, x, y)
    return Affine(one / other[-1:])


def _product(node: Node, cell: Cell, x: Value, y: Value) -> Affine | None:
    if isinstance(x, Affine) and isinstance(y, Affine):
        return None
    one, other = _pair(node, x, y)
    return Affine(one[-1:] @ other) if isinstance(y, Affine) else Affine(one @ other[-1:])


def _row_by_row(node: Node, cell: Cell, x: Value, *others: Value) -> Affine | None:
    """Do to each row what is done to the array."""
    if not isinstance(x, Affine) or any(isinstance(other, Affine) for other in others):
        return None
    if not node.dtype.startswith(("float", "number")):
        return None
    return Affine(np.stack([computed(node, [row, *others]) for row in x.rows]))


def _window_by_window(node: Node, cell: Cell, x: Value, *others: Value) -> Affine | None:
    """Take the rows for examples: these operations do the same to each."""
    if not isinstance(x, Affine) or any(isinstance(other, Affine) for other in others):
        return None
    return Affine(computed(node, [x.rows[:, 0], *others])[:, None])


def _joined(node: Node, cell: Cell, *parts: Value) -> Affine:
    like = next(part for part in parts if isinstance(part, Affine))
    rows = [_rows(part, like, len(node.shape)) for part in parts]
    return Affine(np.concatenate(rows, axis=node["axis"] + 1))


# ------------------------------------------------------------ what has bends
def _sides(cell: Cell, rows: np.ndarray, zero: int = 0) -> np.ndarray | Cut:
    """Return for each sum whether it is above 0 (1), below (-1), or 0 everywhere in the cell; or a cut."""
    signs = cell.signs(rows)
    above: np.ndarray = signs.max(axis=0) > 0
    below: np.ndarray = signs.min(axis=0) < 0
    across = np.argwhere(above & below)
    if len(across):
        return Cut(rows[(slice(None), *across[0])], zero)
    sides: np.ndarray = above.astype(int) - below
    return sides


def _larger(cell: Cell, one: np.ndarray, other: np.ndarray) -> np.ndarray | Cut:
    sides = _sides(cell, one - other)
    return sides if isinstance(sides, Cut) else np.where(sides >= 0, one, other)


def _affine(rows: np.ndarray | Cut) -> Affine | Cut:
    return rows if isinstance(rows, Cut) else Affine(rows)


def _maximum(node: Node, cell: Cell, x: Value, y: Value) -> _Outcome:
    return _affine(_larger(cell, *_pair(node, x, y)))


def _minimum(node: Node, cell: Cell, x: Value, y: Value) -> _Outcome:
    one, other = _pair(node, x, y)
    smaller = _larger(cell, -one, -other)
    return smaller if isinstance(smaller, Cut) else Affine(-smaller)


def _clipped(node: Node, cell: Cell, x: Value) -> _Outcome:
    rank = len(node.shape)
    above = _larger(cell, _rows(x, x, rank), _rows(np.asarray(node["low"]), x, rank))
    if isinstance(above, Cut):
        return above
    smaller = _larger(cell, -above, -_rows(np.asarray(node["high"]), x, rank))
    return smaller if isinstance(smaller, Cut) else Affine(-smaller)


def _size(node: Node, cell: Cell, x: Value) -> _Outcome:
    rows = _rows(x, x, len(node.shape))
    return _affine(_larger(cell, rows, -rows))


def _largest(cell: Cell, candidates: np.ndarray) -> _Outcome:
    """Return the largest along the last axis."""
    best: np.ndarray | Cut = candidates[..., 0]
    for place in range(1, candidates.shape[-1]):
        if isinstance(best, Cut):
            break
        best = _larger(cell, best, candidates[..., place])
    return _affine(best)


def _reduced_to_largest(node: Node, cell: Cell, x: Value) -> _Outcome:
    rows, axes = _rows(x, x, len(node.inputs[0].shape)), [axis + 1 for axis in node["axes"]]
    last = np.moveaxis(rows, axes, range(-len(axes), 0))
    return _largest(cell, last.reshape(*last.shape[: last.ndim - len(axes)], -1))


def _pooled(node: Node, cell: Cell, x: Value) -> _Outcome:
    """Return the largest under each window; padding, number -1, gives way to what is under it as well."""
    rows, window = _rows(x, x, len(node.shape)), node["window"]
    numbers = np.arange(rows[0].size).reshape(rows.shape[1:])
    around = formulas_windows.pad_around(numbers, node["padding"], -1)  # type: ignore[no-untyped-call]
    under = formulas_windows.windows(around, window, node["strides"])  # type: ignore[no-untyped-call]
    places = np.moveaxis(under, -1, len(window) + 1).reshape(*_places(under, len(window)), -1)
    places = np.where(places < 0, places.max(axis=-1, keepdims=True), places)
    return _largest(cell, rows.reshape(len(rows), -1)[:, places])


def _places(under: np.ndarray, axes: int) -> tuple[int, ...]:
    return (*under.shape[: axes + 1], under.shape[-1])


def _compared(node: Node, cell: Cell, x: Value, y: Value, zero: int) -> _Outcome:
    one, other = _pair(node, x, y)
    sides = _sides(cell, one - other, zero)
    return sides if isinstance(sides, Cut) else sides + (zero > 0) > 0


def _chosen(node: Node, cell: Cell, condition: Value, x: Value, y: Value) -> _Outcome:
    if isinstance(condition, Affine):
        return None
    rank = len(node.shape)
    return Affine(np.where(condition, _rows(x, y, rank), _rows(y, x, rank)))


REARRANGING = (
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "reshape",
    "reverse",
    "slice_axis",
    "transpose",
)
"""Operations whose results are numbers of their operands, in other places."""

_RULES: dict[str, _Rule] = {
    "absolute": _size,
    "add": _added,
    "average_pool": _window_by_window,
    "clip": _clipped,
    "concatenate": _joined,
    "convolution": _window_by_window,
    "divide": _divided,
    "greater": partial(_compared, zero=-1),
    "greater_equal": partial(_compared, zero=1),
    "matmul": _product,
    "max_pool": _pooled,
    "maximum": _maximum,
    "minimum": _minimum,
    "multiply": _multiplied,
    "reduce_max": _reduced_to_largest,
    "select": _chosen,
    "subtract": _subtracted,
    **dict.fromkeys(
        [
            *(name for name in REARRANGING if name != "concatenate"),
            "average_pool_gradient",
            "cast",
            "gather",
            "negative",
            "pad",
            "pick",
            "reduce_mean",
            "reduce_sum",
            "slice_gradient",
            "stop_gradient",
        ],
        _row_by_row,
    ),
}
