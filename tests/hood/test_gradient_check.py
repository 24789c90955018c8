"""Gradients beside finite differences: of every layer and loss that there is, and of one that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES

import pellucid as keras
from pellucid.errors import DataError, ShapeError, UsageError
from pellucid.graph import Node
from pellucid.ops import stop_gradient


def dense(*layers, loss="mean_squared_error"):
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.compile("sgd", loss)
    return model


X = [[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]]
Y = [[1.0], [0.0], [2.0]]


QUICK = set(list(CASES)[::8])
"""The cases that every quick check goes through."""

NAMES = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_agrees(name):
    case = CASES[name]
    model = case.model()
    arrays = case.examples(model, 5)
    check = model.check_gradients(*arrays)
    assert check.passed, str(check)
    assert [row.weight for row in check.rows] == [weight.path for weight in model.trainable_weights]


def test_a_wrong_gradient_is_found():
    def squared(x: Node) -> Node:
        return x * stop_gradient(x)  # its gradient is half of what it should be

    check = dense(keras.layers.Dense(1, activation=squared)).check_gradients(X, Y)
    assert not check.passed
    worst = check.worst
    assert worst.measured == pytest.approx(2 * worst.computed, rel=1e-4)
    assert "They differ" in str(check)


def test_what_is_printed():
    model = dense(keras.layers.Dense(1, kernel_initializer="ones", name="unit"))
    # loss = mean((w1 x1 + w2 x2 + b - y) ** 2); the errors are 2, 2 and -1.25, and so
    # d_w1 = 2 / 3 * (2 * 1 + 2 * 3 - 1.25 * 0.5) and d_b = 2 / 3 * 2.75.
    check = model.check_gradients(X, Y)
    kernel, bias = check.rows
    assert (kernel.weight, kernel.shape, kernel.checked) == ("unit/kernel", (2, 1), 2)
    assert bias.computed == pytest.approx(2 / 3 * 2.75, rel=1e-6)
    assert bias.measured == pytest.approx(2 / 3 * 2.75, rel=1e-8)
    lines = str(check).splitlines()
    assert lines[0].startswith("The gradients of 'sequential")
    assert lines[2].split() == "weight shape checked worst at gradient measured off by".split()
    assert lines[3].split()[:4] == ["unit/kernel", "2x1", "2", "of"]
    assert lines[4].split()[6:8] == ["1.83333", "1.83333"]
    assert lines[-1].startswith("All agree.")
    assert repr(check) == str(check)


def test_the_page_of_a_notebook_has_no_signs_of_its_own():
    model = dense(keras.layers.Dense(1))
    model.name = "a < b & c"
    page = model.check_gradients(X, Y)._repr_html_()
    assert "a &lt; b &amp; c" in page
    assert page.count("<tr>") == 3


def test_of_a_large_weight_some_numbers_are_moved_alone_and_all_of_them_together():
    model = keras.Sequential([keras.Input((30,)), keras.layers.Dense(20)])
    model.compile("sgd", "mse")
    random = np.random.default_rng(0)
    check = model.check_gradients(random.normal(size=(3, 30)), random.normal(size=(3, 20)))
    kernel = check.rows[0]
    assert (kernel.checked, "100 of 600" in str(check)) == (100, True)
    assert kernel.slope == pytest.approx(kernel.length, rel=1e-5)


def test_weights_that_are_not_trained_have_no_gradient():
    model = dense(keras.layers.Dense(1, trainable=False))
    check = model.check_gradients(X, Y)
    assert (check.rows, check.worst, check.passed) == ([], None, True)
    assert str(check).endswith("No weight is trained, so there is no gradient to check.")


def test_the_model_stays_as_it_is():
    model = dense(keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1))
    model.fit(X, Y, epochs=2, verbose=0)
    before = model.get_weights()
    first = model.check_gradients(X, Y)
    assert str(model.check_gradients(X, Y)) == str(first)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_weights_of_examples_count():
    model = dense(keras.layers.Dense(1, kernel_initializer="ones"))
    plain, weighted = model.check_gradients(X, Y), model.check_gradients(X, Y, [1.0, 0.0, 0.0])
    assert weighted.passed
    assert plain.rows[0].computed != weighted.rows[0].computed


def test_numbers_that_are_none():
    check = dense(keras.layers.Dense(1, kernel_initializer="ones")).check_gradients([[1e30, 1e30]], [[0.0]])
    assert not check.passed
    assert check.worst.off == np.inf


def test_bad_examples():
    model = dense(keras.layers.Dense(1))
    with pytest.raises(ShapeError):
        model.check_gradients([[1.0, 2.0, 3.0]], [[1.0]])
    with pytest.raises(DataError):
        model.check_gradients([["a", "b"]], [[1.0]])
    with pytest.raises(UsageError, match="does not know how to learn"):
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).check_gradients(X, Y)
