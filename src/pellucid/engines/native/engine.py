"""The compiled engine: a model's plans, and the numbers that go to and fro."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from pellucid.engines.blueprint import Blueprint
from pellucid.engines.engine import State
from pellucid.engines.native.once import carry_out, missing_row
from pellucid.engines.native.planner import Planned, plan_of
from pellucid.graph import Node, Path

__all__ = ["Compiled", "NativeEngine", "NativeRun"]

_WORKING_SET = 2**19  # numbers that a block of examples may take in a prediction
_LARGEST_BLOCK = 1024  # examples


class NativeEngine:
    """A model, planned and ready; each of its graphs is planned when it is first wanted.

    Attributes:
        blueprint: the model.
    """

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self._plans: dict[object, list[Compiled]] = {}

    def initial_state(self, seed: int) -> State:
        """Return what training starts from."""
        return self.blueprint.initial_state(seed)

    def _compiled(self, what: str, batch: int) -> Compiled:
        """Return the plan of a prediction, a step or an evaluation for batches of about this size."""
        plans = self._plans.setdefault(what, [])
        return _suiting(plans, batch, lambda batch: Compiled(self._planned(what, batch)))

    def _planned(self, what: str, batch: int, watched: Mapping[Path, Node] = MappingProxyType({})) -> Planned:
        if what == "prediction":
            return plan_of(self.blueprint.predict, batch=batch, watched=watched)
        training = self.blueprint.compiled_training
        graph = training.step if what == "step" else training.evaluate()
        return plan_of(
            graph, training.results, wanted=_is_state, is_state=_is_state, batch=batch, watched=watched
        )

    def predict(self, x: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
        """Return the prediction for examples."""
        prediction = self._compiled("prediction", len(x))
        prediction.give_weights(weights)
        return prediction.call(x)

    def predictor(self, weights: dict[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        """Return what predicts with these weights, and asks nothing else any more."""
        ready: list[Compiled] = []

        def prepared(batch: int) -> Compiled:
            compiled = Compiled(self._compiled("prediction", batch).planned)
            compiled.give_weights(weights)
            return compiled

        return lambda x: _suiting(ready, len(x), prepared).call(x)

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: State,
        batch_size: int,
        epochs: int,
        shuffle: bool,
        skip: int = 0,
    ) -> NativeRun:
        """Prepare a training run; `NativeRun.advance` does the work."""
        compiled = self._compiled("step", min(batch_size, len(arrays[0])))
        return NativeRun(compiled, arrays, state, batch_size, epochs, shuffle, skip)

    def evaluation(self, arrays: Sequence[np.ndarray], state: State, batch_size: int) -> NativeRun:
        """Prepare a run of one epoch that only adds up the metrics."""
        compiled = self._compiled("evaluation", min(batch_size, len(arrays[0])))
        return NativeRun(compiled, arrays, state, batch_size, 1, shuffle=False)

    def observe(
        self, arrays: Sequence[np.ndarray], state: State, watched: Mapping[Path, Node]
    ) -> tuple[dict[Path, Any], State]:
        """Do what is done with a batch, and say which numbers came up."""
        batch = len(arrays[0])
        learning = len(arrays) > 1
        what = "step" if learning else "prediction"
        plans = self._plans.setdefault((what, *[(path, id(node)) for path, node in watched.items()]), [])
        compiled = _suiting(plans, batch, lambda batch: Compiled(self._planned(what, batch, watched)))
        compiled.forget()
        compiled.give(state)
        planned = compiled.planned
        seen = carry_out(planned, compiled.program, arrays, {"batch": batch}, planned.watched)
        after = dict(state)
        if learning:
            compiled.take(after)
        return seen, after


def _suiting(plans: list[Compiled], batch: int, make: Callable[[int], Compiled]) -> Compiled:
    """Return the plan for batches of about this size; make it if it is missing."""
    for compiled in plans:
        if compiled.planned.suits(batch):
            return compiled
    plans.append(make(batch))
    return plans[-1]


def _is_state(path: Path) -> bool:
    """Whether an output of a step is a new value of the state; the others are the prediction and the loss."""
    return path[0] not in ("prediction", "loss")


class Compiled:
    """A plan in the hands of the compiled side, and which numbers it was given.

    Attributes:
        planned: the plan.
        program: the compiled side of it.
        stale: whether the program has trained since the state was last brought up to date.
    """

    def __init__(self, planned: Planned) -> None:
        from pellucid.engines.native._native import Program

        self.planned = planned
        self.program = Program(planned.plan)
        self.stale = False
        self._given: dict[Path, Any] = {}
        self._state = [*planned.arrays, *planned.numbers]
        self._weights = [path for path in self._state if path[0] == "weights"]

    # ------------------------------------------------------------ the state
    def give(self, state: State) -> None:
        """Hand over what is new in the state."""
        for path in self._state:
            self._give(path, _entry(state, path))

    def give_weights(self, weights: dict[str, np.ndarray]) -> None:
        """Hand over the weights that are new."""
        for path in self._weights:
            self._give(path, weights[path[1]])

    def _give(self, path: Path, value: Any) -> None:
        if value is self._given.get(path):
            return
        if path in self.planned.arrays:
            self.program.write(self.planned.arrays[path], np.ascontiguousarray(value))
        else:
            self.planned.put(self.program, self.planned.numbers[path], value)
        self._given[path] = value

    def take(self, state: State) -> None:
        """Put into the state what training has made; its arrays are new ones, and nobody writes into them."""
        for path in self.planned.changed:
            old = _entry(state, path)
            value: Any
            if path in self.planned.arrays:
                value = np.empty(old.shape, old.dtype)
                self.program.read(self.planned.arrays[path], value)
                value.flags.writeable = False
            else:
                value = self.program.get(self.planned.numbers[path])
                if isinstance(old, np.ndarray):
                    value = np.asarray(value, old.dtype)
                elif isinstance(old, int) and value.is_integer():
                    value = int(value)
            self._given[path] = value
            _put(state, path, value)

    def forget(self) -> None:
        """Take everything anew next time: what is in the program was never wanted."""
        self._given.clear()
        self.stale = False

    # ------------------------------------------------------------ prediction
    def call(self, x: np.ndarray) -> np.ndarray:
        """Return the one output for examples."""
        shape, dtype, buffer = self._output
        prediction = np.empty((len(x), *shape), dtype)
        fault = self.program.call([np.ascontiguousarray(x)], [(buffer, prediction)], self._block)
        if fault is not None:
            raise missing_row(*fault)
        return prediction

    @cached_property
    def _output(self) -> tuple[tuple[Any, ...], str, int]:
        (value,) = self.planned.outputs.values()
        return value.shape[1:], value.dtype, self.planned.buffer(value)

    @cached_property
    def _block(self) -> int:
        """So many examples at once that what lies between stays near the processor."""
        return max(1, min(_LARGEST_BLOCK, _WORKING_SET // max(1, self.planned.numbers_per_example)))


class NativeRun:
    """The loop over the examples, in the compiled side.

    Attributes:
        epochs: how many epochs there are.
    """

    def __init__(
        self,
        compiled: Compiled,
        arrays: Sequence[np.ndarray],
        state: State,
        batch_size: int,
        epochs: int,
        shuffle: bool,
        skip: int = 0,
    ) -> None:
        from pellucid.engines.native._native import Loop

        planned = compiled.planned
        if compiled.stale:
            compiled.forget()
        self.epochs = epochs
        self._history: list[dict[str, float]] = []
        self._compiled = compiled
        self._state = state
        self._first = state["epoch"]
        self._names = [path[0] for path in planned.results]
        self._loop = Loop(
            compiled.program,
            [np.ascontiguousarray(array) for array in arrays],
            batch_size,
            epochs,
            shuffle,
            state["seed"],
            self._first,
            [register for path, register in planned.numbers.items() if path[0] == "metrics"],
            list(planned.results.values()),
            skip=skip,
        )

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return self._loop.epoch

    @property
    def batch(self) -> int:
        """How many batches of the present epoch are done."""
        return self._loop.batch

    @property
    def batches(self) -> int:
        """How many there are in an epoch."""
        return self._loop.batches

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self._loop.epoch >= self.epochs

    @property
    def history(self) -> list[dict[str, float]]:
        """The results of every finished epoch."""
        if self._loop.fault is None:
            for numbers in self._loop.history(len(self._history)).tolist():
                self._history.append(dict(zip(self._names, numbers, strict=True)))
        return self._history

    def rows(self) -> np.ndarray:
        """Return which examples the next batch has, in the order in which it takes them."""
        return np.array(self._loop.rows(), np.int64)

    def results(self) -> dict[str, float]:
        """Return the loss and metrics of the present epoch so far."""
        return dict(zip(self._names, self._loop.results(), strict=True))

    def advance(self, seconds: float, epochs: int = 1, batches: int = 10**18) -> None:
        """Go on until the time is up, this many epochs are finished, or this many batches are done."""
        self._compiled.give(self._state)
        self._compiled.stale = True
        fault = self._loop.advance(seconds, epochs, batches)
        if fault is not None:
            raise missing_row(*fault)

    def settle(self) -> None:
        """Bring the state up to date; after a wrong index it stays what it was the last time."""
        if self._compiled.stale and self._loop.fault is None:
            self._compiled.take(self._state)
            self._state["epoch"] = self._first + self._loop.epoch
            self._compiled.stale = False


def _entry(state: State, path: Path) -> Any:
    value = state
    for key in path:
        value = value[key]
    return value


def _put(state: State, path: Path, value: Any) -> None:
    slot, *name = path
    if name:
        state[slot] = {**state[slot], name[0]: value}
    else:
        state[slot] = value
