"""The smallest change, step by step from several starts: for networks of any kind, without a proof.

Each step takes the network to be linear where it is and finds the smallest change for that.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pellucid.hood.explanations.goal import Margins
from pellucid.hood.explanations.nearest import nearest
from pellucid.hood.explanations.problem import Problem
from pellucid.ops.formulas import random_uniform

__all__ = ["descend"]

_STEPS: Final = 60
_DIRECTIONS: Final = 64  # in which a place to start from is looked for
_STARTS: Final = 5
_ALTERNATIVES: Final = 10  # classes that are tried
_HALVINGS: Final = 60
_SHARES: Final = 0.5 ** np.arange(12)  # of a step, until one makes things better
_STREAM: Final = "directions"  # of random numbers


def descend(problem: Problem, alternatives: list[Margins]) -> np.ndarray | None:
    """Find a small change that reaches one of the alternatives.

    Returns:
        u, or None if none was found.
    Source:
        Zhang & Der Kiureghian 1995, who walk to the nearest point of a surface in this way; Moosavi-Dezfooli,
        Fawzi & Frossard 2016, who do so for classes.
    """
    found = []
    for margins in _most_likely(problem, alternatives):
        for start in _starts(problem, margins):
            u = _walk(problem, margins, start)
            back = None if u is None else _back(problem, margins, u)
            found += [] if back is None else [back]
    return min(found, key=lambda u: float(u @ u), default=None)


def _most_likely(problem: Problem, alternatives: list[Margins]) -> list[Margins]:
    """Return those that would be nearest if the network were linear."""
    start = np.clip(np.zeros((1, len(problem.low))), problem.low, problem.high)

    def distance(margins: Margins) -> float:
        missing = np.maximum(-problem.margins(start, margins)[0], 0)
        steep = np.linalg.norm(problem.slopes(start[0], margins), axis=1)
        return float((missing / np.maximum(steep, 1e-300)).max())

    if len(alternatives) <= _ALTERNATIVES:
        return alternatives
    return sorted(alternatives, key=distance)[:_ALTERNATIVES]


def _starts(problem: Problem, margins: Margins) -> list[np.ndarray]:
    """Return the example itself, and the nearest places in random directions where the goal is reached."""
    low, high = problem.low, problem.high
    random: Any = random_uniform  # it has no type hints
    directions = random((_DIRECTIONS, len(low)), 0, _STREAM).astype(np.float64) * 2 - 1
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    starts = [np.clip(0.0, low, high)]
    reached: list[np.ndarray] = []
    for radius in 2.0 ** np.arange(-4, 11):
        u = np.clip(radius * directions, low, high)
        inside = (problem.margins(u, margins) >= 0).all(axis=1)
        reached += list(u[inside])
        directions = directions[~inside]
        if len(reached) >= _STARTS or not len(directions):
            break
    return starts + reached[:_STARTS]


def _walk(problem: Problem, margins: Margins, u: np.ndarray) -> np.ndarray | None:
    """Go to where no step makes the change smaller, or the goal nearer."""
    low, high = problem.low, problem.high
    now = problem.margins(u[None], margins)[0]
    weight = 0.0  # how much it counts to miss the goal, beside the length
    for _ in range(_STEPS):
        slopes = problem.slopes(u, margins)
        if not (np.isfinite(slopes).all() and np.isfinite(now).all()):
            return None
        aim = nearest(slopes, slopes @ u - now, low, high)
        if aim is None:
            return u
        steep = np.linalg.norm(slopes, axis=1).min()
        weight = max(weight, 2 * float(np.linalg.norm(aim)) / max(float(steep), 1e-12))
        trials = u + _SHARES[:, None] * (aim - u)
        values = problem.margins(trials, margins)
        merits = (trials**2).sum(axis=1) / 2 + weight * np.maximum(-values, 0).sum(axis=1)
        before = float(u @ u) / 2 + weight * float(np.maximum(-now, 0).sum())
        better = np.flatnonzero(merits < before)
        if not len(better):
            return u
        step = float(np.linalg.norm(trials[better[0]] - u))
        u, now = trials[better[0]], values[better[0]]
        if step <= 1e-12 * (1 + float(np.linalg.norm(u))):
            return u
    return u


def _back(problem: Problem, margins: Margins, u: np.ndarray) -> np.ndarray | None:
    """Go back towards the example as long as the goal is reached; first a little further if it is not yet."""
    shares = np.concatenate([[1.0], 1 + 10.0 ** np.arange(-9.0, 0)])
    ahead = np.clip(shares[:, None] * u, problem.low, problem.high)
    reached = np.flatnonzero((problem.margins(ahead, margins) >= 0).all(axis=1))
    if not len(reached):
        return None
    u = ahead[reached[0]]
    if not ((problem.low <= 0).all() and (problem.high >= 0).all()):
        return u
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = (problem.margins(middle * u[None], margins) >= 0).all()
        low, high = (low, middle) if inside else (middle, high)
    return high * u
