"""The course's first program as a whole process, from its start to its end, with import and compilation."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measuring import Time, medians, of_process, ratio, with_bytecode
from benchmarks.peers.rounds import Row
from benchmarks.peers.sides import OURS, Side

__all__ = ["measure_celsius"]

CELSIUS = str(Path(__file__).parents[1] / "celsius.py")
LONG = 20.0  # seconds after which a peer's program is not started again
SHARE_OF_NUMPY, MEGABYTES = 1.6, 60  # what we want to stay under


def measure_celsius(peers: Sequence[Side], python: str, rounds: int) -> tuple[Row, str]:
    """Return the times of all sides, and a sentence about ours beside NumPy's import alone."""
    with with_bytecode() as environment:
        programs: dict[str | Side, Callable[[], Time]] = {
            "numpy": partial(of_process, "-c", "import numpy", environment=environment),
            OURS: partial(of_process, CELSIUS, environment=environment),
        }
        for side in peers:
            program = f"from {side.module} import celsius; celsius()"
            programs[side] = partial(of_process, "-c", program, environment=side.environment(), python=python)
        times: dict[str | Side, list[Time]] = {side: [] for side in programs}
        for number in range(rounds + 1):  # the first one compiles modules and fills the system's caches
            print(f"celsius: round {number} of {rounds}", file=sys.stderr)
            for side, program in programs.items():
                if side not in peers or sum(time.wall for time in times[side]) < LONG:
                    times[side].append(program())
    counted = {side: taken[1:] or taken for side, taken in times.items()}
    row = Row(
        "celsius, whole process",
        None,
        {side: [time.wall for time in taken] for side, taken in counted.items() if isinstance(side, Side)},
        [],
        [],
    )
    return row, _sentence(counted[OURS], counted["numpy"])


def _sentence(ours: list[Time], numpy: list[Time]) -> str:
    by_wall, by_cpu, _ = ratio(ours, numpy)
    peak, alone = medians(ours).peak / 1e6, medians(numpy).peak / 1e6
    return (
        f'Celsius takes {by_wall:.2f} times as long as `python -c "import numpy"` ({by_cpu:.2f} by time of '
        f"the processor; aim: {SHARE_OF_NUMPY}), and {peak:.0f} MB at its peak (aim: {MEGABYTES}; NumPy "
        f"alone: {alone:.0f})."
    )
