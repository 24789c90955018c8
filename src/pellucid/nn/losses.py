"""Losses: how wrong a prediction is, one number for each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pellucid.errors import GraphError, ShapeError
from pellucid.graph import Node, current_graph, name_by_assignment, named, shape_text
from pellucid.nn._arguments import number
from pellucid.nn._serialize import Configured, Registry
from pellucid.ops import (
    absolute,
    clip,
    expand_dims,
    log,
    log_sum_exp,
    multiply,
    pick,
    reduce_mean,
    reduce_sum,
    sigmoid,
    softmax,
    softplus,
)

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "deserialize",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
    "total",
]

_Function: TypeAlias = "Callable[..., Node]"

_EPSILON = 1e-7  # how near to 0 and 1 a probability may come before its logarithm is taken

_registry = Registry("loss")


class Loss(Configured):
    """The base of all losses; also what a function `loss(y_true, y_pred)` becomes.

    Attributes:
        title: what a heading calls it: "mean squared error".
        labels: whether y_true holds whole numbers that name classes.
    """

    title = "custom loss"
    labels = False

    def __init__(self, name: str | None = None) -> None:
        self.name = name or type(self).__name__

    def call(self, y_true: Node, y_pred: Node) -> Node:
        """Return the loss of each example, of shape (batch,) or larger."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call(self, y_true, y_pred)")

    def __call__(self, y_true: Node, y_pred: Node) -> Node:
        """Return the loss of each example; values the user's code names keep their names."""
        if type(self).__module__.startswith("pellucid."):
            each = self.call(y_true, y_pred)
        else:
            each = name_by_assignment(self.call, y_true, y_pred)
        if not isinstance(each, Node):
            raise GraphError(
                f"the loss {self.name!r} has no result that can be learnt from",
                expected="what operations on y_true and y_pred return",
                received=repr(each),
            )
        rest = tuple(range(1, len(each.shape)))
        return reduce_mean(each, axes=rest) if rest else each

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that would make this loss again."""
        return {"name": self.name}


class _FunctionLoss(Loss):
    """A loss that is a function of the user's: `loss(y_true, y_pred)`."""

    def __init__(self, function: _Function) -> None:
        super().__init__(getattr(function, "__name__", "loss").strip("<>"))
        self.function = function
        self.title = self.name.replace("_", " ")

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return name_by_assignment(self.function, y_true, y_pred)  # type: ignore[no-any-return]


# ------------------------------------------------------------ errors
def mean_squared_error(y_true: Node, y_pred: Node) -> Node:
    """Return the mean of the squared errors of each example.

    Formula:
        mean over the last axis of (y_pred - y_true) ** 2
    """
    error = named("error", y_pred - y_true)
    return _mean_of_row(error**2)


def mean_absolute_error(y_true: Node, y_pred: Node) -> Node:
    """Return the mean of the absolute errors of each example.

    Formula:
        mean over the last axis of |y_pred - y_true|
    """
    error = named("error", y_pred - y_true)
    return _mean_of_row(absolute(error))


def _mean_of_row(values: Node) -> Node:
    mean: Node = reduce_mean(values, axes=(len(values.shape) - 1,))
    return mean


@_registry.register("mean_squared_error", "mse", "MSE")
class MeanSquaredError(Loss):
    """Mean squared error; see mean_squared_error."""

    title = "mean squared error"

    def __init__(self, name: str = "mean_squared_error") -> None:
        super().__init__(name)

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return mean_squared_error(y_true, y_pred)


@_registry.register("mean_absolute_error", "mae", "MAE")
class MeanAbsoluteError(Loss):
    """Mean absolute error; see mean_absolute_error."""

    title = "mean absolute error"

    def __init__(self, name: str = "mean_absolute_error") -> None:
        super().__init__(name)

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return mean_absolute_error(y_true, y_pred)


# ------------------------------------------------------------ cross-entropies
def binary_crossentropy(
    y_true: Node, y_pred: Node, from_logits: bool = False, label_smoothing: float = 0.0
) -> Node:
    """Return the mean over the last axis of the surprise at each yes or no.

    Formula:
        -y log p - (1 - y) log(1 - p)
    Args:
        y_true: 0 or 1, or a probability.
        y_pred: probabilities p, or the numbers z before a sigmoid.
        from_logits: whether y_pred is z.
        label_smoothing: how far the targets move towards one half.
    """
    y = y_true * (1 - label_smoothing) + 0.5 * label_smoothing if label_smoothing else y_true
    if y_pred.op is sigmoid and not from_logits:
        y_pred, from_logits = y_pred.inputs[0], True
    if from_logits:
        _remark(
            "-y log p - (1 - y) log(1 - p), with p = sigmoid(z), is log(1 + exp(z)) - y z: the same number,\n"
            "and still right where p is so near to 0 or 1 that it rounds.\n"
            "np.logaddexp(0, z) is log(1 + exp(z)).",
            "The derivative with respect to z, through loss and sigmoid together, is p - y.",
        )
        return _mean_of_row(softplus(y_pred) - y * y_pred)
    p = named("p", clip(y_pred, low=_EPSILON, high=1 - _EPSILON))
    return _mean_of_row(-(y * log(p) + (1 - y) * log(1 - p)))


def categorical_crossentropy(
    y_true: Node, y_pred: Node, from_logits: bool = False, label_smoothing: float = 0.0
) -> Node:
    """Return the surprise at the true class, which y_true gives as a row of 0 with a single 1.

    Formula:
        -sum over the classes of y log p
    Args:
        y_true: one-hot rows, or probabilities; each row adds up to 1.
        y_pred: probabilities p, or the numbers z before a softmax.
        from_logits: whether y_pred is z.
        label_smoothing: how far the targets move towards equal probabilities.
    """
    classes, last = y_pred.shape[-1], len(y_pred.shape) - 1
    y = y_true * (1 - label_smoothing) + label_smoothing / classes if label_smoothing else y_true  # type: ignore[operator]
    if y_pred.op is softmax and not from_logits:
        y_pred, from_logits = y_pred.inputs[0], True
    if from_logits:
        _remark(
            "-sum(y log p), with p = softmax(z), is log(sum(exp(z))) - sum(y z): the same number,\n"
            "without log(0), because the y of an example add up to 1.",
            "The derivative with respect to z, through loss and softmax together, is p - y.",
        )
        return log_sum_exp(y_pred) - reduce_sum(y * y_pred, axes=(last,))
    return -reduce_sum(y * log(_shares(y_pred)), axes=(last,))


def sparse_categorical_crossentropy(y_true: Node, y_pred: Node, from_logits: bool = False) -> Node:
    """Return the surprise at the true class, which y_true names by its number.

    Formula:
        -log p[y]
    Args:
        y_true: whole numbers from 0 to classes - 1.
        y_pred: probabilities p, or the numbers z before a softmax.
        from_logits: whether y_pred is z.
    """
    if y_pred.op is softmax and not from_logits:
        y_pred, from_logits = y_pred.inputs[0], True
    if from_logits:
        _remark(
            "-log p[y], with p = softmax(z), is log(sum(exp(z))) - z[y]: the same number, without log(0).",
            "The derivative with respect to z, through loss and softmax together, is p - one_hot(y).",
        )
        return log_sum_exp(y_pred) - pick(y_pred, y_true)
    return -log(pick(_shares(y_pred), y_true))


def _remark(about_loss: str, about_gradient: str) -> None:
    """Say why the loss is written as it is, and what its gradient is."""
    current_graph().remark(about_loss)
    current_graph().remark(about_gradient, phase="backward")


def _shares(y_pred: Node) -> Node:
    """Make each row add up to 1, and keep every number of it away from 0 and 1."""
    last = len(y_pred.shape) - 1
    p = y_pred / expand_dims(reduce_sum(y_pred, axes=(last,)), axis=last)
    return named("p", clip(p, low=_EPSILON, high=1 - _EPSILON))


class _Crossentropy(Loss):
    """What the cross-entropies share: probabilities or logits, and smoothing."""

    def __init__(self, from_logits: bool, label_smoothing: float, name: str) -> None:
        super().__init__(name)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number(
            "label_smoothing", label_smoothing, "a number from 0 to 1", lambda share: 0 <= share <= 1
        )

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"from_logits": self.from_logits}
        return config if self.labels else config | {"label_smoothing": self.label_smoothing}


@_registry.register("binary_crossentropy", "bce", "BCE")
class BinaryCrossentropy(_Crossentropy):
    """Binary cross-entropy; see binary_crossentropy."""

    title = "binary cross-entropy"

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, name: str = "binary_crossentropy"
    ) -> None:
        super().__init__(from_logits, label_smoothing, name)

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)


@_registry.register("categorical_crossentropy")
class CategoricalCrossentropy(_Crossentropy):
    """Categorical cross-entropy; see categorical_crossentropy."""

    title = "categorical cross-entropy"

    def __init__(
        self, from_logits: bool = False, label_smoothing: float = 0.0, name: str = "categorical_crossentropy"
    ) -> None:
        super().__init__(from_logits, label_smoothing, name)

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)


@_registry.register("sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(_Crossentropy):
    """Sparse categorical cross-entropy; see sparse_categorical_crossentropy."""

    title = "sparse categorical cross-entropy"
    labels = True

    def __init__(self, from_logits: bool = False, name: str = "sparse_categorical_crossentropy") -> None:
        super().__init__(from_logits, 0.0, name)

    def call(self, y_true: Node, y_pred: Node) -> Node:
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits)


# ------------------------------------------------------------ the loss of a batch
def total(loss: Loss, y_true: Node, y_pred: Node, sample_weight: Node | None) -> Node:
    """Return the mean loss of a batch; weighted examples count as often as their weight says.

    A loss of the user's may return one number for the whole batch.

    Formula:
        sum of weight * loss / number of examples
    """
    each = loss(y_true, y_pred)
    if each.shape not in ((), y_pred.shape[:1]):
        raise ShapeError(
            f"the loss {loss.name!r} must give one number for each example",
            expected="(batch,)",
            received=shape_text(each.shape),
        )
    if sample_weight is not None:
        each = multiply(sample_weight, each)
    return reduce_mean(each, axes=(0,)) if each.shape else each


def get(identifier: Any) -> Loss:
    """Return the loss that a name, a loss or a function stands for.

    Raises:
        UnknownNameError: if no loss has this name; it offers the nearest.
    """
    if callable(identifier) and not isinstance(identifier, Configured | type):
        return _FUNCTIONS[identifier]() if identifier in _FUNCTIONS else _FunctionLoss(identifier)
    return _registry.instance(identifier, Loss)


def serialize(loss: Loss) -> Any:
    """Return the class and configuration of a loss, or the name of the function that it is.

    Raises:
        UnsupportedError: if that function has no name.
    """
    return _registry.serialize(loss.function if isinstance(loss, _FunctionLoss) else loss)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Loss:
    """Make a loss from what serialize returned.

    Args:
        config: the class and configuration, or a name.
        custom_objects: the user's own classes and functions, by name.
    """
    return get(_registry.deserialize(config, custom_objects))


_FUNCTIONS: dict[_Function, type[Loss]] = {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    binary_crossentropy: BinaryCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
}
