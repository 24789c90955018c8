"""The table of networks with batch and layer normalization, padding and upsampling.

Rows are like those of `combinations.py`. Every one trains for about 100 steps, and the moving averages
are compared with the other weights. What comes before a batch normalization has no bias, or is trained
without Adam: the mean takes the bias away again, its gradient is nothing but rounding, and Adam would make
steps of full size of that.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from .combinations import ACCURACY, ADAM, SGD, SPARSE, Call, Combination, call, dense, l1, l2, network, sgd

__all__ = ["NORMALIZATION_COMBINATIONS", "NORMALIZATION_INTERFACES", "normalization_arrays"]

NORMALIZATION_INTERFACES = [
    f"layers.{name}"
    for name in """
    BatchNormalization LayerNormalization ZeroPadding1D ZeroPadding2D UpSampling1D UpSampling2D
    """.split()
]

batch, layer = partial(call, "layers.BatchNormalization"), partial(call, "layers.LayerNormalization")
one_dimensional = partial(call, "layers.UpSampling1D")
enlarged, padded = partial(call, "layers.UpSampling2D"), partial(call, "layers.ZeroPadding2D")
tanh, flatten = call("layers.Activation", "tanh"), call("layers.Flatten")
constant = partial(call, "initializers.Constant")
PICTURE, SERIES = (4, 3, 2), (5, 3)


def normalization_arrays(seed: int = 4) -> dict[str, np.ndarray]:
    """Return 32 examples in every shape, features of different sizes, and answers that can be learnt."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(32, 4)) * [1, 0.3, 2, 0.7] + [0, 0.5, -1, 1]
    picture = random.normal(size=(32, *PICTURE)) * [0.5, 2] + [1, -0.5]
    series = random.normal(size=(32, *SERIES)) * [1.5, 1, 0.5] + [0, 1, 0.5]
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    arrays = {
        "table": table,
        "picture": picture,
        "series": series,
        "value": np.sin(scaled[:, :1] + scaled[:, 2:3]),
        "picture value": np.tanh(picture.mean(axis=(1, 2, 3)))[:, None],
        "series value": np.tanh(series[:, :, :1].mean(axis=1)),
        "label": (scaled @ random.normal(size=(4, 3))).argmax(axis=1),
        "weight": random.uniform(0.2, 2.0, size=32),
    }
    return {name: array.astype(f"{array.dtype.kind}4") for name, array in arrays.items()}


def between(*layers: Call) -> tuple[Call, ...]:
    """A network with something between its two dense layers."""
    return network(dense(6, use_bias=False), *layers, tanh, dense(1))


def batch_normalization() -> Iterable[Combination]:
    begun = {
        "beta_initializer": constant(0.5),
        "gamma_initializer": constant(0.8),
        "moving_mean_initializer": constant(0.3),
        "moving_variance_initializer": constant(2.0),
    }
    networks = {
        "defaults": between(batch()),
        "momentum and epsilon": between(batch(momentum=0.8, epsilon=0.1)),
        "no momentum": between(batch(momentum=0.0)),
        "by position": between(batch(-1, 0.9, 0.01, True, False)),
        "not centered": between(batch(center=False)),
        "not scaled": between(batch(scale=False)),
        "neither": between(batch(center=False, scale=False)),
        "how the weights begin": between(batch(**begun)),
        "regularizers": between(batch(beta_regularizer=l2(0.05), gamma_regularizer=l1(0.02))),
        "frozen": between(batch(trainable=False, **begun)),
        "first": network(batch(), dense(6, "tanh"), dense(1)),
        "several": network(
            *(part for _ in range(3) for part in (dense(5, use_bias=False), batch(momentum=0.9), tanh)),
            dense(1),
        ),
    }
    row = partial(Combination, loss="mse", metrics=("mae",), validation="rows")
    for name, layers in networks.items():
        yield row(f"batch: {name}", layers, optimizer=ADAM)
    biased = network(dense(6), batch(), call("layers.Activation", "relu"), dense(1))
    yield row("batch: after a bias", biased, optimizer=SGD)
    yield row("batch: momentum", between(batch()), optimizer=sgd(0.02, momentum=0.9))
    yield row("batch: one batch an epoch", between(batch()), optimizer=ADAM, batch_size=23, epochs=100)
    yield row("batch: fitted twice", between(batch()), optimizer=ADAM, epochs=10, fits=2)
    weighted = {"sample_weight": True, "validation": "weighted rows"}
    yield Combination("batch: weights", between(batch()), "mse", ADAM, **weighted)
    classes = network(dense(6, use_bias=False), batch(), tanh, dense(3, activation="softmax"))
    yield Combination("batch: classes", classes, SPARSE, ADAM, y="label", metrics=ACCURACY)


def layer_normalization() -> Iterable[Combination]:
    given = {"beta_initializer": "ones", "gamma_initializer": constant(0.8), "gamma_regularizer": "l2"}
    networks = {
        "defaults": between(layer()),
        "epsilon": between(layer(epsilon=0.1)),
        "not centered": between(layer(center=False)),
        "not scaled": between(layer(scale=False)),
        "neither": between(layer(center=False, scale=False)),
        "initializers and regularizers": between(layer(beta_regularizer=l2(0.05), **given)),
        "rms scaling": between(layer(rms_scaling=True)),
        "first": network(layer(), dense(6, "tanh"), dense(1)),
        "with batch normalization": between(batch(), layer()),
    }
    for name, layers in networks.items():
        yield Combination(f"layer: {name}", layers, "mse", ADAM, metrics=("mae",), validation="rows")


def of_more_axes() -> Iterable[Combination]:
    stacks: dict[str, list[Call]] = {
        "batch": [batch(momentum=0.9)],
        "batch, axis 1": [batch(axis=1, momentum=0.9)],
        "batch, axis -2": [batch(axis=-2, momentum=0.9)],
        "layer": [layer()],
        "layer, all axes": [layer(axis=[1, 2, 3])],
        "layer, axes apart": [layer(axis=(1, 3))],
        "layer, axis 1": [layer(axis=1)],
        "padding": [padded(), batch()],
        "padding, uneven": [padded(((1, 0), (2, 1))), layer()],
        "padding, two": [padded((0, 2)), batch()],
        "padding, channels first": [padded((1, 2), "channels_first"), batch(axis=1)],
        "upsampling": [enlarged(), layer()],
        "upsampling, uneven": [enlarged((3, 1)), batch(axis=1)],
        "upsampling, bilinear": [enlarged(interpolation="bilinear"), layer(axis=(1, 2))],
        "upsampling, bilinear, uneven": [enlarged((3, 4), interpolation="bilinear"), batch()],
        "upsampling, channels first": [enlarged((2, 3), "channels_first"), layer()],
        "upsampling, bilinear, channels first": [enlarged(2, "channels_first", "bilinear"), layer()],
    }
    rate = sgd(0.02)
    for name, stack in stacks.items():
        layers = network(*stack, tanh, flatten, dense(1), shape=PICTURE)
        yield Combination(f"pictures: {name}", layers, "mse", rate, x="picture", y="picture value")
    stacks = {
        "batch": [batch()],
        "batch, axis 1": [batch(axis=1)],
        "layer": [dense(4), layer()],
        "padding": [call("layers.ZeroPadding1D"), batch()],
        "padding, uneven": [call("layers.ZeroPadding1D", (2, 1)), layer()],
        "padding, channels first": [call("layers.ZeroPadding1D", (0, 3), "channels_first"), layer()],
        "upsampling": [one_dimensional(), batch(axis=1)],
        "upsampling, three": [one_dimensional(3), layer()],
    }
    for name, stack in stacks.items():
        layers = network(*stack, tanh, flatten, dense(1), shape=SERIES)
        yield Combination(f"series: {name}", layers, "mse", rate, x="series", y="series value")


NORMALIZATION_COMBINATIONS: tuple[Any, ...] = (
    *batch_normalization(),
    *layer_normalization(),
    *of_more_axes(),
)
