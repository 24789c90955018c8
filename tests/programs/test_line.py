"""Y = 2X - 1: a straight line from six points, given as plain lists."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import keras

from .running import run

XS = [-1, 0, 1, 2, 3, 4]
YS = [-3, -1, 1, 3, 5, 7]


def train_from(kernel):
    """Train the program's model from a given weight; its bias starts at 0."""
    model = keras.Sequential([keras.layers.Dense(units=1, input_shape=[1])])
    model.compile(optimizer="sgd", loss="mean_squared_error", metrics=["accuracy"])
    model.set_weights([[[kernel]], [0.0]])
    model.fit(XS, YS, epochs=500, verbose=0)
    return model


def test_the_program_says_what_its_author_saw():
    program = run("line")
    [[prediction]] = program.prediction
    assert 18.975 <= prediction <= 18.988  # not 19: six points do not make it certain
    [[kernel]], [bias] = program.model.get_weights()
    assert (kernel, bias) == pytest.approx((2, -1), abs=0.02)


def test_the_accuracy_of_a_line_means_little():
    """With one output, a prediction counts as right when it is above 0.5 and the label is 1, or below and 0.

    Of the labels -3, -1, 1, 3, 5, 7 only the third can ever be right.
    """
    history = run("line").history.history
    assert list(history) == ["accuracy", "loss"]
    assert history["accuracy"][-1] == pytest.approx(1 / 6)
    assert history["loss"][-1] < 1e-4


@pytest.mark.slow
def test_for_100_seeds():
    predictions = np.array([run("line", seed).prediction.item() for seed in range(100)])
    assert predictions.min() >= 18.975
    assert predictions.max() <= 18.988
    assert np.ptp(predictions) > 0.01  # the seeds did start from different weights


def test_for_all_other_seeds():
    """A seed decides the first weight alone, from -sqrt(6 / 2) to sqrt(6 / 2).

    Every step turns weight and bias into linear functions of themselves, so 500 of them do: the prediction is
    a linear function of the first weight, and its ends are those of the weight.
    """
    first, middle, last = (
        train_from(kernel).predict([10.0], verbose=0).item() for kernel in (-(3**0.5), 0.0, 3**0.5)
    )
    assert 18.975 <= first < last <= 18.988
    assert middle == pytest.approx((first + last) / 2, abs=2e-5)


# The first weight that Keras 3.15.1 (on JAX) drew for the seeds 0, 1 and 2, and what it predicted.
@pytest.mark.parametrize(
    ("kernel", "prediction"),
    [
        (0.5445616245269775, 18.98347282409668),
        (-0.04374907538294792, 18.981338500976562),
        (-1.5075042247772217, 18.97602653503418),
    ],
)
def test_from_the_weight_that_keras_drew_it_goes_where_keras_goes(kernel, prediction):
    assert train_from(kernel).predict([10.0], verbose=0).item() == pytest.approx(prediction, abs=2e-5)
