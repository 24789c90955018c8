"""Every layer keeps the common contract; a completeness test sees that none is left out."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import activations
from pellucid.layers import Activation, Dense, Dropout, Flatten, InputLayer, Layer, Normalization
from pellucid.models import Sequential, load_model
from pellucid.nn import layers
from pellucid.regularizers import L1
from pellucid.testing import check_layer

from .windowed import WINDOWED

pytestmark = pytest.mark.slow

ROWS = np.random.default_rng(3).normal(size=(4, 3))
SERIES = ROWS.reshape(2, 2, 3)
PICTURES = np.random.default_rng(4).normal(size=(2, 3, 1, 2))

# Helpers, and a function that needs more than its input.
NOT_LAYERS = ("deserialize", "get", "serialize", "threshold", "title")

LAYERS = {
    "dense": (lambda: Dense(2), ROWS),
    "dense, 3-D": (lambda: Dense(2, activation="tanh"), SERIES),
    "dense, no bias": (lambda: Dense(3, use_bias=False), ROWS),
    "dense, everything": (
        lambda: Dense(
            4,
            activation="softplus",
            kernel_initializer="he_normal",
            bias_initializer="ones",
            kernel_regularizer="l2",
            bias_regularizer=L1(0.1),
            activity_regularizer="l1_l2",
            name="all of it",
        ),
        ROWS,
    ),
    "dense, one feature": (lambda: Dense(1), ROWS[:, :1]),
    "dropout": (lambda: Dropout(0.4), ROWS),
    "dropout, a seed of its own": (lambda: Dropout(0.4, seed=5), SERIES),
    "dropout, nothing": (lambda: Dropout(0), ROWS),
    "flatten, 2-D": (Flatten, ROWS),
    "flatten, 3-D": (Flatten, SERIES),
    "flatten, one feature": (Flatten, ROWS[:, :1]),
    "normalization": (Normalization, ROWS),
    "batch normalization": (layers.BatchNormalization, ROWS),
    "batch normalization, frozen": (lambda: layers.BatchNormalization(trainable=False), ROWS),
    "batch normalization, everything": (
        lambda: layers.BatchNormalization(
            axis=1,
            momentum=0.5,
            epsilon=0.1,
            beta_initializer="ones",
            gamma_initializer="normal",
            moving_mean_initializer="ones",
            moving_variance_initializer="random_uniform",
            beta_regularizer="l2",
            gamma_regularizer=L1(0.1),
        ),
        SERIES,
    ),
    "batch normalization, plain": (lambda: layers.BatchNormalization(center=False, scale=False), PICTURES),
    "layer normalization": (layers.LayerNormalization, ROWS),
    "layer normalization, axes": (lambda: layers.LayerNormalization((1, 3), epsilon=0.1), PICTURES),
    "layer normalization, first axes": (lambda: layers.LayerNormalization([-3, -2]), PICTURES),
    "layer normalization, rms": (lambda: layers.LayerNormalization(rms_scaling=True), ROWS),
    "layer normalization, plain": (lambda: layers.LayerNormalization(center=False, scale=False), SERIES),
    "zero padding, 1-D": (lambda: layers.ZeroPadding1D((0, 2)), SERIES),
    "zero padding, 1-D, channels first": (lambda: layers.ZeroPadding1D(1, "channels_first"), SERIES),
    "zero padding, 2-D": (layers.ZeroPadding2D, PICTURES),
    "zero padding, 2-D, sides": (
        lambda: layers.ZeroPadding2D(((0, 1), (2, 3)), "channels_first"),
        PICTURES,
    ),
    "upsampling, 1-D": (lambda: layers.UpSampling1D(3), SERIES),
    "upsampling, 2-D": (layers.UpSampling2D, PICTURES),
    "upsampling, 2-D, channels first": (lambda: layers.UpSampling2D((2, 1), "channels_first"), PICTURES),
    **{
        f"upsampling, bilinear, {size}": (
            lambda size=size: layers.UpSampling2D(size, interpolation="bilinear"),
            PICTURES,
        )
        for size in (1, 2, (3, 1), (2, 5))
    },
    "upsampling, bilinear, channels first": (
        lambda: layers.UpSampling2D((2, 3), "channels_first", "bilinear"),
        PICTURES,
    ),
    **WINDOWED,
    **{
        f"activation {name}": (lambda name=name: Activation(name), ROWS[:, :2])
        for name in activations.__all__
        if name not in NOT_LAYERS
    },
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_layer_keeps_the_contract(name):
    make, x = LAYERS[name]
    check_layer(make(), x)


@pytest.mark.parametrize("name", LAYERS)
def test_a_model_of_it_comes_back_from_its_file(name, tmp_path):
    make, x = LAYERS[name]
    model = Sequential([make()])
    model.build((None, *x.shape[1:]))
    model.save(tmp_path / "model.safetensors")
    back = load_model(tmp_path / "model.safetensors")
    assert back.get_config() == model.get_config()
    assert back.predict(x, verbose=0).tobytes() == model.predict(x, verbose=0).tobytes()


def test_no_layer_is_left_out():
    """An InputLayer only declares a shape; tests of its own see to that."""
    public = {getattr(layers, name) for name in layers.__all__}
    kinds = {kind for kind in public if isinstance(kind, type)} - {Layer, InputLayer}
    assert kinds == {type(make()) for make, _ in LAYERS.values()}
