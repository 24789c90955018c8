"""The numbers that weights start from. Printed programs carry these functions, so they have no type hints."""

import math

import numpy as np

from pellucid.ops.formulas import random_uniform

__all__ = [
    "bounded_normal",
    "fans",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "orthogonal",
    "truncated_normal",
    "uniform",
]


def uniform(shape, seed, stream, low, high, dtype=np.float32):
    """Random numbers between low and high, all equally likely."""
    return low + (high - low) * random_uniform(shape, seed, stream).astype(dtype)


def normal(shape, seed, stream, mean, deviation, dtype=np.float32, step=0):
    """Random numbers from a normal distribution, two uniform ones for each (Box & Muller, 1958)."""
    # In float64, rounded once: NumPy's log and cos in float32 are not the same on every processor.
    radius, angle = random_uniform((2, *shape), seed, stream, step).astype(np.float64)
    numbers = np.sqrt(-2 * np.log(1 - radius)) * np.cos(2 * np.pi * angle)
    return (mean + deviation * numbers).astype(dtype)


def truncated_normal(shape, seed, stream, mean, deviation, dtype=np.float32):
    """Random numbers from a normal distribution; those beyond two standard deviations are drawn again."""
    numbers = normal((math.prod(shape),), seed, stream, 0, 1, np.float64)
    outside = np.abs(numbers) > 2
    step = 0
    while outside.any():
        step += 1
        numbers[outside] = normal((np.sum(outside),), seed, stream, 0, 1, np.float64, step)
        outside = np.abs(numbers) > 2
    return (mean + deviation * numbers).astype(dtype).reshape(shape)


def bounded_normal(shape, seed, stream, variance, dtype=np.float32):
    """Random numbers of this variance from a normal distribution without its ends."""
    # Without what lies beyond two standard deviations, 0.8796 of the standard deviation is left.
    return truncated_normal(shape, seed, stream, 0, variance**0.5 / 0.87962566103423978, dtype)


def fans(shape):
    """How many inputs each output of a layer adds up, and how many outputs each input goes to."""
    if len(shape) < 2:
        return max(1, math.prod(shape)), max(1, math.prod(shape))
    places = math.prod(shape[:-2])  # more than one in a convolution
    return max(1, places * shape[-2]), max(1, places * shape[-1])


def glorot_uniform(shape, seed, stream, dtype=np.float32):
    """Random weights between -limit and limit (Glorot & Bengio, 2010, eq. 16)."""
    inputs, outputs = fans(shape)
    limit = (6 / (inputs + outputs)) ** 0.5
    return uniform(shape, seed, stream, -limit, limit, dtype)


def glorot_normal(shape, seed, stream, dtype=np.float32):
    """Normal random weights of variance 2 / (inputs + outputs) (Glorot & Bengio, 2010, eq. 12)."""
    inputs, outputs = fans(shape)
    return bounded_normal(shape, seed, stream, 2 / (inputs + outputs), dtype)


def he_uniform(shape, seed, stream, dtype=np.float32):
    """Random weights between -limit and limit, for layers with relu (He et al., 2015, eq. 10)."""
    inputs, _ = fans(shape)
    limit = (6 / inputs) ** 0.5
    return uniform(shape, seed, stream, -limit, limit, dtype)


def he_normal(shape, seed, stream, dtype=np.float32):
    """Normal random weights of variance 2 / inputs, for layers with relu (He et al., 2015, eq. 10)."""
    inputs, _ = fans(shape)
    return bounded_normal(shape, seed, stream, 2 / inputs, dtype)


def lecun_uniform(shape, seed, stream, dtype=np.float32):
    """Random weights between -limit and limit (LeCun et al., 1998, eq. 16)."""
    inputs, _ = fans(shape)
    limit = (3 / inputs) ** 0.5
    return uniform(shape, seed, stream, -limit, limit, dtype)


def lecun_normal(shape, seed, stream, dtype=np.float32):
    """Normal random weights of variance 1 / inputs (LeCun et al., 1998, eq. 16)."""
    inputs, _ = fans(shape)
    return bounded_normal(shape, seed, stream, 1 / inputs, dtype)


def orthogonal(shape, seed, stream, gain=1, dtype=np.float32):
    """A random matrix whose columns (its rows, if it is wide) are orthogonal (Saxe et al., 2014)."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    numbers = normal((max(rows, columns), min(rows, columns)), seed, stream, 0, 1, np.float64)
    q, r = np.linalg.qr(numbers)
    q = q * np.where(np.diagonal(r) < 0, -1, 1)  # so that every such matrix is equally likely
    matrix = q if rows >= columns else q.T
    return (gain * matrix).astype(dtype).reshape(shape)


def identity(shape, gain=1, dtype=np.float32):
    """A matrix with gain on its diagonal and 0 elsewhere."""
    return (gain * np.eye(*shape)).astype(dtype)
