"""The same seed gives the same run; every model of a program has a seed of its own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from pellucid.layers import Dense, Dropout
from pellucid.models import Sequential
from pellucid.random import set_seed
from pellucid.utils import set_random_seed

from .models import X, Y, deep


def bits(model):
    return b"".join(weight.tobytes() for weight in model.get_weights())


def run(seed):
    model = deep(seed=seed)
    model.fit(X, Y, batch_size=5, epochs=3, verbose=0)
    return bits(model)


def test_the_same_seed_gives_the_same_bits():
    assert run(3) == run(3)
    assert run(3) != run(4)


@pytest.mark.parametrize("seed", [0, 2**64 - 1, np.int64(5), np.uint8(5)], ids=repr)
def test_any_whole_number_that_fits_is_a_seed(seed):
    assert run(seed) == run(seed)


def test_the_next_model_takes_the_next_seed():
    set_random_seed(10)
    first, second = Sequential(), Sequential()
    assert (first.seed, second.seed) == (10, 11)
    set_seed(2**64 - 1)
    assert [Sequential().seed for _ in range(2)] == [2**64 - 1, 0]


def test_models_are_not_alike_without_a_seed():
    program = "from pellucid.models import Sequential; print(Sequential().seed)"
    seeds = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
        for _ in range(3)
    }
    assert len(seeds) == 3


def test_it_does_not_matter_what_happens_between():
    """Random numbers have no order: nothing else that a program does can change them."""
    plain = run(3)
    set_random_seed(3)
    model = Sequential([Dense(6, activation="tanh", input_shape=[2]), Dropout(0.25), Dense(1)])
    np.random.default_rng(1).normal(size=7)
    Dense(3)(X)
    Dropout(0.5)(X, training=True)
    model.compile("adam", "mse")
    model.predict(X, verbose=0)
    model.fit(X, Y, batch_size=5, epochs=1, verbose=0)
    Sequential([Dense(1, input_shape=[2])]).predict(X, verbose=0)
    model.fit(X, Y, batch_size=5, epochs=3, initial_epoch=1, verbose=0)
    assert bits(model) == plain


def test_a_layer_keeps_its_numbers_when_another_is_added_below():
    """Each weight draws from a stream of its own, by its name."""
    kernels = []
    for layers in ([], [Dense(2)]):
        set_random_seed(1)
        model = Sequential([*layers, Dense(3, name="output")])
        model.build((None, 2))
        kernels.append(model.get_layer("output").get_weights()[0].tobytes())
    assert kernels[0] == kernels[1]


def test_named_layers_take_the_seed_of_their_model():
    """The printed program begins with the very weights of the model."""
    set_random_seed(42)
    model = Sequential([Dense(3, name="first", input_shape=[2]), Dense(1)])
    model.compile("sgd", "mse")
    program = {}
    exec(model.numpy_source(), program)
    begun = program["initial_state"](42)["weights"]
    assert [begun[weight.path].tobytes() for weight in model.weights] == [
        weight.tobytes() for weight in model.get_weights()
    ]


def test_layers_of_the_same_shape_differ():
    model = Sequential([Dense(4, input_shape=[4]), Dense(4)])
    first, _, second, _ = model.get_weights()
    assert not np.array_equal(first, second)
