"""Each problem is what its docstring says: sizes, classes, places, and what noise and seed do."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.data import datasets
from pellucid.data.tables import read_table
from pellucid.errors import ArgumentError

CLASSIFICATIONS = [
    datasets.xor,
    datasets.donut,
    datasets.circle,
    datasets.gauss,
    datasets.spiral,
    datasets.two_moons,
]
DATASETS = [*CLASSIFICATIONS, datasets.plane, datasets.celsius]


def distances(x):
    return np.hypot(x[:, 0].astype(np.float64), x[:, 1])


def sorted_rows(x):
    """The rows in an order of their own, so that two sets of the same points are equal."""
    return x[np.lexsort((x[:, 1], x[:, 0]))]


@pytest.mark.parametrize("make", DATASETS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 100, np.int64(7)])
def test_gives_n_examples_of_float32(make, n):
    x, y = make(n)
    assert x.shape == (n, 1 if make is datasets.celsius else 2)
    assert y.shape == (n,)
    assert x.dtype == np.float32
    assert y.dtype == (np.int64 if make in CLASSIFICATIONS else np.float32)


@pytest.mark.parametrize("make", CLASSIFICATIONS)
@pytest.mark.parametrize(("n", "zeros", "ones"), [(0, 0, 0), (1, 1, 0), (4, 2, 2), (101, 51, 50)])
def test_classes_are_balanced_however_strong_the_noise(make, n, zeros, ones):
    _, y = make(n, noise=3.0)
    assert np.bincount(y, minlength=2).tolist() == [zeros, ones]


@pytest.mark.parametrize("make", CLASSIFICATIONS)
def test_classes_are_mixed_from_first_to_last(make):
    _, y = make(1000, seed=3)
    # 100 of 1,000 shuffled labels: 50 of each class, with a standard deviation below 5.
    assert 25 <= y[:100].sum() <= 75
    assert 25 <= y[-100:].sum() <= 75
    assert not np.array_equal(y, np.arange(1000) % 2)


@pytest.mark.parametrize("make", DATASETS)
def test_seed_decides_the_examples(make):
    def example(seed):
        return np.column_stack(make(50, noise=0.1, seed=seed))

    np.testing.assert_array_equal(example(5), example(5))
    np.testing.assert_array_equal(example(5), example(np.int32(5)))
    np.testing.assert_array_equal(make(50, 0.1, 0)[0], make(50, 0.1)[0])
    for other in (6, -5, 2**70, None):
        assert not np.array_equal(example(5), example(other))
    assert not np.array_equal(example(None), example(None))


@pytest.mark.parametrize("make", DATASETS)
def test_noise_moves_the_same_examples_further(make):
    quiet, low, high = (
        np.column_stack(make(40, noise=noise)).astype(np.float64) for noise in (0.0, 0.01, 0.02)
    )
    assert not np.array_equal(quiet, low)
    if make is not datasets.gauss:  # where noise is a variance, distances do not grow in proportion
        np.testing.assert_allclose(high - quiet, 2 * (low - quiet), atol=1e-5)
    if make in CLASSIFICATIONS:
        np.testing.assert_array_equal(quiet[:, 2], high[:, 2])


@pytest.mark.parametrize("make", DATASETS)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"n": -1}, r"n cannot be used: expected a whole number, at least 0, received -1\."),
        ({"n": 4.0}, r"received 4\.0"),
        ({"n": True}, "received True"),
        ({"n": "10"}, "received '10'"),
        ({"noise": -0.1}, r"noise cannot be used: expected a finite number, at least 0, received -0\.1\."),
        ({"noise": float("nan")}, "received nan"),
        ({"noise": float("inf")}, "received inf"),
        ({"noise": "much"}, "received 'much'"),
        ({"noise": None}, "received None"),
        ({"seed": 1.5}, r"seed cannot be used: expected an integer or None, received 1\.5\."),
        ({"seed": False}, "received False"),
    ],
)
def test_bad_arguments_are_named(make, arguments, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        make(**arguments)


def test_xor_is_the_truth_table():
    for x, y in (datasets.xor(), datasets.xor(4)):
        assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
        assert y.tolist() == [0, 1, 1, 0]
    x, y = datasets.xor(noise=0.2)
    assert 0 < np.abs(x - [[0, 0], [0, 1], [1, 0], [1, 1]]).max() <= 0.1 + 1e-6
    assert y.tolist() == [0, 1, 1, 0]


def test_xor_fills_the_square_by_quadrants():
    x, y = datasets.xor(2000)
    np.testing.assert_array_equal(y, x[:, 0] * x[:, 1] < 0)
    assert np.abs(x).min() >= 0.3 - 1e-6
    assert np.abs(x).max() <= 5
    quadrants = np.bincount(2 * (x[:, 0] > 0) + (x[:, 1] > 0))
    # 500 of 2,000 in each, with a standard deviation below 20.
    assert quadrants.min() > 400
    noisy, _ = datasets.xor(2000, noise=0.5)
    assert 2 < np.abs(noisy - x).max() <= 2.5 + 1e-5


def test_donut_is_two_rings():
    x, y = datasets.donut(noise=0.0)
    np.testing.assert_allclose(distances(x), np.where(y == 1, 10, 5), rtol=1e-6)
    x, y = datasets.donut()
    assert len(x) == 1000
    from_ring = distances(x) - np.where(y == 1, 10, 5)
    # Standard errors of 1,000 draws with deviation 1: 0.03 for the mean, 0.02 for the deviation.
    assert abs(from_ring.mean()) < 0.15
    assert abs(from_ring.std() - 1) < 0.1
    # Angles are uniform: the mean of a ring of radius 10 is at the centre, to 10 / sqrt(2 * 500) = 0.3.
    assert np.abs(x[y == 1].mean(axis=0)).max() < 1.5


def test_circle_is_a_disc_in_a_ring():
    x, y = datasets.circle(1000)
    inside, outside = distances(x[y == 1]), distances(x[y == 0])
    assert inside.max() < 2.5
    assert outside.min() >= 3.5 - 1e-5
    assert outside.max() <= 5 + 1e-5
    assert inside.max() > 2.4
    assert outside.max() > 4.9
    noisy, _ = datasets.circle(1000, noise=0.5)
    assert 2 < np.abs(noisy - x).max() <= 2.5 + 1e-5


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.5, 4.0)])
def test_gauss_is_two_clouds(noise, variance):
    x, y = datasets.gauss(4000, noise=noise)
    for label, centre in ((0, -2), (1, 2)):
        cloud = x[y == label]
        # Standard errors of 2,000 draws: sqrt(4 / 2000) < 0.05 for a mean, 3.2 % for a variance.
        np.testing.assert_allclose(cloud.mean(axis=0), [centre, centre], atol=0.2)
        np.testing.assert_allclose(cloud.var(axis=0), [variance, variance], rtol=0.15)


def test_spiral_by_hand():
    # Four points: halfway along each spiral p = 1/2, radius 2.5, angle 7/8 of a turn from straight up.
    half = 2.5 * np.sqrt(0.5)
    x, y = datasets.spiral(4)
    np.testing.assert_allclose(sorted_rows(x[y == 1].round(6)), [[-half, half], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(sorted_rows(x[y == 0].round(6)), [[0, 0], [half, -half]], atol=1e-6)


def test_spirals_are_half_a_turn_apart():
    x, y = datasets.spiral(500)
    radii = np.sort(distances(x[y == 1]))
    np.testing.assert_allclose(radii, np.arange(250) / 50, atol=1e-5)
    np.testing.assert_allclose(
        sorted_rows(x[y == 0].round(4) + 0.0), sorted_rows(-x[y == 1].round(4) + 0.0), atol=1e-6
    )


def test_two_moons_by_hand():
    # Four points: t = 0 and t = pi / 2 on each half circle.
    x, y = datasets.two_moons(4)
    np.testing.assert_allclose(sorted_rows(x[y == 0].round(6)), [[0, 1], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(sorted_rows(x[y == 1].round(6)), [[0, 0.5], [1, -0.5]], atol=1e-6)


def test_two_moons_noise_is_its_standard_deviation():
    quiet, _ = datasets.two_moons(2000)
    noisy, _ = datasets.two_moons(2000, noise=0.3)
    # The standard error of 4,000 draws is 1.1 % of the deviation.
    assert abs((noisy - quiet).std() - 0.3) < 0.03


def test_plane_is_the_height_of_its_points():
    x, y = datasets.plane()
    assert x.shape == (1200, 2)
    assert 5.9 < np.abs(x).max() <= 6
    np.testing.assert_allclose(y, (x[:, 0] + x[:, 1]) / 10, atol=1e-6)
    same, noisy = datasets.plane(noise=0.5)
    np.testing.assert_array_equal(same, x)
    # Both coordinates off by at most 3: the height by at most 6 / 10.
    assert 0.4 < np.abs(noisy - y).max() <= 0.6 + 1e-6


def test_celsius_is_the_bundled_table():
    x, y = datasets.celsius()
    assert x.tolist() == [[-40], [-10], [0], [8], [15], [22], [38]]
    assert y.tolist() == [-40, 14, 32, 46, 59, 72, 100]
    table = read_table(datasets.CELSIUS_FILE)
    assert table.columns == ("celsius", "fahrenheit")
    np.testing.assert_array_equal(table.values, np.column_stack([x, y]))


def test_celsius_at_equal_distances():
    # 78 degrees in three steps of 26, which are 46.8 degrees Fahrenheit each.
    x, y = datasets.celsius(4)
    np.testing.assert_allclose(x, [[-40], [-14], [12], [38]], rtol=1e-6)
    np.testing.assert_allclose(y, [-40, 6.8, 53.6, 100.4], rtol=1e-6)
    same, noisy = datasets.celsius(2000, noise=2.0)
    # The standard error of 2,000 draws is 1.6 % of the deviation.
    assert abs((noisy - (1.8 * same[:, 0] + 32)).std() - 2) < 0.2
    assert np.abs(datasets.celsius(noise=1.0)[1] - datasets.celsius()[1]).min() > 0
