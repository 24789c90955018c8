"""Pooling: series and pictures made smaller, window by window."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, current_graph, named
from pellucid.nn.layers._windowed import Windowed, by
from pellucid.ops import Primitive, average_pool, max_pool

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
]


class _Pooling(Windowed):
    """The base of all here, which differ in the number of axes and in what is kept of a window."""

    operation: Primitive

    def __init__(
        self,
        pool_size: Any = 2,
        strides: Any = None,
        padding: str = "valid",
        data_format: str | None = None,
        **options: Any,
    ) -> None:
        size = self.sizes("pool_size", pool_size)
        super().__init__(size if strides is None else strides, padding, data_format, **options)
        self.pool_size = size

    def call(self, inputs: Node) -> Node:
        size, _ = self.space_and_channels(inputs.shape)
        pooled = self.operation(
            self.with_channels_last(inputs),
            window=self.pool_size,
            strides=self.strides,
            padding=self.around(size, self.pool_size, (1,) * self.axes),
        )
        return self.as_given(named("pooled", pooled, current_graph().owner(inputs)))

    @property
    def title(self) -> str:
        parts = [f"windows of {by(self.pool_size)}"]
        if self.strides != self.pool_size:
            parts.append(f"strides {by(self.strides)}")
        if self.padding != "valid":
            parts.append(f"{self.padding} padding")
        return ", ".join(parts)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"pool_size": self.pool_size}


class MaxPooling1D(_Pooling):
    """Keep the largest number of each window of steps, for each channel.

    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        returns: (batch, places, channels)
        places = (steps - pool_size) // strides + 1 for "valid", ceil(steps / strides) for "same"
    Args:
        pool_size: how many steps the window holds.
        strides: by how many it moves on; None for pool_size, so that windows do not overlap.
        padding: "valid", where the window stays inside the series; "same", where it may reach beyond.
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no series, or the window does not fit.
    Example:
        >>> MaxPooling1D()(np.array([[[1.0], [3.0], [2.0], [0.0]]])).tolist()
        [[[3.0], [2.0]]]
    """

    axes = 1
    operation = max_pool


class MaxPooling2D(_Pooling):
    """Keep the largest number of each window, for each channel.

    Of equally large numbers the first, row by row, gets the gradient.

    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: (batch, rows, columns, channels)
        rows = (height - pool_size) // strides + 1 for "valid", ceil(height / strides) for "same"
    Args:
        pool_size: height and width of the window; one number for both.
        strides: by how many places it moves on; None for pool_size, so that windows do not overlap.
        padding: "valid", where the window stays inside the picture; "same", where it may reach beyond.
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no picture, or the window does not fit.
    Example:
        >>> MaxPooling2D()(np.zeros((1, 28, 28, 3))).shape
        (1, 14, 14, 3)

    Source:
        Zhou & Chellappa 1988.
    """

    axes = 2
    operation = max_pool


class AveragePooling1D(_Pooling):
    """Take the mean of each window of steps, for each channel.

    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        returns: (batch, places, channels)
        places = (steps - pool_size) // strides + 1 for "valid", ceil(steps / strides) for "same"
    Args:
        pool_size: how many steps the window holds.
        strides: by how many it moves on; None for pool_size, so that windows do not overlap.
        padding: "valid", where the window stays inside the series; "same", where it may reach beyond; the
            mean is that of the numbers inside.
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no series, or the window does not fit.
    Example:
        >>> AveragePooling1D(padding="same")(np.array([[[1.0], [3.0], [5.0]]])).tolist()
        [[[2.0], [5.0]]]
    """

    axes = 1
    operation = average_pool


class AveragePooling2D(_Pooling):
    """Take the mean of each window, for each channel.

    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        returns: (batch, rows, columns, channels)
        rows = (height - pool_size) // strides + 1 for "valid", ceil(height / strides) for "same"
    Args:
        pool_size: height and width of the window; one number for both.
        strides: by how many places it moves on; None for pool_size, so that windows do not overlap.
        padding: "valid", where the window stays inside the picture; "same", where it may reach beyond; the
            mean is that of the numbers inside.
        data_format: "channels_last", or "channels_first".
    Raises:
        ShapeError: if x is no picture, or the window does not fit.
    Example:
        >>> AveragePooling2D()(np.array([[[[1.0], [2.0]], [[3.0], [6.0]]]])).tolist()
        [[[[3.0]]]]

    Source:
        LeCun et al. 1998.
    """

    axes = 2
    operation = average_pool


AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
