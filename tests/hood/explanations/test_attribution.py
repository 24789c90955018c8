"""What each input adds to an answer: where all methods must agree, what they refuse, what they print."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from pellucid.keras import layers

METHODS = ["gradient_times_input", "integrated_gradients", "shapley_values"]
WITH_BASELINE = METHODS[1:]


def linear(weights, bias=0.0):
    model = keras.Sequential([keras.Input((len(weights),)), layers.Dense(1)])
    model.set_weights([np.array(weights)[:, None], [bias]])
    return model


def classifier():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "softmax")])
    model.set_weights([[[1, 0, -1], [0, 2, 0]], [0, 0, 0]])
    model.feature_names, model.answer_names = ["length", "width"], ["rock", "paper", "scissors"]
    return model


# ------------------------------------------------------------ a linear network
@pytest.mark.parametrize("method", WITH_BASELINE)
def test_of_a_linear_network_it_is_the_weight_times_the_difference(method, each_engine):
    x = [[4.0, 1.0, 2.0], [0.0, 0.0, 1.0]]
    found = getattr(linear([2, -3, 0.5], 7), method)(x, [[1.0, 1.0, 0.0]])
    # 2 (4 - 1), -3 (1 - 1), 0.5 (2 - 0); 2 (0 - 1), -3 (0 - 1), 0.5 (1 - 0)
    np.testing.assert_allclose(found.values, [[6, 0, 1], [-2, 3, 0.5]], atol=1e-12)
    np.testing.assert_allclose(found.prediction, [13, 7.5])  # 8 - 3 + 1 + 7, 0.5 + 7
    np.testing.assert_allclose(found.reference, [6, 6])  # 2 - 3 + 7
    np.testing.assert_allclose(found.error, 0, atol=1e-12)
    assert found.answers == ("y", "y")


def test_gradient_times_input_compares_with_zeros():
    found = linear([2, -3], 7).gradient_times_input([[4.0, 1.0]])
    np.testing.assert_allclose(found.values, [[8, -3]])
    assert (found.prediction[0], found.reference[0], found.error[0]) == (12, 7, 0)


@pytest.mark.parametrize("method", WITH_BASELINE)
def test_without_a_baseline_it_is_the_mean_that_the_network_subtracts(method):
    scale = layers.Normalization(mean=[10.0, 20.0], variance=[4.0, 25.0])
    model = keras.Sequential([keras.Input((2,)), scale, layers.Dense(1, kernel_initializer="ones")])
    found = getattr(model, method)([[12.0, 20.0]])
    np.testing.assert_allclose(found.values, [[1, 0]], atol=1e-9)  # (12 - 10) / 2
    np.testing.assert_array_equal(found.baseline, [[10, 20]])
    assert "Compared with the mean that the network subtracts from its inputs." in str(found)


@pytest.mark.parametrize("method", WITH_BASELINE)
def test_without_both_it_is_zeros_and_says_so(method):
    found = getattr(linear([2, -3]), method)([[1.0, 1.0]])
    np.testing.assert_allclose(found.values, [[2, -3]])
    assert "Compared with zeros." in str(found)


@pytest.mark.parametrize("method", METHODS)
def test_a_network_that_is_always_the_same_gives_nothing_to_any_input(method):
    found = getattr(linear([0, 0], 5), method)([[1.0, -2.0]])
    np.testing.assert_array_equal(found.values, [[0, 0]])
    assert "Together: 5 - 5 = 0." in str(found)


@pytest.mark.parametrize("method", METHODS)
def test_one_input_gets_all(method):
    found = getattr(linear([3]), method)([2.0, -1.0])
    np.testing.assert_allclose(found.values, [[6], [-3]])


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_and_tables_are_taken(method):
    found = getattr(linear([3, 1]), method)(np.array([[2, 1]]))
    np.testing.assert_allclose(found.values, [[6, 1]])


@pytest.mark.parametrize("method", METHODS)
def test_dropout_and_batch_normalization_are_as_in_predictions(method):
    model = keras.Sequential([keras.Input((2,)), layers.BatchNormalization(), layers.Dropout(0.9)])
    model.add(layers.Dense(1, kernel_initializer="ones"))
    found = getattr(model, method)([[1.0, 2.0]])
    np.testing.assert_allclose(found.values, np.array([[1, 2]]) / np.sqrt(1.001), rtol=1e-6)


# ------------------------------------------------------------ which answer
@pytest.mark.parametrize("method", METHODS)
def test_unless_named_it_is_the_largest_answer_of_each_example(method):
    found = getattr(classifier(), method)([[0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]])
    assert found.answers == ("paper", "rock", "scissors")


@pytest.mark.parametrize("method", METHODS)
def test_an_answer_is_chosen_by_name_or_number(method):
    model = classifier()
    named = getattr(model, method)([[0.0, 1.0]], answer="rock")
    numbered = getattr(model, method)([[0.0, 1.0]], answer=0)
    assert named.answers == numbered.answers == ("rock",)
    np.testing.assert_array_equal(named.values, numbered.values)
    with pytest.raises(UnknownNameError, match=r"no answer is called 'papr'.*try 'paper'"):
        getattr(model, method)([[0.0, 1.0]], answer="papr")
    with pytest.raises(ArgumentError, match="no such answer: expected a number from 0 to 2, received 3"):
        getattr(model, method)([[0.0, 1.0]], answer=3)


@pytest.mark.parametrize("method", METHODS)
def test_logits_are_linear_where_the_layers_are(method):
    found = getattr(classifier(), method)([[3.0, 5.0]], answer="paper", of="logit")
    np.testing.assert_allclose(found.values, [[0, 10]], atol=1e-12)
    assert "the logit of 'paper' is 10" in str(found)


def test_without_a_head_there_is_no_logit():
    with pytest.raises(ArgumentError, match="has no logits"):
        linear([1]).integrated_gradients([1.0], of="logit")
    with pytest.raises(UnknownNameError, match="try 'logit'"):
        linear([1]).integrated_gradients([1.0], of="logits")


def test_answers_of_several_axes_are_chosen_by_indices():
    model = keras.Sequential([keras.Input((4, 2)), layers.Dense(3, kernel_initializer="ones")])
    x = np.arange(8.0).reshape(1, 4, 2)
    found = model.integrated_gradients(x, answer=(2, 1))
    expected = np.zeros((1, 4, 2))
    expected[0, 2] = x[0, 2]
    np.testing.assert_allclose(found.values, expected)
    assert found.answers == ("[2, 1]",)


# ------------------------------------------------------------ what is refused
@pytest.mark.parametrize("method", METHODS)
def test_examples_that_do_not_fit_are_refused(method):
    explain = getattr(linear([1, 2]), method)
    with pytest.raises(ShapeError):
        explain([[1.0, 2.0, 3.0]])
    with pytest.raises(DataError, match="finite"):
        explain([[1.0, np.nan]])
    with pytest.raises(DataError, match="nothing to explain"):
        explain([])


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            [[1.0, 2.0, 3.0]],
            ShapeError,
            r"expected examples of the shape \(2,\), received the shape \(1, 3\)",
        ),
        ([[1.0, np.inf]], DataError, "expected finite numbers, received NaN or infinity"),
        (np.zeros((0, 2)), DataError, "received none"),
        ([["a", "b"]], DataError, "no array of numbers"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", WITH_BASELINE)
def test_baselines_that_do_not_fit_are_refused(method, given, error, message):
    with pytest.raises(error, match=message):
        getattr(linear([1, 2]), method)([[1.0, 2.0]], given)


def test_there_is_one_baseline_or_one_for_each_example():
    model, x = linear([1, 2]), [[1.0, 2.0], [3.0, 4.0]]
    each = model.integrated_gradients(x, [[1.0, 1.0], [2.0, 2.0]])
    np.testing.assert_allclose(each.values, [[0, 2], [1, 4]], atol=1e-12)
    np.testing.assert_allclose(model.integrated_gradients(x, [1.0, 1.0]).values, [[0, 2], [2, 6]], atol=1e-12)
    np.testing.assert_allclose(model.integrated_gradients(x, 1).values, [[0, 2], [2, 6]], atol=1e-12)
    with pytest.raises(ShapeError, match="expected one, or 2, received 3"):
        model.integrated_gradients(x, np.zeros((3, 2)))


# ------------------------------------------------------------ what is printed
def test_one_example_is_a_table():
    model = linear([2, -3], 7)
    model.name, model.feature_names, model.answer_names = "prices", ["area", "age"], ["price"]
    assert str(model.integrated_gradients([[4.0, 1.0]], [[1.0, 0.0]])) == (
        "Integrated gradients of 'prices': what each input adds to the prediction\n"
        "Compared with the baseline.\n\n"
        "'price' is 12, and 9 for what it is compared with.\n\n"
        "input  value  compared with  adds\n"
        "area   4      1              +6    ++++++++++++++++++++\n"
        "age    1      0              -3    ----------\n\n"
        "Together: 12 - 9 = 3.\n\n"
        "The network is linear all the way: the numbers are exact."
    )


def test_many_examples_are_one_table():
    found = linear([2, -3]).shapley_values([[1.0, 1.0], [2.0, -1.0], [0.0, 0.0], [-1.0, 0.0]])
    # |2|, |4|, |0|, |-2| and |-3|, |3|, |0|, |0|, on average
    np.testing.assert_allclose(found.importance, [2, 1.5])
    lines = str(found).splitlines()
    assert lines[3] == "On average over 4 examples:"
    assert lines[6].split() == ["x1", "2", "=" * 20]
    assert lines[-2] == "For every example they add up to what they should."


def test_of_thousands_of_inputs_the_strongest_are_shown():
    model = keras.Sequential([keras.Input((3000,)), layers.Dense(1, kernel_initializer="ones")])
    x = np.full((1, 3000), 0.5)
    x[0, 1234] = 9
    text = str(model.integrated_gradients(x))
    assert "\nx1235   " in text
    assert "2988 others" in text
    assert len(text) < 2000


def test_an_image_is_shown_as_one():
    model = keras.Sequential([keras.Input((3, 3, 1)), layers.Flatten(), layers.Dense(1)])
    model.set_weights([np.diag([1.0, 0, -1])[:, :, None].reshape(9, 1), [0]])
    found = model.integrated_gradients(np.ones((1, 3, 3, 1)))
    assert found.values.shape == (1, 3, 3, 1)
    assert "|##    |\n|      |\n|    ==|" in str(found)
    assert found._repr_html_().count("<rect") == 9


def test_large_images_are_shown_smaller():
    model = keras.Sequential([keras.Input((100, 70)), layers.Flatten(), layers.Dense(1)])
    found = model.integrated_gradients(np.ones((1, 100, 70)))
    assert max(map(len, str(found).splitlines())) < 90
    assert found._repr_html_().count("<rect") == 25 * 24  # 4 rows and 3 columns together


def test_names_have_no_meaning_as_html():
    model = linear([2.0])
    model.feature_names = ["<b>"]
    assert "<b>" not in model.integrated_gradients([1.0])._repr_html_()


def test_a_difference_is_said():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, "relu")])
    model.set_weights([[[1.0]], [-1.0]])
    found = model.gradient_times_input([3.0])  # relu(3 - 1) = 2, and its slope is 1
    assert (found.values.item(), found.error.item()) == (3, 1)
    assert "Together: 3. It should be 2 - 0 = 2; 1 is missing or too much." in str(found)
