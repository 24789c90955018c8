"""The states that are kept of a run, within a budget of memory."""

from __future__ import annotations

from typing import Final, final

import numpy as np

from pellucid.hood.timeline.course import Kept, bytes_of

__all__ = ["States"]

_MOST: Final = 1000  # states; more would take longer to thin than they save in a replay


@final
class States:
    """States in the order of their steps; the first and the last one always stay.

    The further a state lies from where the interest is, at first the newest step, the fewer are kept around
    it: their distance grows with the square root of that way. So whatever is recent is near at hand, and even
    at the far end the distances are only twice what they would be if all were alike.

    What a state shares with the one before it, such as a frozen weight, takes no memory once more.

    Attributes:
        budget: bytes that they may take.
    """

    __slots__ = ("_bytes", "_kept", "_steps", "budget")

    def __init__(self, first: Kept, budget: float) -> None:
        self.budget = budget
        self._kept = [first]
        self._steps = [first.step]
        self._bytes = [bytes_of(first.state)]

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """About how much memory they take."""
        return sum(self._bytes)

    @property
    def first(self) -> int:
        """The first step that can be returned to."""
        return self._steps[0]

    def nearest(self, step: int) -> Kept:
        """Return the last state that is no later than a step."""
        return self._kept[self._place(step) - 1]

    def add(self, kept: Kept) -> None:
        """Keep one more, and give up others if the memory is used up."""
        place = self._place(kept.step)
        if self._steps[place - 1] == kept.step:
            return
        self._kept.insert(place, kept)
        self._steps.insert(place, kept.step)
        self._bytes.insert(place, bytes_of(kept.state, self._kept[place - 1].state))
        while len(self._kept) > 2 and (self.bytes > self.budget or len(self._kept) > _MOST):
            self._drop(self._least_missed(kept.step))

    def _place(self, step: int) -> int:
        """Return how many states are no later than a step."""
        from bisect import bisect_right

        return bisect_right(self._steps, step)

    def _least_missed(self, interest: int) -> int:
        """Return the place of the state without which the way from the one before it grows least."""
        steps = np.array(self._steps, np.float64)
        gaps = steps[2:] - steps[:-2]
        return 1 + int(np.argmin(gaps / np.sqrt(np.abs(steps[1:-1] - interest) + 1)))

    def drop_first(self) -> None:
        """Give up the first one: the steps before the second cannot be returned to any more."""
        self._drop(0)

    def cut(self, last: int) -> None:
        """Give up all after a step."""
        count = self._place(last)
        del self._kept[count:], self._steps[count:], self._bytes[count:]

    def _drop(self, place: int) -> None:
        del self._kept[place], self._steps[place], self._bytes[place]
