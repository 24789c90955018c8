"""Activations without bends, or with a single one at 0.

Where a formula has two pieces, each is computed from numbers that are safe for it: its value is thrown away
elsewhere, but an infinite slope would not be, since 0 times infinity is not a number.
"""

from __future__ import annotations

import math

from pellucid import ops
from pellucid.errors import ArgumentError
from pellucid.graph import Node, current_graph, named
from pellucid.nn._arrays import Value
from pellucid.nn.activations._registry import activation
from pellucid.ops import absolute, clip, erf, exp, expm1, maximum, select, sqrt

__all__ = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "log_sigmoid",
    "mish",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]


# ------------------------------------------------------------ from one limit to another
@activation()
def sigmoid(x: Value) -> Value:
    """Rise from 0 to 1, as a probability does with its log-odds.

    Formula:
        sigmoid(x) = 1 / (1 + exp(-x))
    Source:
        Verhulst 1845.
    """
    return ops.sigmoid(x)


@activation()
def tanh(x: Value) -> Value:
    """Rise from -1 to 1.

    Formula:
        tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    """
    return ops.tanh(x)


@activation()
def softsign(x: Value) -> Value:
    """Rise from -1 to 1, slowly.

    Formula:
        softsign(x) = x / (1 + |x|)
    Source:
        Bergstra, Desjardins, Lamblin & Bengio 2009.
    """
    return x / (1 + absolute(x))


# ------------------------------------------------------------ like relu, but smooth
@activation()
def softplus(x: Value) -> Value:
    """Bend from 0 to x: a relu without a corner.

    Formula:
        softplus(x) = log(1 + exp(x))
    Source:
        Dugas, Bengio, Bélisle, Nadeau & Garcia 2001.
    """
    return ops.softplus(x)


@activation()
def squareplus(x: Value, b: float = 4) -> Value:
    """Bend from 0 to x along a hyperbola.

    Formula:
        squareplus(x) = (x + sqrt(x^2 + b)) / 2
    Args:
        b: how wide the bend is, above 0.
    Raises:
        ArgumentError: if b is not above 0.
    Source:
        Barron 2021.
    """
    if b <= 0:
        raise ArgumentError("this b cannot be used", expected="more than 0", received=repr(b))
    far = 1e9 * max(1, b) ** 0.5  # beyond it the hyperbola is its asymptote, and x^2 may overflow
    near = clip(x, low=-far, high=far)
    return maximum(x - far, 0) + (near + sqrt(near**2 + b)) / 2


@activation()
def elu(x: Value, alpha: float = 1.0) -> Value:
    """Follow x above 0, and approach -alpha below.

    Formula:
        elu(x) = x where x > 0, alpha (exp(x) - 1) elsewhere
    Args:
        alpha: the limit below 0, with the sign changed.
    Source:
        Clevert, Unterthiner & Hochreiter 2016.
    """
    below = _part("below", alpha * expm1(_negative_part(x)), x)
    return select(x > 0, x, below)


@activation()
def celu(x: Value, alpha: float = 1.0) -> Value:
    """Follow x above 0, and approach -alpha below with a slope that has no jump.

    Formula:
        celu(x) = x where x > 0, alpha (exp(x / alpha) - 1) elsewhere
    Args:
        alpha: the limit below 0, with the sign changed; above 0.
    Raises:
        ArgumentError: if alpha is not above 0.
    Source:
        Barron 2017.
    """
    if alpha <= 0:
        raise ArgumentError("this alpha cannot be used", expected="more than 0", received=repr(alpha))
    below = _part("below", alpha * expm1(_negative_part(x) / alpha), x)
    return select(x > 0, x, below)


@activation()
def selu(x: Value) -> Value:
    """Follow x such that mean 0 and variance 1 pass from layer to layer.

    Formula:
        selu(x) = scale elu(x, alpha) with scale = 1.0507... and alpha = 1.6732...
    Source:
        Klambauer, Unterthiner, Mayr & Hochreiter 2017.
    """
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return scale * elu(x, alpha)


def _part(name: str, value: Node, x: Node) -> Node:
    """Name a value on the way, with the number that x has: gate1 for z1."""
    return named(name, value, current_graph().owner(x))


def _negative_part(x: Value) -> Value:
    """Set to 0 what is positive; unlike minimum(x, 0), with slope 1 at 0."""
    return select(x > 0, 0, x)


# ------------------------------------------------------------ x, scaled by something like a probability
@activation("swish")
def silu(x: Value) -> Value:
    """Scale by a probability.

    Formula:
        silu(x) = x sigmoid(x)
    Source:
        Elfwing, Uchibe & Doya 2018; Ramachandran, Zoph & Le 2017.
    """
    gate = _part("gate", ops.sigmoid(x), x)
    return x * gate


swish = silu


@activation()
def mish(x: Value) -> Value:
    """Scale by the tanh of softplus.

    Formula:
        mish(x) = x tanh(log(1 + exp(x)))
    Source:
        Misra 2019.
    """
    gate = _part("gate", ops.tanh(ops.softplus(x)), x)
    return x * gate


@activation()
def gelu(x: Value, approximate: bool = False) -> Value:
    """Scale by the probability that a normally distributed number is below x.

    Formula:
        gelu(x) = x (1 + erf(x / sqrt(2))) / 2
        approximate: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
    Args:
        approximate: whether to take the second formula, which is faster.
    Source:
        Hendrycks & Gimpel 2016.
    """
    if not approximate:
        return x * _part("below", 0.5 * (1 + erf(x / math.sqrt(2))), x)
    near = clip(x, low=-10, high=10)  # beyond it tanh is -1 or 1 to the last digit, and x^3 may overflow
    bent = _part("bent", ops.tanh(math.sqrt(2 / math.pi) * (near + 0.044715 * near**3)), x)
    return x * _part("below", 0.5 * (1 + bent), x)


# ------------------------------------------------------------ others
@activation()
def exponential(x: Value) -> Value:
    """Grow ever faster.

    Formula:
        exponential(x) = exp(x)
    """
    return exp(x)


@activation()
def log_sigmoid(x: Value) -> Value:
    """Take the logarithm of the sigmoid.

    Formula:
        log_sigmoid(x) = log(1 / (1 + exp(-x))) = -softplus(-x)
    """
    return -ops.softplus(-x)


@activation()
def tanh_shrink(x: Value) -> Value:
    """Take tanh away from x: almost 0 around 0.

    Formula:
        tanh_shrink(x) = x - tanh(x)
    """
    return x - ops.tanh(x)
