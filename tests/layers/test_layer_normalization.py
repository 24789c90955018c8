"""Layer normalization by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, ShapeError, UnsupportedError
from pellucid.layers import Dense, Input, LayerNormalization
from pellucid.models import Sequential

# Row by row: mean 2 and deviation 1, mean 6 and deviation 2.
ROWS = np.array([[1.0, 3.0], [8.0, 4.0]])


def test_each_example_comes_to_mean_0_and_deviation_1():
    assert LayerNormalization(epsilon=0)(ROWS).tolist() == [[-1, 1], [1, -1]]
    assert LayerNormalization(epsilon=0)(ROWS, training=True).tolist() == [[-1, 1], [1, -1]]
    # epsilon is added to the variance: sqrt(4 + 5) = 3
    assert LayerNormalization(epsilon=5)(ROWS)[1].tolist() == [np.float32(2 / 3), np.float32(-2 / 3)]


def test_gamma_and_beta_give_each_feature_another_scale():
    layer = LayerNormalization(epsilon=0)
    layer.build_for((None, 2))
    layer.set_weights([[2, 3], [10, 20]])
    # 2 (-1) + 10, 3 1 + 20; 2 1 + 10, 3 (-1) + 20
    assert layer(ROWS).tolist() == [[8, 23], [12, 17]]


def test_equal_features_do_no_harm():
    assert LayerNormalization(beta_initializer="ones")(np.full((1, 3), 7.0)).tolist() == [[1, 1, 1]]


@pytest.mark.parametrize(
    ("axis", "over", "sizes"),
    [
        (-1, 3, (2,)),
        (1, 1, (3,)),
        ((2, 3), (2, 3), (4, 2)),
        ([-1, 1], (1, 3), (3, 2)),
        ((3, 1, 2), (1, 2, 3), (3, 4, 2)),
    ],
    ids=str,
)
def test_what_is_brought_to_one_scale_together_is_along_the_axes(axis, over, sizes):
    x = np.random.default_rng(0).normal(5, 3, size=(6, 3, 4, 2))
    layer = LayerNormalization(axis=axis, epsilon=0, dtype="float64")
    out = layer(x)
    np.testing.assert_allclose(out.mean(axis=over), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=over), 1)
    assert layer.gamma.shape == layer.beta.shape == sizes
    # One scale for each place along the axes: with gamma 1, 2, 3, ... all that is there grows so.
    factors = np.arange(1.0, 1 + np.prod(sizes)).reshape(sizes)
    layer.set_weights([factors, np.zeros(sizes)])
    others = tuple(place for place in range(4) if place not in np.atleast_1d(over))
    np.testing.assert_allclose(layer(x), out * np.expand_dims(factors, others))


def test_weights_stand_in_the_order_of_keras_and_all_are_trained():
    def names(**options):
        layer = LayerNormalization(**options)
        layer(ROWS)
        assert layer.non_trainable_weights == []
        return [weight.name for weight in layer.weights]

    assert names() == ["gamma", "beta"]
    assert names(scale=False) == ["beta"]
    assert names(center=False) == ["gamma"]
    assert names(center=False, scale=False) == []
    assert names(rms_scaling=True) == ["gamma"]


def test_rms_scaling_divides_by_the_deviation_and_leaves_the_mean():
    # 1 / 1, 3 / 1; 8 / 2, 4 / 2
    assert LayerNormalization(epsilon=0, rms_scaling=True)(ROWS).tolist() == [[1, 3], [4, 2]]


def test_it_learns_in_a_model_and_prints_what_it_does():
    model = Sequential([Input((2,)), LayerNormalization(), Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 2))
    losses = model.fit(x, x[:, 0] > x[:, 1], epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert """
    # forward: layer_normalization (each example to mean 0 and deviation 1)
    mean = np.mean(x, axis=1)                               # (batch,)
    centered = x - mean[:, None]                            # (batch, 2)
    variance = np.mean(centered ** 2, axis=1)               # (batch,)
    deviation = np.sqrt(variance + 0.001)                   # (batch,)
    normalized = centered / deviation[:, None]              # (batch, 2)
    scaled = gamma * normalized + beta                      # (batch, 2)
""" in model.numpy_source()


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match="finds no such axis"):
        LayerNormalization(axis=(1, 2))(ROWS)
    with pytest.raises(ShapeError, match="needs features that it can count"):
        Sequential([LayerNormalization(axis=0, input_shape=[2])]).build()
    layer = LayerNormalization(name="norm")
    layer(ROWS)
    with pytest.raises(
        ShapeError,
        match=r"'norm' cannot take this input: expected features of the shape \(2,\), received \(3,\)",
    ):
        layer(np.ones((2, 3)))


@pytest.mark.parametrize("axis", [[], 1.5, "last", None, [True], [0.5]], ids=str)
def test_no_axes(axis):
    with pytest.raises(ArgumentError, match="axis cannot be used"):
        LayerNormalization(axis)


def test_constraints_are_refused():
    with pytest.raises(
        UnsupportedError, match="LayerNormalization cannot do this: received gamma_constraint="
    ):
        LayerNormalization(gamma_constraint="max_norm")
    assert LayerNormalization(gamma_constraint=None).axis == (-1,)
