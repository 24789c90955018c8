"""Layers that users write, in Keras's way, and what all layers have in common."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.backend import set_floatx
from pellucid.errors import (
    ArgumentError,
    GraphError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
    UsageError,
)
from pellucid.layers import Activation, Dense, Layer
from pellucid.models import Sequential, load_model
from pellucid.ops import exp, expand_dims, maximum, reduce_mean
from pellucid.optimizers import Adam
from pellucid.testing import check_layer
from pellucid.utils import set_random_seed

X = np.random.default_rng(1).normal(size=(6, 3))
Y = X.sum(axis=1)


class Linear(Layer):
    """The layer of Keras's guide."""

    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="b")

    def call(self, inputs):
        return inputs @ self.w + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class Noise(Layer):
    """Halves in training what it leaves alone else."""

    def call(self, inputs, training=None):
        return inputs / 2 if training else inputs


class Softened(Layer):
    """The user's own formula, with a name for a step on the way."""

    def build(self, input_shape):
        self.sharpness = self.add_weight((), "ones", name="sharpness")
        self.offset = self.add_weight((1,), "zeros", name="offset", trainable=False)

    def call(self, inputs):
        shifted = self.sharpness * inputs - self.offset
        return maximum(shifted, 0) + exp(-shifted)


@pytest.mark.parametrize("layer", [Linear(2), Noise(), Softened()], ids=lambda layer: layer.name)
def test_it_keeps_the_contract(layer):
    check_layer(layer, X)


def test_it_learns_beside_others():
    set_random_seed(1)
    model = Sequential([Linear(8, input_shape=[3]), Activation("tanh"), Linear(1)])
    model.compile(Adam(0.05), "mse")
    losses = model.fit(X, Y, epochs=50, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 10
    assert [weight.path for weight in model.weights] == [
        "linear_1/weight_1",
        "linear_1/b",
        "linear_2/weight_1",
        "linear_2/b",
    ]


def test_it_is_saved_and_found_again_by_its_name(tmp_path):
    model = Sequential([Linear(2, input_shape=[3]), Softened()])
    model.save(tmp_path / "own.safetensors")
    back = load_model(tmp_path / "own.safetensors", custom_objects={"Linear": Linear, "Softened": Softened})
    assert back.predict(X, verbose=0).tobytes() == model.predict(X, verbose=0).tobytes()
    with pytest.raises(UnknownNameError, match="no layer is called 'Linear'") as caught:
        load_model(tmp_path / "own.safetensors")
    assert "custom_objects" in caught.value.__notes__[0]


def test_training_says_in_which_mode_it_is():
    model = Sequential([Noise(input_shape=[3])])
    model.compile("sgd", "mse")
    assert model.fit(X, X / 2, verbose=0).history["loss"] == [0]
    assert model.evaluate(X, X, verbose=0) == 0
    assert Noise()(X, training=True).tolist() == (X.astype(np.float32) / 2).tolist()


def test_weights_that_are_not_trained_stay():
    model = Sequential([Softened(input_shape=[3])])
    model.compile("sgd", "mse")
    model.fit(X, X, verbose=0, epochs=3)
    sharpness, offset = model.get_weights()
    assert sharpness != 1
    assert offset == 0
    assert [weight.name for weight in model.non_trainable_weights] == ["offset"]


def test_its_names_are_in_the_program():
    model = Sequential([Softened(input_shape=[3], name="soft")])
    source = model.numpy_source()
    assert "shifted = sharpness * x - offset" in source
    assert "# forward: soft" in source or "# soft" in source


# ------------------------------------------------------------ mistakes
def wrong(call):
    return type("Wrong", (Layer,), {"call": call})()


@pytest.mark.parametrize(
    ("layer", "error", "match"),
    [
        (wrong(lambda self, x: None), GraphError, "call of the layer 'wrong' has no result .* received None"),
        (wrong(lambda self, x: 3.0), GraphError, "received 3.0"),
        (wrong(lambda self, x: np.exp(x)), GraphError, "np.exp of a symbolic value has no meaning"),
        (wrong(lambda self, x: x @ np.ones((3, 2))), GraphError, "cannot use this value"),
        (wrong(lambda self, x: Dense(2)(x)), UnsupportedError, "'dense' is used inside 'wrong'"),
        (Layer(), NotImplementedError, "Layer needs a method call"),
    ],
)
def test_a_call_that_makes_no_sense(layer, error, match):
    model = Sequential([layer, Dense(1)])
    with pytest.raises(error, match=match):
        model.build((None, 3))
    assert not model.built
    assert model.example_shape is None


def test_a_build_that_fails_leaves_no_weights():
    class Failing(Linear):
        def build(self, input_shape):
            super().build(input_shape)
            raise RuntimeError("not yet")

    layer = Failing()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not yet"):
            layer(X)
        assert layer.weights == []
        assert not layer.built


# ------------------------------------------------------------ names
@pytest.mark.parametrize("name", ['a"b', "a'''b\\", "a/b", "", "\x00", "line\u2028", 3])
def test_no_name_can_end_the_text_it_stands_in(name):
    for make in (lambda: Dense(1, name=name), lambda: Sequential([], name=name)):
        with pytest.raises(ArgumentError, match="cannot have this name"):
            make()


def test_names_of_any_language_and_with_blanks_and_quotes_may_be_used():
    model = Sequential([Dense(1, name="größe 1 (l'une)", input_shape=[2])], name="modèle d'été")
    program = {}
    exec(model.numpy_source(), program)
    x = np.ones((2, 2), np.float32)
    predicted = program["predict"](x, program["trained_weights"]())
    assert predicted.tobytes() == model.predict(x, verbose=0).tobytes()


# ------------------------------------------------------------ weights
def test_weights_are_read_and_replaced_all_or_none():
    layer = Dense(2, input_shape=[1])
    Sequential([layer])
    layer.set_weights([[[1, 2]], [3, 4]])
    for wrong_weights, error in [
        ([[[5, 6]]], ShapeError),
        ([[[5, 6]], [7, 8, 9]], ShapeError),
        ([[[5, 6]], ["a", "b"]], Exception),
        ([[[5, 6]], [[7], [8, 9]]], Exception),
        (5, Exception),
    ]:
        with pytest.raises(error, match="the layer 'dense' cannot take these weights"):
            layer.set_weights(wrong_weights)
    assert [weight.tolist() for weight in layer.get_weights()] == [[[1, 2]], [3, 4]]


def test_what_get_weights_returns_is_a_copy():
    model = Sequential([Dense(1, input_shape=[1])])
    model.get_weights()[0][:] = 7
    assert model.get_weights()[0] != 7


def test_a_layer_without_weights_says_so():
    with pytest.raises(UsageError, match="the layer 'dense' has no weights yet; try to put it into a model"):
        Dense(1).set_weights([[[1]], [1]])
    assert Dense(1).get_weights() == []


def test_a_layer_can_be_used_before_it_is_in_a_model():
    """Two layers called alone are both "dense"; in a model each has its own name and keeps its weights."""
    first, second = Dense(3, input_shape=[3]), Dense(3)
    expected = second(first(X))
    model = Sequential([first, second])
    assert model.predict(X, verbose=0).tobytes() == expected.tobytes()
    assert [weight.path for weight in model.weights] == [
        "dense_1/kernel",
        "dense_1/bias",
        "dense_2/kernel",
        "dense_2/bias",
    ]


def test_two_models_can_share_a_layer():
    shared = Dense(2, input_shape=[3])
    one, other = Sequential([shared]), Sequential([shared, Dense(1)])
    before = other.predict(X, verbose=0)
    one.compile("sgd", "mse")
    one.fit(X, X[:, :2], verbose=0)
    assert not np.array_equal(other.predict(X, verbose=0), before)
    assert other.get_weights()[0].tobytes() == one.get_weights()[0].tobytes()


@pytest.mark.parametrize("dtype", ["float64", np.float64, np.dtype("float64")])
def test_the_dtype_of_a_layer_is_that_of_its_weights_and_output(dtype):
    layer = Dense(2, dtype=dtype)
    assert layer(X.astype(np.float32)).dtype == np.float64
    assert {weight.dtype for weight in layer.get_weights()} == {np.dtype("float64")}


def test_floatx_is_the_dtype_of_new_layers():
    set_floatx("float64")
    try:
        model = Sequential([Dense(1, input_shape=[3])])
    finally:
        set_floatx("float32")
    assert model.predict(X, verbose=0).dtype == np.float64
    assert Dense(1).dtype == "float32"


def test_a_weight_may_be_used_more_than_once():
    class Centre(Layer):
        def build(self, input_shape):
            self.share = self.add_weight((), "ones", name="share")

        def call(self, inputs):
            mean = expand_dims(reduce_mean(inputs, axes=(1,)), axis=1)
            return self.share * inputs - self.share * mean

    expected = X - X.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(Centre(dtype="float64")(X), expected, rtol=1e-12, atol=1e-15)
    check_layer(Centre(), X)
