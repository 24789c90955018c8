"""Dropout: how much is dropped, when, and with which random numbers."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.layers import Dense, Dropout
from pellucid.models import Sequential
from pellucid.optimizers import SGD
from pellucid.utils import set_random_seed

ONES = np.ones((500, 40))


def trained_outputs(seed, epochs=1, dropout_seed=None):
    """Return what the layer made of ones in each step of training.

    A unit without bias sums them up. Its loss is minus its output, whose gradient is minus what came in: with
    step size 1 each step adds just that to the kernel.
    """
    set_random_seed(seed)
    model = Sequential([Dropout(0.25, seed=dropout_seed, input_shape=[40]), Dense(1, use_bias=False)])
    model.set_weights([np.zeros((40, 1))])
    model.compile(SGD(1.0), lambda y_true, y_pred: -y_pred)
    seen = []
    for _ in range(epochs):
        before = model.get_weights()[0]
        model.fit(np.ones((1, 40)), [0.0], verbose=0)
        seen.append(model.get_weights()[0] - before)
    return np.array(seen)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_so_many_become_zero_and_the_others_grow(rate):
    out = Dropout(rate, seed=1)(ONES, training=True)
    assert set(np.unique(out)) == {np.float32(0), np.float32(1) / np.float32(1 - rate)}
    # 20,000 draws: the share has a standard deviation of at most 0.0036.
    assert abs((out == 0).mean() - rate) < 0.015
    assert abs(out.mean() - 1) < 0.05


def test_every_place_has_the_same_chance():
    zero = Dropout(0.5, seed=2)(ONES, training=True) == 0
    assert abs(zero.mean(axis=0) - 0.5).max() < 0.1  # 500 draws each, standard deviation 0.022
    assert abs(zero.mean(axis=1) - 0.5).max() < 0.35  # 40 draws each, standard deviation 0.079


def test_predictions_and_a_rate_of_zero_leave_all_as_it_is():
    assert Dropout(0.5)(ONES).tobytes() == ONES.astype(np.float32).tobytes()
    assert Dropout(0)(ONES, training=True).tobytes() == ONES.astype(np.float32).tobytes()
    model = Sequential([Dropout(0.5, input_shape=[40])])
    assert (model.predict(ONES, verbose=0) == 1).all()


def test_evaluation_drops_nothing():
    model = Sequential([Dropout(0.9, input_shape=[40])])
    model.compile("sgd", "mse")
    assert model.evaluate(ONES, ONES, verbose=0) == 0


def test_steps_differ_and_the_same_seed_repeats_them():
    first, again, other = (trained_outputs(seed, epochs=3) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])
    assert not np.array_equal(first[1], first[2])


def test_a_seed_of_its_own_does_not_depend_on_the_model():
    kept = [np.sign(trained_outputs(seed, dropout_seed=9)) for seed in (1, 2)]
    assert np.array_equal(*kept)


def test_two_layers_of_a_model_drop_different_values():
    set_random_seed(4)
    model = Sequential([Dropout(0.5, input_shape=[400]), Dropout(0.5), Dense(1, use_bias=False)])
    model.set_weights([np.zeros((400, 1))])
    model.compile("sgd", lambda y_true, y_pred: -y_pred)
    model.fit(np.ones((1, 400)), [0.0], verbose=0)
    left = (model.get_weights()[0] != 0).mean()
    assert abs(left - 0.25) < 0.1  # half of a half; the same half twice would leave 0.5
