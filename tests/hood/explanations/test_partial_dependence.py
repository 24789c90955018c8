"""Partial dependence: of functions that are known, and how it is shown."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import ArgumentError, DataError, UnknownNameError
from pellucid.keras import layers


def of_function(function, inputs=2):
    model = keras.Sequential([keras.Input((inputs,)), layers.Activation(function)])
    model.name = "known"
    return model


def classifier():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "softmax")])
    model.feature_names, model.answer_names = ["length", "width"], ["rock", "paper", "scissors"]
    return model


PRODUCT = [[0.0, 1.0], [1.0, 2.0], [2.0, 6.0]]


def test_of_a_product_by_hand(each_engine):
    model = of_function(lambda x: x[:, 0:1] * x[:, 1:2])
    found = model.partial_dependence(PRODUCT, "x1")
    np.testing.assert_allclose(found.grid[0], [0, 1, 2])
    np.testing.assert_allclose(found.individual[..., 0], np.outer([1, 2, 6], [0, 1, 2]))
    np.testing.assert_allclose(found.mean[:, 0], [0, 3, 6])  # the mean of 1, 2 and 6 is 3
    assert (found.inputs, found.answers) == (("x1",), ("y",))


def test_of_two_inputs_by_hand():
    model = of_function(lambda x: x[:, 0:1] * x[:, 1:2] + x[:, 2:3], 3)
    found = model.partial_dependence(
        [[0.0, 0.0, 1.0], [0.0, 0.0, 3.0]], (1, 0), [[1.0, 2.0], [3.0, 4.0, 5.0]]
    )
    np.testing.assert_allclose(found.mean[..., 0], np.outer([1, 2], [3, 4, 5]) + 2)
    assert found.individual.shape == (2, 2, 3, 1)
    assert found.inputs == ("x2", "x1")


def test_the_range_is_that_of_the_examples():
    model = of_function(lambda x: x[:, 0:1])
    x = np.stack([np.linspace(0, 1, 101) ** 2, np.zeros(101)], axis=1)
    np.testing.assert_allclose(model.partial_dependence(x, 0).grid[0], np.linspace(0, 1, 25))
    np.testing.assert_allclose(
        model.partial_dependence(x[::10], 0).grid[0], np.linspace(0, 1, 11) ** 2, rtol=1e-6
    )
    with pytest.raises(ArgumentError, match="'x2' is the same in all examples"):
        model.partial_dependence(x, 1)
    np.testing.assert_allclose(model.partial_dependence(x, 1, [2.0, 1.0, 2.0]).grid[0], [1, 2])


def test_without_a_choice_it_is_of_all_answers():
    model = classifier()
    every = model.partial_dependence(PRODUCT, "width")
    assert (every.mean.shape, every.answers) == ((3, 3), ("rock", "paper", "scissors"))
    np.testing.assert_allclose(every.mean.sum(axis=1), 1)
    one = model.partial_dependence(PRODUCT, "width", answer="paper")
    np.testing.assert_array_equal(one.individual[..., 0], every.individual[..., 1])
    with pytest.raises(ArgumentError, match="try answer='rock'"):
        model.partial_dependence(PRODUCT, ("width", "length"))


def test_inputs_of_an_image_have_indices():
    model = keras.Sequential(
        [keras.Input((2, 2)), layers.Flatten(), layers.Dense(1, kernel_initializer="ones")]
    )
    x = np.zeros((1, 2, 2))
    np.testing.assert_allclose(model.partial_dependence(x, (1, 0), [0.0, 5.0]).mean[:, 0], [0, 5])
    both = model.partial_dependence(x, [(0, 0), (1, 1)], [[1.0, 2.0], [10.0, 20.0]])
    np.testing.assert_allclose(both.mean[..., 0], [[11, 21], [12, 22]])
    assert both.inputs == ("[0, 0]", "[1, 1]")


@pytest.mark.parametrize(
    ("feature", "grid", "error", "message"),
    [
        ("widht", None, UnknownNameError, "try 'width'"),
        (2, None, ArgumentError, "no such input"),
        (("width", "width"), None, ArgumentError, "two different ones"),
        (("width", 0, 1), None, ArgumentError, "two different ones"),
        ("width", [], ArgumentError, "a list of finite numbers"),
        ("width", [1.0, np.nan], ArgumentError, "a list of finite numbers"),
        ("width", [[1.0]], ArgumentError, "a list of finite numbers"),
        ("width", ["a"], DataError, "no array of numbers"),
        (("width", 0), [[1.0, 2.0]], ArgumentError, "a list of numbers for each input"),
    ],
)
def test_what_makes_no_sense_is_refused(feature, grid, error, message):
    with pytest.raises(error, match=message):
        classifier().partial_dependence(PRODUCT, feature, grid, "rock")


def test_no_examples_are_refused():
    with pytest.raises(DataError, match="at least one example"):
        classifier().partial_dependence([], "width")


# ------------------------------------------------------------ shown
def test_one_answer_is_a_curve():
    model = of_function(lambda x: x[:, 0:1] * x[:, 1:2])
    lines = str(model.partial_dependence(PRODUCT, "x1")).splitlines()
    assert lines[0] == "How 'y' of 'known' depends on 'x1': the mean over 3 examples"
    assert lines[2].split() == ["x1", "y", "0", "...", "12"]
    # 0 to 12 on 40 signs: for x1 = 2 examples give 2, 4 and 12, the signs 6, 13 and 39; the mean 6 is 20.
    curve = lines[5][len(lines[5]) - 34 :]
    assert lines[5].split()[:2] == ["2", "6"]
    assert curve == "-" * 14 + "*" + "-" * 19
    assert "All other inputs stay as they are" in lines[-1]


def test_several_answers_are_a_table():
    text = str(classifier().partial_dependence(PRODUCT, "width"))
    assert text.startswith("How the answers of 'sequential")
    assert "width  rock " in text


def test_pictures_hold_every_curve():
    model = classifier()
    model.feature_names = ["a<b", "width"]
    page = model.partial_dependence(PRODUCT, "a<b", answer="rock")._repr_html_()
    assert page.count("<polyline") == 4  # 3 examples, and their mean
    assert "a&lt;b" in page
    assert "a<b" not in page
    assert model.partial_dependence(PRODUCT, "width")._repr_html_().count("<polyline") == 3
    table = model.partial_dependence(PRODUCT, ("a<b", "width"), answer="rock")._repr_html_()
    assert table.count("<td") == 9
    assert "a<b" not in table


def test_an_answer_that_stays_is_drawn_as_well():
    found = of_function(lambda x: 0 * x[:, 0:1]).partial_dependence(PRODUCT, "x2")
    assert "0 ... 0" in str(found)
    assert "<svg" in found._repr_html_()
