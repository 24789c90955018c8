"""Two things timed in turn, and the machine that they were timed on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np

__all__ = ["Time", "in_turn", "machine", "medians", "of_call", "of_process", "ratio", "with_bytecode"]

SOURCE = Path(__file__).parents[1] / "src"


class Time(NamedTuple):
    """How long something took, in seconds.

    Attributes:
        wall: what a clock on the wall says.
        cpu: how long a processor worked for it; other programs on the machine disturb this one less.
    """

    wall: float
    cpu: float


def machine() -> str:
    """Describe where the numbers come from."""
    cpuinfo = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else ())
        if line.startswith("model name")
    ]
    processor = models[0] if models else platform.processor() or platform.machine()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    return (
        f"{processor}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__} with {blas['name']} {blas['version']}"
    )


def of_call(function: Callable[[], object], repeat: int = 1) -> Time:
    """Time a function; of several calls in a row, one."""
    wall, cpu = perf_counter(), process_time()
    for _ in range(repeat):
        function()
    return Time((perf_counter() - wall) / repeat, (process_time() - cpu) / repeat)


def of_process(*arguments: str, environment: dict[str, str]) -> Time:
    """Time a whole Python process, from its start to its end."""
    wall = perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = perf_counter() - wall
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed with {process.returncode}")
    return Time(wall, used.ru_utime + used.ru_stime)


@contextmanager
def with_bytecode() -> Iterator[dict[str, str]]:
    """Give an environment in which every module is compiled once and then read from a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield kept | {"PYTHONPYCACHEPREFIX": folder, "PYTHONPATH": str(SOURCE)}


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
    return Time(median(time.wall for time in times), median(time.cpu for time in times))


def ratio(times: list[Time], peers: list[Time]) -> Time:
    """Return how many times as long as its peer something took: the middle of the ratios of neighbours."""
    pairs = list(zip(times, peers, strict=True))
    return Time(median(a.wall / b.wall for a, b in pairs), median(a.cpu / b.cpu for a, b in pairs))
