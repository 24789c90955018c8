"""Linear, logistic and softmax regression: the engine's gradients are the formulas."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers

from .gradients import gradients
from .running import run


@pytest.fixture
def random():
    return np.random.default_rng(1)


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


# ------------------------------------------------------------ what the programs find
def test_linear_regression_by_descent_and_by_network_finds_the_solution():
    program = run("linear_regression")
    np.testing.assert_allclose(program.w, program.w_solved, atol=1e-12)
    np.testing.assert_allclose([*program.kernel[:, 0], *program.bias], program.w_solved, atol=2e-6)
    np.testing.assert_allclose(program.w_solved, [1, 0.5, -2, 3], atol=0.05)  # what the data were made with
    by_hand, by_network = program.curves
    np.testing.assert_allclose(by_network, by_hand, rtol=2e-5)
    errors = np.abs(program.Xb @ program.w_solved - program.T)
    assert program.history.history["mae"][-1] == pytest.approx(np.mean(errors), rel=1e-4)


def test_logistic_regression_takes_the_same_steps_as_the_formula():
    program = run("logistic_regression")
    np.testing.assert_allclose(program.kernel[:, 0], program.w, rtol=1e-5)
    np.testing.assert_allclose(program.bias, program.b, rtol=1e-5)
    by_hand, by_network = program.curves
    np.testing.assert_allclose(by_network, by_hand, rtol=1e-5)
    assert by_network[0] == pytest.approx(np.log(2))  # weights of 0 say one half to everything
    right = np.mean((program.X @ program.w + program.b > 0) == program.T)
    assert program.accuracy == pytest.approx(right)
    assert right > 0.9


def test_softmax_regression_takes_the_same_steps_as_the_formula():
    program = run("softmax_regression")
    np.testing.assert_allclose(program.kernel, program.W, atol=2e-6)
    np.testing.assert_allclose(program.bias, program.b, atol=2e-6)
    by_hand, by_network = program.curves
    np.testing.assert_allclose(by_network, by_hand, rtol=1e-5)
    assert by_network[0] == pytest.approx(np.log(3))  # weights of 0 say one third to everything
    right = np.mean(np.argmax(program.X @ program.W + program.b, axis=1) == program.labels)
    assert program.accuracy == pytest.approx(right)
    assert right > 0.95


# ------------------------------------------------------------ the formulas, in float64
def test_the_gradient_of_the_squared_error(random):
    X, T, w, b = random.normal(size=(50, 3)), random.normal(size=50), random.normal(size=(3, 1)), np.ones(1)
    Y = X @ w[:, 0] + b
    neuron = [layers.Dense(1, input_dim=3, dtype="float64")]
    d_w, d_b = gradients(neuron, "mse", [w, b], X, T)
    np.testing.assert_allclose(d_w[:, 0], 2 * X.T @ (Y - T) / 50, rtol=1e-10)
    np.testing.assert_allclose(d_b, [2 * np.sum(Y - T) / 50], rtol=1e-10)


def test_at_the_closed_form_of_linear_regression_there_is_nothing_left_to_learn(random):
    X, T = random.normal(size=(50, 3)), random.normal(size=50)
    Xb = np.hstack([X, np.ones((50, 1))])
    solved = np.linalg.solve(Xb.T @ Xb, Xb.T @ T)
    neuron = [layers.Dense(1, input_dim=3, dtype="float64")]
    d_w, d_b = gradients(neuron, "mse", [solved[:3, None], solved[3:]], X, T)
    np.testing.assert_allclose([*d_w[:, 0], *d_b], 0, atol=1e-14)


@pytest.mark.parametrize("separate", [True, False], ids=["Activation layer", "activation of the Dense layer"])
def test_the_gradient_of_logistic_regression_is_x_times_what_is_wrong(separate, random):
    X, T = random.normal(size=(50, 2)), random.integers(0, 2, size=50)
    w, b = random.normal(size=(2, 1)), np.ones(1)
    Y = 1 / (1 + np.exp(-(X @ w[:, 0] + b)))
    d_w, d_b = gradients(classifier(1, "sigmoid", separate), "binary_crossentropy", [w, b], X, T)
    np.testing.assert_allclose(d_w[:, 0], X.T @ (Y - T) / 50, rtol=1e-10)
    np.testing.assert_allclose(d_b, [np.sum(Y - T) / 50], rtol=1e-10)


@pytest.mark.parametrize("separate", [True, False], ids=["Activation layer", "activation of the Dense layer"])
@pytest.mark.parametrize("one_hot", [True, False], ids=["one-hot rows", "labels"])
def test_the_gradient_of_softmax_regression_is_x_times_what_is_wrong(one_hot, separate, random):
    X, labels = random.normal(size=(50, 2)), random.integers(0, 3, size=50)
    W, b, T = random.normal(size=(2, 3)), random.normal(size=3), np.eye(3)[labels]
    Y = softmax(X @ W + b)
    loss, y = ("categorical_crossentropy", T) if one_hot else ("sparse_categorical_crossentropy", labels)
    d_W, d_b = gradients(classifier(3, "softmax", separate), loss, [W, b], X, y)
    np.testing.assert_allclose(d_W, X.T @ (Y - T) / 50, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(d_b, np.sum(Y - T, axis=0) / 50, rtol=1e-10, atol=1e-15)


def classifier(units, activation, separate):
    if separate:
        return [
            layers.Dense(units, input_dim=2, dtype="float64"),
            layers.Activation(activation, dtype="float64"),
        ]
    return [layers.Dense(units, activation=activation, input_dim=2, dtype="float64")]
