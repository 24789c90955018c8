"""Metrics: what people want to know about a model, as sums over the examples and what is made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from pellucid.errors import ShapeError
from pellucid.graph import BATCH, NUMBER, Node, current_graph, name_by_assignment, named, product, shape_text
from pellucid.nn import _arguments, losses
from pellucid.nn._serialize import Configured, Registry
from pellucid.ops import (
    argmax,
    broadcast_to,
    cast,
    count_true,
    equal,
    greater,
    multiply,
    reduce_mean,
    reduce_sum,
)

__all__ = [
    "EXAMPLES",
    "WEIGHT",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanAbsoluteError",
    "MeanMetric",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "accuracy_for",
    "deserialize",
    "examples",
    "get",
    "number",
    "serialize",
]

EXAMPLES = "examples"  # the sum that counts examples
WEIGHT = "weight"  # the sum of the examples' weights

_registry = Registry("metric")


class Metric(Configured):
    """The base of all metrics.

    A metric keeps sums in the state: `update` says what a batch adds to them, `result` what they mean. Sums
    of the same name are shared: every mean divides by the same count of examples.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name or type(self).__name__

    def renamed(self, name: str) -> Self:
        """Return this metric under another name."""
        other = object.__new__(type(self))
        vars(other).update(vars(self), name=name)
        return other

    def update(self, y_true: Node, y_pred: Node, sample_weight: Node | None) -> dict[str, Node]:
        """Return what this batch adds to each sum, as plain numbers."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update")

    def result(self, sums: dict[str, Node], count: str) -> Node:
        """Return the metric, given all sums and the name of the one that counts the examples."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that would make this metric again."""
        return {"name": self.name}


class MeanMetric(Metric):
    """The base of metrics that are the mean of one value for each example."""

    def values(self, y_true: Node, y_pred: Node) -> Node:
        """Return the value of each example: bool or floating, of shape (batch,) or larger."""
        raise NotImplementedError(f"{type(self).__name__} needs a method values")

    def update(self, y_true: Node, y_pred: Node, sample_weight: Node | None) -> dict[str, Node]:
        values = self.values(y_true, y_pred)
        if not isinstance(values, Node) or values.shape[:1] not in ((), y_pred.shape[:1]):
            raise ShapeError(
                f"the metric {self.name!r} must give one number for each example",
                expected="(batch,)",
                received=shape_text(values.shape) if isinstance(values, Node) else repr(values),
            )
        if not values.shape:  # one number for the whole batch: it is that of every example
            values = broadcast_to(values, shape=y_pred.shape[:1], dtype=values.dtype)
        single = product(values.shape[1:]) == 1
        if values.dtype == "bool" and single and sample_weight is None:
            return {self.name: count_true(values), EXAMPLES: examples()}
        if values.dtype == "bool":
            values = cast(values, dtype=y_pred.dtype)
        rest = tuple(range(1, len(values.shape)))
        values = reduce_mean(values, axes=rest) if rest else values
        if sample_weight is None:
            return {self.name: number(reduce_sum(values, axes=(0,))), EXAMPLES: examples()}
        return {
            self.name: number(reduce_sum(multiply(sample_weight, values), axes=(0,))),
            WEIGHT: number(reduce_sum(sample_weight, axes=(0,))),
        }

    def result(self, sums: dict[str, Node], count: str) -> Node:
        return sums[self.name] / sums[count]


class _FunctionMetric(MeanMetric):
    """A metric that is a function of the user's: `metric(y_true, y_pred)`."""

    def __init__(self, function: Callable[..., Node], name: str | None = None) -> None:
        super().__init__(name or getattr(function, "__name__", "metric").strip("<>"))
        self.function = function

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return name_by_assignment(self.function, y_true, y_pred)  # type: ignore[no-any-return]


def examples() -> Node:
    """Return the number of examples in the batch."""
    return current_graph().size(BATCH)


def number(value: Node) -> Node:
    """Turn a single value into a Python number, which a sum over an epoch needs for its precision."""
    plain: Node = cast(value, dtype=NUMBER)
    return plain


# ------------------------------------------------------------ accuracy
@_registry.register("binary_accuracy")
class BinaryAccuracy(MeanMetric):
    """How often y_pred, rounded at a threshold, equals y_true.

    Formula:
        mean of (y_pred > threshold) == y_true
    """

    def __init__(self, name: str = "binary_accuracy", threshold: float = 0.5) -> None:
        super().__init__(name)
        self.threshold = _arguments.number("threshold", threshold, "a number", lambda threshold: True)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        right = equal(cast(greater(y_pred, self.threshold), dtype=y_true.dtype), y_true)
        return named("right", right)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"threshold": self.threshold}


@_registry.register("categorical_accuracy")
class CategoricalAccuracy(MeanMetric):
    """How often the largest y_pred stands where the largest y_true does."""

    def __init__(self, name: str = "categorical_accuracy") -> None:
        super().__init__(name)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return named("right", equal(argmax(y_pred), argmax(y_true)))


@_registry.register("sparse_categorical_accuracy")
class SparseCategoricalAccuracy(MeanMetric):
    """How often the largest y_pred stands where y_true, a whole number, says."""

    def __init__(self, name: str = "sparse_categorical_accuracy") -> None:
        super().__init__(name)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return named("right", equal(argmax(y_pred), y_true))


@_registry.register("accuracy")
class Accuracy(MeanMetric):
    """How often y_pred equals y_true exactly."""

    def __init__(self, name: str = "accuracy") -> None:
        super().__init__(name)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return named("right", equal(y_true, y_pred))


# ------------------------------------------------------------ errors
@_registry.register("mean_squared_error", "mse", "MSE")
class MeanSquaredError(MeanMetric):
    """The mean of the squared errors."""

    def __init__(self, name: str = "mean_squared_error") -> None:
        super().__init__(name)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return losses.mean_squared_error(y_true, y_pred)


@_registry.register("mean_absolute_error", "mae", "MAE")
class MeanAbsoluteError(MeanMetric):
    """The mean of the absolute errors."""

    def __init__(self, name: str = "mean_absolute_error") -> None:
        super().__init__(name)

    def values(self, y_true: Node, y_pred: Node) -> Node:
        return losses.mean_absolute_error(y_true, y_pred)


def get(identifier: Any) -> Metric:
    """Return the metric that a name, a metric or a function stands for; a name stays the metric's name.

    Raises:
        UnknownNameError: if no metric has this name; it offers the nearest.
    """
    if callable(identifier) and not isinstance(identifier, Configured | type):
        return _FunctionMetric(identifier)
    metric = _registry.instance(identifier, Metric)
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def accuracy_for(y_true_shape: tuple[Any, ...], y_pred_shape: tuple[Any, ...], name: str) -> Metric:
    """Return the metric that "accuracy" means, by the shapes of the labels and of the prediction.

    One output is right when it rounds to the label; several are right when the largest stands where the label
    says, a whole number or a one-hot row.
    """
    if y_pred_shape[-1] == 1:
        return BinaryAccuracy(name)
    if len(y_true_shape) < len(y_pred_shape) or y_true_shape[-1] == 1:
        return SparseCategoricalAccuracy(name)
    return CategoricalAccuracy(name)


def serialize(metric: Metric) -> Any:
    """Return the class and configuration of a metric, or the name of the function that it is.

    Raises:
        UnsupportedError: if that function has no name.
    """
    return _registry.serialize(metric.function if isinstance(metric, _FunctionMetric) else metric)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Metric:
    """Make a metric from what serialize returned.

    Args:
        config: the class and configuration, or a name.
        custom_objects: the user's own classes and functions, by name.
    """
    return get(_registry.deserialize(config, custom_objects))
