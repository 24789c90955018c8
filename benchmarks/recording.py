"""What recording a run costs, and how soon a step comes back: python -m benchmarks.recording [rounds].

Both are asked of fit with its default budget. A fit that is recorded and one that is not take turns, and what
is given is the middle of the ratios of neighbours. Then steps are asked for at random, and each is timed: its
state, and with it a model, the gradients and the activations.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from benchmarks.machine import machine
from benchmarks.measuring import Time, duration, in_turn, medians, of_call, ratio
from pellucid import keras
from pellucid.keras.layers import Dense

__all__ = ["Work"]

BATCH, STEPS, SCRUBBED = 32, 10_000, 500


class Work(NamedTuple):
    """A network that is trained for 10,000 steps, or fewer if these take long.

    Attributes:
        title: what to call it.
        sizes: features, and units of each layer.
        steps: how many.
    """

    title: str
    sizes: tuple[int, ...]
    steps: int = STEPS

    def model(self) -> Any:
        keras.utils.set_random_seed(0)
        features, *hidden, classes = self.sizes
        units = [Dense(count, "relu") for count in hidden]
        model = keras.Sequential([keras.Input((features,)), *units, Dense(classes, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    def fits(self) -> tuple[Any, Callable[[bool], Any]]:
        """Return a model, and what trains it from the beginning, recorded or not."""
        random = np.random.default_rng(0)
        x = random.standard_normal((100 * BATCH, self.sizes[0]), dtype=np.float32)
        y = random.integers(0, self.sizes[-1], len(x))
        model = self.model()
        first = model.get_weights()

        def fit(record: bool) -> Any:
            model.set_weights(first)
            return model.fit(x, y, batch_size=BATCH, epochs=self.steps // 100, verbose=0, record=record)

        return model, fit


WORKS = (
    Work("8-20-4", (8, 20, 4)),
    Work("10,000 weights", (50, 98, 49, 4)),
    Work("784-128-10", (784, 128, 10), 2000),
)


def scrubbing(history: Any) -> tuple[list[float], list[float]]:
    """Return the times of states, and of all that a moment has, at steps chosen at random."""
    alone, whole = [], []
    history.at(0).activations  # noqa: B018 -- the first one plans the graph for it
    for step in np.random.default_rng(1).integers(0, history.steps + 1, SCRUBBED).tolist():
        begin = perf_counter()
        moment = history.at(step)
        alone.append(perf_counter() - begin)
        moment.model, moment.gradients, moment.activations  # noqa: B018
        whole.append(perf_counter() - begin)
    return alone, whole


def main(rounds: int) -> None:
    print(machine())
    for work in WORKS:
        model, fit = work.fits()
        plain, recorded = in_turn(rounds, partial(_timed, fit, False), partial(_timed, fit, True))
        history = fit(True)
        by_wall, by_cpu, _ = ratio(recorded, plain)
        times = [[median(each), quantiles(each, n=100)[-1]] for each in scrubbing(history)]
        (middle, slow), (middle_of_all, slow_of_all) = times
        step = duration(medians(plain).wall / history.steps)
        print(f"{work.title}: {model.count_params():,} weights, {history.steps:,} steps of {step}")
        print(f"    recorded {by_wall:.3f} times as long ({by_cpu:.3f} of a processor)", end=", ")
        print(f"{history.recording.bytes / 1e6:.1f} MB")
        print(
            f"    back at a step in {duration(middle)}, one time in a hundred in {duration(slow)}", end="; "
        )
        print(f"with model, gradients and activations {duration(middle_of_all)}, {duration(slow_of_all)}")


def _timed(fit: Callable[[bool], Any], record: bool) -> Time:
    return of_call(lambda: fit(record))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
