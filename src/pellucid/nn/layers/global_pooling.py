"""Global pooling: of each channel, one number."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, current_graph, named
from pellucid.nn.layers._space import axes_in_space, channels
from pellucid.nn.layers.base import Layer
from pellucid.ops import Primitive, expand_dims, reduce_max, reduce_mean

__all__ = [
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
]


class _GlobalPooling(Layer):
    """The base of all here, which differ in the number of axes and in what is kept.

    Args:
        data_format: "channels_last" unless given, or "channels_first".
        keepdims: whether the axes of space stay, with size 1.
    """

    axes: int  # of space
    operation: Primitive

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.data_format = channels(data_format)
        self.keepdims = bool(keepdims)

    def call(self, inputs: Node) -> Node:
        axes = axes_in_space(self.name, inputs, self.axes, self.data_format)
        pooled = named("pooled", self.operation(inputs, axes=axes), current_graph().owner(inputs))
        for axis in axes if self.keepdims else ():
            pooled = expand_dims(pooled, axis=axis)
        return pooled

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"data_format": self.data_format, "keepdims": self.keepdims}


class GlobalMaxPooling1D(_GlobalPooling):
    """Keep the largest number of all steps, for each channel.

    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        returns: (batch, channels), with an axis of size 1 for the steps where keepdims is set
    Args:
        data_format: "channels_last", or "channels_first".
        keepdims: whether the axis of the steps stays, with size 1.
    Raises:
        ShapeError: if x is no series.
    Example:
        >>> GlobalMaxPooling1D()(np.array([[[1.0, 8.0], [5.0, 2.0]]])).tolist()
        [[5.0, 8.0]]
    """

    axes = 1
    operation = reduce_max


class GlobalMaxPooling2D(_GlobalPooling):
    """Keep the largest number of the whole picture, for each channel.

    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: (batch, channels), with axes of size 1 for height and width where keepdims is set
    Args:
        data_format: "channels_last", or "channels_first".
        keepdims: whether the axes of height and width stay, with size 1.
    Raises:
        ShapeError: if x is no picture.
    Example:
        >>> GlobalMaxPooling2D(keepdims=True)(np.zeros((2, 5, 5, 3))).shape
        (2, 1, 1, 3)
    """

    axes = 2
    operation = reduce_max


class GlobalAveragePooling1D(_GlobalPooling):
    """Take the mean of all steps, for each channel.

    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        returns: (batch, channels), with an axis of size 1 for the steps where keepdims is set
    Args:
        data_format: "channels_last", or "channels_first".
        keepdims: whether the axis of the steps stays, with size 1.
    Raises:
        ShapeError: if x is no series.
    Example:
        >>> GlobalAveragePooling1D()(np.array([[[1.0, 8.0], [5.0, 2.0]]])).tolist()
        [[3.0, 5.0]]
    """

    axes = 1
    operation = reduce_mean


class GlobalAveragePooling2D(_GlobalPooling):
    """Take the mean of the whole picture, for each channel.

    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: (batch, channels), with axes of size 1 for height and width where keepdims is set
    Args:
        data_format: "channels_last", or "channels_first".
        keepdims: whether the axes of height and width stay, with size 1.
    Raises:
        ShapeError: if x is no picture.
    Example:
        >>> GlobalAveragePooling2D()(np.ones((2, 5, 5, 3))).shape
        (2, 3)

    Source:
        Lin, Chen & Yan 2014.
    """

    axes = 2
    operation = reduce_mean


GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
