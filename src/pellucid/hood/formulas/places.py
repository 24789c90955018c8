"""Where a piece lies, in words: an interval, or the sides of a polygon."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from pellucid.hood.formulas.cells import Cell, Edge, Interval, Polygon
from pellucid.hood.formulas.labels import latex_name, latex_number, text_name
from pellucid.hood.formulas.rule import Rule
from pellucid.hood.formulas.sizes import Sizes
from pellucid.hood.numbers import number_text

__all__ = ["place_latex", "place_text"]

_SHARE = 1e-4  # of the largest input, by which a printed boundary may be off


class _Signs(NamedTuple):
    """How comparisons are written."""

    name: Callable[[str], str]
    number: Callable[[float, int, float], str]
    sum: Callable[[Rule], str]
    signs: dict[str, str]
    joint: str
    everywhere: str


_TEXT = _Signs(
    text_name,
    number_text,
    lambda rule: rule.sum,
    {sign: sign for sign in ("<", "<=", ">", ">=")},
    " and ",
    "all inputs",
)
_LATEX = _Signs(
    latex_name,
    latex_number,
    lambda rule: rule.latex.partition(" = ")[2],
    {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge"},
    r" \text{ and } ",
    r"\text{all inputs}",
)


def place_text(where: Cell, inputs: Sequence[str], sizes: Sizes | None) -> str:
    """Say where a cell lies: "2 <= x < 3", "x1 > 0 and x2 <= 0.5 * x1 + 1"."""
    return _place(where, inputs, sizes, _TEXT)


def place_latex(where: Cell, inputs: Sequence[str], sizes: Sizes | None) -> str:
    """Say it in LaTeX."""
    return _place(where, inputs, sizes, _LATEX)


def _place(where: Cell, inputs: Sequence[str], sizes: Sizes | None, signs: _Signs) -> str:
    tolerance = math.inf if sizes is None else _SHARE * float(sizes.largest.max())
    if isinstance(where, Interval):
        return _interval(where, signs.name(inputs[0]), tolerance, signs)
    if isinstance(where, Polygon):
        sides = [_side(edge, inputs, sizes, signs) for edge in where.edges if not edge.line[3]]
        return signs.joint.join(sides) or signs.everywhere
    return signs.everywhere


def _interval(where: Interval, name: str, tolerance: float, signs: _Signs) -> str:
    low, high = (signs.number(end, 4, tolerance) for end in (where.low, where.high))
    below, above = (signs.signs["<=" if has else "<"] for has in (where.has_low, where.has_high))
    if where.low == -np.inf:
        return signs.everywhere if where.high == np.inf else f"{name} {above} {high}"
    if where.high == np.inf:
        return f"{name} {signs.signs['>=' if where.has_low else '>']} {low}"
    return f"{low} {below} {name} {above} {high}"


def _side(edge: Edge, inputs: Sequence[str], sizes: Sizes | None, signs: _Signs) -> str:
    """Write a x + b y + c > 0 solved for the input with the larger number."""
    a, b, c, _ = edge.line
    left = int(abs(b) >= abs(a))
    own, other = (a, b)[left], (a, b)[1 - left]
    sign = signs.signs[(">" if own > 0 else "<") + "=" * edge.belongs]
    tolerances = None
    if sizes is not None:
        share = _SHARE * sizes.largest[left]
        tolerances = [share / (sizes.largest[1 - left] or 1), share]
    bound = Rule("", [inputs[1 - left]], [-other / own], -c / own, tolerances)
    return f"{signs.name(inputs[left])} {sign} {signs.sum(bound)}"
