"""A network as a function of its inputs: values and gradients in float64, of any kind of network."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.hood.explanations.function import NetworkFunction
from pellucid.hood.explanations.question import usual_inputs
from pellucid.keras import layers

pytestmark = pytest.mark.slow

NAMES = each_case()
JUMPS = "hard_shrink"


@pytest.mark.parametrize("name", NAMES)
def test_values_are_predictions_and_gradients_are_differences(name):
    case = CASES[name]
    model = case.model()
    opened = model.opened(case.examples(model, 3)[0])
    function = NetworkFunction(opened)
    x = opened.arrays[0].astype(np.float64)
    values = function.values(x)
    tolerance = 1e-5 if case.dtype == "float32" else 1e-12
    np.testing.assert_allclose(
        values, model.predict(x, verbose=0).reshape(3, -1), rtol=tolerance, atol=tolerance
    )
    random = np.random.default_rng(1)
    shares, direction = random.normal(size=values.shape), random.normal(size=x.shape)
    step = 1e-7 * direction
    measured = ((function.values(x + step) - function.values(x - step)) * shares).sum(axis=1) / 2e-7
    slopes = (function.gradients(x, shares) * direction).reshape(3, -1).sum(axis=1)
    if JUMPS not in name:
        np.testing.assert_allclose(slopes, measured, rtol=1e-5, atol=1e-6)


def test_many_examples_are_worked_out_in_parts(each_engine):
    model = keras.Sequential([keras.Input((300,)), layers.Dense(50, "tanh"), layers.Dense(2)])
    function = NetworkFunction(model.opened(np.zeros((1, 300))))
    x = np.random.default_rng(0).normal(size=(2 * function.at_once + 3, 300))
    np.testing.assert_allclose(function.values(x), model.predict(x, verbose=0), atol=1e-5)
    assert function.gradients(x, np.ones((len(x), 2))).shape == x.shape


def test_logits_are_what_goes_into_the_head():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "softmax")])
    opened = model.opened([[1.0, 2.0]])
    logits = NetworkFunction(opened, logits=True)
    z = np.exp(logits.values(np.array([[1.0, 2.0]])))
    assert (logits.head, logits.count) == ("softmax", 3)
    np.testing.assert_allclose(z / z.sum(), model.predict([[1.0, 2.0]], verbose=0), rtol=1e-6)


# ------------------------------------------------------------ what is usual
def test_the_mean_and_the_deviation_are_read_off_the_graph():
    scale = layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0])
    model = keras.Sequential([keras.Input((2,)), scale, layers.Dense(1)])
    usual = usual_inputs(model.opened([[0.0, 0.0]]))
    np.testing.assert_allclose(usual.mean, [1, 2])
    np.testing.assert_allclose(usual.deviation, [2, 3])


def test_batch_normalization_in_front_says_it_as_well():
    model = keras.Sequential([keras.Input((2,)), layers.BatchNormalization(epsilon=0.0), layers.Dense(1)])
    model.set_weights([[1, 1], [0, 0], [5, 6], [4, 16], *model.get_weights()[4:]])
    usual = usual_inputs(model.opened([[0.0, 0.0]]))
    np.testing.assert_allclose([usual.mean, usual.deviation], [[5, 6], [2, 4]])


@pytest.mark.parametrize(
    "front", [[], [layers.Dense(2)], [layers.Normalization(mean=1.0, variance=4.0, invert=True)]], ids=str
)
def test_other_networks_do_not_say_it(front):
    model = keras.Sequential([keras.Input((2,)), *front, layers.Dense(1)])
    assert usual_inputs(model.opened([[0.0, 0.0]])) is None
