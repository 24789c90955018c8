"""What convolutions have in common: a window of weights, a bias for each filter, an activation."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Node, lift, named
from pellucid.nn import activations, initializers, regularizers
from pellucid.nn._arguments import whole
from pellucid.nn.layers._windowed import Windowed, by
from pellucid.nn.layers.base import activation_title, supported
from pellucid.ops import convolution

__all__ = ["Convolution", "Convolving"]


class Convolving(Windowed):
    """The base of convolutions; a layer makes its kernel and calls `convolved`."""

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        data_format: Any,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        **options: Any,
    ) -> None:
        unsupported = ("kernel_constraint", "depthwise_constraint", "bias_constraint")
        super().__init__(strides, padding, data_format, **supported(type(self), options, unsupported))
        self.kernel_size = self.sizes("kernel_size", kernel_size)
        self.dilation_rate = self.sizes("dilation_rate", dilation_rate)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)

    def add_bias(self, filters: int) -> None:
        """Make the bias, if there is one."""
        if self.use_bias:
            self.bias = self.add_weight(
                (filters,), self.bias_initializer, name="bias", hint="b", regularizer=self.bias_regularizer
            )

    def convolved(self, inputs: Node, kernel: Node, groups: int) -> Node:
        """Move the kernel over the input; add the bias, apply the activation."""
        size, channels = self.space_and_channels(inputs.shape)
        if channels != kernel.shape[-2] * groups:  # type: ignore[operator]  # a weight's sizes are numbers
            raise ShapeError(
                f"{self.name!r} cannot take this input",
                expected=f"{kernel.shape[-2] * groups} channels",  # type: ignore[operator]
                received=f"{channels} in the shape {inputs.shape}",
            )
        z = convolution(
            self.with_channels_last(inputs),
            kernel,
            strides=self.strides,
            padding=self.around(size, self.kernel_size, self.dilation_rate),
            dilation=self.dilation_rate,
            groups=groups,
        )
        if self.use_bias:
            z = z + self.bias
        named("z", z)
        linear = self.activation is activations.linear
        return self.as_given(z if linear else named("a", self.activation(z)))

    @property
    def title(self) -> str:
        parts = [self.window_title()]
        if max(self.strides) > 1:
            parts.append(f"strides {by(self.strides)}")
        if self.padding != "valid":
            parts.append(f"{self.padding} padding")
        if max(self.dilation_rate) > 1:
            parts.append(f"dilation {by(self.dilation_rate)}")
        return ", ".join([*parts, activation_title(self.activation)])

    def window_title(self) -> str:
        """Say in a heading what moves: "32 filters of 3 x 3"."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
        }


class Convolution(Convolving):
    """The base of convolutions whose filters see all channels, or a group of them."""

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            bias_regularizer,
            activity_regularizer=activity_regularizer,
            **options,
        )
        self.filters = whole("filters", filters, least=1)
        self.groups = whole("groups", groups, least=1)
        _require_groups(self.filters, self.groups)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        _, channels = self.space_and_channels(input_shape)
        if channels % self.groups:
            raise ShapeError(
                f"{self.name!r} cannot divide its input into groups",
                expected=f"a multiple of {self.groups} channels",
                received=f"{channels} in the shape {input_shape}",
            )
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            name="kernel",
            hint="W",
            regularizer=self.kernel_regularizer,
        )
        self.add_bias(self.filters)

    def call(self, inputs: Node) -> Node:
        return self.convolved(inputs, lift(self.kernel), self.groups)

    def window_title(self) -> str:
        filters = "1 filter" if self.filters == 1 else f"{self.filters} filters"
        grouped = f" in {self.groups} groups" if self.groups > 1 else ""
        return f"{filters} of {by(self.kernel_size)}{grouped}"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "filters": self.filters,
            "groups": self.groups,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
        }


def _require_groups(filters: int, groups: int) -> None:
    if filters % groups:
        raise ArgumentError(
            "filters cannot be divided into these groups",
            expected=f"a multiple of groups={groups}",
            received=f"filters={filters}",
        )
