"""Convolution: the same few weights at every place of a series or a picture."""

from __future__ import annotations

from pellucid.nn.layers._convolving import Convolution

__all__ = ["Conv1D", "Conv2D", "Convolution1D", "Convolution2D"]


class Conv1D(Convolution):
    """Move a window over the steps of a series; at every place, each filter weighs and adds up what it sees.

    Formula:
        z[p] = sum over the entries e of the window of x[strides p + dilation_rate e] W[e], plus b
        a = activation(z)
    Shape:
        x: (batch, steps, channels), or (batch, channels, steps) for channels_first
        W: (kernel_size, channels / groups, filters)
        b: (filters,)
        returns: (batch, places, filters)
        places = (steps - span) // strides + 1 for "valid", ceil(steps / strides) for "same" and "causal",
        where span = dilation_rate (kernel_size - 1) + 1
    Args:
        filters: number of outputs at each place, at least 1.
        kernel_size: how many steps the window sees.
        strides: by how many steps it moves on.
        padding: "valid", where it stays inside the series; "same", zeros at both ends, so that it begins at
            every step; "causal", zeros in front, so that it sees no later step than its own.
        data_format: "channels_last", or "channels_first".
        dilation_rate: how many steps its own entries lie apart.
        groups: into how many parts the channels are divided; each filter sees one of them.
        activation: name or function; None leaves z as it is.
        use_bias: whether there is a b.
        kernel_initializer: how W begins.
        bias_initializer: how b begins.
        kernel_regularizer: what is added to the loss for W.
        bias_regularizer: what is added to the loss for b.
        activity_regularizer: what is added to the loss for the output.
    Raises:
        ArgumentError: if an argument is impossible, or filters are no multiple of groups.
        ShapeError: if x is no series, its channels are no multiple of groups, or the window does not fit.
    Example:
        >>> Conv1D(4, 3)(np.zeros((2, 10, 1))).shape
        (2, 8, 4)

    Source:
        Dumoulin & Visin 2016; causal: van den Oord et al. 2016.
    """

    axes = 1
    paddings = ("valid", "same", "causal")


class Conv2D(Convolution):
    """Move a window over a picture; at every place, each filter weighs and adds up what it sees.

    Formula:
        z[p] = sum over the entries e of the window of x[strides p + dilation_rate e] W[e], plus b
        a = activation(z)
    Shape:
        x: (batch, height, width, channels), or (batch, channels, height, width) for channels_first
        W: (*kernel_size, channels / groups, filters)
        b: (filters,)
        returns: (batch, rows, columns, filters)
        rows = (height - span) // strides + 1 for "valid", ceil(height / strides) for "same",
        where span = dilation_rate (kernel_size - 1) + 1; columns likewise
    Args:
        filters: number of outputs at each place, at least 1.
        kernel_size: height and width of the window; one number for both.
        strides: by how many places it moves on, down and to the right; one number for both.
        padding: "valid", where it stays inside the picture; "same", zeros around the picture, so that it
            begins at every place.
        data_format: "channels_last", or "channels_first".
        dilation_rate: how many places its own entries lie apart; one number for both.
        groups: into how many parts the channels are divided; each filter sees one of them.
        activation: name or function; None leaves z as it is.
        use_bias: whether there is a b.
        kernel_initializer: how W begins.
        bias_initializer: how b begins.
        kernel_regularizer: what is added to the loss for W.
        bias_regularizer: what is added to the loss for b.
        activity_regularizer: what is added to the loss for the output.
    Raises:
        ArgumentError: if an argument is impossible, or filters are no multiple of groups.
        ShapeError: if x is no picture, its channels are no multiple of groups, or the window does not fit.
    Example:
        >>> Conv2D(4, 3, activation="relu")(np.zeros((2, 28, 28, 1))).shape
        (2, 26, 26, 4)

    Source:
        LeCun et al. 1998; Dumoulin & Visin 2016.
    """

    axes = 2


Convolution1D = Conv1D
Convolution2D = Conv2D
