"""A model at work: its engines, and the state that they train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.engines import Engine, State, engine_for
from pellucid.nn.variable import Variable
from pellucid.training.base import BaseModel
from pellucid.training.callbacks import CallbackList
from pellucid.training.graphs import blueprint

__all__ = ["SLICE", "Session", "sorted_logs"]

SLICE = 0.1  # seconds between two looks at the world outside: Ctrl-C, the progress bar


class Session:
    """Keeps what lies between a model and its engines.

    The weights live in the model's layers. All other entries of the state (the optimizer's slots, the
    counters, the sums of the metrics) live here, from one fit to the next.

    Attributes:
        slots: the state without the weights; empty before the first fit.
        weighted: whether the examples of the last fit had weights.
        told: the kinds of findings that the doctor has said since the model was compiled.
    """

    def __init__(self, model: BaseModel) -> None:
        self.slots: State = {}
        self.weighted = False
        self.told: set[str] = set()
        self._model = model
        self._engines: dict[bool | None, Engine] = {}
        self._made_for: object = None
        self._compilation = 0
        self._kept_for: dict[str, Variable] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy begins with: it makes engines of its own."""
        return {**self.__dict__, "_engines": {}, "_made_for": None}

    # ------------------------------------------------------------ engines
    def engine(self, weighted: bool | None) -> Engine:
        """Return the program of the model as it is now.

        Args:
            weighted: whether examples have weights; None where only a prediction is wanted.
        """
        model = self._model
        if model.compilations != self._compilation:
            self.slots, self.told, self._compilation = {}, set(), model.compilations
        layers = model.layers
        trainable = [layer.trainable for layer in layers]
        now = (model.compilations, trainable, layers, model.known_shape())
        if now != self._made_for:
            model.give_names()
            self._engines, self._made_for = {}, now
        if weighted is None and self._engines:
            return next(iter(self._engines.values()))
        if weighted not in self._engines:
            compiled = None if weighted is None else model.compiled(weighted)
            self._engines[weighted] = engine_for(
                blueprint(model.name, model.layers, model.known_shape(), compiled)
            )
        return self._engines[weighted]

    def latest(self) -> Engine:
        """Return the program of a fit like the last one; of a prediction if the model is not compiled."""
        return self.engine(self.weighted if self._model.is_compiled else None)

    # ------------------------------------------------------------ the state
    def begin(self, engine: Engine) -> State:
        """Return the state that training goes on from."""
        model = self._model
        state = self._continued(engine) if self.slots else engine.initial_state(model.seed)
        for weight in model.weights:
            if not weight.made and "weights" in state:
                weight.value = state["weights"][weight.path]
        self.refresh(state)
        return state

    def _continued(self, engine: Engine) -> State:
        """Return what the last fit left; a weight that it did not train begins with zeros."""
        training = engine.blueprint.training
        state = dict(self.slots)
        if training is None:
            return state
        state["metrics"] = dict.fromkeys(training.sums, 0)
        weights = {weight.path: weight for weight in self._model.weights}
        for slot in training.slots:
            kept = {
                path: array
                for path, array in state[slot].items()
                if weights.get(path) is self._kept_for[path]
            }
            state[slot] = {path: np.zeros_like(weights[path].value) for path in training.trainable} | kept
        return state

    def refresh(self, state: State) -> None:
        """Put into the state what a user or a callback may have changed: weights and learning rate."""
        state["weights"] = self.weights()
        optimizer = self._model.optimizer
        if optimizer is not None and "optimizer" in state:
            state["optimizer"]["learning_rate"] = optimizer.learning_rate

    def keep(self, state: State) -> None:
        """Take over what training made."""
        self._kept_for = {weight.path: weight for weight in self._model.weights}
        for path, weight in self._kept_for.items():
            weight.value = np.asarray(state["weights"][path])
        self.slots = {slot: _arrays(value) for slot, value in state.items() if slot != "weights"}

    def resume(self, slots: State) -> None:
        """Go on from a state that was kept: training continues as if it had not stopped."""
        self.slots, self._compilation = slots, self._model.compilations
        self._kept_for = {weight.path: weight for weight in self._model.weights}

    def weights(self) -> dict[str, np.ndarray]:
        """Return the present weights by their paths."""
        return {weight.path: weight.value for weight in self._model.weights}

    # ------------------------------------------------------------ evaluation
    def evaluate(
        self,
        arrays: Sequence[np.ndarray],
        batch_size: int,
        callbacks: CallbackList,
        show: Callable[[int, dict[str, float]], None] | None = None,
    ) -> dict[str, float]:
        """Return the loss and the metrics over all examples.

        Args:
            arrays: x, y, and weights if there are any.
            batch_size: examples at once.
            callbacks: whom to tell.
            show: called after every batch with the number of batches done and the results so far.
        """
        engine = self.engine(weighted=len(arrays) > 2)
        run = engine.evaluation(arrays, self.begin(engine), batch_size)
        each = callbacks.waits_for("on_test_batch_begin", "on_test_batch_end")
        callbacks.tell("on_test_begin", {})
        while not run.finished:
            done = run.batch
            callbacks.tell("on_test_batch_begin", done, {})
            run.advance(SLICE, batches=1 if each or show else run.batches)
            results = run.history[-1] if run.finished else run.results()
            logs = sorted_logs(results)
            callbacks.tell("on_test_batch_end", done, logs)
            if show:
                show(run.batches if run.finished else run.batch, logs)
        callbacks.tell("on_test_end", sorted_logs(results))
        return results


def _arrays(value: Any) -> Any:
    """Make arrays again of those without axes: NumPy's arithmetic returns single numbers for them."""
    if not isinstance(value, dict):
        return value
    return {name: np.asarray(part) if isinstance(part, np.generic) else part for name, part in value.items()}


def sorted_logs(logs: dict[str, float]) -> dict[str, float]:
    """Return the loss and the metrics in the order of their names, as Keras shows them."""
    return dict(sorted(logs.items()))
