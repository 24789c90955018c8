"""What to do about an operation that broke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from pellucid.graph import Leaf, Node
from pellucid.hood.autopsy.search import Breach
from pellucid.hood.numbers import number_text

__all__ = ["remedy_for"]

_HUGE: Final = 1e6  # an input beyond this is no scaled number

_LOGARITHM = (
    "The logarithm of 0 is -inf, that of a negative number is no number: keep what is inside above 0, "
    "log(maximum(x, 1e-7)), or take a loss that works with logits."
)
_ROOT = "A negative number has no root: sqrt(maximum(x, 0) + 1e-7)."
_SLOPE_OF_ROOT = (
    "The slope of a root at 0 is infinite, though its value is not: sqrt(x + 1e-7) has a slope everywhere."
)
_DIVISION = "Something is divided by 0: add a small number below the line, x / (y + 1e-7)."
_POWER_OF_ZERO = "0 to a negative power is infinite: add a small number to what is raised, (x + 1e-7) ** y."
_POWER_OF_NEGATIVE = (
    "A negative number has no power with a broken exponent: raise maximum(x, 0) or absolute(x) + 1e-7."
)
_EXPONENTIAL = (
    "exp(x) is infinite for x above {limit} in {dtype}: take the largest x away first, as softmax does, "
    "or keep x within bounds."
)
_BEFORE = "It was so before the step began: give the weights numbers again, with set_weights or a new model."
_RATE = (
    "The numbers grew until {dtype} could not hold them, as they do when the steps are too long: take a "
    "smaller learning rate than {rate}, or clipnorm=1.0 in the optimizer, and scale inputs and answers to "
    "about 1."
)
_DATA = "x holds {largest} in these rows: look at that number, or scale the inputs to about 1."
_LIMITS = {"float32": "88.7", "float64": "709.7"}


def remedy_for(breach: Breach, given: Mapping[str, np.ndarray], places: np.ndarray, rate: float) -> str:
    """Return a plain hint.

    Args:
        breach: what broke.
        given: the batch, by the names of the graph's inputs.
        places: the rows of it that are to blame.
        rate: the learning rate.
    """
    node = breach.node
    if isinstance(node.op, Leaf):
        return _BEFORE
    special = _special(node, breach)
    if special:
        return special
    x = next(iter(given.values()))
    largest = float(np.max(np.abs(x[places if len(places) else slice(None)]), initial=0.0))
    if largest > _HUGE:
        return _DATA.format(largest=number_text(largest))
    return _RATE.format(rate=number_text(rate), dtype=node.dtype)


def _special(node: Node, breach: Breach) -> str:
    """Return what to do about operations that are not defined everywhere; "" if it was not that."""
    broken = ~np.isfinite(breach.result)
    name = node.op.name
    if name in ("exp", "expm1"):
        return _EXPONENTIAL.format(limit=_LIMITS.get(node.dtype, "709.7"), dtype=node.dtype)
    if name not in ("log", "sqrt", "divide", "power"):
        return ""
    first, *rest = [np.broadcast_to(x, broken.shape)[broken] for x in breach.operands]
    if name == "log":
        return _LOGARITHM
    if name == "sqrt":
        return _ROOT
    (second,) = rest
    if name == "divide" and (second == 0).any():
        return _SLOPE_OF_ROOT if _is_root(node.inputs[1]) else _DIVISION
    if name == "power" and ((first == 0) & (second < 0)).any():
        return _POWER_OF_ZERO
    if name == "power" and ((first < 0) & (second % 1 != 0)).any():
        return _POWER_OF_NEGATIVE
    return ""


def _is_root(node: Node) -> bool:
    return any(part.op.name == "sqrt" for part in (node, *node.inputs))
