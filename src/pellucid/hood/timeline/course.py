"""What decides how a training run goes, beside the state that it goes on from."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from pellucid.engines import Engine, Run, State
from pellucid.graph import Path

__all__ = ["Course", "Kept", "bytes_of", "copied"]

_OVERHEAD: Final = 200  # bytes that an entry of a state takes beside its numbers


class Kept(NamedTuple):
    """A state, and after how many steps it was so."""

    step: int
    state: State


class Course(NamedTuple):
    """The same course from the same state leads to the same bits. Steps are counted from where it began.

    Attributes:
        engine: who runs it.
        arrays: x, y, and the examples' weights if there are any; not copied.
        batch_size: examples per step.
        shuffle: whether every epoch takes them in a new order.
        first_epoch: the number that the first epoch has for callbacks.
    """

    engine: Engine
    arrays: list[np.ndarray]
    batch_size: int
    shuffle: bool
    first_epoch: int = 0

    @property
    def batches(self) -> int:
        """How many steps there are in an epoch."""
        return -(-len(self.arrays[0]) // self.batch_size)

    @property
    def learnt(self) -> list[Path]:
        """What every step makes anew: weights, and what the optimizer keeps for each."""
        training = self.engine.blueprint.compiled_training
        return [path for path in training.step.outputs if path[0] in ("weights", *training.slots)]

    def run(self, kept: Kept, epochs: int) -> Run:
        """Prepare a run that goes on from a state, to the end of this epoch and those after it."""
        skip = kept.step % self.batches
        return self.engine.run(self.arrays, kept.state, self.batch_size, epochs, self.shuffle, skip)

    def step_of(self, run: Run, start: int) -> int:
        """Return at which step a run is that went on from the step `start`."""
        return (start // self.batches + run.epoch) * self.batches + run.batch

    def rows(self, kept: Kept) -> np.ndarray:
        """Return which examples the batch after this state has."""
        return self.run(kept, epochs=1).rows()


def copied(state: State) -> State:
    """Return a state of its own with the same arrays, into which no run ever writes."""
    return {slot: dict(value) if isinstance(value, dict) else value for slot, value in state.items()}


def bytes_of(state: State, shared: State | None = None) -> int:
    """Return about how much memory a state takes beside another."""
    total = 0
    for slot, entries in state.items():
        if isinstance(entries, dict):
            other = {} if shared is None else shared[slot]
            for name, value in entries.items():
                same = isinstance(value, np.ndarray) and value is other.get(name)
                total += _OVERHEAD + (0 if same else np.asarray(value).nbytes)
    return total
