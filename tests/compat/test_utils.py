"""Labels as rows, rows of length 1."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, DataError, ShapeError
from pellucid.keras.utils import normalize, to_categorical


# ------------------------------------------------------------ to_categorical
@pytest.mark.parametrize(
    "labels", [[0, 2, 1], [[0], [2], [1]], [0.0, 2.0, 1.0], np.array([0, 2, 1], np.uint8)]
)
def test_every_label_is_a_row_with_one_1(labels):
    rows = to_categorical(labels)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]


def test_there_may_be_classes_that_no_label_has():
    assert to_categorical([1], num_classes=4).tolist() == [[0, 1, 0, 0]]


def test_a_table_of_labels_gets_one_axis_more():
    assert to_categorical([[0, 1, 2], [2, 1, 0]]).shape == (2, 3, 3)


@pytest.mark.parametrize(("labels", "shape"), [(2, (3,)), ([], (0, 0)), ([False, True], (2, 2))])
def test_a_single_label_no_label_and_truth_values(labels, shape):
    assert to_categorical(labels).shape == shape


def test_no_label_of_three_classes():
    assert to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "sentence"),
    [
        ([0, -1], None, "a label is no class: expected whole numbers from 0, received -1."),
        ([0, 3], 3, "a label is no class: expected whole numbers from 0 to 2, received 3."),
        ([0, 1.5], None, "a label is no class: expected whole numbers from 0, received 1.5."),
        ([0, float("nan")], 2, "a label is no class: expected whole numbers from 0 to 1, received nan."),
        ([0, float("inf")], None, "a label is no class: expected whole numbers from 0, received inf."),
        (["cat"], None, "this is no array of numbers: expected numbers, received ['cat']."),
        (None, None, "this is no array of numbers: expected numbers, received None."),
        (
            [[0], [1, 2]],
            None,
            "these lists make no array: expected lists of equal length, received [[0], [1, 2]].",
        ),
    ],
)
def test_what_is_no_label_is_refused(labels, classes, sentence):
    with pytest.raises(DataError) as caught:
        to_categorical(labels, classes)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("classes", [0, -1, 2.5, "three"])
def test_a_number_of_classes_is_a_whole_number(classes):
    with pytest.raises(
        ArgumentError, match="num_classes cannot be used: expected a whole number, at least 1"
    ):
        to_categorical([0], classes)


# ------------------------------------------------------------ normalize
def test_rows_get_length_1():
    """3 ** 2 + 4 ** 2 = 5 ** 2; a row of zeros has no direction, and stays."""
    assert np.allclose(normalize([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0.0, 0.0]], atol=1e-7)


def test_so_do_columns_and_other_lengths():
    assert normalize([[3.0, 4.0], [-3.0, 0.0]], axis=0, order=1).tolist() == [[0.5, 1.0], [-0.5, 0.0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fractions_keep_their_precision(dtype):
    assert normalize(np.ones((2, 3), dtype)).dtype == dtype


def test_of_no_rows_it_makes_none():
    assert normalize(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"x": ["a"]}, DataError, "this is no array of numbers"),
        ({"x": [[1], [1, 2]]}, DataError, "these lists make no array"),
        ({"x": [[1, 2]], "axis": 2}, ShapeError, r"x has no axis 2: .* received the shape \(1, 2\)\."),
        ({"x": 5.0}, ShapeError, "x has no axis -1"),
        ({"x": [[1, 2]], "order": 0}, ArgumentError, "order cannot be used: expected a number above 0"),
        ({"x": [[1, 2]], "order": "fro"}, ArgumentError, "order cannot be used"),
    ],
)
def test_what_has_no_length_is_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        normalize(**arguments)
