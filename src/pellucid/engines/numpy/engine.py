"""The reference engine: it writes a model's program and runs that very text."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np

from pellucid.engines.blueprint import Blueprint
from pellucid.engines.numpy.program import Program

__all__ = ["NumpyEngine", "Run", "execute"]

_State = dict[str, Any]
_count = iter(range(10**12))


class NumpyEngine:
    """A model's program, compiled and ready.

    Attributes:
        program: its text.
        functions: what the text defines: predict, train_step, initial_state, ...
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self.program = Program(blueprint)
        self.functions: dict[str, Any] = {}
        execute(self.program.text(), f"<program of {blueprint.title}>", self.functions)

    @cached_property
    def evaluate_step(self) -> Callable[..., Any]:
        """The function that adds a batch to the metrics."""
        execute(self.program.evaluation(), "<evaluation>", self.functions)
        step: Callable[..., Any] = self.functions["evaluate_step"]
        return step

    def predict(self, x: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
        """Return the prediction for a batch."""
        prediction: np.ndarray = self.functions["predict"](x, weights)
        return prediction

    def initial_state(self, seed: int) -> _State:
        """Return what training starts from."""
        state: _State = self.functions["initial_state"](seed)
        return state

    def results(self, metrics: dict[str, float]) -> dict[str, float]:
        """Return the loss and the metrics that sums stand for."""
        results: dict[str, float] = self.functions["results"](metrics)
        return results

    def run(
        self, arrays: Sequence[np.ndarray], state: _State, batch_size: int, epochs: int, shuffle: bool
    ) -> Run:
        """Prepare a training run; `Run.advance` does the work."""
        return Run(self, arrays, state, batch_size, epochs, shuffle)

    def evaluate(self, arrays: Sequence[np.ndarray], state: _State, batch_size: int) -> Iterator[int]:
        """Add all examples to the metrics of the state; yields how many batches are done after each."""
        x, y, *weights = arrays
        for done, start in enumerate(range(0, len(x), batch_size)):
            part = slice(start, start + batch_size)
            self.evaluate_step(x[part], y[part], state, *[w[part] for w in weights])
            yield done + 1


def execute(text: str, title: str, functions: dict[str, Any]) -> None:
    """Run the text of a program; errors inside show its lines."""
    filename = f"{title} {next(_count)}"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), functions)


class Run:
    """The loop of a training run, in slices of time. It does what the printed `train` does.

    Attributes:
        epoch: how many epochs are finished.
        batch: how many batches of the present epoch are done.
        batches: how many there are in an epoch.
        history: the results of every finished epoch.
    """

    def __init__(
        self,
        engine: NumpyEngine,
        arrays: Sequence[np.ndarray],
        state: _State,
        batch_size: int,
        epochs: int,
        shuffle: bool,
    ) -> None:
        self.epoch = 0
        self.batch = 0
        self.epochs = epochs
        self.history: list[dict[str, float]] = []
        self._state = state
        self._results = engine.functions["results"]
        self._step = engine.functions["train_step"]
        self._arrays = arrays
        self._batch_size = batch_size
        count = len(arrays[0])
        self.batches = -(-count // batch_size)
        first = state["epoch"]
        plain = (np.arange(count) for _ in range(epochs))
        self._orders = engine.functions["orders"](count, state["seed"], first, epochs) if shuffle else plain
        self._order = np.arange(0)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch >= self.epochs

    def results(self) -> dict[str, float]:
        """Return the loss and metrics of the present epoch so far."""
        results: dict[str, float] = self._results(self._state["metrics"])
        return results

    def advance(self, seconds: float, epochs: int = 1, batches: int = 10**18) -> None:
        """Train until the time is up, this many epochs are finished, or this many batches are done."""
        until = perf_counter() + seconds
        last_epoch = min(self.epoch + epochs, self.epochs)
        x, y, *weights = self._arrays
        state, step, size = self._state, self._step, self._batch_size
        while self.epoch < last_epoch:
            if self.batch == 0:
                self._order = next(self._orders)
                state["metrics"] = dict.fromkeys(state["metrics"], 0)
            while self.batch < self.batches:
                rows = self._order[self.batch * size : (self.batch + 1) * size]
                step(x[rows], y[rows], state, *[w[rows] for w in weights])
                self.batch += 1
                batches -= 1
                if perf_counter() >= until or batches <= 0:
                    break
            if self.batch == self.batches:
                self._finish_epoch()
            if perf_counter() >= until or batches <= 0:
                return

    def _finish_epoch(self) -> None:
        self.history.append(self.results())
        self._state["epoch"] += 1
        self.epoch += 1
        self.batch = 0
