"""What fit fills while it trains, and who asks for a step is answered from."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import Any, Final, final

import numpy as np

from pellucid.engines import Run, State
from pellucid.errors import ArgumentError
from pellucid.graph import Path
from pellucid.hood.observation import observed
from pellucid.hood.opened import Opened
from pellucid.hood.timeline.changes import Changes
from pellucid.hood.timeline.course import Course, Kept, bytes_of, copied
from pellucid.hood.timeline.moment import Moment, wanted_of
from pellucid.hood.timeline.pace import Pace
from pellucid.hood.timeline.replay import replay
from pellucid.hood.timeline.states import States

__all__ = ["Recording"]

_SHARE: Final = 0.03  # of all time that keeping states may take
_LEAST: Final = 0.01  # seconds between two states: so long does a replay take where all of them are kept
_ROOM: Final = 3  # a budget for fewer states than these is no use: the first and the last one stay anyway


@final
class Recording:
    """A run that can be returned to at each of its steps, to the last bit.

    Step 0 is what the run began with; after the last one the model is as fit left it, with what callbacks set
    in the end.

    Attributes:
        course: what decided how the run went. The examples are not copied: who changes their arrays
            afterwards changes the past.
        budget: how many bytes it may take; if that is little, the first and the last state are kept anyway.
        last: how many steps were done.
    """

    __slots__ = (
        "_changes",
        "_make_model",
        "_pace",
        "_states",
        "_wanted",
        "budget",
        "course",
        "last",
    )

    def __init__(
        self,
        course: Course,
        changes: Changes,
        start: Kept,
        budget: float,
        make_model: Callable[[State], Any],
    ) -> None:
        self.course = course
        self.budget = budget
        self.last = start.step
        self._changes = changes
        self._states = States(start, budget)
        self._wanted = budget / 8  # so many bytes of changes make a state worth while, to begin with it
        self._make_model = make_model
        size = bytes_of(start.state)
        least = _LEAST if _ROOM * size <= budget else inf
        self._pace = Pace(_SHARE, least, guess=size / 1e9)

    # ------------------------------------------------------------ while fit goes on
    @property
    def wait(self) -> float:
        """In how many seconds the next state shall be kept."""
        return self._pace.wait

    def look(self, step: int, run: Run, state: State) -> None:
        """Take note of the present step, and keep its state if it is time again.

        Args:
            step: how many steps are done.
            run: what did them.
            state: what that changes.
        """
        self.last = step
        if self._pace.wait > 0 and self._changes.bytes < self._wanted:
            return
        begin = perf_counter()
        run.settle()
        self._keep(Kept(step, copied(state)))
        self._pace.took(perf_counter() - begin)

    def _keep(self, kept: Kept) -> None:
        """Keep a state; if what callbacks changed takes over half of the memory, forget the beginning.

        It cannot be worked out anew, so nothing else would help.
        """
        changes, states = self._changes, self._states
        states.budget = self.budget - changes.bytes
        states.add(kept)
        while changes.bytes > self.budget / 2 and len(states) > 1:
            states.drop_first()
            changes.cut(first=states.first)
        self._wanted = changes.bytes + self.budget / 8

    def finish(self, end: Kept) -> None:
        """Take the state that fit leaves as the last one."""
        self.last = end.step
        self._states.cut(end.step)
        self._changes.cut(last=end.step)
        self._keep(Kept(end.step, copied(end.state)))

    # ------------------------------------------------------------ afterwards
    @property
    def first(self) -> int:
        """The first step that can be returned to.

        It is the one that the run began with, unless callbacks changed more than the budget can hold.
        """
        return self._states.first

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        return self._states.bytes + self._changes.bytes

    def kept(self, step: int) -> Kept:
        """Return the state after a step.

        Raises:
            ArgumentError: if the run had no such step, or it was given up.
        """
        if not self.first <= step <= self.last:
            raise ArgumentError(
                f"step {step} cannot be returned to",
                expected=f"a whole number from {self.first} to {self.last}",
                received=str(step),
            )
        nearest, seconds = self._states.nearest(step), self._pace.interval
        if seconds == inf:
            return replay(self.course, self._changes, nearest, step).kept
        return replay(self.course, self._changes, nearest, step, seconds, self._states.add).kept

    def at(self, step: int) -> Moment:
        """Return the numbers as they were after a step."""
        return Moment(self.course, self.kept(step), self._work_out, self._make_model)

    def _work_out(self, state: State, rows: np.ndarray) -> dict[Path, Any]:
        """Work out the loss, gradients and activations with a state for some of the examples."""
        arrays = [array[rows] for array in self.course.arrays]
        opened = Opened(self.course.engine.blueprint, state, arrays, (), ())
        wanted = wanted_of(opened)
        values, _ = observed(opened, list(wanted.values()), self.course.engine)
        return {path: values[node] for path, node in wanted.items()}
