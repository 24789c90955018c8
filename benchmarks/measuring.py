"""Two things timed in turn."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import log10
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

__all__ = ["Time", "duration", "in_turn", "medians", "of_call", "of_process", "ratio", "with_bytecode"]

LAUNCHER = str(Path(__file__).with_name("launch.py"))


class Time(NamedTuple):
    """How long something took, in seconds.

    Attributes:
        wall: what a clock on the wall says.
        cpu: how long a processor worked for it; other programs on the machine disturb this one less.
        peak: the bytes that a whole process had at most.
    """

    wall: float
    cpu: float
    peak: int = 0


def duration(seconds: float) -> str:
    """Write a time in the unit that suits it, with three digits."""
    unit, value = next(
        (unit, seconds * size)
        for unit, size, least in (("s", 1, 1), ("ms", 1e3, 1e-3), ("us", 1e6, 0))
        if seconds >= least
    )
    return f"{value:.{max(0, 2 - int(log10(max(value, 1))))}f} {unit}"


def of_call(function: Callable[[], object], repeat: int = 1) -> Time:
    """Time a function; of several calls in a row, one."""
    wall, cpu = perf_counter(), process_time()
    for _ in range(repeat):
        function()
    return Time((perf_counter() - wall) / repeat, (process_time() - cpu) / repeat)


def of_process(*arguments: str, environment: dict[str, str], python: str = sys.executable) -> Time:
    """Time a whole Python process, from its start to its end."""
    command = [sys.executable, "-I", "-S", LAUNCHER, python, *arguments]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{python} {' '.join(arguments)} failed:\n{run.stderr}")
    wall, cpu, peak = run.stdout.split()
    return Time(float(wall), float(cpu), int(peak))


@contextmanager
def with_bytecode() -> Iterator[dict[str, str]]:
    """Give an environment in which every module is compiled once and then read from a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield kept | {"PYTHONPYCACHEPREFIX": folder}


def in_turn(runs: int, *timers: Callable[[], Time]) -> list[list[Time]]:
    """Time several things A B A B ..., after one run of each that does not count."""
    times: list[list[Time]] = [[] for _ in timers]
    for run in range(runs + 1):
        for timer, taken in zip(timers, times, strict=True):
            time = timer()
            if run:
                taken.append(time)
    return times


def medians(times: list[Time]) -> Time:
    """Return the middle of the times."""
    return Time(
        median(time.wall for time in times),
        median(time.cpu for time in times),
        int(median(time.peak for time in times)),
    )


def ratio(times: list[Time], peers: list[Time]) -> Time:
    """Return how many times as long as its peer something took: the middle of the ratios of neighbours."""
    pairs = list(zip(times, peers, strict=True))
    return Time(median(a.wall / b.wall for a, b in pairs), median(a.cpu / b.cpu for a, b in pairs))
