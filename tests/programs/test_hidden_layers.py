"""Exclusive or and the donut: a hidden layer solves both, and without one a network cannot."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers

from .gradients import gradients
from .running import run

pytestmark = pytest.mark.slow


# ------------------------------------------------------------ exclusive or
def test_xor_is_learnt_with_a_hidden_layer_and_only_with_one():
    program = run("xor")
    assert (program.prediction[:, 0] > 0.5).tolist() == [False, True, True, False]
    assert_no_line_divides_xor(program)
    [curve] = program.curves
    np.testing.assert_array_equal(curve, program.history.history["loss"])
    assert program.history.history["accuracy"][-1] == 1.0


@pytest.mark.slow
def test_xor_is_learnt_exactly_for_95_of_100_seeds():
    learnt = 0
    for seed in range(100):
        program = run("xor", seed)
        learnt += (program.prediction[:, 0] > 0.5).tolist() == [False, True, True, False]
        assert_no_line_divides_xor(program)
    assert learnt >= 95  # all 100, when this was written


def assert_no_line_divides_xor(program):
    """Without a hidden layer the best there is are weights of 0, which say one half to everything."""
    loss, accuracy = program.line.evaluate(program.X, program.T, verbose=0)
    assert accuracy <= 0.75
    assert loss == pytest.approx(np.log(2), abs=1e-3)


# ------------------------------------------------------------ donut
@pytest.mark.parametrize("seed", range(5))
def test_the_donut_is_learnt_with_a_hidden_layer_and_only_with_one(seed):
    program = run("donut", seed)
    assert program.X.shape == (1000, 2)
    _, accuracy = program.model.evaluate(program.X, program.T, verbose=0)
    assert accuracy >= 0.98
    _, accuracy = program.line.evaluate(program.X, program.T, verbose=0)
    assert accuracy < 0.6


# ------------------------------------------------------------ backpropagation by hand
@pytest.fixture(scope="module")
def by_hand():
    return run("backpropagation_by_hand")


@pytest.mark.parametrize("problem", ["xor", "donut"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_derivatives_written_out_are_those_of_the_engine(problem, moment, by_hand):
    trained = by_hand.trained[problem]
    X, T, weights = trained["X"], trained["T"], trained[moment]
    network = [
        layers.Dense(8, activation="tanh", input_dim=2, dtype="float64"),
        layers.Dense(1, activation="sigmoid", dtype="float64"),
    ]
    of_engine = gradients(network, "binary_crossentropy", weights, X, T)
    written_out = by_hand.derivatives(X, T, *weights)
    for mine, its in zip(written_out, of_engine, strict=True):
        assert np.max(np.abs(mine)) > 1e-4
        np.testing.assert_allclose(its, mine, rtol=0, atol=1e-10)


@pytest.mark.parametrize("problem", ["xor", "donut"])
def test_training_written_out_goes_where_the_engine_goes(problem, by_hand):
    trained = by_hand.trained[problem]
    for mine, its in zip(trained["after"], trained["model"].get_weights(), strict=True):
        np.testing.assert_allclose(its, mine, rtol=0, atol=1e-10)
    np.testing.assert_allclose(trained["losses"], trained["costs"], rtol=0, atol=1e-10)


def test_training_written_out_solves_both(by_hand):
    assert by_hand.trained["xor"]["accuracy"] == 1.0
    assert by_hand.trained["donut"]["accuracy"] >= 0.98
