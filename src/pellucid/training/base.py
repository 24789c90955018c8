"""A model before it is at work: its layers, their weights, and how it shall learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from pellucid.errors import UnsupportedError, UsageError
from pellucid.graph import Node
from pellucid.nn import losses, metrics, optimizers
from pellucid.nn._arguments import label, refuse_unknown
from pellucid.nn.layers.base import Layer, assign_all
from pellucid.nn.losses import Loss
from pellucid.nn.metrics import EXAMPLES, WEIGHT, Metric, accuracy_for
from pellucid.nn.optimizers import Optimizer
from pellucid.nn.settings import fresh_seed
from pellucid.nn.variable import Variable
from pellucid.training import _names
from pellucid.training.graphs import Compiled, prediction_of

__all__ = ["BaseModel", "refuse_options"]

_ACCURACY = ("accuracy", "acc")

# Arguments of Keras's methods that say how Keras shall run and not what comes out: they are passed over.
_IGNORED = (
    "auto_scale_loss",
    "jit_compile",
    "max_queue_size",
    "run_eagerly",
    "steps_per_execution",
    "use_multiprocessing",
    "workers",
)
# Others, with the values that ask for nothing.
_UNSUPPORTED = {
    "loss_weights": None,
    "steps": None,
    "steps_per_epoch": None,
    "validation_freq": 1,
    "validation_steps": None,
}


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
        self.name = label("a model", name)
        self.seed = fresh_seed()
        self.stop_training = False
        self.optimizer: Optimizer | None = None
        self.loss: Any = None
        self.notes: dict[str, str] = {}
        self.chosen_loss: Loss | None = None
        self.chosen_metrics: tuple[list[Any], list[Any]] = ([], [])
        self.compilations = 0
        self._foreseen: tuple[tuple[object, ...], Node] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy begins with: nothing of what is worked out again when it is wanted."""
        return {**self.__dict__, "_foreseen": None}

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

    def forget_shape(self) -> None:
        """Be without an input shape again."""
        raise NotImplementedError(f"{type(self).__name__} needs forget_shape")

    @contextmanager
    def unchanged_by_errors(self) -> Iterator[None]:
        """If an error comes, undo what was built meanwhile for a shape that was not known before."""
        known = self.example_shape is not None
        unbuilt = [layer for layer in self.layers if not layer.built]
        try:
            yield
        except BaseException:
            if not known:
                self.forget_shape()
                self._foreseen = None
                for layer in unbuilt:
                    layer.forget_weights()
            raise

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

    # ------------------------------------------------------------ names
    @property
    def feature_names(self) -> tuple[str, ...]:
        """What the inputs are called, the columns of x; () if nobody has said. The model's file keeps it."""
        return _names.names_in(self.notes, _names.FEATURES)

    @feature_names.setter
    def feature_names(self, names: Sequence[str]) -> None:
        shape = self.example_shape
        count = shape[0] if shape is not None and len(shape) == 1 else None
        self._note_names(_names.FEATURES, _names.checked(names, count, "the inputs"))

    @property
    def answer_names(self) -> tuple[str, ...]:
        """What the outputs are called, columns of y or classes; () if nobody has said. The file keeps it."""
        return _names.names_in(self.notes, _names.ANSWERS)

    @answer_names.setter
    def answer_names(self, names: Sequence[str]) -> None:
        count = None if self.example_shape is None else self.prediction().shape[-1]
        known = count if isinstance(count, int) else None
        self._note_names(_names.ANSWERS, _names.checked(names, known, "the answers"))

    def take_names(self, x: Any, y: Any) -> None:
        """Call inputs and answers as the tables call them that the model learns from, if these have names."""
        features = _names.names_of(x, self.known_shape())
        answers = _names.names_of(y, self.prediction().shape[1:])
        for kind, names in ((_names.FEATURES, features), (_names.ANSWERS, answers)):
            if names:
                self._note_names(kind, names)

    def _note_names(self, kind: str, names: Sequence[str]) -> None:
        others = {name: text for name, text in self.notes.items() if name != kind}
        self.notes = others | ({kind: _names.line_of(names)} if names else {})

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
            ArgumentError: if something is no optimizer, loss or metric. Nothing is changed then either.
        """
        refuse_options(type(self).compile, others)
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
        plain, weighted = _reported_names(*self.chosen_metrics)
        return ["loss", *plain, *weighted]

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
            tuple(
                [
                    _metric(metric, name, prediction, self.chosen_loss)
                    for metric, name in zip(wanted, names, strict=True)
                ]
            )
            for wanted, names in zip(self.chosen_metrics, _reported_names(*self.chosen_metrics), strict=True)
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
        if shape is None and not self.layers:
            raise UsageError(f"{self.name!r} is empty", expected="layers", attempt="model.add(Dense(1))")
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
    chosen = [metric if metric in _ACCURACY else metrics.get(metric) for metric in listed]
    for metric in chosen:
        label("a metric", _name_of(metric))
    return chosen


def _name_of(metric: Any) -> str:
    name: str = metric if isinstance(metric, str) else metric.name
    return name


def _reported_names(plain: Sequence[Any], weighted: Sequence[Any]) -> tuple[list[str], list[str]]:
    """Return the names of metrics in reports; as in Keras, the second "mae" is "mae_1" or "weighted_mae"."""
    taken = {"loss", EXAMPLES, WEIGHT}  # sums that the state has for all of them

    def free(name: str) -> str:
        numbers = (f"{name}_{number}" for number in range(1, len(taken) + 1))
        chosen = name if name not in taken else next(other for other in numbers if other not in taken)
        taken.add(chosen)
        return chosen

    names = [free(_name_of(metric)) for metric in plain]
    wanted = [_name_of(metric) for metric in weighted]
    return names, [free(f"weighted_{name}" if name in taken else name) for name in wanted]


def _metric(wanted: Any, name: str, prediction: Node, loss: Loss) -> Metric:
    """Return the metric that keeps its sums under this name."""
    if isinstance(wanted, str):
        targets = prediction.shape[:-1] if loss.labels else prediction.shape
        return accuracy_for(targets, prediction.shape, name)
    chosen: Metric = wanted.renamed(name)
    return chosen


# ------------------------------------------------------------ arguments
def refuse_options(method: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Pass over options that only concern how Keras runs; raise for all others.

    Raises:
        UnsupportedError: if Keras has such an option.
        UnknownNameError: if it has none.
    """
    if not options:
        return
    refuse_unknown(method, [name for name in options if name not in (*_IGNORED, *_UNSUPPORTED)])
    for name, value in options.items():
        if name in _UNSUPPORTED and value != _UNSUPPORTED[name]:
            raise UnsupportedError(
                f"{method.__name__} cannot do this", received=f"{name}={value!r}", attempt="to leave it out"
            )
