"""A model before it is at work: its layers, their weights, and how it shall learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, UnsupportedError, UsageError
from pellucid.graph import Node
from pellucid.nn import losses, metrics, optimizers
from pellucid.nn.layers.base import Layer, assign_all
from pellucid.nn.losses import Loss
from pellucid.nn.metrics import Metric, accuracy_for
from pellucid.nn.optimizers import Optimizer
from pellucid.nn.settings import fresh_seed
from pellucid.nn.variable import Variable
from pellucid.training.graphs import Compiled, prediction_of

__all__ = ["BaseModel", "refuse_options", "whole"]

_ACCURACY = ("accuracy", "acc")
_IGNORED_IN_COMPILE = ("run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss")


class BaseModel:
    """Layers and their weights, and what compile decided; `Model` adds what can be done with them.

    Attributes:
        name: what it is called.
        seed: where its random numbers come from; the same seed gives the same run.
        stop_training: set it while training to end after the present epoch.
        optimizer: how it learns, once compiled.
        loss: what compile was given.
        notes: short texts by name that its file keeps and its program shows, such as what the inputs are.
        compilations: how often it was compiled.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.seed = fresh_seed()
        self.stop_training = False
        self.optimizer: Optimizer | None = None
        self.loss: Any = None
        self.notes: dict[str, str] = {}
        self.chosen_loss: Loss | None = None
        self.chosen_metrics: tuple[list[Any], list[Any]] = ([], [])
        self.compilations = 0
        self._foreseen: tuple[tuple[object, ...], Node] | None = None

    # ------------------------------------------------------------ to be written by each kind of model
    def get_config(self) -> dict[str, Any]:
        """Return the architecture as data."""
        raise NotImplementedError(f"{type(self).__name__} needs get_config")

    @property
    def layers(self) -> list[Layer]:
        """The layers, in the order in which they are applied."""
        raise NotImplementedError(f"{type(self).__name__} needs layers")

    @property
    def example_shape(self) -> tuple[int, ...] | None:
        """The shape of one example, if it is known."""
        raise NotImplementedError(f"{type(self).__name__} needs example_shape")

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the weights for inputs of this shape, the batch (None) in front."""
        raise NotImplementedError(f"{type(self).__name__} needs build")

    def give_names(self) -> None:
        """Name the layers that have no name yet."""
        raise NotImplementedError(f"{type(self).__name__} needs give_names")

    # ------------------------------------------------------------ weights
    @property
    def weights(self) -> list[Variable]:
        """All weights, layer by layer."""
        return [weight for layer in self.layers for weight in layer.weights]

    @property
    def trainable_weights(self) -> list[Variable]:
        """Those that training changes."""
        return [weight for layer in self.layers for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Those that training leaves alone."""
        return [weight for layer in self.layers for weight in layer.non_trainable_weights]

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of all weights, layer by layer."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, or none if one of them does not fit.

        Raises:
            ShapeError: if their number or a shape is wrong.
        """
        assign_all(f"the model {self.name!r}", self.weights, weights)

    def count_params(self) -> int:
        """Return how many numbers there are in all weights."""
        return sum(weight.size for weight in self.weights)

    # ------------------------------------------------------------ compile
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **others: Any,
    ) -> None:
        """Decide how to learn.

        Args:
            optimizer: name or optimizer.
            loss: name, loss, or function of (y_true, y_pred).
            metrics: names, metrics or functions to report.
            weighted_metrics: the same, with the examples' weights.
        Raises:
            UnknownNameError: if a name is unknown; it offers the nearest. Nothing is changed then.
        """
        refuse_options("compile", others, _IGNORED_IN_COMPILE)
        chosen_optimizer = optimizers.get(optimizer)
        chosen_loss = None if loss is None else losses.get(loss)
        wanted = (_checked(metrics), _checked(weighted_metrics))
        self.optimizer, self.chosen_loss, self.loss = chosen_optimizer, chosen_loss, loss
        self.chosen_metrics = wanted
        self.compilations += 1

    @property
    def is_compiled(self) -> bool:
        """Whether compile was called, with a loss."""
        return self.optimizer is not None and self.chosen_loss is not None

    @property
    def metrics_names(self) -> list[str]:
        """The names of what evaluate returns."""
        return [
            "loss",
            *[
                metric if isinstance(metric, str) else metric.name
                for metric in (*self.chosen_metrics[0], *self.chosen_metrics[1])
            ],
        ]

    def compiled(self, weighted: bool) -> Compiled:
        """Return what compile decided, with the metrics that fit this model's output."""
        if self.optimizer is None or self.chosen_loss is None:
            missing = "compile" if self.optimizer is None else "a loss in compile"
            raise UsageError(
                f"{self.name!r} does not know how to learn yet",
                expected=missing,
                received="nothing",
                attempt="model.compile(optimizer='adam', loss='mean_squared_error')",
            )
        prediction = self.prediction()
        chosen = [
            tuple(_metric(metric, prediction, self.chosen_loss) for metric in wanted)
            for wanted in self.chosen_metrics
        ]
        return Compiled(self.chosen_loss, self.optimizer, chosen[0], chosen[1], weighted)

    def prediction(self) -> Node:
        """Return the node of the output, for its shape and dtype; layers without weights get theirs."""
        self.give_names()
        basis = (*self.layers, self.known_shape())
        if self._foreseen is None or self._foreseen[0] != basis:
            self._foreseen = basis, prediction_of(self.layers, self.known_shape())
        return self._foreseen[1]

    def known_shape(self) -> tuple[int, ...]:
        """Return the shape of one example.

        Raises:
            UsageError: if it is not known yet.
        """
        shape = self.example_shape
        if shape is None:
            raise UsageError(
                f"{self.name!r} does not know its input yet",
                expected="the shape of an example",
                received="none",
                attempt="input_shape=[...] in the first layer, or fit",
            )
        return shape


def _checked(wanted: Any) -> list[Any]:
    """Return the wanted metrics as a list; every one is known."""
    listed = [] if wanted is None else list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    return [metric if metric in _ACCURACY else metrics.get(metric) for metric in listed]


def _metric(wanted: Any, prediction: Node, loss: Loss) -> Metric:
    if isinstance(wanted, str):
        targets = prediction.shape[:-1] if loss.labels else prediction.shape
        return accuracy_for(targets, prediction.shape, wanted)
    chosen: Metric = wanted
    return chosen


# ------------------------------------------------------------ arguments
def refuse_options(method: str, options: Mapping[str, Any], ignored: Sequence[str]) -> None:
    """Pass over options that only concern how Keras runs; raise for all others that are set."""
    for option, value in options.items():
        if option not in ignored and value is not None:
            raise UnsupportedError(f"{method} has no option {option!r}", received=f"{option}={value!r}")


def whole(name: str, value: Any, least: int = 0) -> int:
    """Return a whole number that is large enough."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(
            f"{name} cannot be used", expected=f"a whole number, at least {least}", received=repr(value)
        )
    return int(value)
