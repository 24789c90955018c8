"""Batch normalization: every feature on one scale, whatever the layers before it do."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ShapeError
from pellucid.graph import Node, Scope, current_graph, lift, named
from pellucid.nn import _arguments, initializers, regularizers
from pellucid.nn.layers._axes import as_axes, beside, counted_sizes, from_front
from pellucid.nn.layers.base import Layer, supported
from pellucid.nn.variable import Variable
from pellucid.ops import reduce_mean, sqrt

__all__ = ["BatchNormalization"]

_UNSUPPORTED = ("beta_constraint", "gamma_constraint", "renorm", "renorm_clipping", "synchronized")
_MOVING_AVERAGES = Scope("moving averages", "moving averages, for predictions", "update")


class BatchNormalization(Layer):
    """Bring each feature to mean 0 and deviation 1, then to a mean and deviation that are learnt.

    While training, mean and variance are those of the batch. Predictions must not depend on what else is in
    the batch: they use averages over the batches of training, in which older batches count less and less.
    A layer with trainable=False uses its averages in training too, and leaves them alone.

    Formula:
        normalized = (x - mean) / sqrt(variance + epsilon)
        scaled = gamma normalized + beta
        mean, variance = those of the batch, in training
                         moving_mean, moving_variance, in prediction
        moving_mean := momentum moving_mean + (1 - momentum) mean, after each step; moving_variance likewise
    Shape:
        x: (batch, ..., features)
        gamma, beta, moving_mean, moving_variance: (features,)
        returns: the same as x
    Args:
        axis: the axis whose every place is a feature of its own.
        momentum: how much of the moving averages stays at each step, from 0 to 1.
        epsilon: what is added to the variance, at least 0: a feature that never varies has variance 0.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.
        moving_mean_initializer: how moving_mean begins.
        moving_variance_initializer: how moving_variance begins.
        beta_regularizer: what is added to the loss for beta.
        gamma_regularizer: what is added to the loss for gamma.
    Raises:
        ShapeError: if the number of features is not known, or changes.
        UnsupportedError: if constraints, renorm or synchronized are asked for.
    Example:
        >>> BatchNormalization(epsilon=0)(np.array([[1.0, 8.0], [3.0, 4.0]]), training=True)
        array([[-1.,  1.],
               [ 1., -1.]], dtype=float32)

    Source:
        Ioffe & Szegedy 2015, algorithms 1 and 2.
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        **options: Any,
    ) -> None:
        options.pop("renorm_momentum", None)  # means nothing without renorm
        super().__init__(**supported(type(self), options, _UNSUPPORTED))
        (self.axis,) = as_axes([axis])
        self.momentum = _arguments.number(
            "momentum", momentum, "a number from 0 to 1", lambda part: 0 <= part <= 1
        )
        self.epsilon = _arguments.size("epsilon", epsilon)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        sizes = counted_sizes(self.name, from_front(self.name, (self.axis,), input_shape), input_shape)
        if self.scale:
            self.gamma = self.add_weight(
                sizes, self.gamma_initializer, name="gamma", regularizer=self.gamma_regularizer
            )
        if self.center:
            self.beta = self.add_weight(
                sizes, self.beta_initializer, name="beta", regularizer=self.beta_regularizer
            )
        self.moving_mean = self.add_weight(
            sizes, self.moving_mean_initializer, name="moving_mean", trainable=False
        )
        self.moving_variance = self.add_weight(
            sizes, self.moving_variance_initializer, name="moving_variance", trainable=False
        )

    def call(self, inputs: Node, training: bool = False) -> Node:
        feature = self._feature_axis(inputs)
        rank = len(inputs.shape)
        if training and self.trainable:
            others = tuple([axis for axis in range(rank) if axis not in feature])
            mean = named("mean", reduce_mean(inputs, axes=others))
            centered = named("centered", inputs - beside(mean, feature, rank))
            variance = named("variance", reduce_mean(centered**2, axes=others))
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance)
        else:
            centered = inputs - beside(lift(self.moving_mean), feature, rank)
            variance = lift(self.moving_variance)
        deviation = named("deviation", sqrt(variance + self.epsilon))
        result = named("normalized", centered / beside(deviation, feature, rank))
        if self.scale:
            result = beside(lift(self.gamma), feature, rank) * result
        if self.center:
            result = result + beside(lift(self.beta), feature, rank)
        return named("scaled", result) if self.scale or self.center else result

    def _feature_axis(self, inputs: Node) -> tuple[int, ...]:
        (axis,) = from_front(self.name, (self.axis,), inputs.shape)
        (features,) = self.moving_mean.shape
        if inputs.shape[axis] != features:
            raise ShapeError(
                f"{self.name!r} cannot take this input",
                expected=f"{features} features",
                received=f"{inputs.shape[axis]} in the shape {inputs.shape}",
            )
        return (axis,)

    def _follow(self, average: Variable, value: Node) -> None:
        """Let a moving average take in the value of this batch."""
        share = round(1 - self.momentum, 15)  # 0.01 and not 0.010000000000000009
        with current_graph().within(_MOVING_AVERAGES):
            average.assign(self.momentum * average + share * value)

    @property
    def title(self) -> str:
        return "each feature to mean 0 and deviation 1"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
        }
