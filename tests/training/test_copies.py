"""Copies of models: by copy.deepcopy, and by pickle, which other programs send them to processes with."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import pellucid as keras

X = np.random.default_rng(0).normal(size=(20, 3))
Y = X.sum(axis=1, keepdims=True)

WAYS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),  # noqa: S301 -- what this test has written itself
}


def model():
    hidden = [keras.layers.Dense(4, activation="tanh"), keras.layers.Dropout(0.2), keras.layers.Dense(1)]
    made = keras.Sequential([keras.Input((3,)), *hidden])
    made.compile("adam", "mse", metrics=["mae"])
    return made


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_answers_and_learns_on_as_the_model_does(way):
    first = model()
    first.fit(X, Y, epochs=2, verbose=0)
    second = WAYS[way](first)
    np.testing.assert_array_equal(second.predict(X), first.predict(X))
    histories = [each.fit(X, Y, epochs=3, verbose=0).history for each in (first, second)]
    assert histories[0] == histories[1]


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_has_weights_of_its_own(way):
    first = model()
    first.fit(X, Y, epochs=1, verbose=0)
    before = first.get_weights()
    WAYS[way](first).fit(X, Y, epochs=1, verbose=0)
    for now, then in zip(first.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_of_a_model_that_knows_nothing_yet(way):
    bare = WAYS[way](keras.Sequential([keras.layers.Dense(2)]))
    bare.build((None, 3))
    assert bare.predict(X).shape == (20, 2)
