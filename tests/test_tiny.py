"""The whole product in under ten seconds: read this file first.

Celsius and its weights; a classifier with examples held out; the file, the summary and the printed program of
a model; the gradient of an operation; the open hood; the command line; and what is said to those who give it
nonsense.
"""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import keras, ops
from pellucid.cli import main
from pellucid.data.datasets import CELSIUS_FILE
from pellucid.errors import CheckError, DataError, DivergenceWarning, ShapeError, UnknownNameError
from pellucid.testing import check_gradient

celsius = [-40.0, -10.0, 0.0, 8.0, 15.0, 22.0, 38.0]
fahrenheit = [-40.0, 14.0, 32.0, 46.0, 59.0, 72.0, 100.0]


@pytest.fixture(scope="module")
def celsius_model():
    """One neuron that has learnt Fahrenheit from seven examples."""
    return learnt_fahrenheit()


def learnt_fahrenheit():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Dense(units=1, input_shape=[1])])
    model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.1))
    model.fit(celsius, fahrenheit, epochs=500, verbose=0)
    return model


@pytest.fixture(scope="module")
def classifier():
    """Three classes of points in the plane: which of three corners is nearest."""
    random = np.random.default_rng(1)
    corners = np.array([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]])
    labels = np.arange(300) % 3
    points = corners[labels] + random.normal(scale=0.3, size=(300, 2))
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.layers.Dense(8, activation="relu", input_dim=2),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(points, labels, epochs=30, batch_size=16, validation_split=0.2, verbose=0)
    return model, points, labels


def same_bits(actual, expected):
    """-0.0 is not 0.0 here, and float32 is not float64."""
    return (actual.dtype, actual.shape, actual.tobytes()) == (
        expected.dtype,
        expected.shape,
        expected.tobytes(),
    )


# ------------------------------------------------------------ learning
def test_a_neuron_learns_fahrenheit(celsius_model):
    assert celsius_model.predict([100.0], verbose=0).item() == pytest.approx(211.3, abs=0.04)
    [[[weight]], [bias]] = celsius_model.get_weights()
    assert weight == pytest.approx(1.82, abs=0.01)
    assert bias == pytest.approx(28.9, abs=0.5)
    losses = celsius_model.history.history["loss"]
    assert len(losses) == 500
    assert losses[-1] < losses[0] / 100


def test_a_prediction_is_the_weight_times_the_input_plus_the_bias(celsius_model):
    [[[weight]], [bias]] = celsius_model.get_weights()
    answer = celsius_model.predict([100.0], verbose=0).item()
    assert answer == pytest.approx(np.float32(100) * weight + bias, rel=1e-6)


def test_the_same_seed_gives_the_same_bits(celsius_model):
    again = keras.Sequential([keras.layers.Dense(1, input_dim=1)])
    again.seed = celsius_model.seed
    again.compile(keras.optimizers.Adam(0.1), "mse")
    again.fit(celsius, fahrenheit, epochs=500, verbose=0)
    assert again.history.history == celsius_model.history.history
    assert all(map(same_bits, again.get_weights(), celsius_model.get_weights()))


def test_a_network_learns_three_classes_and_is_judged_by_examples_it_has_not_seen(classifier):
    model, points, labels = classifier
    history = model.history.history
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert history["val_accuracy"][-1] > 0.95
    loss, accuracy = model.evaluate(points[-60:], labels[-60:], verbose=0)
    assert (loss, accuracy) == (history["val_loss"][-1], history["val_accuracy"][-1])


def test_its_outputs_are_probabilities(classifier):
    model, points, labels = classifier
    probabilities = model.predict(points, verbose=0)
    assert probabilities.shape == (300, 3)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert np.mean(probabilities.argmax(axis=1) == labels) > 0.95


# ------------------------------------------------------------ what a model shows and keeps
def test_a_model_comes_back_from_its_file_and_learns_on(classifier, tmp_path):
    model, points, labels = classifier
    model.save(tmp_path / "model.safetensors")
    first, second = [keras.models.load_model(tmp_path / "model.safetensors") for _ in range(2)]
    assert same_bits(first.predict(points, verbose=0), model.predict(points, verbose=0))
    for copy in (first, second):
        copy.fit(points, labels, epochs=2, verbose=0)
    assert not same_bits(first.get_weights()[0], model.get_weights()[0])
    assert all(map(same_bits, first.get_weights(), second.get_weights()))


def test_the_summary_counts_the_numbers_in_the_weights(classifier):
    """2 x 8 + 8 = 24 in the first layer, 8 x 3 + 3 = 27 in the last."""
    model, _, _ = classifier
    lines = []
    model.summary(print_fn=lines.append)
    text = "\n".join(lines)
    assert all(word in text for word in ("dense_1 (Dense)", "(None, 8)", "24", "(None, 3)", "27"))
    assert "Trainable params: 51 (204.00 B)" in text


def test_the_printed_program_is_the_model_to_the_last_bit(numpy_engine):
    model = learnt_fahrenheit()
    program = {}
    exec(model.numpy_source(), program)
    questions = np.linspace(-50, 50, 11)
    weights = program["trained_weights"]()
    assert same_bits(program["predict"](questions, weights), model.predict(questions, verbose=0))

    state = program["initial_state"](model.seed)
    history = program["train"](celsius, fahrenheit, state, epochs=500)
    assert [epoch["loss"] for epoch in history] == model.history.history["loss"]
    assert all(map(same_bits, state["weights"].values(), model.get_weights()))


# ------------------------------------------------------------ gradients
def test_a_gradient_agrees_with_differences():
    check_gradient(lambda x, w: ops.tanh(x @ w), [[1.0, -2.0], [0.5, 3.0]], [[0.3], [-0.2]])


def test_a_gradient_that_does_not_is_found():
    """The slope of x * x is 2 x, and x alone if one of the two is held constant."""
    with pytest.raises(CheckError, match="the first gradient"):
        check_gradient(lambda x: x * ops.stop_gradient(x), [1.0, -2.0])


# ------------------------------------------------------------ the command line
def test_the_command_learns_a_table_answers_and_prints_its_program(tmp_path, capsys):
    model, program = str(tmp_path / "model.safetensors"), {}
    assert main(["fit", str(CELSIUS_FILE), "--target", "fahrenheit", "--out", model]) == 0
    assert "    fahrenheit = 1.798 * celsius + 31.95\n" in capsys.readouterr().out

    assert main(["predict", model, "--set", "celsius=100"]) == 0
    answer = capsys.readouterr().out
    assert answer == "fahrenheit = 211.747\n"

    assert main(["source", model]) == 0
    exec(capsys.readouterr().out, program)
    printed = program["predict"]([[100.0]], program["trained_weights"]())
    assert f"fahrenheit = {printed.item():.3f}\n" == answer


def test_the_command_says_what_is_wrong_in_a_sentence(tmp_path, capsys):
    assert main(["fit", str(CELSIUS_FILE), "--target", "kelvin", "--out", str(tmp_path / "model")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("pellucid: ")
    assert "'kelvin'" in err
    assert "'celsius', 'fahrenheit'" in err
    assert not (tmp_path / "model").exists()


# ------------------------------------------------------------ under the hood
def test_the_hood_opens():
    model = keras.Sequential(
        [keras.layers.Dense(2, "relu", input_shape=[2]), keras.layers.Dense(1)], name="small"
    )
    model.set_weights([[[1.0, -1.0], [0.5, 1.0]], [0.0, 0.5], [[2.0], [1.0]], [0.25]])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    x, y = np.array([[1.0, 2.0], [-1.0, 0.5], [0.5, -2.0]]), np.array([4.0, 1.5, 0.0])

    explanation = model.explain(x[:1], y[:1])
    assert "z1[0] = 1 * x1 + 0.5 * x2 + 0 = 2" in str(explanation)
    assert same_bits(explanation.prediction, model.predict(x[:1], verbose=0))
    assert model.formula().pieces
    assert "# z1 = x @ W1 + b1: " in model.numpy_source(derivations=True)
    assert model.check_gradients(x, y).passed
    assert model.check(x, y).healthy
    assert [layer.units for layer in model.health(x, y).layers] == [2, 1]
    shares = model.shapley_values(x[:1], background=x)
    assert shares.values.sum() == pytest.approx(shares.expected[0])
    assert model.counterfactual(x[:1], target=0.0).changes[0].proven
    assert model.draw(x=x[:1]).svg.startswith("<svg")


def test_a_run_comes_back_and_a_broken_one_is_examined():
    model = keras.Sequential([keras.layers.Dense(1, input_shape=[1])])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit([0.5, 1.0], [1.0, 2.0], epochs=40, verbose=0, record=True)
    assert same_bits(history.at(40).weights["dense/kernel"], model.get_weights()[0])
    with pytest.warns(DivergenceWarning):
        broken = history.branch(20, learning_rate=1e6)
    assert broken.autopsy.cause.phase == "loss"
    assert np.isfinite(broken.model.get_weights()[0]).all()


# ------------------------------------------------------------ nonsense
@pytest.mark.parametrize(
    ("x", "y", "error", "sentence"),
    [
        (
            [1.0, float("nan")],
            [1.0, 2.0],
            DataError,
            "x cannot be used: expected finite numbers, received nan in row 1",
        ),
        (
            ["one", "two"],
            [1.0, 2.0],
            DataError,
            "x cannot be used: expected numbers, received 'one' in row 0",
        ),
        ([1.0, 2.0], [1.0], ShapeError, "expected the same number of each, received 2 and 1."),
        (
            [[1.0, 2.0]],
            [1.0],
            ShapeError,
            "expected examples of the shape (1,), received 1 of the shape (2,)",
        ),
    ],
    ids=["not a number", "text", "another length", "another shape"],
)
def test_examples_that_nobody_can_learn_from_are_refused_and_nothing_changes(
    celsius_model, x, y, error, sentence
):
    before = celsius_model.get_weights()
    with pytest.raises(error) as caught:
        celsius_model.fit(x, y, verbose=0)
    assert sentence in str(caught.value)
    assert all(map(same_bits, celsius_model.get_weights(), before))


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one():
    with pytest.raises(UnknownNameError, match=r"no optimizer is called 'adm': .*; try 'adam'\.$"):
        keras.Sequential([keras.layers.Dense(1, input_dim=1)]).compile("adm", "mse")
