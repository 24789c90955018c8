"""How the numbers of an initializer are distributed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.errors import ShapeError
from pellucid.nn import _initial, initializers
from pellucid.ops.formulas import random_uniform

from .initial import NAMED, made

SHAPE = (400, 250)  # 100,000 numbers: a mean has an error of 0.3% of a standard deviation
CUT = 0.87962566103423978  # the standard deviation of a normal distribution without what lies beyond 2


@pytest.mark.parametrize(
    ("initializer", "mean", "deviation", "limit"),
    [
        ("random_uniform", 0, 0.1 / 12**0.5, 0.05),
        (initializers.RandomUniform(2, 6), 4, 4 / 12**0.5, 2),
        ("random_normal", 0, 0.05, None),
        (initializers.RandomNormal(mean=3, stddev=2), 3, 2, None),
        ("truncated_normal", 0, 0.05 * CUT, 0.1),
        (initializers.TruncatedNormal(mean=3, stddev=2), 3, 2 * CUT, 4),
        # 400 inputs, 250 outputs
        ("glorot_uniform", 0, (2 / 650) ** 0.5, (6 / 650) ** 0.5),
        ("glorot_normal", 0, (2 / 650) ** 0.5, 2 * (2 / 650) ** 0.5 / CUT),
        ("he_uniform", 0, (2 / 400) ** 0.5, (6 / 400) ** 0.5),
        ("he_normal", 0, (2 / 400) ** 0.5, 2 * (2 / 400) ** 0.5 / CUT),
        ("lecun_uniform", 0, 1 / 20, (3 / 400) ** 0.5),
        ("lecun_normal", 0, 1 / 20, 2 / 20 / CUT),
        ("variance_scaling", 0, 1 / 20, 2 / 20 / CUT),
        (initializers.VarianceScaling(4, "fan_out", "uniform"), 0, (4 / 250) ** 0.5, (12 / 250) ** 0.5),
        (initializers.VarianceScaling(4, "fan_avg", "untruncated_normal"), 0, (8 / 650) ** 0.5, None),
    ],
    ids=str,
)
def test_moments(initializer, mean, deviation, limit):
    numbers = made(initializer, SHAPE, "float64")
    assert np.mean(numbers) == pytest.approx(mean, abs=0.015 * deviation)
    assert np.std(numbers) == pytest.approx(deviation, rel=0.01)
    if limit is None:
        # Beyond 3 standard deviations lie 0.27% of a normal distribution.
        assert np.mean(np.abs(numbers - mean) > 3 * deviation) == pytest.approx(0.0027, abs=0.0007)
    else:
        assert 0.999 * limit < np.max(np.abs(numbers - mean)) <= limit


def test_uniform_numbers_fill_the_range_evenly():
    counts, _ = np.histogram(made("glorot_uniform", SHAPE), bins=20)
    assert np.max(np.abs(counts / 5000 - 1)) < 0.06  # standard deviation: 1 / sqrt(5000) = 1.4%


def test_glorot_uniform_worked_out_by_hand():
    """Two inputs and four outputs: the limit is sqrt(6 / (2 + 4)) = 1."""
    drawn = random_uniform((2, 4), 7, "dense/kernel")
    np.testing.assert_array_equal(made("glorot_uniform", (2, 4), seed=7), 2 * drawn - 1)


def test_normal_numbers_worked_out_by_hand(monkeypatch):
    """Radius sqrt(-2 log(1 - u)) and angle 2 pi v: u = 0 gives 0, and u never is 1."""
    u, v = [0, 1 - 2**-24, 1 - math.exp(-2)], [0.3, 0, 0.5]
    monkeypatch.setattr(_initial, "random_uniform", lambda shape, seed, stream, step: np.array([u, v]))
    numbers = _initial.normal((3,), 0, "x", 10, 1, np.float64)
    np.testing.assert_allclose(numbers, [10, 10 + (48 * math.log(2)) ** 0.5, 10 - 2])


def test_only_what_lies_outside_is_drawn_again():
    arguments = ((40, 25), 3, "x", 0, 1)
    full, truncated = _initial.normal(*arguments), _initial.truncated_normal(*arguments)
    inside = np.abs(full) <= 2
    np.testing.assert_array_equal(truncated[inside], full[inside])
    assert np.all(np.abs(truncated) <= 2)
    assert len(np.unique(truncated[~inside])) == np.sum(~inside) > 20


@pytest.mark.parametrize("name", NAMED)
def test_a_named_initializer_is_a_variance_scaling(name):
    scale = 2.0 if name.startswith("he") else 1.0
    mode = "fan_avg" if name.startswith("glorot") else "fan_in"
    distribution = "uniform" if name.endswith("uniform") else "truncated_normal"
    general = initializers.VarianceScaling(scale, mode, distribution)
    for shape in ((6, 3), (3, 3, 4, 8), (5,)):
        np.testing.assert_allclose(made(name, shape), made(general, shape), rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "inputs", "outputs"),
    [((), 1, 1), ((7,), 7, 7), ((3, 5), 3, 5), ((3, 4, 8), 12, 24), ((3, 3, 4, 8), 36, 72), ((0, 5), 1, 5)],
)
def test_connections(shape, inputs, outputs):
    assert _initial.fans(shape) == (inputs, outputs)


def test_the_axes_of_inputs_and_outputs_can_be_given():
    """A kernel of 4 inputs for 2 x 3 outputs: the limit is sqrt(6 / (4 + 6))."""
    initializer = initializers.GlorotUniform(input_axes=[0], output_axes=[1, -1])
    recipe = initializer.recipe((4, 2, 3), "float32", "x")
    limit = dict(recipe.options)["high"]
    assert limit == pytest.approx(0.6**0.5)
    assert recipe.function is _initial.uniform
    with pytest.raises(ShapeError, match=r"axes of \(4,\)"):
        initializer.recipe((4,))


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 3, 2, 4), (1, 1), (2, 50)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_orthogonal(shape, gain):
    matrix = made(initializers.Orthogonal(gain), shape, "float64").reshape(-1, shape[-1])
    short = matrix.T @ matrix if matrix.shape[0] >= matrix.shape[1] else matrix @ matrix.T
    np.testing.assert_allclose(short, gain**2 * np.eye(len(short)), atol=1e-12)


def test_orthogonal_matrices_turn_either_way():
    """Half of them mirror: their determinant is -1."""
    mirrored = [np.linalg.det(made("orthogonal", (3, 3), "float64", seed=seed)) < 0 for seed in range(200)]
    assert 70 < sum(mirrored) < 130  # 4 standard deviations
    corners = [made("orthogonal", (3, 3), seed=seed)[0, 0] for seed in range(200)]
    assert abs(np.mean(corners)) < 4 * 3**-0.5 / 200**0.5


def test_a_row_is_not_orthogonal():
    with pytest.raises(ShapeError, match="expected two axes or more"):
        initializers.Orthogonal().recipe((3,))
