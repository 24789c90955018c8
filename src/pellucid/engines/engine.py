"""What every engine offers: the contract between a model and whatever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from pellucid.engines.blueprint import Blueprint
from pellucid.graph import Node, Path

__all__ = ["Engine", "Run", "State", "entries_of"]

State: TypeAlias = "dict[str, Any]"
"""slot -> name -> value: {"weights": {"dense/kernel": array}, "optimizer": {"step": 0}, "seed": 7}."""


def entries_of(state: State) -> dict[Path, Any]:
    """Return the numbers of a state by the paths that graphs know."""
    entries: dict[Path, Any] = {}
    for slot, value in state.items():
        if isinstance(value, dict):
            entries |= {(slot, name): entry for name, entry in value.items()}
        else:
            entries[slot,] = value
    return entries


class Engine(Protocol):
    """A model, ready to run."""

    @property
    def blueprint(self) -> Blueprint:
        """The model."""

    def initial_state(self, seed: int) -> State:
        """Return what training starts from."""

    def predict(self, x: np.ndarray, weights: dict[str, np.ndarray]) -> np.ndarray:
        """Return the prediction for examples.

        Args:
            x: an array of the input's dtype and shape.
            weights: by their paths. An array that was given before is not looked at again: who wants other
                weights gives other arrays.
        """

    def predictor(self, weights: dict[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        """Return what predicts with these weights, and asks nothing else any more."""

    def run(
        self,
        arrays: Sequence[np.ndarray],
        state: State,
        batch_size: int,
        epochs: int,
        shuffle: bool,
        skip: int = 0,
    ) -> Run:
        """Prepare a training run; `Run.advance` does the work.

        Args:
            arrays: x, y, and the examples' weights if there are any.
            state: what training starts from; `Run.settle` brings it up to date, `Run.advance` looks at it
                anew. Its arrays are never written into: others take their place.
            batch_size: examples per step.
            epochs: how often all examples are shown.
            shuffle: whether every epoch takes them in a new order.
            skip: how many batches of the first epoch are done already, less than all; the state is that after
                them. So a run can go on from a state that was kept, to the same bits.
        """

    def evaluation(self, arrays: Sequence[np.ndarray], state: State, batch_size: int) -> Run:
        """Prepare a run of one epoch that only adds up the metrics."""

    def observe(
        self, arrays: Sequence[np.ndarray], state: State, watched: Mapping[Path, Node]
    ) -> tuple[dict[Path, Any], State]:
        """Do what is done with a batch, and say which numbers came up.

        Args:
            arrays: one batch: x; for a step of training also y, and the examples' weights if there are any.
            state: what is there before; it stays as it is.
            watched: nodes of the graph of a step, or of a prediction, by path.
        Returns:
            The numbers of the watched nodes, but for those that the engine never has as such because it does
            several operations at a time; and the state afterwards.
        """


class Run(Protocol):
    """A loop over examples, in slices of time.

    A slice is done or not done: after Ctrl-C in the middle of it, everything is as it was before.

    Attributes:
        epoch: how many epochs are finished.
        epochs: how many there are.
        batch: how many batches of the present epoch are done.
        batches: how many there are in an epoch.
        history: the results of every finished epoch.
    """

    @property
    def epoch(self) -> int: ...
    @property
    def epochs(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def batches(self) -> int: ...
    @property
    def history(self) -> list[dict[str, float]]: ...

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""

    def advance(self, seconds: float, epochs: int = 1, batches: int = 10**18) -> None:
        """Go on until the time is up, this many epochs are finished, or this many batches are done."""

    def rows(self) -> np.ndarray:
        """Return which examples the next batch has, in the order in which it takes them."""

    def results(self) -> dict[str, float]:
        """Return the loss and metrics of the present epoch so far."""

    def settle(self) -> None:
        """Bring the state up to date."""
