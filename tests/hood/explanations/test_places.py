"""Inputs and answers by name, number and indices."""

from __future__ import annotations

import pytest

from pellucid.errors import ArgumentError, UnknownNameError
from pellucid.hood.explanations.places import Places

ROW = Places("input", ("width", "height"), (2,))
IMAGE = Places("input", (), (2, 3))


def test_a_row_is_known_by_names_and_numbers():
    assert [ROW.number(given) for given in ("width", "height", 0, 1)] == [0, 1, 0, 1]
    assert [ROW.name(0), ROW.name(1)] == ["width", "height"]


def test_an_array_is_known_by_indices():
    assert [IMAGE.number(given) for given in ((0, 2), (1, 0))] == [2, 3]
    assert IMAGE.name(5) == "[1, 2]"


@pytest.mark.parametrize("given", [2, -1, True, 0.0, None, (0, 0), [0]])
def test_there_is_no_such_place_in_a_row(given):
    with pytest.raises(ArgumentError, match="no such input: expected a number from 0 to 1"):
        ROW.number(given)


@pytest.mark.parametrize("given", [0, (2, 0), (0, -1), (0,), "width"])
def test_there_is_no_such_place_in_an_array(given):
    with pytest.raises(ArgumentError, match=r"expected indices from \(0, 0\) to \(1, 2\)"):
        IMAGE.number(given)


def test_the_nearest_name_is_offered():
    with pytest.raises(UnknownNameError, match=r"no input is called 'hight'.*try 'height'"):
        ROW.number("hight")


def test_of_thousands_of_names_only_near_ones_are_listed():
    many = Places("input", tuple([f"x{number}" for number in range(5000)]), (5000,))
    with pytest.raises(UnknownNameError) as caught:
        many.number("x5000")
    assert len(str(caught.value)) < 1000
