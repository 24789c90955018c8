"""What every layer is: weights, and a function from nodes to nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, DataError, GraphError, ShapeError, UnsupportedError, UsageError
from pellucid.graph import Node, Scope, Shape, current_graph, name_by_assignment, named
from pellucid.nn import initializers, regularizers
from pellucid.nn._arguments import floating, label, refuse_unknown, whole
from pellucid.nn._arrays import as_numbers
from pellucid.nn._serialize import Configured, Registry
from pellucid.nn.settings import floatx, fresh_seed
from pellucid.nn.variable import Variable

__all__ = ["Layer", "activation_title", "assign_all", "registry", "snake_case", "supported"]


registry = Registry("layer")


class Layer(Configured):
    """The base of all layers: write `build` to make weights and `call` to use them.

    Args:
        name: what to call it; without one, the model counts its layers: dense_1, dense_2.
        dtype: "float32" or "float64".
        trainable: whether training changes its weights.
        input_shape: the shape of one example, when it is the first layer: [3].
        input_dim: the same for a single axis: 3.
        batch_input_shape: the same with the batch in front: (None, 3).
        activity_regularizer: what is added to the loss for its output.
    Raises:
        UnknownNameError: if there are other arguments; it offers the nearest.
    """

    hint = "a"  # what a person calls its output

    def __init_subclass__(cls) -> None:
        """Let the layers of this library be found by name; a user's own are told to load_model."""
        super().__init_subclass__()
        place = f"{cls.__module__}.{cls.__name__}"
        if place.startswith("pellucid.") and "._" not in place:  # what is private is the base of others
            registry.register(snake_case(cls.__name__))(cls)

    def __init__(
        self,
        *,
        name: str | None = None,
        dtype: str | None = None,
        trainable: bool = True,
        input_shape: Sequence[int | None] | int | None = None,
        input_dim: int | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        activity_regularizer: Any = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        self._name = None if name is None else label("a layer", name)
        self.dtype = floatx() if dtype is None else floating(dtype)
        self.trainable = bool(trainable)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.declared_shape = _declared_shape(input_shape, input_dim, batch_input_shape)
        self.built = False
        self.named_by_model = False
        self._weights: list[Variable] = []
        self._seed: int | None = None
        self._owner: Callable[[], None] | None = None

    # ------------------------------------------------------------ to be written by each layer
    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for inputs of this shape; None stands for the batch."""

    def call(self, inputs: Node) -> Node:
        """Turn the node of the input into the node of the output; may also take `training`.

        What it assigns to weights, as in `self.total.assign(self.total + more)`, they become by each step of
        training.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method call(self, inputs)")

    @property
    def title(self) -> str:
        """What a heading says about the layer: "20 units, relu"."""
        return ""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that would make this layer again."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}
        if self.declared_shape is not None:
            config["batch_input_shape"] = [None, *self.declared_shape]
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        return config

    # ------------------------------------------------------------ name and weights
    @property
    def name(self) -> str:
        """The given name, or the one its model gave it, or that of its kind."""
        return self._name or snake_case(type(self).__name__)

    def join(self, name: str, seed: int) -> None:
        """Take the name and the seed that a model gives; the first model decides."""
        if self._name is None:
            self._name, self.named_by_model = name, True
            for weight in self._weights:  # made before the model was
                weight.path = f"{name}/{weight.name}"
        self._seed = seed if self._seed is None else self._seed

    def ask_when_needed(self, build: Callable[[], None]) -> None:
        """Take note of the model that builds this layer when its weights are wanted."""
        self._owner = build

    @property
    def named(self) -> bool:
        """Whether it has a name of its own already."""
        return self._name is not None

    @property
    def weights(self) -> list[Variable]:
        """All weights, in the order in which they were made."""
        if not self.built and self._owner is not None:
            self._owner()
        return list(self._weights)

    @property
    def trainable_weights(self) -> list[Variable]:
        """Those that training changes."""
        return [weight for weight in self.weights if self.trainable and weight.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Those that training leaves alone."""
        return [weight for weight in self.weights if not (self.trainable and weight.trainable)]

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        *,
        name: str | None = None,
        regularizer: Any = None,
        trainable: bool = True,
        dtype: str | None = None,
        hint: str | None = None,
    ) -> Variable:
        """Make a weight; inside `build`.

        Args:
            shape: its shape.
            initializer: how its first numbers are made; "glorot_uniform" unless given.
            name: its name within the layer: "kernel".
            regularizer: what is added to the loss for it.
            trainable: whether training changes it.
            dtype: its dtype, unless that of the layer.
            hint: what to call it in a program: "W"; its name unless given.
        """
        initializer = "glorot_uniform" if initializer is None else initializer
        name = label("a weight", name or f"weight_{len(self._weights) + 1}")
        if self._seed is None:
            self._seed = fresh_seed()
        path, size, kind = f"{self.name}/{name}", tuple(map(int, shape)), dtype or self.dtype
        variable = Variable(
            path,
            size,
            kind,
            initializers.get(initializer).recipe(size, kind, path),
            seed=self._seed,
            hint=hint or name,
            trainable=trainable,
            regularizer=regularizers.get(regularizer),
        )
        self._weights.append(variable)
        return variable

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of all weights."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Replace all weights, or none if one of them does not fit.

        Raises:
            ShapeError: if their number or a shape is wrong.
            DataError: if they are no numbers.
            UsageError: if the layer has no weights yet.
        """
        variables = self.weights
        if not self.built:
            raise UsageError(
                f"the layer {self.name!r} has no weights yet",
                attempt="to put it into a model that knows its input_shape",
            )
        assign_all(f"the layer {self.name!r}", variables, weights)

    def count_params(self) -> int:
        """Return how many numbers there are in the weights."""
        return sum(weight.size for weight in self.weights)

    # ------------------------------------------------------------ use
    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """Apply the layer to a node of a graph, or to an array."""
        if not isinstance(inputs, Node):
            return self._apply(as_numbers(inputs).astype(self.dtype), training)
        if current_graph().scope.name:
            raise UnsupportedError(
                f"the layer {self.name!r} is used inside {current_graph().scope.name!r}",
                attempt="weights of its own by add_weight, or both layers one after the other in the model",
            )
        if not self.built:
            self.build_for(inputs.shape)
        with current_graph().within(Scope(self.name, self.title)):
            options = {"training": training} if _takes_training(self) else {}
            if type(self).__module__.startswith("pellucid."):
                return self.call(inputs, **options)
            output = name_by_assignment(self.call, inputs, **options)
            if not isinstance(output, Node):
                raise GraphError(
                    f"call of the layer {self.name!r} has no result that a graph can go on with",
                    expected="what operations on its inputs return",
                    received=repr(output),
                )
            return output if current_graph().notes[output].name else named(self.hint, output)

    def _apply(self, array: np.ndarray, training: bool) -> np.ndarray:
        """Run the layer alone, keeping what it assigns; while training, its random numbers are always new."""
        from pellucid.engines.numpy import evaluate

        if not self.built:
            self.build_for(array.shape)
        state: dict[tuple[str, ...], Any] = {("weights", w.path): w.value for w in self._weights}
        state["optimizer", "step"] = 0
        state["seed",] = fresh_seed() if training else 0
        result: np.ndarray = evaluate(lambda x: self(x, training), array, state=state)
        for weight in self._weights:
            weight.value = np.asarray(state["weights", weight.path])
        return result

    def build_for(self, shape: Shape) -> None:
        """Make the weights for inputs of this shape; if that fails, there are none."""
        try:
            self.build(tuple([size if isinstance(size, int) else None for size in shape]))
        except BaseException:
            self.forget_weights()
            raise
        self.built = True

    def forget_weights(self) -> None:
        """Be as before `build`."""
        self._weights.clear()
        self.built = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}{f': {self.title}' if self.title else ''}>"


@cache
def snake_case(name: str) -> str:
    """Return the name of a class as that of a layer: "dense", "layer_normalization", "conv2d_transpose"."""
    return re.sub(r"(?<=.)(?=[A-Z][a-z0-9])|(?<=[a-z])(?=[A-Z])", "_", name).lower()


def activation_title(activation: Any) -> str:
    """Say which activation it is in a heading: "relu", "log softmax"."""
    return getattr(activation, "__name__", type(activation).__name__).replace("_", " ")


def supported(kind: type[Layer], options: Mapping[str, Any], others: Sequence[str]) -> dict[str, Any]:
    """Return the options of a layer without those that only Keras has; None and False ask for nothing.

    Args:
        kind: the layer's class.
        options: what the user gave.
        others: what Keras has in addition.
    Raises:
        UnsupportedError: if one of the others is asked for.
    """
    for name in others:
        if options.get(name):
            raise UnsupportedError(
                f"{kind.__name__} cannot do this",
                received=f"{name}={options[name]!r}",
                attempt="to leave it out",
            )
    return {name: value for name, value in options.items() if name not in others}


def assign_all(owner: str, variables: Sequence[Variable], values: Sequence[Any]) -> None:
    """Give each variable its value, after all have been found to fit."""
    if not isinstance(values, Iterable):
        raise DataError(
            f"{owner} cannot take these weights", expected="a list of arrays", received=repr(values)
        )
    try:
        arrays = [as_numbers(value) for value in values]
    except DataError:
        raise DataError(f"{owner} cannot take these weights", expected="arrays of numbers") from None
    if len(arrays) != len(variables):
        raise ShapeError(
            f"{owner} cannot take these weights",
            expected=f"{len(variables)} arrays",
            received=str(len(arrays)),
        )
    for variable, array in zip(variables, arrays, strict=True):
        if array.shape != variable.shape:
            raise ShapeError(
                f"{owner} cannot take these weights",
                expected=f"{variable.shape} for {variable.path!r}",
                received=str(array.shape),
            )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


def _takes_training(layer: Layer) -> bool:
    code = type(layer).call.__code__
    return "training" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _declared_shape(
    shape: Sequence[int | None] | int | None, dim: int | None, batch_shape: Sequence[int | None] | None
) -> tuple[int, ...] | None:
    """Bring Keras's ways to declare the shape of an example to one: a tuple without the batch."""
    declared: Any = shape if dim is None else dim
    if batch_shape is not None:
        declared = batch_shape[1:] if isinstance(batch_shape, list | tuple) else batch_shape
    if declared is None:
        return None
    try:
        return tuple([whole("size", size, least=1) for size in np.atleast_1d(declared).tolist()])
    except (ArgumentError, ValueError):
        raise ShapeError(
            "this input shape cannot be used",
            expected="whole numbers above 0, such as (3,)",
            received=repr(declared),
        ) from None
