"""NumPy functions for windows that move over an array: convolution and pooling.

Arrays have the batch first, the channels last, and one to three axes of space between them. Where all axes of
space have the same stride, padding or dilation, one number says it. Printed programs carry the source of
these functions, so they have no type hints.
"""

import math

import numpy as np

__all__ = [
    "average_pool",
    "average_pool_gradient",
    "by_groups",
    "convolve",
    "convolve_input_gradient",
    "convolve_kernel_gradient",
    "largest_places",
    "max_pool",
    "max_pool_gradient",
    "max_pool_pick",
    "numbers_under",
    "pad_around",
    "put_back",
    "windows",
]


# ------------------------------------------------------------ windows
def windows(x, window, strides=1, dilation=1):
    """What lies under a window at each of its places: (batch, *places, *window, channels), without a copy.

    The window moves on by the strides; its own entries lie the dilation apart.
    """
    axes = len(window)
    strides, dilation = np.broadcast_to(strides, axes), np.broadcast_to(dilation, axes)
    spans = dilation * (np.array(window) - 1) + 1
    space = tuple(range(1, axes + 1))
    under = np.lib.stride_tricks.sliding_window_view(x, tuple(spans), space, writeable=True)
    every = [slice(None, None, step) for step in (1, *strides, 1, *dilation)]
    return np.moveaxis(under[tuple(every)], axes + 1, -1)


def pad_around(x, padding, value=0):
    """x with more places around it: as many before and behind each axis of space as the padding says."""
    if not np.any(padding):
        return x
    around = np.broadcast_to(padding, (x.ndim - 2, 2))
    return np.pad(x, [(0, 0), *around, (0, 0)], constant_values=value)


def put_back(x, parts, window, strides=1, padding=0, dilation=1):
    """The reverse of windows: add to x, which is 0, each part where that entry of the window lay."""
    around = np.broadcast_to(padding, (x.ndim - 2, 2))
    whole = pad_around(x, padding)
    under = windows(whole, window, strides, dilation)
    for entry, part in parts:
        under[..., *entry, :] += part
    inner = [slice(before, before + size) for (before, _), size in zip(around, x.shape[1:-1], strict=True)]
    return whole[:, *inner]


# ------------------------------------------------------------ convolution
def convolve(x, w, strides=1, padding=0, dilation=1, groups=1):
    """Move a window over x. At each place, every filter of w multiplies what lies under it and adds up.

    x: (batch, *space, channels), w: (*window, channels / groups, filters). With what lies under the window as
    a row for each place, it is one product of matrices.
    """
    if groups > 1:
        options = {"strides": strides, "padding": padding, "dilation": dilation}
        return by_groups(convolve, x, w, groups, options)
    *window, channels, filters = w.shape
    under = windows(pad_around(x, padding), window, strides, dilation)
    rows = under.reshape(-1, math.prod(window) * channels)
    z = rows @ w.reshape(-1, filters)
    return z.reshape(*under.shape[: x.ndim - 1], filters)


def convolve_input_gradient(d_z, w, size, strides=1, padding=0, dilation=1, groups=1):
    """The gradient of convolve with respect to x: each number of d_z goes back to what it was made of."""
    if groups > 1:
        options = {"size": size, "strides": strides, "padding": padding, "dilation": dilation}
        return by_groups(convolve_input_gradient, d_z, w, groups, options)
    *window, channels, _ = w.shape
    d_x = np.zeros((len(d_z), *size, channels), d_z.dtype)
    parts = ((entry, np.tensordot(d_z, w[entry], axes=(-1, -1))) for entry in np.ndindex(*window))
    return put_back(d_x, parts, window, strides, padding, dilation)


def convolve_kernel_gradient(x, d_z, window, strides=1, padding=0, dilation=1, groups=1):
    """The gradient of convolve with respect to w: each number of w meets all that lay under it."""
    if groups > 1:
        options = {"window": window, "strides": strides, "padding": padding, "dilation": dilation}
        return by_groups(convolve_kernel_gradient, x, d_z, groups, options)
    channels, filters = x.shape[-1], d_z.shape[-1]
    under = windows(pad_around(x, padding), window, strides, dilation)
    rows = under.reshape(-1, math.prod(window) * channels)
    d_w = rows.T @ d_z.reshape(-1, filters)
    return d_w.reshape(*window, channels, filters)


def by_groups(function, a, b, groups, options):
    """Divide the last axes of a and b into groups, let the function work on each, and join the results."""
    parts = zip(np.split(a, groups, axis=-1), np.split(b, groups, axis=-1), strict=True)
    return np.concatenate([function(*part, **options) for part in parts], axis=-1)


# ------------------------------------------------------------ the largest number
def max_pool(x, window, strides=1, padding=0):
    """The largest number under the window, at each of its places."""
    under = windows(pad_around(x, padding, -np.inf), window, strides)
    largest = under[..., *[0] * len(window), :]
    for entry in np.ndindex(window):
        largest = np.maximum(largest, under[..., *entry, :])
    return largest


def max_pool_gradient(d_a, x, window, strides=1, padding=0):
    """The gradient of max_pool: each number goes back to where the largest one was."""
    places = largest_places(x, window, strides, padding)
    parts = ((entry, np.where(here, d_a, 0)) for entry, here in places)
    return put_back(np.zeros_like(x), parts, window, strides, padding)


def max_pool_pick(values, x, window, strides=1, padding=0):
    """The value where the largest number of x lies under the window, at each of its places."""
    under = windows(pad_around(values, padding), window, strides)
    picked = np.zeros_like(under[..., *[0] * len(window), :])
    for entry, here in largest_places(x, window, strides, padding):
        picked = np.where(here, under[..., *entry, :], picked)
    return picked


def largest_places(x, window, strides, padding):
    """For each entry of the window, at which places it is the first with the largest number, or with NaN."""
    under = windows(pad_around(x, padding, -np.inf), window, strides)
    inside = windows(pad_around(np.ones((1, *x.shape[1:-1], 1), bool), padding), window, strides)
    largest = max_pool(x, window, strides, padding)
    found = np.zeros_like(largest, bool)
    for entry in np.ndindex(window):
        numbers = under[..., *entry, :]
        here = inside[..., *entry, :] & ((numbers == largest) | np.isnan(numbers)) & ~found
        found |= here
        yield entry, here


# ------------------------------------------------------------ the mean
def average_pool(x, window, strides=1, padding=0):
    """The mean of the numbers under the window, at each of its places; padding does not count."""
    under = windows(pad_around(x, padding), window, strides)
    total = sum(under[..., *entry, :] for entry in np.ndindex(window))
    return total / numbers_under(x.shape[1:-1], window, strides, padding, x.dtype)


def average_pool_gradient(d_a, size, window, strides=1, padding=0):
    """The gradient of average_pool: each number goes back in equal parts to what it is the mean of."""
    part = d_a / numbers_under(size, window, strides, padding, d_a.dtype)
    parts = ((entry, part) for entry in np.ndindex(window))
    d_x = np.zeros((len(d_a), *size, d_a.shape[-1]), d_a.dtype)
    return put_back(d_x, parts, window, strides, padding)


def numbers_under(size, window, strides, padding, dtype):
    """How many numbers of an array of this size lie under the window, at each of its places."""
    under = windows(pad_around(np.ones((1, *size, 1), dtype), padding), window, strides)
    return under.sum(axis=tuple(range(len(size) + 1, 2 * len(size) + 1)))
