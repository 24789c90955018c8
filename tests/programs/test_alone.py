"""The printed program of every model here runs where there is NumPy only, and gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import keras

from .alone import Training, check_alone, run_program
from .running import run

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("numpy_engine")]

# For each program, what its last fit was given, and what it asks the model then.
PROGRAMS = {
    "celsius": lambda program: (Training(program.celsius_q, program.fahrenheit_a, epochs=500), [100.0]),
    "celsius_three_layers": lambda program: (
        Training(program.celsius_q, program.fahrenheit_a, epochs=500),
        [100.0],
    ),
    "three_two_one": lambda program: (
        Training([[1.0, 2.0, 3.0]], [3.0], epochs=1, start=program.before),
        [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.1]],
    ),
    "line": lambda program: (Training(program.xs, program.ys, epochs=500), [10.0]),
    "linear_regression": lambda program: (
        Training(program.X, program.T, epochs=200, batch_size=program.N),
        program.X,
    ),
    "logistic_regression": lambda program: (
        Training(program.X, program.T, epochs=100, batch_size=program.N),
        program.X,
    ),
    "softmax_regression": lambda program: (
        Training(program.X, program.T, epochs=100, batch_size=program.N),
        program.X,
    ),
    "xor": lambda program: (Training(program.X, program.T, epochs=300), program.X),
    "donut": lambda program: (Training(program.X, program.T, epochs=200, batch_size=1000), program.X),
    "backpropagation_by_hand": lambda program: (
        Training(program.X, program.T, program.epochs, batch_size=1000, start=program.before),
        program.X,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_printed_program_predicts_and_trains_as_the_model_did(name, tmp_path):
    program = run(name)
    training, questions = PROGRAMS[name](program)
    check_alone(program.model, training, questions, tmp_path)


def test_so_it_does_with_dropout_labels_small_batches_and_weights_in_a_file_beside_it(tmp_path):
    random = np.random.default_rng(1)
    x, y = random.normal(size=(75, 20)), random.integers(0, 3, size=75)
    keras.utils.set_random_seed(2**40 + 7)
    model = keras.Sequential(
        [
            keras.layers.Dense(50, "relu", input_dim=20),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=16, epochs=4, verbose=0)  # four batches of 16 and one of 11
    check_alone(model, Training(x, y, epochs=4, batch_size=16), x, tmp_path)
    assert (tmp_path / "program.npz").is_file()


def test_so_it_does_with_weighted_examples_and_momentum(tmp_path):
    random = np.random.default_rng(1)
    x, y, weight = random.normal(size=(21, 3)), random.normal(size=(21, 2)), random.uniform(size=21)
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.layers.Dense(4, "tanh", input_dim=3, kernel_regularizer="l2"), keras.layers.Dense(2)]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    model.compile(optimizer, "mean_absolute_error", metrics=["mse"], weighted_metrics=["mae"])
    model.fit(x, y, batch_size=8, epochs=3, sample_weight=weight, verbose=0)
    training = Training(x, y, epochs=3, batch_size=8, sample_weight=weight)
    check_alone(model, training, x, tmp_path)


@pytest.mark.parametrize("verbose", [1, 2])
def test_what_is_shown_while_it_trains_changes_nothing(verbose, tmp_path):
    random = np.random.default_rng(1)
    x, y = random.normal(size=(10, 2)), random.normal(size=10)
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.layers.Dense(1, input_dim=2)])
    model.compile("rmsprop", "mse")
    model.fit(x, y, batch_size=4, epochs=3, verbose=verbose)
    check_alone(model, Training(x, y, epochs=3, batch_size=4), x, tmp_path)


@pytest.mark.parametrize("package", ["pellucid", "matplotlib", "hypothesis"])
def test_nothing_but_numpy_can_be_imported_there(package, tmp_path):
    (tmp_path / "program.py").write_text(f"import {package}\n")
    done = run_program(tmp_path)
    assert done.returncode == 1
    assert f"ModuleNotFoundError: No module named {package!r}" in done.stderr
