"""From a state that was kept to a later step, as the run itself went."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pellucid.engines import Run
from pellucid.hood.timeline.changes import Changes
from pellucid.hood.timeline.course import Course, Kept, copied

__all__ = ["Replay", "replay"]


class Replay(NamedTuple):
    """Where a replay led.

    Attributes:
        kept: the state after the last step.
        run: what did the steps; it knows their results.
    """

    kept: Kept
    run: Run


def replay(
    course: Course,
    changes: Changes,
    start: Kept,
    step: int,
    seconds: float = 0.1,
    passing: Callable[[Kept], None] | None = None,
) -> Replay:
    """Go on from a state until a step is done, with what callbacks changed then.

    Args:
        course: the run's.
        changes: what callbacks changed.
        start: where to begin; it stays as it is.
        step: where to end.
        seconds: how long to go on between two looks: at Ctrl-C, and at whoever wants to know.
        passing: told of a state on the way, after each look.
    """
    state = copied(start.state)
    changes.apply(start.step, state)
    epochs = step // course.batches - start.step // course.batches + 1
    run, at = course.run(Kept(start.step, state), epochs), start.step
    try:
        for stop in (*changes.between(at, step), step):
            while at < stop:
                with np.errstate(all="ignore"):
                    run.advance(seconds, epochs, batches=stop - at)
                at = course.step_of(run, start.step)
                if passing is not None and at < stop:
                    run.settle()
                    passing(Kept(at, copied(state)))
            run.settle()
            changes.apply(stop, state)
    finally:
        run.settle()  # the engine may have another run under way, whose numbers these are not
    return Replay(Kept(step, state), run)
