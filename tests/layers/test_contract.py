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

pytestmark = pytest.mark.slow

ROWS = np.random.default_rng(3).normal(size=(4, 3))
SERIES = ROWS.reshape(2, 2, 3)

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
