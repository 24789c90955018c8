"""Activation functions have Keras's values, into the tails, and Keras's slopes."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras

from .activation_cases import ACTIVATION_CASES, ActivationCase, activation_layer, signs
from .golden import NUMBERS
from .training import numbers_below

pytestmark = pytest.mark.slow

every_case = pytest.mark.parametrize("case", ACTIVATION_CASES, ids=lambda case: case.label)


def recorded(case: ActivationCase) -> dict[str, np.ndarray]:
    return numbers_below(NUMBERS, f"activation/{case.label}/")


@every_case
def test_values(case: ActivationCase):
    golden = recorded(case)
    x = golden["x"]
    model = keras.Sequential([keras.Input(x.shape[1:]), activation_layer(keras, case)])
    # float32 carries 7 digits; a tail below 1e-6 is what is left over when larger numbers cancel.
    np.testing.assert_allclose(model.predict(x, verbose=0), golden["value"], rtol=1e-5, atol=1e-6)


@every_case
def test_slopes(case: ActivationCase):
    # A layer with x as its bias and an input of zero passes x on to the activation. The mean absolute
    # error against targets beyond reach has the slope sign / count in every output, so one step of
    # gradient descent with rate `count` takes from each bias the slope of the signed sum of outputs.
    golden = recorded(case)
    x = case.slope_inputs
    layer = keras.layers.Dense(len(x))
    model = keras.Sequential([keras.Input((1,)), layer, activation_layer(keras, case)])
    layer.set_weights([np.zeros((1, len(x)), np.float32), x])
    zero = np.zeros((1, 1), np.float32)
    count = model.predict(zero, verbose=0).size
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=float(count)), loss="mean_absolute_error")
    model.fit(zero, -1e6 * signs(count)[np.newaxis], epochs=1, verbose=0)
    slopes = x - layer.get_weights()[1]
    # A slope is read from the difference of two biases of size 10, so 1e-6 of it is rounding.
    np.testing.assert_allclose(slopes, golden["slope"], rtol=1e-5, atol=2e-6)


def test_sparsemax_follows_the_paper_where_keras_does_not():
    # Of (0.3, 0.2, 0.1, 0, -0.1, -0.2) the first four stay above t = (0.6 - 1) / 4 = -0.1. Keras 3.15
    # adds up the cumulative sums 0.3, 0.5, 0.6, 0.6 instead of 0.3, 0.2, 0.1, 0: its t is (2 - 1) / 4,
    # and what should be probabilities add up to 0.05.
    x = np.array([[0.3, 0.2, 0.1, 0.0, -0.1, -0.2]], np.float32)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Activation("sparsemax")])
    np.testing.assert_allclose(
        model.predict(x, verbose=0), [[0.4, 0.3, 0.2, 0.1, 0.0, 0.0]], rtol=1e-5, atol=1e-6
    )
