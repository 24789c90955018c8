"""How long the answer for a single row takes: python -m benchmarks.latency [runs].

The first network has next to nothing to compute: its time is that of the call itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.machine import machine
from benchmarks.measuring import duration, in_turn, medians, of_call
from benchmarks.peers.keras_programs import network
from benchmarks.peers.work import WORKS, Work

__all__ = ["WAYS"]

NETWORKS = {
    "one weight": WORKS["ecom"]._replace(inputs=(1,), units=(1,), exponential=True),
    **{name: WORKS[name] for name in ("donut", "ecom", "mnist", "wide", "cnn48")},
}
REPEAT = 100  # calls in a row, one of which is too short for the clock


def through_predict(model: Any, x: np.ndarray) -> Callable[[], object]:
    """Return the call that everybody knows."""
    return partial(model.predict, x, verbose=0)


def prepared(model: Any, x: np.ndarray) -> Callable[[], object]:
    """Return the call of a program that answers many single questions."""
    return partial(model.make_predict_function(), x)


# Each way to ask a model, and the time that the call itself should stay under.
WAYS = {"predict": (through_predict, 15e-6), "prepared": (prepared, 3e-6)}


def print_line(title: str, work: Work, runs: int) -> None:
    model = network(work)
    x = np.random.default_rng(0).standard_normal((1, *work.inputs), dtype=np.float32)
    calls = [make(model, x) for make, _ in WAYS.values()]
    times = in_turn(runs, *(partial(of_call, call, REPEAT) for call in calls))
    print(f"{title:20}", *(f"{duration(medians(taken).wall):>12}" for taken in times), flush=True)


def main(runs: int) -> None:
    print(machine())
    print(f"{'one row':20}", *(f"{way:>12}" for way in WAYS))
    for title, work in NETWORKS.items():
        print_line(title, work, runs)
    print(f"{'aim for the first':20}", *(f"{duration(aim):>12}" for _, aim in WAYS.values()))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
