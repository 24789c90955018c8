"""evaluate and predict."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.layers import Dense
from pellucid.models import Sequential
from pellucid.training._progress import Progress

from .models import X, Y, deep, line


def test_evaluate_returns_the_loss_alone():
    # w = 2, b = 1: the answers are 3 and 5, the errors 1 and 3.
    assert line(2, 1).evaluate([1.0, 2.0], [2.0, 2.0], verbose=0) == 5.0


def test_evaluate_returns_a_list_with_metrics_in_the_order_of_compile():
    model = line(2, 1, metrics=["mse", "mae"])
    assert model.evaluate([1.0, 2.0], [2.0, 2.0], verbose=0) == [5.0, 5.0, 2.0]
    assert model.metrics_names == ["loss", "mse", "mae"]


def test_evaluate_returns_a_dictionary_in_the_order_of_names():
    model = line(2, 1, metrics=["mse", "mae"])
    results = model.evaluate([1.0, 2.0], [2.0, 2.0], verbose=0, return_dict=True)
    assert list(results.items()) == [("loss", 5.0), ("mae", 2.0), ("mse", 5.0)]


def test_evaluate_weighs_examples():
    model = line(2, 1, weighted_metrics=["mae"])
    # loss: (1 * 1 + 3 * 9) / 2 examples; mae: (1 * 1 + 3 * 3) / 4, the sum of the weights
    assert model.evaluate([1.0, 2.0], [2.0, 2.0], sample_weight=[1.0, 3.0], verbose=0) == [14.0, 2.5]


@pytest.mark.parametrize("size", [None, 1, 5, 12, 100])
def test_the_batch_size_changes_nothing(size):
    model = deep(metrics=["mae"])
    np.testing.assert_allclose(
        model.evaluate(X, Y, batch_size=size, verbose=0), model.evaluate(X, Y, verbose=0), rtol=1e-6
    )
    np.testing.assert_allclose(
        model.predict(X, batch_size=size, verbose=0), model.predict(X, verbose=0), rtol=1e-6
    )


def test_evaluate_and_predict_leave_the_training_alone():
    """Also between two fits, they do not touch what training goes on from."""
    plain, asked = deep(), deep()
    for model in (plain, asked):
        model.fit(X, Y, batch_size=5, epochs=2, verbose=0)
        if model is asked:
            model.evaluate(X, Y, batch_size=2, verbose=0)
            model.predict(X, verbose=0)
            model.summary(print_fn=lambda line: None)
            model.numpy_source()
        model.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    assert [w.tobytes() for w in asked.get_weights()] == [w.tobytes() for w in plain.get_weights()]


@pytest.mark.parametrize(
    "x", [[100.0], [100], np.array([100.0]), [[100.0]], np.array([[100]], np.int16), (100,)]
)
def test_predict_takes_one_number_in_a_list(x):
    assert line(1.8, 32).predict(x, verbose=0).tolist() == [[212.0]]


def test_predict_needs_no_compilation():
    model = Sequential([Dense(2, activation="relu", input_shape=[3]), Dense(1)])
    model.set_weights([np.ones((3, 2)), np.zeros(2), [[1], [-2]], [0.5]])
    assert model.predict([[1, 2, 3]], verbose=0).tolist() == [[6 - 12 + 0.5]]
    assert model([[1, 2, 3]]).tolist() == [[-5.5]]


def test_predictions_have_the_dtype_of_the_model():
    assert line().predict([1.0], verbose=0).dtype == np.float64
    assert deep().predict(X, verbose=0).dtype == np.float32


@pytest.mark.parametrize("nothing", [[], np.zeros((0, 2)), np.zeros(0, int)])
def test_no_examples_have_no_answers(nothing):
    assert deep().predict(nothing, verbose=0).shape == (0, 1)


def test_many_examples_are_answered_in_parts():
    model = line(2, 1)
    x = np.arange(150_000.0)
    assert np.array_equal(model.predict(x, verbose=0), 2 * x[:, None] + 1)


def test_verbose_shows_a_bar(capsys, monkeypatch):
    monkeypatch.setitem(Progress.__init__.__kwdefaults__, "clock", lambda: 0.0)  # busy machines take a second
    model = line(1, 0)
    assert model.evaluate([0.0] * 5, [2.0] * 5, batch_size=2) == 4.0
    assert model.evaluate([0.0] * 5, [2.0] * 5, batch_size=2, verbose=2) == 4.0
    bar, _, quiet = capsys.readouterr().out.rpartition("\n")[0].rpartition("\n")
    assert "3/3" in bar
    assert bar.endswith(" - loss: 4.0000")
    assert quiet.startswith("3/3 - 0s - ")
    model.predict([1.0, 2.0], batch_size=1)
    assert "2/2" in capsys.readouterr().out
    model.predict([1.0], verbose=0)
    model.evaluate([0.0], [2.0], verbose=0)
    assert capsys.readouterr().out == ""
