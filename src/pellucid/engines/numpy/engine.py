"""The reference engine: it writes a model's program and runs that very text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np

from pellucid.engines.blueprint import Blueprint
from pellucid.engines.engine import State, entries_of
from pellucid.engines.numpy.cores import one_core
from pellucid.engines.numpy.evaluation import NumpyEvaluation
from pellucid.engines.numpy.execution import execute
from pellucid.engines.numpy.program import Program
from pellucid.graph import INPUT, Node, Path

__all__ = ["NumpyEngine", "Run"]

_Moment: TypeAlias = "tuple[State, int, int, np.ndarray | None]"  # the state; epoch, batch, order of a run


class NumpyEngine:
    """A model's program, compiled and ready.

    Attributes:
        program: its text.
        cores: on how many cores it runs: `with engine.cores():`.
        functions: what the text defines: predict, train_step, initial_state, ...
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self.program = Program(blueprint)
        self.functions: dict[str, Any] = {}
        self.cores: Callable[[], AbstractContextManager[None]] = (
            one_core if self.program.large else nullcontext
        )
        execute(self.program.text(), f"<program of {blueprint.title}>", self.functions, "predict")

    @property
    def blueprint(self) -> Blueprint:
        """The model."""
        return self.program.blueprint

    @cached_property
    def evaluate_step(self) -> Callable[..., Any]:
        """The function that adds a batch to the metrics."""
        execute(self.program.evaluation(), "<evaluation>", self.functions, "evaluate_step")
        step: Callable[..., Any] = self.functions["evaluate_step"]
        return step

    def predict(self, x: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
        """Return the prediction for a batch."""
        with self.cores():
            prediction: np.ndarray = self.functions["predict"](x, weights)
        return prediction

    def predictor(self, weights: dict[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        """Return what predicts with these weights, and asks nothing else any more."""
        return partial(self.predict, weights=weights)

    def initial_state(self, seed: int) -> State:
        """Return what training starts from."""
        state: State = self.functions["initial_state"](seed)
        return state

    def results(self, metrics: dict[str, float]) -> dict[str, float]:
        """Return the loss and the metrics that sums stand for."""
        results: dict[str, float] = self.functions["results"](metrics)
        return results

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: State,
        batch_size: int,
        epochs: int,
        shuffle: bool,
        skip: int = 0,
    ) -> Run:
        """Prepare a training run; `Run.advance` does the work."""
        run = Run(self, arrays, state, self.functions["train_step"], batch_size, epochs)
        run.batch = skip
        if shuffle:
            run.shuffle(self.functions["orders"])
        return run

    def evaluation(self, arrays: Sequence[np.ndarray], state: State, batch_size: int) -> Run:
        """Prepare a run of one epoch that only adds up the metrics."""
        return Run(self, arrays, state, self.evaluate_step, batch_size, epochs=1)

    def observe(
        self, arrays: Sequence[np.ndarray], state: State, watched: Mapping[Path, Node]
    ) -> tuple[dict[Path, Any], State]:
        """Do what is done with a batch, and say which numbers came up."""
        learning = len(arrays) > 1
        blueprint = self.blueprint
        graph = blueprint.compiled_training.step if learning else blueprint.predict
        given = dict(zip([leaf["name"] for leaf in graph.leaves(INPUT)], arrays, strict=True))
        seen = NumpyEvaluation(graph.asked_for(dict(watched)))(given, entries_of(state))
        after = {slot: dict(value) if isinstance(value, dict) else value for slot, value in state.items()}
        if learning:
            with self.cores():
                self.functions["train_step"](*arrays[:2], after, *arrays[2:])
        return seen, after


class Run:
    """The loop of a training run, in slices of time. It does what the printed `train` does.

    A slice is done or not done: after Ctrl-C in the middle of it, everything is as it was before.

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
        state: State,
        step: Callable[..., Any],
        batch_size: int,
        epochs: int,
    ) -> None:
        self.epoch = 0
        self.batch = 0
        self.epochs = epochs
        self.history: list[dict[str, float]] = []
        self._state = state
        self._cores = engine.cores
        self._results = engine.functions["results"]
        self._step = step
        self._arrays = arrays
        self._batch_size = batch_size
        self._shuffled: Callable[..., Iterator[np.ndarray]] | None = None
        self.batches = -(-len(arrays[0]) // batch_size)
        self._order: np.ndarray | None = None  # of the present epoch, once it is known
        self._orders = self._orders_of_rest()

    def shuffle(self, orders: Callable[..., Iterator[np.ndarray]]) -> None:
        """Take the examples of each epoch in an order of their own."""
        self._shuffled = orders
        self._orders = self._orders_of_rest()

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch >= self.epochs

    def rows(self) -> np.ndarray:
        """Return which examples the next batch has, in the order in which it takes them."""
        order = next(self._orders_of(self._state["epoch"], 1)) if self._order is None else self._order
        return order[self.batch * self._batch_size : (self.batch + 1) * self._batch_size]

    def results(self) -> dict[str, float]:
        """Return the loss and metrics of the present epoch so far."""
        results: dict[str, float] = self._results(self._state["metrics"])
        return results

    def settle(self) -> None:
        """Do nothing: the state is always up to date."""

    def advance(self, seconds: float, epochs: int = 1, batches: int = 10**18) -> None:
        """Train until the time is up, this many epochs are finished, or this many batches are done."""
        before = self._moment()
        try:
            with self._cores():
                self._advance(seconds, epochs, batches)
        except BaseException:
            self._return_to(before)
            raise

    def _advance(self, seconds: float, epochs: int, batches: int) -> None:
        until = perf_counter() + seconds
        last_epoch = min(self.epoch + epochs, self.epochs)
        x, y, *weights = self._arrays
        state, step, size = self._state, self._step, self._batch_size
        while self.epoch < last_epoch:
            if self._order is None:
                self._order = next(self._orders)
            if self.batch == 0:
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
        self._order = None

    def _orders_of_rest(self) -> Iterator[np.ndarray]:
        """The orders of the examples in the epochs after those whose order is known."""
        known = int(self._order is not None)
        return self._orders_of(self._state["epoch"] + known, self.epochs - self.epoch - known)

    def _orders_of(self, first: int, epochs: int) -> Iterator[np.ndarray]:
        count = len(self._arrays[0])
        if self._shuffled is None:
            return (np.arange(count) for _ in range(epochs))
        return self._shuffled(count, self._state["seed"], first, epochs)

    # ------------------------------------------------------------ to and fro
    def _moment(self) -> _Moment:
        """Remember where the run stands: a step replaces entries of the state, it never writes into one."""
        state = {
            slot: dict(value) if isinstance(value, dict) else value for slot, value in self._state.items()
        }
        return state, self.epoch, self.batch, self._order

    def _return_to(self, moment: _Moment) -> None:
        state, self.epoch, self.batch, self._order = moment
        self._state.update(state)
        del self.history[self.epoch :]
        self._orders = self._orders_of_rest()  # an interrupted generator is spent
