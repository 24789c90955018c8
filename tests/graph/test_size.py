"""Sizes known only at run time: they multiply and divide like the numbers they stand for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.graph import BATCH, TIME, Size, product, quotient, shape_text

# Primes that no known size here is divisible by: so numbers divide each other only where sizes do.
numbers = {"batch": 13, "time": 17, "units": 19}

sizes = st.builds(
    Size, st.integers(1, 12), st.lists(st.sampled_from(sorted(numbers)), min_size=1, max_size=3).map(tuple)
)
axes = st.one_of(st.integers(0, 12), sizes)


def known(axis):
    """The number that an axis has when the unknowns are primes."""
    if isinstance(axis, int):
        return axis
    return axis.factor * math.prod(numbers[symbol] for symbol in axis.symbols)


@given(st.lists(axes, max_size=4).map(tuple))
def test_a_product_stands_for_the_product(shape):
    assert known(product(shape)) == math.prod(map(known, shape))


@given(st.lists(axes, max_size=4), st.randoms())
def test_the_order_of_a_product_does_not_matter(shape, random):
    shuffled = random.sample(shape, len(shape))
    assert product(tuple(shape)) == product(tuple(shuffled))


@given(axes.filter(bool), axes.filter(bool))
def test_a_quotient_undoes_a_product(x, y):
    assert quotient(product((x, y)), y) == x


@given(axes, axes.filter(bool))
def test_a_quotient_is_exact_or_there_is_none(whole, part):
    result = quotient(whole, part)
    if result is not None:
        assert product((result, part)) == whole
    else:
        assert known(whole) % known(part) != 0 or (whole == 0 and isinstance(part, Size))  # which may be 0


@pytest.mark.parametrize(
    ("whole", "part", "expected"),
    [
        (12, 4, 3),
        (12, 5, None),
        (12, 0, None),
        (0, 4, 0),
        (0, BATCH, None),
        (BATCH, BATCH, 1),
        (Size(12, ("batch",)), 4, Size(3, ("batch",))),
        (Size(12, ("batch",)), BATCH, 12),
        (Size(12, ("batch", "time")), Size(6, ("time",)), Size(2, ("batch",))),
        (BATCH, TIME, None),
        (BATCH, 2, None),
        (4, BATCH, None),
    ],
)
def test_quotients(whole, part, expected):
    assert quotient(whole, part) == expected


def test_a_product_with_0_is_0():
    assert product((BATCH, 0, 3)) == 0
    assert product(()) == 1


def test_sizes_are_equal_by_what_they_are_made_of():
    assert Size(2, ("time", "batch")) == Size(2, ("batch", "time"))
    assert len({Size(1, ("batch",)), BATCH, TIME}) == 2
    assert BATCH != TIME
    assert BATCH != 1
    assert Size(2, ("batch",)) != BATCH


def test_a_size_does_not_change():
    with pytest.raises(AttributeError, match="a Size does not change"):
        BATCH.factor = 2


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((), "()"),
        ((3,), "(3,)"),
        ((BATCH, 4), "(batch, 4)"),
        ((Size(6, ("time", "batch")),), "(6 * batch * time,)"),
    ],
)
def test_shapes_are_written_as_python_does(shape, text):
    assert shape_text(shape) == text
