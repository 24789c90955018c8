"""Normalization: to mean 0 and deviation 1 and back, with numbers worked out by hand."""

from __future__ import annotations

import runpy

import numpy as np
import pytest

from pellucid import Sequential
from pellucid.errors import ArgumentError, DataError, ShapeError
from pellucid.layers import Dense, Normalization
from pellucid.models import load_model

# Column by column: mean 1 and deviation 1, mean 8 and deviation 2.
EXAMPLES = [[0.0, 6.0], [2.0, 10.0], [0.0, 10.0], [2.0, 6.0]]


def adapted(examples=EXAMPLES, **options):
    layer = Normalization(**options)
    layer.adapt(examples)
    return layer


def test_brings_each_column_to_mean_0_and_deviation_1():
    layer = adapted()
    assert layer.mean.numpy().tolist() == [1, 8]
    assert layer.variance.numpy().tolist() == [1, 4]
    # (0 - 1) / 1, (6 - 8) / 2 and (4 - 1) / 1, (9 - 8) / 2
    assert layer(np.array([[0.0, 6.0], [4.0, 9.0]])).tolist() == [[-1, -1], [3, 0.5]]


def test_goes_back_from_there():
    # 1 + 1 * 3, 8 + 2 * 0.5
    assert adapted(invert=True)(np.array([[3.0, 0.5]])).tolist() == [[4, 9]]


def test_takes_mean_and_variance_as_they_are_given():
    assert Normalization(mean=[1.0, 8.0], variance=[1.0, 4.0])(np.array([[0.0, 6.0]])).tolist() == [[-1, -1]]
    assert Normalization(mean=3, variance=4)(np.array([[5.0, 1.0]])).tolist() == [
        [1, -1]
    ]  # one for all columns


def test_changes_nothing_before_it_is_adapted():
    assert Normalization(epsilon=0)(np.array([[5.0, 1.0]])).tolist() == [[5, 1]]


@pytest.mark.parametrize(
    ("axis", "over", "sizes"),
    [
        (-1, (0, 1), (2,)),
        (1, (0, 2), (3,)),
        ((1, 2), (0,), (3, 2)),
        ((-1, 1), (0,), (3, 2)),
        (None, None, ()),
    ],
    ids=str,
)
def test_each_place_along_the_axes_is_a_feature(axis, over, sizes):
    x = np.random.default_rng(0).normal(5, 3, size=(7, 3, 2))
    layer = adapted(x, axis=axis, dtype="float64")
    assert layer.mean.shape == layer.variance.shape == sizes
    scaled = layer(x)
    np.testing.assert_allclose(scaled.mean(axis=over), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=over), 1)
    np.testing.assert_allclose(adapted(x, axis=axis, invert=True, dtype="float64")(scaled), x)


def test_single_numbers_may_come_without_their_brackets():
    column = adapted([1.0, 3.0])
    assert column.mean.numpy().tolist() == [2]
    assert column(np.array([[3.0]])).tolist() == [[1]]
    assert adapted([1.0, 3.0], axis=None)(np.array([3.0])).tolist() == [1]


def test_a_column_that_never_varies_does_no_harm():
    layer = adapted([[5.0], [5.0]])
    assert layer(np.array([[5.0]])).tolist() == [[0]]
    # As with Keras, another number is divided by epsilon, 1e-7.
    assert layer(np.array([[6.0]])).item() == pytest.approx(1e7)


def test_training_leaves_mean_and_variance_alone():
    scale = adapted()
    model = Sequential([scale, Dense(1)])
    model.compile("sgd", "mse")
    before = [weight.numpy() for weight in scale.weights]
    model.fit(EXAMPLES, [1, 2, 3, 4], epochs=3, verbose=0)
    assert scale.trainable_weights == []
    assert len(model.trainable_weights) == 2
    assert all(np.array_equal(*pair) for pair in zip(before, scale.get_weights(), strict=True))


def test_says_the_shape_of_the_model_that_begins_with_it():
    assert Sequential([adapted(), Dense(3)]).output_shape == (None, 3)


def test_layers_that_were_adapted_alone_keep_apart_in_a_model():
    first, second = adapted(), adapted([[0.0], [4.0]], invert=True)
    model = Sequential([first, Dense(1), second])
    paths = [weight.path for weight in model.weights]
    assert len(set(paths)) == len(paths) == 6
    assert {"normalization_1/mean", "normalization_2/mean"} <= set(paths)
    assert [weight.numpy().tolist() for weight in (first.mean, second.mean)] == [[1, 8], [2]]


@pytest.fixture
def trained():
    model = Sequential([adapted(dtype="float64"), Dense(1, dtype="float64")])
    model.add(adapted([1.0, 3.0], invert=True, dtype="float64"))
    model.compile("sgd", "mse")
    model.fit(EXAMPLES, [1, 2, 3, 4], epochs=3, verbose=0)
    return model


def test_travels_in_the_model_file(trained, tmp_path):
    trained.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert np.array_equal(again.predict(EXAMPLES, verbose=0), trained.predict(EXAMPLES, verbose=0))
    assert again.numpy_source() == trained.numpy_source()


def test_the_printed_program_says_it_as_a_teacher_would(trained):
    predict = trained.numpy_source().partition("def train_step")[0]
    for line in (
        'x_mean = weights["normalization_1/mean"]',
        'y_variance = weights["normalization_2/variance"]',
        "x_deviation = np.maximum(np.sqrt(x_variance), 1e-07)",
        "x_scaled = (x - x_mean) / x_deviation",
        "z = x_scaled @ W + b",
        "return y_mean + y_deviation * z",
    ):
        assert line in predict


def test_the_printed_program_starts_from_what_was_adapted_to(trained, tmp_path):
    trained.numpy_source(tmp_path / "program.py")
    program = runpy.run_path(str(tmp_path / "program.py"))
    state = program["initial_state"](trained.seed)
    program["train"](np.array(EXAMPLES), np.array([[1.0], [2], [3], [4]]), state, epochs=3)
    answers = program["predict"](np.array(EXAMPLES), state["weights"])
    assert np.array_equal(answers, trained.predict(EXAMPLES, verbose=0))


def test_two_of_a_kind_are_numbered_in_the_printed_program():
    model = Sequential([adapted(), Dense(2), adapted([[1.0, 2.0], [3.0, 4.0]])])
    source = model.numpy_source()
    assert "x_scaled1 = (x - x_mean1) / x_deviation1" in source
    assert "(z - x_mean2) / x_deviation2" in source


def test_is_described_by_its_configuration():
    layer = adapted([[[1.0], [3.0]]], axis=(1, 2), epsilon=0, invert=True)
    config = layer.get_config()
    again = Normalization.from_config(config)
    x = np.array([[[0.5], [2.0]]])
    assert np.array_equal(again(x), layer(x))
    assert again.get_config() == config
    assert Normalization(axis=None).get_config()["axis"] is None


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"mean": 1.0}, "mean and variance belong together: expected both or neither, received mean alone"),
        ({"variance": 1.0}, "received variance alone"),
        ({"mean": 1.0, "variance": -1.0}, "a variance cannot be negative: expected at least 0, received -1"),
        ({"epsilon": -1}, "epsilon cannot be used"),
    ],
)
def test_impossible_arguments(options, complaint):
    with pytest.raises(ArgumentError, match=complaint):
        Normalization(**options)


def test_what_does_not_fit():
    with pytest.raises(ShapeError, match=r"one number, or the shape \(2,\), received the shape \(3,\)"):
        Normalization(mean=[1, 2, 3], variance=[1, 1, 1])(np.zeros((4, 2)))
    with pytest.raises(ShapeError, match="finds no such axis: expected axis from -2 to 1, received"):
        Normalization(axis=2)(np.zeros((4, 2)))
    with pytest.raises(ShapeError, match="needs features that it can count"):
        Normalization(axis=0, input_shape=(2,)).build((None, 2))
    layer = adapted()
    with pytest.raises(ShapeError, match=r"features of the shape \(2,\), received \(3,\)"):
        layer(np.zeros((4, 3)))
    with pytest.raises(ShapeError, match=r"features of the shape \(2,\), received \(3,\)"):
        layer.adapt(np.zeros((4, 3)))
    assert layer.mean.numpy().tolist() == [1, 8]


@pytest.mark.parametrize(
    "examples", [[], [[]], [[np.nan]], [[np.inf], [1.0]], [[1e300], [-1e300]], [["a"]]], ids=str
)
def test_examples_that_nothing_can_be_taken_from(examples):
    with pytest.raises(DataError):
        Normalization().adapt(examples)
