from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.hood.numbers import number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (-2.5, "-2.5"),
        (1.79794911, "1.798"),
        (31.952526, "31.95"),
        (9.99996, "10"),
        (0.00012346, "0.0001235"),
        (123456.7, "123457"),
        (1705097600, "1705097600"),
        (1.99999999999e12, "2e+12"),
        (-3.25e-9, "-3.25e-09"),
        (math.inf, "inf"),
    ],
)
def test_four_digits_and_all_in_front_of_the_point(number, text):
    assert number_text(number) == text


def test_other_numbers_of_digits():
    assert number_text(211.747436, digits=6) == "211.747"
    assert number_text(211.747436, digits=1) == "212"


def test_a_tolerance_asks_for_more_digits():
    assert number_text(1.23456789, tolerance=1e-6) == "1.234568"
    assert number_text(1.23456789, tolerance=10) == "1.235"
    assert number_text(0.1, tolerance=1e-30) == "0.1"


@given(
    st.floats(-1e300, 1e300, allow_subnormal=False),
    st.integers(1, 15),
    st.floats(1e-9, 1e9),
)
def test_what_is_written_is_near_enough(number, digits, tolerance):
    written = float(number_text(number, digits, tolerance))
    half_a_digit = 0.5 * 10.0 ** (1 - digits)
    assert abs(written - number) <= half_a_digit * abs(number) * (1 + 1e-9)
    if abs(number) < 1e5:  # a float64 has enough digits for the tolerance then
        assert abs(written - number) <= tolerance * (1 + 1e-6)
