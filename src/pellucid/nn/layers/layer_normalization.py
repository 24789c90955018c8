"""Layer normalization: every example on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import ShapeError
from pellucid.graph import Node, lift, named
from pellucid.nn import _arguments, initializers, regularizers
from pellucid.nn.layers._axes import as_axes, beside, counted_sizes, from_front
from pellucid.nn.layers.base import Layer, supported
from pellucid.ops import reduce_mean, sqrt

__all__ = ["LayerNormalization"]


class LayerNormalization(Layer):
    """Bring the features of each example to mean 0 and deviation 1, then to scales that are learnt.

    It does the same in training and in prediction, and no example depends on another.

    Formula:
        normalized = (x - mean) / sqrt(variance + epsilon), with mean and variance over axis
        scaled = gamma normalized + beta
    Shape:
        x: (batch, ..., features)
        gamma, beta: the sizes of the axes in axis
        returns: the same as x
    Args:
        axis: the axis, or axes, whose numbers are brought to one scale together.
        epsilon: what is added to the variance, at least 0: equal features have variance 0.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta begins.
        gamma_initializer: how gamma begins.
        beta_regularizer: what is added to the loss for beta.
        gamma_regularizer: what is added to the loss for gamma.
        rms_scaling: whether to do as Keras does under this name: gamma x / sqrt(variance + epsilon).
    Raises:
        ArgumentError: if there are no axes.
        ShapeError: if the sizes along axis are not known, or change.
        UnsupportedError: if constraints are asked for.
    Example:
        >>> LayerNormalization(epsilon=0)(np.array([[1.0, 3.0], [8.0, 4.0]]))
        array([[-1.,  1.],
               [ 1., -1.]], dtype=float32)

    Source:
        Ba, Kiros & Hinton 2016.
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        rms_scaling: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**supported(type(self), options, ("beta_constraint", "gamma_constraint")))
        self.axis = as_axes(axis)
        self.epsilon = _arguments.size("epsilon", epsilon)
        self.rms_scaling = bool(rms_scaling)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.sizes = counted_sizes(self.name, from_front(self.name, self.axis, input_shape), input_shape)
        if self._has_gamma:
            self.gamma = self.add_weight(
                self.sizes, self.gamma_initializer, name="gamma", regularizer=self.gamma_regularizer
            )
        if self._has_beta:
            self.beta = self.add_weight(
                self.sizes, self.beta_initializer, name="beta", regularizer=self.beta_regularizer
            )

    def call(self, inputs: Node) -> Node:
        together = self._together(inputs)
        rank = len(inputs.shape)
        others = [axis for axis in range(rank) if axis not in together]
        mean = named("mean", reduce_mean(inputs, axes=together))
        centered = named("centered", inputs - beside(mean, others, rank))
        variance = named("variance", reduce_mean(centered**2, axes=together))
        deviation = named("deviation", sqrt(variance + self.epsilon))
        moved = inputs if self.rms_scaling else centered
        result = named("normalized", moved / beside(deviation, others, rank))
        if self._has_gamma:
            result = beside(lift(self.gamma), together, rank) * result
        if self._has_beta:
            result = result + beside(lift(self.beta), together, rank)
        return named("scaled", result) if self._has_gamma or self._has_beta else result

    @property
    def _has_gamma(self) -> bool:
        return self.scale or self.rms_scaling

    @property
    def _has_beta(self) -> bool:
        return self.center and not self.rms_scaling

    def _together(self, inputs: Node) -> tuple[int, ...]:
        axes = from_front(self.name, self.axis, inputs.shape)
        sizes = tuple([inputs.shape[axis] for axis in axes])
        if sizes != self.sizes:
            raise ShapeError(
                f"{self.name!r} cannot take this input",
                expected=f"features of the shape {self.sizes}",
                received=f"{sizes} in the shape {inputs.shape}",
            )
        return axes

    @property
    def title(self) -> str:
        return "each example to mean 0 and deviation 1"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "axis": self.axis[0] if len(self.axis) == 1 else list(self.axis),
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "rms_scaling": self.rms_scaling,
        }
