"""What accuracy means, in its three meanings, and what metrics make of batches and weights."""

from __future__ import annotations

import pytest

from pellucid import layers, models


def judge(y_pred, y_true, loss, metrics=(), **evaluate):
    """Return the metrics of predictions: the model passes on what it is given."""
    model = models.Sequential([layers.Activation("linear", input_shape=[len(y_pred[0])], dtype="float64")])
    model.compile(loss=loss, metrics=list(metrics), weighted_metrics=evaluate.pop("weighted_metrics", None))
    results = model.evaluate(y_pred, y_true, return_dict=True, verbose=0, **evaluate)
    del results["loss"]
    return results


@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_for_one_output_accuracy_is_how_often_it_is_on_the_right_side_of_one_half(name):
    # 0.9 -> 1 right;   0.5 is not above one half -> 0 wrong;   0.6 -> 1 wrong;   0.1 -> 0 right
    results = judge([[0.9], [0.5], [0.6], [0.1]], [1, 1, 0, 0], "binary_crossentropy", [name])
    assert results == {name: 0.5}


ROWS = [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2], [0.3, 0.4, 0.3]]


@pytest.mark.parametrize("name", ["accuracy", "acc"])
@pytest.mark.parametrize(
    ("loss", "answers"),
    [
        ("sparse_categorical_crossentropy", [0, 2, 1, 1]),
        ("sparse_categorical_crossentropy", [[0], [2], [1], [1]]),
        ("categorical_crossentropy", [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]]),
    ],
    ids=["labels", "labels in a column", "one-hot rows"],
)
def test_for_several_outputs_accuracy_is_how_often_the_largest_is_the_right_one(loss, answers, name):
    # The largest are 0, 2, 0 (the first of two equal ones) and 1; the answers 0, 2, 1 and 1: three of four.
    assert judge(ROWS, answers, loss, [name]) == {name: 0.75}


def test_for_several_yes_or_no_answers_binary_accuracy_counts_each():
    # Right are 0.9 and 0.2 of the first row, 0.6 of the second: (2 / 2 + 1 / 2) / 2
    results = judge([[0.9, 0.2], [0.6, 0.7]], [[1, 0], [1, 0]], "binary_crossentropy", ["binary_accuracy"])
    assert results == {"binary_accuracy": 0.75}


def test_errors():
    # The errors are 1, -2 and 0, 4: ((1 + 4) / 2 + (0 + 16) / 2) / 2 and ((1 + 2) / 2 + (0 + 4) / 2) / 2
    results = judge([[1, -2], [0, 4]], [[0, 0], [0, 0]], "mse", ["mse", "mae"])
    assert results == {"mse": 5.25, "mae": 1.75}


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_batches_do_not_change_what_a_metric_says(batch_size):
    # |1| + |2| + |6| = 9 over 3 examples
    results = judge([[1], [2], [6]], [0, 0, 0], "mse", ["mae"], batch_size=batch_size)
    assert results == {"mae": 3.0}


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_weights_of_examples_count_in_weighted_metrics_alone(batch_size):
    # Without weights (1 + 2 + 6) / 3 = 3;   with them (1 * 1 + 0 * 2 + 3 * 6) / (1 + 0 + 3) = 19 / 4
    results = judge(
        [[1], [2], [6]],
        [0, 0, 0],
        "mse",
        ["mae"],
        weighted_metrics=["mean_absolute_error"],
        sample_weight=[1, 0, 3],
        batch_size=batch_size,
    )
    assert results == {"mae": 3.0, "mean_absolute_error": 4.75}


def test_weighted_accuracy():
    # Right, wrong, right with the weights 1, 4, 3: (1 + 3) / 8
    results = judge(
        [[0.9], [0.9], [0.1]], [1, 0, 0], "mse", weighted_metrics=["accuracy"], sample_weight=[1, 4, 3]
    )
    assert results == {"accuracy": 0.5}
