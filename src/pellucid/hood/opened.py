"""What the hood is lifted from: a model's graphs, its numbers, and examples that fit it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.engines import Blueprint, State, Training, entries_of
from pellucid.graph import INPUT, Graph, Node, Path
from pellucid.nn.losses import Loss
from pellucid.nn.metrics import Metric
from pellucid.nn.optimizers import Optimizer

__all__ = ["Opened"]


class Opened(NamedTuple):
    """A model with its hood open.

    Attributes:
        blueprint: its graphs.
        state: its weights, and what its optimizer keeps.
        arrays: examples: x; with the right answers also y, and how much each counts if not all count alike;
            empty if only the model is looked at.
        features: what the inputs are called, where an example is a row of numbers: ("x1", "x2").
        answers: what the outputs are called, where each is a number: ("fahrenheit",), ("rock", "paper").
        loss: what compile chose to measure errors with; None if the model is not compiled.
        optimizer: what it chose to learn with.
        metrics: what it chose to report.
    """

    blueprint: Blueprint
    state: State
    arrays: list[np.ndarray]
    features: tuple[str, ...]
    answers: tuple[str, ...]
    loss: Loss | None = None
    optimizer: Optimizer | None = None
    metrics: tuple[Metric, ...] = ()

    @property
    def training(self) -> Training:
        """What a compiled model has."""
        return self.blueprint.compiled_training

    @property
    def graph(self) -> Graph:
        """What is done with these examples: a step of training; without answers, a prediction."""
        return self.blueprint.predict if len(self.arrays) < 2 else self.training.step

    @property
    def given(self) -> dict[str, np.ndarray]:
        """The examples by the names of the graph's inputs."""
        names = [leaf["name"] for leaf in self.graph.leaves(INPUT)]
        return dict(zip(names, self.arrays, strict=True))

    @property
    def entries(self) -> dict[Path, Any]:
        """The state by the paths that graphs know."""
        return entries_of(self.state)

    def gradients(self) -> dict[str, Node]:
        """Find the gradient of the loss with respect to each weight that is trained, in the graph of a step.

        It is what the optimizer is called with.
        """
        step = self.training.step
        found = {}
        for path in self.training.trainable:
            (updated,) = step.outputs["weights", path].inputs
            names = [leaf["name"] for leaf in updated["body"].leaves(INPUT)]
            found[path] = updated.inputs[names.index("gradient")]
        return found
