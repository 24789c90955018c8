"""How numbers are distributed, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.hood.health.distribution import distribution_of


def test_of_five_numbers():
    spread = distribution_of(np.array([[0.0, 4.0], [1.0, 3.0], [0.0, 4.0]]))
    assert (spread.size, spread.finite, spread.mean) == (6, 6, 2.0)
    assert spread.deviation == pytest.approx(np.sqrt((4 + 4 + 1 + 1 + 4 + 4) / 6))
    assert spread.quartiles == (0.0, 0.25, 2.0, 3.75, 4.0)
    assert spread.zeros == pytest.approx(2 / 6)
    assert (spread.edges[0], spread.edges[-1]) == (0.0, 4.0)
    filled = np.flatnonzero(spread.counts)
    assert spread.counts[filled].tolist() == [2, 1, 1, 2]
    assert filled.tolist() == [
        0,
        8,
        24,
        31,
    ]  # of 32 bins, each an eighth wide


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), max_size=50))
def test_every_finite_number_is_in_one_bin(numbers):
    spread = distribution_of(np.array(numbers, np.float32))
    finite = [number for number in numbers if np.isfinite(number)]
    assert (spread.size, spread.finite) == (len(numbers), len(finite))
    assert spread.counts.sum() == len(finite)
    assert len(spread.edges) == len(spread.counts) + 1
    assert spread.all_finite == (len(numbers) == len(finite))
    if finite:
        assert spread.edges[0] <= min(finite)
        assert spread.edges[-1] >= max(finite)
        assert (spread.smallest, spread.largest) == (min(finite), max(finite))


def test_equal_numbers_have_a_bin_around_them():
    spread = distribution_of(np.full(7, 3.0))
    assert spread.counts.max() == 7
    assert spread.edges[0] < 3 < spread.edges[-1]
    assert str(spread) == "3 ± 0"


def test_of_no_numbers():
    spread = distribution_of(np.zeros((0, 3)))
    assert (spread.size, spread.finite, spread.counts.sum(), str(spread)) == (0, 0, 0, "none")
    assert np.isnan(spread.mean)


def test_what_is_printed_has_no_digits_beyond_the_deviation():
    assert str(distribution_of(np.array([-1.0, 1.0 + 1e-9]))) == "0 ± 1"
    assert str(distribution_of(np.array([0.1234, 0.3234]))) == "0.22 ± 0.1"
