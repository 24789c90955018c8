"""When it is time again for something that itself takes time."""

from __future__ import annotations

from time import perf_counter
from typing import Final, final

__all__ = ["Pace"]

_REMEMBERED: Final = 4  # times, beside the last one


@final
class Pace:
    """Keeps something that is done again and again to a small share of all time.

    Args:
        share: the share.
        least: seconds from one time to the next, at least.
        guess: how long it takes, before it was done for the first time.
    Attributes:
        interval: seconds from one time to the next.
    """

    __slots__ = ("_due", "_least", "_share", "_taken", "interval")

    def __init__(self, share: float, least: float, guess: float = 0.0) -> None:
        self._share = share
        self._least = least
        self._taken: list[float] = []
        self._plan(guess)

    def took(self, seconds: float) -> None:
        """Say how long it has taken just now.

        The shortest of the last few times counts: another program may have had the processor meanwhile.
        """
        self._taken = [*self._taken[-_REMEMBERED:], seconds]
        self._plan(min(self._taken))

    def _plan(self, seconds: float) -> None:
        self.interval = max(self._least, seconds / self._share)
        self._due = perf_counter() + self.interval

    @property
    def wait(self) -> float:
        """In how many seconds it is time again; 0 or less: now."""
        return self._due - perf_counter()
