"""A training run under watch: whether its loss is a number, and where a way back is kept."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from pellucid.engines import State
from pellucid.hood.timeline.changes import Changes, difference
from pellucid.hood.timeline.course import Course, Kept, copied
from pellucid.hood.timeline.pace import Pace

if TYPE_CHECKING:
    from pellucid.hood.autopsy.autopsy import Autopsy
    from pellucid.hood.timeline.recording import Recording

__all__ = ["Diverged", "Watch"]

_SHARE: Final = 0.005  # of all time that keeping a way back may take
_LEAST: Final = 0.5  # seconds between two states for that: a search may take as long as training took
_COPIED: Final = 3e8  # bytes of weights, with what an optimizer keeps for them, that a second is enough for


class Diverged(Exception):  # noqa: N818 -- it ends the loops of fit and nobody else ever sees it
    """The loss is no number any more."""


@final
class Watch:
    """A run, looked at after every slice.

    The last good state is always known: at first the one that training began with, later one that is not old.
    All its numbers are finite, as far as training changes them, and so were all losses before it.

    Attributes:
        course: what decides how the run goes.
        run: the engine's loop over the examples.
        state: what that loop changes.
        recording: what is kept of it, if that is wanted.
    """

    __slots__ = (
        "_begun",
        "_changes",
        "_good",
        "_left",
        "_pace",
        "_seen",
        "course",
        "recording",
        "run",
        "state",
    )

    def __init__(self, course: Course, start: Kept, epochs: int) -> None:
        self.course = course
        self.state = start.state
        self.run = course.run(start, epochs)
        self.recording: Recording | None = None
        self._begun = start.step
        self._changes = Changes()
        self._good = Kept(start.step, copied(start.state))
        size = sum([weight.nbytes for weight in start.state["weights"].values()])
        self._pace = Pace(_SHARE, _LEAST, guess=size / _COPIED)
        self._seen = 0
        self._left: int | None = None

    def record(self, budget: float, make_model: Callable[[State], Any]) -> Recording:
        """Keep states from now on, within a budget of bytes."""
        from pellucid.hood.timeline.recording import Recording

        self.recording = Recording(self.course, self._changes, self._good, budget, make_model)
        return self.recording

    @property
    def step(self) -> int:
        """How many steps are done; after a break, how many were good."""
        return self._left if self._left is not None else self.course.step_of(self.run, self._begun)

    # ------------------------------------------------------------ while training
    def advance(self, seconds: float, epochs: int = 1) -> dict[str, float]:
        """Go on until the time is up or so many epochs are finished; return the results so far.

        Raises:
            Diverged: if a loss was no finite number.
        """
        run, recording = self.run, self.recording
        with np.errstate(all="ignore"):  # what comes of it is looked at
            run.advance(seconds if recording is None else max(0.0, min(seconds, recording.wait)), epochs)
        results = self._results()
        if recording is not None:
            recording.look(self.step, run, self.state)
        if self._pace.wait <= 0:
            self._keep_way_back()
        return results

    def _results(self) -> dict[str, float]:
        """Return the results of the present epoch so far, or of the one that has just ended."""
        run = self.run
        ended = run.history[self._seen :]
        self._seen += len(ended)
        results = run.results() if run.batch else ended[-1]
        if not all(isfinite(each["loss"]) for each in (*ended, results)):
            raise Diverged
        return results

    def _keep_way_back(self) -> None:
        begin = perf_counter()
        self.run.settle()
        if not self.broken_entries(self.state):
            self._good = Kept(self.step, copied(self.state))
            if self.recording is None:
                self._changes.cut(first=self.step)
        self._pace.took(perf_counter() - begin)

    def changed(self, before: State) -> None:
        """Take note of what callbacks changed.

        Args:
            before: the state before that, or those slots of it that can change.
        """
        new = difference(before, self.state)
        if new:
            self._changes.note(self.step, new)

    def end(self) -> None:
        """Look once more, when all is done.

        Raises:
            Diverged: if the last step made numbers that are not finite.
        """
        self.run.settle()
        if self.step > self._good.step and self.broken_entries(self.state):
            raise Diverged

    def broken_entries(self, state: State) -> list[tuple[str, str]]:
        """Name what training made infinite or NaN; what was so when it began is not its work."""
        return [
            (slot, path)
            for slot, path in self.course.learnt
            if not _finite(state[slot][path]) and _finite(self._good.state[slot][path])
        ]

    # ------------------------------------------------------------ in the end
    def go_back(self) -> Autopsy:
        """Return to the last good step, and find out what broke the next one."""
        from pellucid.hood.autopsy.examination import examine, last_good

        broken, before = self.step, self._good
        self._left = before.step  # should an interruption come meanwhile
        self.state = copied(before.state)
        good = last_good(self.course, self._changes, before, broken, self.broken_entries)
        self._left = good.step
        self.state = copied(good.state)
        return examine(self.course, good)

    def finish(self) -> None:
        """Bring the state up to date, and close the recording with it."""
        self.run.settle()
        if self.recording is not None:
            self.recording.finish(Kept(self.step, self.state))


def _finite(array: np.ndarray) -> bool:
    """Whether all numbers are finite; if the sum of their squares is, which is known soonest, they are."""
    return isfinite(np.vdot(array, array)) or bool(np.isfinite(array).all())
