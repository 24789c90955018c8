"""Flatten, Input and Activation."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import activations
from pellucid.errors import ShapeError
from pellucid.layers import Activation, Dense, Flatten, Input, InputLayer
from pellucid.models import Sequential


@pytest.mark.parametrize(
    ("shape", "row"), [((2, 3), 6), ((2, 3, 4), 24), ((5,), 5), ((1,), 1), ((), 1)], ids=str
)
def test_each_example_becomes_a_row(shape, row):
    x = np.arange(2.0 * row).reshape(2, *shape)
    assert Flatten()(x).tolist() == np.arange(2.0 * row).reshape(2, row).tolist()
    assert Flatten()(x[:0]).shape == (0, row)


def test_pictures_go_into_a_dense_layer():
    model = Sequential([Flatten(input_shape=(28, 28)), Dense(10)])
    assert model.output_shape == (None, 10)
    assert model.count_params() == 7850  # 784 * 10 + 10
    assert model.predict(np.zeros((3, 28, 28)), verbose=0).shape == (3, 10)


@pytest.mark.parametrize(
    "layer",
    [
        Input((3,)),
        Input(shape=[3]),
        Input(3),
        Input(batch_shape=(None, 3)),
        Input(shape=(3,), batch_size=8, name="columns"),
        InputLayer((3,)),
        InputLayer(input_shape=(3,)),
        InputLayer(batch_input_shape=(None, 3)),
    ],
    ids=repr,
)
def test_an_input_declares_a_shape_and_is_no_layer_of_the_model(layer):
    model = Sequential([layer, Dense(2)])
    assert model.input_shape == (None, 3)
    assert [type(each) for each in model.layers] == [Dense]
    assert model.built is False
    assert model.get_weights()[0].shape == (3, 2)


@pytest.mark.parametrize(
    "declared", [{"input_shape": [3]}, {"input_dim": 3}, {"batch_input_shape": (None, 3)}]
)
def test_the_first_layer_may_declare_it(declared):
    assert Sequential([Dense(2, **declared)]).input_shape == (None, 3)


def test_an_input_without_a_shape_is_refused():
    with pytest.raises(ShapeError, match=r"an input needs a shape: expected sizes such as \(3,\)"):
        Input()


def test_an_activation_is_the_same_as_a_layer_and_in_a_layer():
    inside = Sequential([Dense(3, activation="softmax", input_shape=[2])])
    beside = Sequential([Dense(3, input_shape=[2]), Activation("softmax")])
    beside.set_weights(inside.get_weights())
    x = np.array([[1.0, -2.0], [0.5, 0.25]])
    assert beside.predict(x, verbose=0).tobytes() == inside.predict(x, verbose=0).tobytes()


def test_activations_are_named_made_or_given():
    x = np.array([[-1.0, 0.5]])
    for given in ("relu", activations.relu, lambda z: activations.relu(z, negative_slope=0)):
        assert Activation(given)(x).tolist() == [[0, 0.5]]
    assert Activation(None)(x).tolist() == x.tolist()
