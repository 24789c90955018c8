"""What columns, classes and answers are called: said, taken from tables, kept in files."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import ArgumentError


class Frame:
    """What counts of a data frame: it is an array, and its columns have names."""

    def __init__(self, rows, columns):
        self.rows = rows
        self.columns = columns

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.rows, dtype)


class Column:
    """What counts of a column of a data frame."""

    def __init__(self, numbers, name):
        self.numbers = numbers
        self.name = name

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.numbers, dtype)


def network():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mean_squared_error")
    return model


X, Y = [[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]


def test_without_names_there_are_none_and_the_hood_numbers_them():
    model = network()
    model.fit(X, Y, verbose=0)
    assert (model.feature_names, model.answer_names, model.notes) == ((), (), {})
    opened = model.opened(X, Y)
    assert (opened.features, opened.answers) == (("x1", "x2"), ("y",))


def test_tables_bring_their_names():
    model = network()
    model.fit(Frame(X, ["area", "rooms"]), Column(Y, "price"), verbose=0)
    assert (model.feature_names, model.answer_names) == (("area", "rooms"), ("price",))
    model.fit(X, Y, verbose=0)
    assert model.feature_names == ("area", "rooms")
    assert model.opened(X).features == ("area", "rooms")
    assert model.opened(Frame(X, ["a", "b"])).features == ("a", "b")


@pytest.mark.parametrize("columns", [[0, 1], ["a"], ["a", ""]])
def test_columns_without_names_say_nothing(columns):
    model = network()
    model.fit(Frame(X, columns), Column(Y, 0), verbose=0)
    assert (model.feature_names, model.answer_names) == ((), ())


def test_names_are_kept_in_the_file(tmp_path):
    model = network()
    model.feature_names, model.answer_names = ['with "quotes", commas', "and\nlines"], "price"
    model.save(tmp_path / "model.safetensors")
    loaded = keras.models.load_model(tmp_path / "model.safetensors")
    assert loaded.feature_names == ('with "quotes", commas', "and\nlines")
    assert loaded.answer_names == ("price",)
    loaded.answer_names = ()
    assert loaded.answer_names == ()


@pytest.mark.parametrize("names", [["a"], ["a", "a"], ["a", 2], ["a", ""], ["a", "b", "c"]])
def test_names_that_do_not_fit_are_refused(names):
    model = network()
    with pytest.raises(ArgumentError, match="cannot be called so"):
        model.feature_names = names
    assert model.notes == {}
