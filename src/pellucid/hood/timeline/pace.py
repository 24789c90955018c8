"""When it is time again for something that itself takes time."""

from __future__ import annotations

from time import perf_counter
from typing import final

__all__ = ["Pace"]


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

    __slots__ = ("_due", "_least", "_share", "interval")

    def __init__(self, share: float, least: float, guess: float = 0.0) -> None:
        self._share = share
        self._least = least
        self.took(guess)

    def took(self, seconds: float) -> None:
        """Say how long it has taken just now."""
        self.interval = max(self._least, seconds / self._share)
        self._due = perf_counter() + self.interval

    @property
    def wait(self) -> float:
        """In how many seconds it is time again; 0 or less: now."""
        return self._due - perf_counter()
