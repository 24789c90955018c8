"""What each side makes of a work, for a worker to time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Task"]


class Task(NamedTuple):
    """A work that is ready to run.

    Attributes:
        restart: gives the network its first weights again; no part of the time.
        run: goes through the examples so many times, and returns when that is done. It gives the loss of the
            last epoch, by which one sees that all sides learn the same; None where nothing is learned.
    """

    restart: Callable[[], None]
    run: Callable[[int], float | None]
