"""The smallest change of an example that changes the answer."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.errors import DataError
from pellucid.hood.explanations.descent import descend
from pellucid.hood.explanations.goal import Goal, Margins, Wanted, wanted
from pellucid.hood.explanations.held import Held, held_network
from pellucid.hood.explanations.places import Places
from pellucid.hood.explanations.problem import Limits, Problem, limits
from pellucid.hood.explanations.search import Found, search
from pellucid.hood.numbers import number_text
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table

__all__ = ["Change", "Counterfactual", "counterfactual"]

_ROWS: Final = 12  # inputs in a table
_UNCHANGED: Final = 1e-3  # of the largest change
_ROUNDINGS: Final = 16  # of the largest answer, beyond the border
_FURTHER: Final = np.concatenate([[0.0], 10.0 ** np.arange(-8.0, 0)])  # of the change


class Change(NamedTuple):
    """The smallest change of one example.

    Attributes:
        x: the example.
        changed: the example with the change; None if no change does it, or none was found.
        before: the predictions for the example.
        after: those for the changed one; the same as before if there is none.
        now: what is answered, in words.
        then: what is answered to the changed example, in words.
        distance: how large the change is; infinite if there is none.
        bound: no change that is smaller than this does it, but for one that rounding may undo; 0 where that
            is not known.
        pieces: how many linear pieces of the network were gone through; 0 if it has other ones.
    """

    x: np.ndarray
    changed: np.ndarray | None
    before: np.ndarray
    after: np.ndarray
    now: str
    then: str
    distance: float
    bound: float
    pieces: int

    @property
    def proven(self) -> bool:
        """Whether it is known that no smaller change does it."""
        return self.bound >= self.distance * (1 - 1e-4)


@final
class Counterfactual(Report):
    """The smallest changes that change answers; printed, it says what to change.

    Attributes:
        changes: one for each example.
        scale: for each input that may change, what counts as a change of 1.
    """

    __slots__ = ("_free", "_inputs", "_title", "_words", "changes", "scale")

    def __init__(self, title: str, inputs: Places, allowed: Limits, changes: list[Change]) -> None:
        self.changes = changes
        self.scale = allowed.scale
        self._free = allowed.free
        self._words = allowed.words
        self._inputs = inputs
        self._title = title

    def parts(self) -> list[str | Part]:
        """Return for each example what to change, and what is known about it."""
        shown: list[str | Part] = [f"The smallest change that changes the answer of {self._title!r}"]
        for number, change in enumerate(self.changes):
            start = f"Example {number}: " if len(self.changes) > 1 else ""
            if change.distance == 0:
                shown.append(f"{start}{change.now} is what is wanted already.")
            elif change.changed is None:
                shown.append(f"{start}{change.now} stays. {_nothing(change)}")
            else:
                shown += [
                    f"{start}{change.now} becomes {change.then}.",
                    self._table(change),
                    self._known(change),
                ]
        return shown

    def _table(self, change: Change) -> Table:
        table = Table(self._inputs.kind, "now", "instead", "change")
        now, instead = change.x.ravel()[self._free], change.changed.ravel()[self._free]  # type: ignore[union-attr]
        sizes = np.abs(instead - now) / self.scale
        order = np.argsort(-sizes, kind="stable")
        changed = [place for place in order if sizes[place] > _UNCHANGED * sizes[order[0]]][:_ROWS]
        for place in changed:
            difference = float(instead[place] - now[place])
            tolerance = abs(difference) * _UNCHANGED
            texts = [number_text(float(value), tolerance=tolerance) for value in (now[place], instead[place])]
            sign = "+" if difference > 0 else ""
            table.add(self._inputs.name(int(self._free[place])), *texts, sign + number_text(difference))
        rest = self._inputs.count - len(changed)
        if rest:
            left = order[len(changed) :]
            largest = float(np.abs(instead[left] - now[left]).max(initial=0.0))
            amount = f"up to {number_text(largest, digits=2)}" if largest else "none"
            table.add(f"{rest} other{'s' * (rest > 1)}", "", "", amount)
        return table

    def _known(self, change: Change) -> str:
        size = f"It is a change of {number_text(change.distance)}, in {self._words}."
        if change.proven:
            gone = f"{change.pieces} linear piece{'s' * (change.pieces > 1)}"
            return f"{size}\nNo smaller one does it: the network was gone through, {gone} of it."
        bound = f"; none below {number_text(change.bound)} does it" if change.bound else ""
        return f"{size}\nIt is the smallest that was found{bound}."


def _nothing(change: Change) -> str:
    if math.isinf(change.bound):
        return "No change that is allowed changes it: the network was gone through."
    bound = f" There is none below {number_text(change.bound)}." if change.bound else ""
    return f"No change was found that changes it.{bound}"


def counterfactual(
    opened: Opened, answer: Any, target: Any, scale: Any, fixed: Any, bounds: Any
) -> Counterfactual:
    """Find the smallest change for each example."""
    aim = wanted(opened, answer, target)
    inputs = Places("input", opened.features, aim.function.shape)
    allowed = limits(opened, inputs, scale, fixed, bounds)
    x = opened.arrays[0]
    if not len(x):
        raise DataError("there is nothing to change", expected="at least one example", received="none")
    held = held_network(aim.function.graph, opened)
    judge = _Judge(opened, aim)
    changes = [
        judge.change(Problem(aim.function, example.astype(np.float64), allowed), held) for example in x
    ]
    return Counterfactual(opened.blueprint.title, inputs, allowed, changes)


@final
class _Judge:
    """The network as users have it, in its own dtype: only what changes its answer is a change."""

    __slots__ = ("_aim", "_dtype", "_entries", "_evaluation", "_name")

    def __init__(self, opened: Opened, aim: Wanted) -> None:
        graph = opened.blueprint.predict
        self._aim = aim
        self._dtype = opened.arrays[0].dtype
        self._entries = opened.entries
        self._evaluation = evaluation_of(graph)
        (self._name,) = opened.given

    def _predict(self, x: np.ndarray) -> np.ndarray:
        found = self._evaluation({self._name: x.astype(self._dtype)}, self._entries)["prediction",]
        return np.asarray(found, np.float64).reshape(len(x), -1)

    def change(self, problem: Problem, held: Held | None) -> Change:
        """Find the smallest change of one example."""
        before = self._predict(problem.x[None])[0]
        goal = self._aim.goal(before)
        now = self._aim.words(before, goal)
        if goal.reached(before[None])[0]:
            return Change(problem.x, problem.x.astype(self._dtype), before, before, now, now, 0.0, 0.0, 0)
        clearly = self._clearly(problem, goal.alternatives)
        known = descend(problem, clearly)
        found = Found(known, 0.0, 0) if held is None else search(problem, held, clearly, known)
        u = None if found.u is None else self._confirmed(problem, goal, found.u)
        if u is None:
            bound = found.bound if found.u is None else 0.0
            return Change(problem.x, None, before, before, now, now, np.inf, bound, found.pieces)
        changed = problem.changed(u[None]).astype(self._dtype)
        after = self._predict(changed)[0]
        then, distance = self._aim.words(after, goal, short=True), float(np.linalg.norm(u))
        return Change(problem.x, changed[0], before, after, now, then, distance, found.bound, found.pieces)

    def _clearly(self, problem: Problem, alternatives: list[Margins]) -> list[Margins]:
        """Ask for a little more than the border itself: for what rounding does not undo."""
        answers = np.abs(problem.function.values(problem.x[None])).max()
        more = _ROUNDINGS * np.finfo(self._dtype).eps
        return [
            Margins(rows, least + more * max(answers, float(np.abs(least).max())))
            for rows, least in alternatives
        ]

    def _confirmed(self, problem: Problem, goal: Goal, u: np.ndarray) -> np.ndarray | None:
        """Go a little further where even so the network's own answer is not the one that is wanted."""
        margins = max(goal.alternatives, key=lambda each: float(problem.margins(u[None], each).min()))
        slope = problem.slopes(u, margins).sum(axis=0)
        slope *= (float(np.linalg.norm(u)) or 1.0) / (float(np.linalg.norm(slope)) or 1.0)
        for further in _FURTHER:
            trials = np.stack([u * (1 + further), u + further * slope])
            reached = np.flatnonzero(goal.reached(self._predict(problem.changed(trials))))
            if len(reached):
                found: np.ndarray = np.clip(trials[reached[0]], problem.low, problem.high)
                return found
        return None
