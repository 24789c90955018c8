"""The table of networks for pictures and series: convolutions and poolings in all their ways.

Rows are like those of `combinations.py`. Every one trains for about 100 steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from .combinations import ACCURACY, ADAM, SPARSE, Call, Combination, call, dense, l1, l2, network, sgd

__all__ = ["IMAGE_COMBINATIONS", "IMAGE_INTERFACES", "picture_arrays"]

IMAGE_INTERFACES = [
    f"layers.{name}"
    for name in """
    Conv1D Conv2D Convolution1D Convolution2D DepthwiseConv2D
    MaxPooling1D MaxPooling2D MaxPool1D MaxPool2D AveragePooling1D AveragePooling2D AvgPool1D AvgPool2D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPool1D GlobalMaxPool2D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAvgPool1D GlobalAvgPool2D
    """.split()
]

conv1d, conv2d = partial(call, "layers.Conv1D"), partial(call, "layers.Conv2D")
depthwise = partial(call, "layers.DepthwiseConv2D")
flatten = call("layers.Flatten")
SOFTMAX = dense(3, activation="softmax")
PICTURE, COLOURED, SERIES = (8, 8, 1), (7, 6, 4), (9, 2)


def picture_arrays(seed: int = 3) -> dict[str, np.ndarray]:
    """Return 32 pictures and series; each of three kinds has a pattern of its own somewhere."""
    random = np.random.default_rng(seed)
    label = random.integers(0, 3, 32)
    patterns = random.normal(size=(3, 3, 3))
    grey, coloured = random.normal(size=(32, *PICTURE)), random.normal(size=(32, *COLOURED))
    series = random.normal(size=(32, *SERIES))
    for place, kind in enumerate(label):
        row, column = random.integers(0, 4, 2)
        grey[place, row : row + 3, column : column + 3, 0] += patterns[kind]
        coloured[place, row : row + 3, column : column + 3, kind] += patterns[kind]
        series[place, row : row + 3] += patterns[kind][:, :2]
    arrays = {
        "grey": grey,
        "coloured": coloured,
        "channels first": np.moveaxis(coloured, -1, 1),
        "series": series,
        "series, channels first": np.moveaxis(series, -1, 1),
        "label": label,
        "value": np.sin(grey.mean(axis=(1, 2))) + 0.1 * label[:, None],
        "weight": random.uniform(0.2, 2.0, size=32),
    }
    return {name: array.astype(f"{array.dtype.kind}4") for name, array in arrays.items()}


def rows(kind: str, x: str, shape: tuple[int, ...], layers: dict[str, list[Call]]) -> Iterable[Combination]:
    """One row for each stack of layers, which a classifier is put upon."""
    for name, stack in layers.items():
        model = network(*stack, flatten, SOFTMAX, shape=shape)
        yield Combination(f"{kind}: {name}", model, SPARSE, ADAM, x, "label", ACCURACY)


def convolutions_of_pictures() -> Iterable[Combination]:
    conv = partial(conv2d, activation="tanh")
    written_out: dict[str, Any] = {
        "filters": 3,
        "kernel_size": [3, 2],
        "strides": [1, 1],
        "padding": "SAME",
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "groups": 1,
        "activation": "softplus",
        "kernel_initializer": "he_normal",
        "bias_initializer": call("initializers.Constant", 0.2),
        "kernel_regularizer": l2(0.02),
        "bias_regularizer": l1(0.01),
        "activity_regularizer": l2(0.001),
        "name": "written_out",
    }
    layers = {
        "valid": [conv(3, 3)],
        "same": [conv(3, 3, padding="same")],
        "same, even windows": [conv(3, 2, padding="same"), conv(2, (4, 1), padding="same")],
        "one place": [conv(4, 1)],
        "as large as the picture": [conv(4, (7, 6))],
        "larger than the picture": [conv(2, (9, 8), padding="same")],
        "strides": [conv(3, 3, strides=2)],
        "strides, same": [conv(3, 3, strides=2, padding="same")],
        "uneven strides, same": [conv(3, (2, 3), strides=(3, 1), padding="same")],
        "dilation": [conv(3, 2, dilation_rate=3)],
        "uneven dilation, same": [conv(3, 3, padding="same", dilation_rate=(1, 2))],
        "groups": [conv(6, 3, groups=2)],
        "as many groups as channels": [conv(8, (2, 3), strides=2, padding="same", groups=4)],
        "without bias": [conv(3, 3, use_bias=False)],
        "linear": [conv2d(3, 3)],
        "written out in full": [call("layers.Conv2D", **written_out)],
        "one upon another": [conv(3, 3), conv(3, 3, padding="same"), conv(4, 2, strides=2)],
    }
    return rows("conv2d", "coloured", COLOURED, layers)


def convolutions_of_series() -> Iterable[Combination]:
    conv = partial(conv1d, activation="tanh")
    layers = {
        "valid": [conv(4, 3)],
        "same": [conv(4, 4, padding="same")],
        "causal": [conv(4, 3, padding="causal")],
        "dilation, causal": [conv(4, 2, padding="causal", dilation_rate=2), conv(3, 2, 1, "causal")],
        "strides, causal": [conv(4, 3, strides=2, padding="causal")],
        "strides, same": [conv(4, (3,), strides=(2,), padding="same")],
        "dilation": [conv(4, 3, dilation_rate=(2,))],
        "groups": [conv(4, 3, groups=2)],
        "regularizers": [conv(4, 3, kernel_regularizer=l1(0.01), bias_regularizer="l2", use_bias=True)],
    }
    return rows("conv1d", "series", SERIES, layers)


def depthwise_convolutions() -> Iterable[Combination]:
    conv = partial(depthwise, activation="tanh")
    layers = {
        "valid": [conv(3)],
        "two for each channel": [conv((3, 2), depth_multiplier=2)],
        "strides, same": [conv(3, strides=2, padding="same")],
        "dilation": [conv(2, dilation_rate=2)],
        "regularizers": [conv(3, 1, "same", depthwise_regularizer=l2(0.02), depthwise_initializer="normal")],
        "separable": [depthwise(3, use_bias=False), conv2d(4, 1, activation="tanh")],
    }
    return rows("depthwise", "coloured", COLOURED, layers)


def poolings() -> Iterable[Combination]:
    """After a convolution, so that gradients pass through them."""
    first, first_of_series = conv2d(3, 2, activation="tanh"), conv1d(4, 2, activation="tanh")
    ways: dict[str, dict[str, Any]] = {
        "": {"pool_size": 2},
        ", same": {"pool_size": 2, "padding": "same"},
        ", at every place": {"pool_size": 3, "strides": 1},
        ", overlapping, same": {"pool_size": 3, "strides": 2, "padding": "same"},
        ", apart": {"pool_size": 2, "strides": 3},
    }
    for kind in ("MaxPooling", "AveragePooling"):
        of_series = {
            f"{kind}1D{name}": [first_of_series, call(f"layers.{kind}1D", **way)]
            for name, way in ways.items()
        }
        of_pictures = {
            f"{kind}2D{name}": [first, call(f"layers.{kind}2D", **way)] for name, way in ways.items()
        }
        of_pictures[f"{kind}2D, uneven"] = [first, call(f"layers.{kind}2D", (3, 2), (1, 2), "same")]
        yield from rows("pooling", "series", SERIES, of_series)
        yield from rows("pooling", "grey", PICTURE, of_pictures)
    for kind in ("GlobalMaxPooling", "GlobalAveragePooling"):
        for name, named in (("", {}), (", keepdims", {"keepdims": True})):
            one, two = (call(f"layers.{kind}{axes}D", **named) for axes in (1, 2))
            yield from rows("pooling", "series", SERIES, {f"{kind}1D{name}": [first_of_series, one]})
            yield from rows("pooling", "grey", PICTURE, {f"{kind}2D{name}": [first, two]})


def channels_first() -> Iterable[Combination]:
    given = {"data_format": "channels_first"}
    first = conv2d(4, 3, activation="tanh", **given)
    pictures = {
        "conv2d": [conv2d(4, 3, 2, "same", activation="tanh", **given)],
        "depthwise": [depthwise(3, depth_multiplier=2, activation="tanh", **given)],
        "max": [first, call("layers.MaxPooling2D", (2, 3), 2, "same", **given)],
        "average": [first, call("layers.AveragePooling2D", 2, **given)],
        "global, pictures": [first, call("layers.GlobalMaxPooling2D", keepdims=True, **given)],
    }
    first = conv1d(4, 2, groups=2, activation="tanh", **given)
    series = {
        "conv1d": [first],
        "max, series": [first, call("layers.MaxPooling1D", 3, 2, **given)],
        "average, series": [first, call("layers.AveragePooling1D", 3, 1, "same", **given)],
        "global, series": [first, call("layers.GlobalAveragePooling1D", **given)],
    }
    yield from rows("channels first", "channels first", (4, 7, 6), pictures)
    yield from rows("channels first", "series, channels first", (2, 9), series)


def whole_networks() -> Iterable[Combination]:
    """As courses have them, with relu; and what else a model may be trained with."""
    pool = call("layers.MaxPooling2D", pool_size=(2, 2))
    digits = network(
        conv2d(8, (3, 3), activation="relu"),
        pool,
        conv2d(8, (2, 2), padding="same", activation="relu"),
        pool,
        flatten,
        dense(8, activation="relu"),
        SOFTMAX,
        shape=PICTURE,
    )
    mean = network(
        conv2d(4, 3, activation="gelu"), call("layers.GlobalAveragePooling2D"), dense(1), shape=PICTURE
    )
    steps = network(
        conv1d(4, 3, padding="causal", activation="tanh"),
        dense(2, activation="tanh"),
        flatten,
        SOFTMAX,
        shape=SERIES,
    )
    yield Combination(
        "network: digits", digits, SPARSE, call("optimizers.Adam", 0.005), "grey", "label", ACCURACY
    )
    yield Combination(
        "network: a mean, with momentum", mean, "mse", sgd(0.05, momentum=0.9), "grey", validation="rows"
    )
    yield Combination(
        "network: weights of examples", steps, SPARSE, ADAM, "series", "label", ACCURACY, sample_weight=True
    )


IMAGE_COMBINATIONS = (
    *convolutions_of_pictures(),
    *convolutions_of_series(),
    *depthwise_convolutions(),
    *poolings(),
    *channels_first(),
    *whole_networks(),
)
