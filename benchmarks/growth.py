"""How the time of a training step grows with the work: python -m benchmarks.growth [width depth batch rows].

A kernel that is chosen from some size on, a second thread, a cache that is full: each could make a step in
the cost. Where the time grows clearly more than the work did, the table says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter
from typing import NamedTuple

import numpy as np

from benchmarks.machine import machine
from benchmarks.measuring import duration
from pellucid import keras
from pellucid.keras.layers import Dense

__all__ = ["Point"]

STEPS = 64  # of an epoch, where the number of rows is not the question
SHORTEST = 0.1  # seconds of one measurement
RUNS = 5  # the fastest counts: whatever disturbs makes it slower
LONGEST = 60.0  # seconds that one line of a table may take
STEEP = 1.3  # how much more than the work the time may grow


class Point(NamedTuple):
    """One line of a table: a network of dense layers, and what it is trained on.

    Attributes:
        size: the number that the table is about.
        sizes: features, and units of each layer.
        batch: examples of a step.
        rows: examples of an epoch.
    """

    size: int
    sizes: tuple[int, ...]
    batch: int
    rows: int

    @property
    def steps(self) -> int:
        return -(-self.rows // self.batch)

    @property
    def products(self) -> int:
        """Multiplications of a step's forward pass; the backward pass has twice as many."""
        return min(self.batch, self.rows) * sum(a * b for a, b in pairwise(self.sizes))


def around(*powers: int) -> Iterator[int]:
    """Give each number, and those beside it that just fill vectors or just do not."""
    for power in powers:
        yield from (power - 1, power, power + 1) if power >= 16 else (power,)


AXES = {
    "width": [
        Point(n, (n, n, n, 10), 32, 32 * STEPS) for n in around(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
    ],
    "depth": [Point(n, (32, *[32] * n, 10), 32, 32 * STEPS) for n in (0, 1, 2, 4, 8, 16, 32, 64, 128)],
    "batch": [
        Point(n, (64, 64, 64, 10), n, n * STEPS)
        for n in around(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
    ],
    "rows": [Point(10**n, (8, 20, 4), 32, 10**n) for n in range(2, 8)],
}


def step_seconds(point: Point) -> float:
    """Return the time of a step: of fit, divided by its steps."""
    random = np.random.default_rng(0)
    x = random.standard_normal((point.rows, point.sizes[0]), dtype=np.float32)
    y = random.integers(0, point.sizes[-1], point.rows)
    hidden = [Dense(units, "relu") for units in point.sizes[1:-1]]
    model = keras.Sequential([keras.Input((point.sizes[0],)), *hidden, Dense(point.sizes[-1], "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def seconds(epochs: int) -> float:
        start = perf_counter()
        model.fit(x, y, batch_size=point.batch, epochs=epochs, verbose=0)
        return perf_counter() - start

    begun = perf_counter()
    seconds(1)  # compiles
    epochs = max(1, round(SHORTEST / seconds(1)))
    times = [seconds(epochs)]
    while len(times) < RUNS and perf_counter() - begun < LONGEST / 2:
        times.append(seconds(epochs))
    return min(times) / (epochs * point.steps)


def print_table(axis: str) -> None:
    print(f"\n{axis:>10}  {'one step':>10}  {'time grew':>9}  {'work grew':>9}")
    before: tuple[Point, float] | None = None
    for point in AXES[axis]:
        if before and 3 * before[1] * point.products / before[0].products * point.steps > LONGEST:
            print(f"{point.size:10,}  left out: it would take longer than {LONGEST:.0f} s")
            break
        seconds = step_seconds(point)
        growth = ""
        if before:
            time, work = seconds / before[1], point.products / before[0].products
            steep = "  more than the work" if time > STEEP * max(1.0, work) else ""
            growth = f"{time:9.2f}  {work:9.2f}{steep}"
        print(f"{point.size:10,}  {duration(seconds):>10}  {growth}", flush=True)
        before = point, seconds


def main(axes: list[str]) -> None:
    print(machine())
    for axis in axes or AXES:
        if axis not in AXES:
            raise SystemExit(f"there is no {axis!r}; there are {', '.join(AXES)}")
        print_table(axis)


if __name__ == "__main__":
    main(sys.argv[1:])
