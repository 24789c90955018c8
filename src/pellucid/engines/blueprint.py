"""What a model hands to an engine: its graphs, and how its state begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid.engines.recipe import Recipe
from pellucid.errors import UsageError
from pellucid.graph import Graph

__all__ = ["Blueprint", "Training"]


class Training(NamedTuple):
    """The part of a blueprint that only a compiled model has.

    Attributes:
        step: a batch and the state in; ("prediction",), ("loss",) and the new state out.
        evaluate: makes the same without dropout and without an update: the metrics only.
        results: the sums of the metrics in; one number for each metric out.
        slots: what the optimizer keeps for each trainable weight: ("m", "v").
        trainable: the paths of the weights that it changes.
        learning_rate: the step size to begin with.
        sums: the names of the sums that metrics keep.
    """

    step: Graph
    evaluate: Callable[[], Graph]
    results: Graph
    slots: tuple[str, ...]
    trainable: tuple[str, ...]
    learning_rate: float
    sums: tuple[str, ...]


class Blueprint(NamedTuple):
    """A model as an engine sees it. All graphs are simplified.

    Attributes:
        title: the model's name.
        predict: x and the weights in; ("prediction",) out.
        weights: how each weight begins, by its path.
        training: what fit and evaluate need, once the model is compiled.
    """

    title: str
    predict: Graph
    weights: dict[str, Recipe]
    training: Training | None = None

    @property
    def compiled_training(self) -> Training:
        """What fit and evaluate need.

        Raises:
            UsageError: if the model is not compiled.
        """
        if self.training is None:
            raise UsageError("a model that is not compiled cannot be trained", attempt="model.compile(...)")
        return self.training

    def initial_state(self, seed: int) -> dict[str, Any]:
        """Return what training starts from, as the printed program's function of this name does."""
        weights = {path: recipe.make(seed) for path, recipe in self.weights.items()}
        state: dict[str, Any] = {"weights": weights}
        training = self.training
        if training is not None:
            for slot in training.slots:
                state[slot] = {path: np.zeros_like(weights[path]) for path in training.trainable}
            state["optimizer"] = {"step": 0, "learning_rate": training.learning_rate}
            state["metrics"] = dict.fromkeys(training.sums, 0)
        return state | {"seed": seed, "epoch": 0}
