"""Shapley values: of games that are known, exactly and by a sample."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import ArgumentError
from pellucid.keras import layers
from pellucid.ops import expand_dims, reduce_max


def of_function(function, inputs):
    """Return a model that is a function of its inputs."""
    return keras.Sequential([keras.Input((inputs,)), layers.Activation(function)])


def test_a_product_is_shared_equally(each_engine):
    model = of_function(lambda x: x[:, 0:1] * x[:, 1:2], 2)
    found = model.shapley_values([[3.0, 4.0]], [0.0, 0.0])
    # Whichever comes second brings all 12.
    np.testing.assert_allclose(found.values, [[6, 6]], rtol=1e-12)
    # From (1, 1): 4 - 1 or 12 - 3 for the second, 3 - 1 or 12 - 4 for the first.
    found = model.shapley_values([[3.0, 4.0]], [1.0, 1.0])
    np.testing.assert_allclose(found.values, [[(2 + 8) / 2, (3 + 9) / 2]], rtol=1e-12)


def test_the_largest_is_shared_step_by_step():
    model = of_function(lambda x: expand_dims(reduce_max(x, axes=(1,)), axis=1), 3)
    found = model.shapley_values([[1.0, 2.0, 6.0]], 0)
    # As with the costs of a runway: 1 / 3, then (2 - 1) / 2 more, then 6 - 2 more.
    np.testing.assert_allclose(found.values, [[1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 4]], rtol=1e-12)


def test_exclusive_or():
    # relu(a + b) - 2 relu(a + b - 1) is 1 where one of two is 1.
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, "relu"), layers.Dense(1)])
    model.set_weights([[[1, 1], [1, 1]], [0, -1], [[1], [-2]], [0]])
    every = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    found = model.shapley_values(every, every)
    np.testing.assert_allclose(found.values, [[-0.25, -0.25], [0.25, 0.25], [0.25, 0.25], [-0.25, -0.25]])
    np.testing.assert_allclose(found.reference, 0.5)


def test_it_is_the_mean_over_all_orders():
    random = np.random.default_rng(2)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "tanh"), layers.Dense(1, "sigmoid")])
    x, background = random.normal(size=(1, 4)), random.normal(size=(3, 4))
    x, background = (array.astype("float32") for array in (x, background))
    found = model.shapley_values(x, background)
    expected = np.zeros(4)
    for order in permutations(range(4)):
        now = background.copy()
        for place in order:
            before = model.predict(now, verbose=0).mean()
            now[:, place] = x[0, place]
            expected[place] += (model.predict(now, verbose=0).mean() - before) / 24
    np.testing.assert_allclose(found.values[0], expected, atol=1e-6)
    np.testing.assert_allclose(found.error, 0, atol=1e-14)


def test_inputs_that_are_as_in_the_background_do_not_count():
    model = keras.Sequential([keras.Input((40,)), layers.Dense(6, "tanh"), layers.Dense(1)])
    x = np.zeros((1, 40))
    x[0, 5:17] = 1
    found = model.shapley_values(x)
    assert found.standard_error is None  # 12 of 40 differ from zeros: all their sets are gone through
    np.testing.assert_array_equal(np.flatnonzero(found.values), range(5, 17))


def test_up_to_12_inputs_are_exact_and_13_are_a_sample():
    for count in (12, 13):
        model = keras.Sequential([keras.Input((count,)), layers.Dense(3, "tanh"), layers.Dense(1)])
        found = model.shapley_values(np.ones((1, count)))
        assert (found.standard_error is None) == (count == 12)
        assert ("the numbers are exact" in str(found)) == (count == 12)
        assert found.error[0] < 1e-12


def test_a_sample_is_as_far_off_as_it_says():
    random = np.random.default_rng(0)
    model = keras.Sequential([keras.Input((13,)), layers.Dense(16, "tanh"), layers.Dense(1)])
    model.set_weights([2 * weight for weight in model.get_weights()])
    x = random.normal(size=(1, 13))
    exact = keras.Sequential([keras.Input((12,)), layers.Dense(16, "tanh"), layers.Dense(1)])
    kernel, *others = model.get_weights()
    kernel[12] = 0  # the last input does nothing, so that 12 are left
    model.set_weights([kernel, *others])
    exact.set_weights([kernel[:12], *others])
    sampled, true = model.shapley_values(x), exact.shapley_values(x[:, :12])
    off = np.abs(sampled.values[0, :12] - true.values[0])
    assert (off <= 4 * sampled.standard_error[0, :12]).all()
    assert sampled.standard_error.max() < 0.02 * np.abs(true.values).max()
    assert abs(sampled.values[0, 12]) < 1e-12


def test_the_same_seed_gives_the_same_sample():
    model = keras.Sequential([keras.Input((20,)), layers.Dense(8, "relu"), layers.Dense(1)])
    x = np.random.default_rng(0).normal(size=(2, 20))
    first, again, other = (model.shapley_values(x, orders=40, seed=seed).values for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    alone = model.shapley_values(x[1:], orders=40, seed=1).values
    np.testing.assert_array_equal(first[1:], alone)


def test_a_sample_of_a_linear_network_has_no_error():
    model = keras.Sequential([keras.Input((30,)), layers.Dense(1)])
    x = np.random.default_rng(0).normal(size=(1, 30)).astype("float32")
    found = model.shapley_values(x, orders=8)
    np.testing.assert_allclose(
        found.values[0], x[0].astype(float) * model.get_weights()[0][:, 0], rtol=1e-9, atol=1e-12
    )
    assert found.standard_error.max() < 1e-12


def test_images_of_hundreds_of_places_are_sampled():
    model = keras.Sequential(
        [keras.Input((12, 12, 1)), layers.Conv2D(2, 3, activation="relu"), layers.Flatten()]
    )
    model.add(layers.Dense(2, "softmax"))
    found = model.shapley_values(np.ones((1, 12, 12, 1)), orders=8)
    assert found.values.shape == found.standard_error.shape == (1, 12, 12, 1)
    assert found.error[0] < 1e-12


@pytest.mark.parametrize(("name", "value"), [("orders", 3), ("orders", 2.5), ("seed", -1), ("seed", 0.5)])
def test_impossible_numbers_are_refused(name, value):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    with pytest.raises(ArgumentError):
        model.shapley_values([[1.0, 2.0]], **{name: value})
