"""What every benchmark prints first, and how it times."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np

__all__ = ["describe", "median_ms", "paired"]


def describe() -> str:
    """Return a line about the machine and the versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, {cores} cores, "
        f"{platform.system()}"
    )


def paired(ours: Callable[[], object], peer: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Time two functions in turn; return the median of each in seconds."""
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for place, function in enumerate((ours, peer)):
            begin = time.perf_counter()
            function()
            times[place].append(time.perf_counter() - begin)
    return statistics.median(times[0]), statistics.median(times[1])


def median_ms(seconds: Sequence[float]) -> str:
    """Write a median in milliseconds."""
    return f"{1e3 * statistics.median(seconds):8.2f} ms"
