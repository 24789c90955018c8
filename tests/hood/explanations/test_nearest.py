"""The shortest vector that satisfies inequalities: by hand, and by its conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.hood.explanations.nearest import nearest

FREE = np.full(2, np.inf)


def shortest(slopes, least, low=-FREE, high=FREE):
    return nearest(np.array(slopes, float), np.array(least, float), np.array(low), np.array(high))


def test_by_hand():
    np.testing.assert_allclose(shortest([[3, 4]], [10]), [1.2, 1.6])  # 10 / 25 times the slope
    np.testing.assert_allclose(shortest([[1, 0], [0, 1]], [1, -1]), [1, 0])
    np.testing.assert_allclose(shortest([[1, 1]], [2], high=[0.5, np.inf]), [0.5, 1.5])
    np.testing.assert_allclose(shortest([[1, 1]], [-2]), [0, 0])
    np.testing.assert_allclose(shortest([[1, 0]], [0], low=[2.0, -1.0], high=[3.0, 1.0]), [2, 0])


def test_one_after_another_lets_go():
    # Both alone would be met at (2, 0) and (1, 1) / 1: at (2, 0) the second holds by itself.
    np.testing.assert_allclose(shortest([[1, 1], [1, 0]], [2, 2]), [2, 0], atol=1e-12)
    np.testing.assert_allclose(shortest([[1, 1], [1, 0.9], [1, -5]], [2, 1.9, 1]), [11 / 6, 1 / 6])


@pytest.mark.parametrize(
    ("slopes", "least", "high"),
    [
        ([[1, 0], [-1, 0]], [1, 0], FREE),
        ([[1, 1]], [3], [1.0, 1.0]),
        ([[0, 0]], [1], FREE),
        ([[1, 0], [0, 1], [-1, -1]], [1, 1, -1.9], FREE),
    ],
    ids=str,
)
def test_there_may_be_none(slopes, least, high):
    assert shortest(slopes, least, high=high) is None


def test_without_inequalities_it_is_nothing():
    np.testing.assert_array_equal(shortest(np.zeros((0, 2)), []), [0, 0])


@given(st.integers(0, 10**6))
def test_no_step_that_is_allowed_makes_it_shorter(number):
    random = np.random.default_rng(number)
    n, count = random.integers(1, 6), random.integers(1, 12)
    slopes, least = random.normal(size=(count, n)), random.normal(size=count)
    low = np.where(random.random(n) < 0.5, -np.inf, -random.random(n))
    high = np.where(random.random(n) < 0.5, np.inf, random.random(n))
    u = nearest(slopes, least, low, high)
    if u is None:
        tried = random.uniform(np.maximum(low, -9), np.minimum(high, 9), size=(2000, n))
        assert not (tried @ slopes.T >= least).all(axis=1).any()
        return
    assert (slopes @ u >= least - 1e-8).all()
    assert ((low <= u) & (u <= high)).all()
    others = np.clip(u + random.normal(size=(500, n)) * 10.0 ** random.uniform(-4, 1, (500, 1)), low, high)
    allowed = others[(others @ slopes.T >= least).all(axis=1)]
    assert (np.linalg.norm(allowed, axis=1) >= np.linalg.norm(u) - 1e-8).all()
