"""Activations that are made of pieces, most of them straight lines."""

from __future__ import annotations

from pellucid.errors import ArgumentError
from pellucid.nn._arrays import Value
from pellucid.nn.activations._registry import activation
from pellucid.ops import absolute, clip, maximum, minimum, select

__all__ = [
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "relu",
    "relu6",
    "soft_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "threshold",
]


@activation()
def linear(x: Value) -> Value:
    """Return x itself."""
    return x


@activation()
def relu(
    x: Value, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Value:
    """Let through what is positive.

    Formula:
        relu(x) = max(x, 0)
        in general: x, at most max_value, where x > threshold; negative_slope (x - threshold) elsewhere
    Args:
        negative_slope: the slope below the threshold.
        max_value: the largest result; None for no limit.
        threshold: where the result begins to follow x.
    Source:
        Nair & Hinton 2010.
    """
    if not threshold and not negative_slope:
        above = maximum(x, 0)
        return above if max_value is None else minimum(above, max_value)
    above = x if max_value is None else minimum(x, max_value)
    beyond = x - threshold if threshold else x
    return select(x > threshold, above, negative_slope * beyond if negative_slope else 0)


@activation()
def relu6(x: Value) -> Value:
    """Let through what is positive, up to 6.

    Formula:
        relu6(x) = min(max(x, 0), 6)
    Source:
        Krizhevsky 2010.
    """
    return minimum(maximum(x, 0), 6)


@activation()
def leaky_relu(x: Value, negative_slope: float = 0.2) -> Value:
    """Let through what is positive, and a part of what is negative.

    Formula:
        leaky_relu(x) = x where x > 0, negative_slope x elsewhere
    Source:
        Maas, Hannun & Ng 2013.
    """
    return select(x > 0, x, negative_slope * x)


@activation()
def hard_tanh(x: Value) -> Value:
    """Limit to -1 and 1.

    Formula:
        hard_tanh(x) = min(max(x, -1), 1)
    Source:
        Collobert 2004.
    """
    return clip(x, low=-1, high=1)


@activation()
def hard_sigmoid(x: Value) -> Value:
    """Rise from 0 to 1 in a straight line between -3 and 3.

    Formula:
        hard_sigmoid(x) = min(max(x / 6 + 1 / 2, 0), 1)
    Source:
        Courbariaux, Bengio & David 2015; with this slope Howard et al. 2019.
    """
    return clip(x / 6 + 0.5, low=0, high=1)


@activation("hard_swish")
def hard_silu(x: Value) -> Value:
    """Scale by a probability that rises in a straight line.

    Formula:
        hard_silu(x) = x hard_sigmoid(x)
    Source:
        Howard et al. 2019.
    """
    return x * hard_sigmoid(x)


hard_swish = hard_silu


@activation()
def hard_shrink(x: Value, threshold: float = 0.5) -> Value:
    """Set to 0 what is small.

    Formula:
        hard_shrink(x) = x where |x| > threshold, 0 elsewhere
    """
    return select(absolute(x) > threshold, x, 0)


@activation()
def soft_shrink(x: Value, threshold: float = 0.5) -> Value:
    """Move towards 0 by the threshold, and no further than 0.

    Formula:
        soft_shrink(x) = x - threshold where x > threshold, x + threshold where x < -threshold, 0 elsewhere
    Args:
        threshold: at least 0.
    Raises:
        ArgumentError: if the threshold is negative.
    Source:
        Donoho & Johnstone 1994.
    """
    if threshold < 0:
        raise ArgumentError("this threshold cannot be used", expected="at least 0", received=repr(threshold))
    return x - clip(x, low=-threshold, high=threshold)


@activation()
def threshold(x: Value, threshold: float, default_value: float) -> Value:
    """Replace what does not exceed the threshold.

    Formula:
        threshold(x) = x where x > threshold, default_value elsewhere
    """
    return select(x > threshold, x, default_value)


@activation()
def sparse_plus(x: Value) -> Value:
    """Bend from 0 to x in a parabola between -1 and 1.

    Formula:
        sparse_plus(x) = 0 where x <= -1, (x + 1)^2 / 4 where -1 < x < 1, x where x >= 1
    """
    return select(x > 1, x, (clip(x, low=-1, high=1) + 1) ** 2 / 4)


@activation()
def sparse_sigmoid(x: Value) -> Value:
    """Rise from 0 to 1 in a straight line between -1 and 1: the slope of sparse_plus.

    Formula:
        sparse_sigmoid(x) = min(max((x + 1) / 2, 0), 1)
    Source:
        Blondel, Martins & Niculae 2019.
    """
    return clip(x / 2 + 0.5, low=0, high=1)
