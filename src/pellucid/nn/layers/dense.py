"""The fully connected layer."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ShapeError
from pellucid.graph import Node, named
from pellucid.nn import activations, initializers, regularizers
from pellucid.nn._arguments import whole
from pellucid.nn.layers.base import Layer, activation_title

__all__ = ["Dense"]


class Dense(Layer):
    """Connect every input with every unit.

    Formula:
        z = x W + b
        a = activation(z)
    Shape:
        x: (batch, ..., in_features)
        W: (in_features, units)
        b: (units,)
        returns: (batch, ..., units)
    Args:
        units: number of outputs, at least 1.
        activation: name or function; None leaves z as it is.
        use_bias: whether there is a b.
        kernel_initializer: how W begins.
        bias_initializer: how b begins.
        kernel_regularizer: what is added to the loss for W.
        bias_regularizer: what is added to the loss for b.
        activity_regularizer: what is added to the loss for the output.
    Raises:
        ShapeError: if the last axis of x is not in_features.
    Example:
        >>> Dense(3)(np.zeros((2, 4))).shape
        (2, 3)
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **options)
        self.units = whole("units", units, least=1)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        features = input_shape[-1]
        if len(input_shape) < 2 or features is None:
            raise ShapeError(
                f"{self.name!r} needs inputs with a known number of features",
                expected="(batch, ..., features)",
                received=str(input_shape),
                attempt="input_shape=[...] in the first layer",
            )
        self.kernel = self.add_weight(
            (features, self.units),
            self.kernel_initializer,
            name="kernel",
            hint="W",
            regularizer=self.kernel_regularizer,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,), self.bias_initializer, name="bias", hint="b", regularizer=self.bias_regularizer
            )

    def call(self, inputs: Node) -> Node:
        features = self.kernel.shape[0]
        if inputs.shape[-1] != features:
            raise ShapeError(
                f"{self.name!r} cannot take this input",
                expected=f"{features} features",
                received=f"{inputs.shape[-1]} in the shape {inputs.shape}",
            )
        z = inputs @ self.kernel
        if self.use_bias:
            z = z + self.bias
        named("z", z)
        return z if self.activation is activations.linear else named("a", self.activation(z))

    @property
    def title(self) -> str:
        units = "1 unit" if self.units == 1 else f"{self.units} units"
        return f"{units}, {activation_title(self.activation)}"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
        }
