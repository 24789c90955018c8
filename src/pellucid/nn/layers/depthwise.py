"""Convolution of each channel for itself."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, lift
from pellucid.nn import initializers, regularizers
from pellucid.nn._arguments import whole
from pellucid.nn.layers._convolving import Convolving
from pellucid.nn.layers._windowed import by
from pellucid.ops import reshape

__all__ = ["DepthwiseConv2D"]


class DepthwiseConv2D(Convolving):
    """Move a window over a picture; at every place, a few filters for each channel see that channel only.

    Formula:
        z[p] = sum over the entries e of the window of x[strides p + dilation_rate e] W[e], plus b,
               for each channel of x with each of its columns of W
        a = activation(z)
    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        W: (*kernel_size, channels, depth_multiplier)
        b: (channels * depth_multiplier,)
        returns: (batch, rows, columns, channels * depth_multiplier); those of the first channel come first
    Args:
        kernel_size: height and width of the window; one number for both.
        strides: by how many places it moves on, down and to the right; one number for both.
        padding: "valid", where it stays inside the picture; "same", zeros around the picture, so that it
            begins at every place.
        depth_multiplier: number of outputs for each channel at each place, at least 1.
        data_format: "channels_last", or "channels_first".
        dilation_rate: how many places its own entries lie apart; one number for both.
        activation: name or function; None leaves z as it is.
        use_bias: whether there is a b.
        depthwise_initializer: how W begins.
        bias_initializer: how b begins.
        depthwise_regularizer: what is added to the loss for W.
        bias_regularizer: what is added to the loss for b.
        activity_regularizer: what is added to the loss for the output.
    Raises:
        ShapeError: if x is no picture, or the window does not fit.
    Example:
        >>> DepthwiseConv2D(3, depth_multiplier=2)(np.zeros((1, 8, 8, 3))).shape
        (1, 6, 6, 6)

    Source:
        Chollet 2017; Howard et al. 2017.
    """

    axes = 2

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
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
        self.depth_multiplier = whole("depth_multiplier", depth_multiplier, least=1)
        self.depthwise_initializer = initializers.get(depthwise_initializer)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        _, channels = self.space_and_channels(input_shape)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            name="kernel",
            hint="W",
            regularizer=self.depthwise_regularizer,
        )
        self.add_bias(channels * self.depth_multiplier)

    def call(self, inputs: Node) -> Node:
        *window, channels, columns = self.kernel.shape
        filters = reshape(lift(self.kernel), shape=(*window, 1, channels * columns))
        return self.convolved(inputs, filters, groups=channels)

    def window_title(self) -> str:
        filters = "a filter" if self.depth_multiplier == 1 else f"{self.depth_multiplier} filters"
        return f"{filters} of {by(self.kernel_size)} for each channel"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "depthwise_regularizer": regularizers.serialize(self.depthwise_regularizer),
        }
