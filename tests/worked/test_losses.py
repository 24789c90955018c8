"""Each loss on two examples, and the gradients that go back from it."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from pellucid import layers, losses, models, ops

from .one_step import gradients


def loss_of(loss, y_pred, y_true, activation="linear"):
    """Return the loss of predictions: the model passes on what it is given."""
    model = models.Sequential([layers.Activation(activation, input_shape=[len(y_pred[0])], dtype="float64")])
    model.compile(loss=loss)
    return model.evaluate(y_pred, y_true, verbose=0)


# ------------------------------------------------------------ errors
ERRORS = [[1.0, -2.0], [0.0, 4.0]]


def slopes_of_errors(loss):
    """Return the derivatives for w, where the predictions are x w, w is the unit matrix, and y is 0."""
    layer = layers.Dense(2, use_bias=False, input_dim=2, dtype="float64")
    [d_w] = gradients([layer], loss, [np.eye(2)], ERRORS, np.zeros((2, 2)))
    return d_w


def test_mean_squared_error():
    # (1 + 4) / 2 = 2.5 and (0 + 16) / 2 = 8; their mean is 5.25
    assert loss_of("mean_squared_error", ERRORS, np.zeros((2, 2))) == 5.25
    d_w = slopes_of_errors("mse")
    # d_prediction = 2 error / 2 columns / 2 examples = [[0.5, -1], [0, 2]]
    # d_w = x^T d_prediction = [[ 1 * 0.5 + 0 * 0,   1 * -1 + 0 * 2],
    #                           [-2 * 0.5 + 4 * 0,  -2 * -1 + 4 * 2]]
    assert d_w.tolist() == [[0.5, -1.0], [-1.0, 10.0]]


def test_mean_absolute_error():
    # (1 + 2) / 2 = 1.5 and (0 + 4) / 2 = 2; their mean is 1.75
    assert loss_of("mean_absolute_error", ERRORS, np.zeros((2, 2))) == 1.75
    d_w = slopes_of_errors("mae")
    # d_prediction = the signs / 2 / 2 = [[0.25, -0.25], [0, 0.25]]; where the error is 0, so is the slope
    # d_w = x^T d_prediction = [[ 1 * 0.25 + 0,   1 * -0.25 + 0 * 0.25],
    #                           [-2 * 0.25 + 0,  -2 * -0.25 + 4 * 0.25]]
    assert d_w.tolist() == [[0.25, -0.25], [-0.5, 1.5]]


# ------------------------------------------------------------ yes or no
# The answers are yes and no; the model gives yes 0.8 and 0.4.
# The surprise is -log 0.8 = 0.2231436 at the first and -log(1 - 0.4) = 0.5108256 at the second.
YES_OR_NO = (0.2231436 + 0.5108256) / 2
PROBABILITIES = [[0.8], [0.4]]
LOGITS = [[log(0.8 / 0.2)], [log(0.4 / 0.6)]]  # sigmoid(log(p / (1 - p))) = 1 / (1 + (1 - p) / p) = p


@pytest.mark.parametrize(
    ("loss", "given", "activation"),
    [
        ("binary_crossentropy", PROBABILITIES, "linear"),
        ("binary_crossentropy", LOGITS, "sigmoid"),
        (losses.BinaryCrossentropy(from_logits=True), LOGITS, "linear"),
    ],
    ids=["probabilities", "sigmoid", "logits"],
)
def test_binary_crossentropy(loss, given, activation):
    assert loss_of(loss, given, [1, 0], activation) == pytest.approx(YES_OR_NO, abs=1e-7)


def test_binary_crossentropy_with_smoothed_labels():
    # A tenth of each label goes to either side: 1 becomes 0.9 and 0 becomes 0.1.
    # -0.9 log 0.8 - 0.1 log 0.2 = 0.2008292 + 0.1609438 = 0.3617730
    # -0.1 log 0.4 - 0.9 log 0.6 = 0.0916291 + 0.4597431 = 0.5513722
    loss = losses.BinaryCrossentropy(label_smoothing=0.2)
    assert loss_of(loss, PROBABILITIES, [1, 0]) == pytest.approx((0.3617730 + 0.5513722) / 2, abs=1e-7)


@pytest.mark.parametrize("sure", [0.0, 1.0])
def test_no_surprise_is_larger_than_that_at_one_in_ten_million(sure):
    # A probability stays 1e-7 away from 0 and 1: -log(1e-7) = 7 log 10 = 16.1180957
    loss = loss_of("binary_crossentropy", [[sure]], [1 - sure])
    assert loss == pytest.approx(16.1180957, abs=1e-6)


def test_a_sigmoid_however_sure_is_judged_exactly():
    # -log(1 - sigmoid(50)) = log(1 + e^50) = 50, where 1 - sigmoid(50) itself rounds to 0
    assert loss_of("binary_crossentropy", [[50.0]], [0], "sigmoid") == pytest.approx(50, abs=1e-12)


# ------------------------------------------------------------ one of several
# The answers are classes 0 and 1; the model gives them 0.7 and 0.3.
# The surprise is -log 0.7 = 0.3566749 at the first and -log 0.3 = 1.2039728 at the second.
ONE_OF_THREE = (0.3566749 + 1.2039728) / 2
ROWS = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]
ANSWERS = {"categorical_crossentropy": [[1, 0, 0], [0, 1, 0]], "sparse_categorical_crossentropy": [0, 1]}


@pytest.mark.parametrize("loss", ANSWERS)
@pytest.mark.parametrize(
    ("given", "activation"),
    [(ROWS, "linear"), (np.log(ROWS), "softmax"), (np.log(ROWS) + 700, "softmax")],
    ids=["probabilities", "softmax", "softmax of large numbers"],
)
def test_categorical_crossentropy(loss, given, activation):
    assert loss_of(loss, given, ANSWERS[loss], activation) == pytest.approx(ONE_OF_THREE, abs=1e-7)


@pytest.mark.parametrize(
    "loss",
    [
        losses.CategoricalCrossentropy(from_logits=True),
        losses.SparseCategoricalCrossentropy(from_logits=True),
    ],
    ids=lambda loss: loss.name,
)
def test_categorical_crossentropy_of_logits(loss):
    assert loss_of(loss, np.log(ROWS), ANSWERS[loss.name]) == pytest.approx(ONE_OF_THREE, abs=1e-7)


def test_categorical_crossentropy_with_smoothed_labels():
    # 0.3 of each row is spread evenly: (1, 0, 0) becomes (0.8, 0.1, 0.1).
    # -0.8 log 0.7 - 0.1 log 0.2 - 0.1 log 0.1 = 0.2853400 + 0.1609438 + 0.2302585 = 0.6765423
    # -0.1 log 0.1 - 0.8 log 0.3 - 0.1 log 0.6 = 0.2302585 + 0.9631782 + 0.0510826 = 1.2445193
    loss = losses.CategoricalCrossentropy(label_smoothing=0.3)
    mean = loss_of(loss, ROWS, ANSWERS["categorical_crossentropy"])
    assert mean == pytest.approx((0.6765423 + 1.2445193) / 2, abs=1e-7)


# ------------------------------------------------------------ their gradients
def test_the_gradient_of_softmax_and_crossentropy_is_prediction_minus_answer():
    # One example, x = 2 with the answer 1. The kernel is (log 7, 0, log 2) / 2 and the bias 0:
    # z = (log 7, 0, log 2), exp z = (7, 1, 2), prediction = (0.7, 0.1, 0.2).
    # d_z = prediction - (0, 1, 0) = (0.7, -0.9, 0.2);   d_W = 2 d_z;   d_b = d_z
    classifier = [layers.Dense(3, activation="softmax", input_dim=1, dtype="float64")]
    weights = [[[log(7) / 2, 0.0, log(2) / 2]], [0.0, 0.0, 0.0]]
    d_W, d_b = gradients(classifier, "sparse_categorical_crossentropy", weights, [2.0], [1])
    np.testing.assert_allclose(d_b, [0.7, -0.9, 0.2], rtol=1e-14)
    np.testing.assert_allclose(d_W, [[1.4, -1.8, 0.4]], rtol=1e-14)


def test_the_gradient_of_sigmoid_and_crossentropy_is_prediction_minus_answer():
    # Two examples, x = 1 and x = -1 with the answers 1 and 1. w = log 4, b = 0:
    # predictions 1 / (1 + 1/4) = 0.8 and 1 / (1 + 4) = 0.2;   d_z = (-0.2, -0.8) / 2 = (-0.1, -0.4)
    # d_w = 1 * -0.1 + -1 * -0.4 = 0.3;   d_b = -0.1 - 0.4 = -0.5
    neuron = [layers.Dense(1, activation="sigmoid", input_dim=1, dtype="float64")]
    d_w, d_b = gradients(neuron, "binary_crossentropy", [[[log(4)]], [0.0]], [1.0, -1.0], [1, 1])
    assert (d_w.item(), d_b.item()) == pytest.approx((0.3, -0.5), rel=1e-14)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("linear", 1.0),
        ("relu", 1.0),
        ("tanh", 1 - 0.6**2),  # tanh(log 2) = (2 - 1/2) / (2 + 1/2) = 0.6, and the slope is 1 - tanh^2
        ("sigmoid", 2 / 9),  # sigmoid(log 2) = 2 / (2 + 1) = 2/3, and the slope is 2/3 (1 - 2/3)
        ("softplus", 2 / 3),  # the slope of log(1 + e^z) is sigmoid(z)
        ("exponential", 2.0),
    ],
)
def test_the_slope_of_an_activation(activation, slope):
    # x = 1 and w = log 2, so z = log 2. The target is 1 below the prediction: d_prediction = 2 * 1.
    layer = layers.Dense(1, activation=activation, use_bias=False, input_dim=1, dtype="float64")
    model = models.Sequential([layer])
    model.set_weights([[[log(2)]]])
    target = model.predict([1.0], verbose=0).item() - 1
    [d_w] = gradients(
        [layers.Dense(1, activation=activation, use_bias=False, input_dim=1, dtype="float64")],
        "mse",
        [[[log(2)]]],
        [1.0],
        [target],
    )
    assert d_w.item() == pytest.approx(2 * slope, rel=1e-13)


def test_a_loss_of_ones_own():
    def exponential(y_true, y_pred):
        return ops.exp(y_pred - y_true)

    # e^(1 - 0) and e^(2 - 2): (e + 1) / 2
    assert loss_of(exponential, [[1.0], [2.0]], [[0.0], [2.0]]) == pytest.approx((exp(1) + 1) / 2, rel=1e-14)
