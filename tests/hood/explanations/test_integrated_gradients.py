"""Integrated gradients: complete for every kind of network, exact where it is linear piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.hood.explanations.function import NetworkFunction
from pellucid.hood.explanations.pieces import Pieces
from pellucid.keras import layers
from pellucid.ops import expand_dims, maximum, reduce_max

pytestmark = pytest.mark.slow

NAMES = each_case()
JUMPS = {name for name in CASES if "hard_shrink" in name}


@pytest.mark.parametrize("name", NAMES)
def test_they_add_up_for_every_network_that_does_not_jump(name):
    case = CASES[name]
    model = case.model()
    x = case.examples(model, 3)[0]
    answer = None if len(model.output_shape) == 2 else (0, 0)
    found = model.integrated_gradients(x, answer=answer)
    scale = np.abs(found.values).reshape(3, -1).sum(axis=1) + np.abs(found.prediction)
    if name in JUMPS:
        assert "jumps" in found.note
    else:
        assert (found.error <= 1e-11 * scale).all(), str(found)


def test_a_bend_on_the_way_by_hand(each_engine):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "relu")])
    model.set_weights([[[1.0], [2.0]], [-1.0]])
    found = model.integrated_gradients([[1.0, 3.0]], [[0.0, 0.0]])
    # The sum 7 t - 1 is above 0 from t = 1 / 7 on: 1 * 6 / 7 and 6 * 6 / 7, which are 6 together.
    np.testing.assert_allclose(found.values, [[6 / 7, 36 / 7]], rtol=1e-14)
    assert "linear piece by piece, up to 2 on the way: the numbers are exact" in found.note


def test_a_curve_on_the_way_by_hand():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "exponential")])
    model.set_weights([[[1.0], [2.0]], [0.0]])
    found = model.integrated_gradients([[1.0, 1.0]], [[0.0, 0.0]])
    # The integral of exp(3 t) is (exp(3) - 1) / 3; the inputs get it once and twice.
    np.testing.assert_allclose(found.values, np.array([[1, 2]]) * (np.exp(3) - 1) / 3, rtol=1e-14)
    assert found.note.startswith("The slopes were integrated numerically")


def many_bends(activation, units=40):
    """Return a network with one input, and the places where its first layer bends."""
    model = keras.Sequential(
        [keras.Input((1,)), layers.Dense(units, activation), layers.Dense(units, activation), layers.Dense(1)]
    )
    random = np.random.default_rng(4)
    places = random.uniform(0.01, 0.99, units)
    model.set_weights(
        [
            np.ones((1, units)),
            -places,
            random.normal(size=(units, units)),
            random.normal(size=units),
            random.normal(size=(units, 1)),
            [0.0],
        ]
    )
    return model, places


@pytest.mark.parametrize(
    "activation", ["relu", "leaky_relu", "hard_tanh", "relu6", "hard_sigmoid", "soft_shrink"]
)
def test_between_the_edges_the_network_is_linear(activation):
    model, places = many_bends(activation)
    opened = model.opened([[1.0]])
    function = NetworkFunction(opened)
    edges, linear = Pieces(function.graph, opened).edges(np.array([0.0]), np.array([1.0]))
    assert linear
    if activation in ("relu", "leaky_relu"):
        assert all(np.abs(edges - place).min() < 1e-6 for place in places.astype(np.float32))
    inside = edges[:-1, None] + np.diff(edges)[:, None] * [0.01, 0.5, 0.99]
    slopes = function.slopes(inside.reshape(-1, 1), np.zeros(inside.size, int)).reshape(inside.shape)
    np.testing.assert_allclose(slopes, slopes[:, :1].repeat(3, axis=1), rtol=1e-9, atol=1e-12)


def test_every_edge_is_a_bend():
    model, _ = many_bends("relu")
    opened = model.opened([[1.0]])
    function = NetworkFunction(opened)
    edges, _ = Pieces(function.graph, opened).edges(np.array([0.0]), np.array([1.0]))
    middles = (edges[:-1] + edges[1:]) / 2
    slopes = function.slopes(middles[:, None], np.zeros(len(middles), int))
    assert (np.abs(np.diff(slopes, axis=0)) > 1e-9).all()


@pytest.mark.parametrize(
    "stack",
    [
        [layers.Conv2D(3, 2, activation="relu"), layers.MaxPooling2D(2, strides=1), layers.Flatten()],
        [layers.Conv2D(2, 3, padding="same"), layers.MaxPooling2D(3, padding="same"), layers.Flatten()],
        [layers.Flatten(), layers.Activation(lambda x: maximum(x, -x))],
        [layers.Flatten(), layers.Activation(lambda x: x - expand_dims(reduce_max(x, axes=(1,)), axis=1))],
        [layers.GlobalMaxPooling2D()],
        [layers.ZeroPadding2D(1), layers.AveragePooling2D(2), layers.UpSampling2D(2), layers.Flatten()],
    ],
    ids=["max pool", "padded max pool", "absolute", "largest", "global max", "averages"],
)
def test_the_largest_of_many_bends_as_well(stack):
    model = keras.Sequential([keras.Input((5, 5, 1)), *stack, layers.Dense(4, "relu"), layers.Dense(1)])
    random = np.random.default_rng(0)
    found = model.integrated_gradients(random.normal(size=(2, 5, 5, 1)), random.normal(size=(2, 5, 5, 1)))
    assert "the numbers are exact" in found.note
    assert (found.error < 1e-13).all()


def test_a_jump_is_said():
    model = keras.Sequential([keras.Input((1,)), layers.Activation("hard_shrink")])
    found = model.integrated_gradients(
        [1.0]
    )  # 0 up to 0.5, then x: a jump by 0.5, and a slope of 1 for a half
    np.testing.assert_allclose(found.values, [[0.5]])
    assert "jumps" in found.note


def test_a_saturated_answer_still_adds_up():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, "sigmoid")])
    model.set_weights([[[1000.0]], [-500.0]])
    found = model.integrated_gradients([1.0])  # all of it happens around 0.5
    np.testing.assert_allclose(found.values, [[1.0]], rtol=1e-11)
