"""Predictions in blocks: the same numbers for any number of rows, one at a time or together."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.engines.models import CASES, engine_of

from pellucid import keras
from pellucid.engines.native.engine import NativeEngine

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .runs import engines, examples

NAMES = [
    "adam-float32",
    "batch-normalization-float64",
    "dropout-float32",
    "sparse-float32",
    "pictures",
    "series",
]
TOLERANCES = {"float32": (1e-5, 1e-6), "float64": (1e-12, 1e-13)}


def weights_of(name):
    return engines(name)[0].initial_state(11)["weights"]


@pytest.mark.parametrize("count", [0, 1, 2, 33, 1000, pytest.param(20_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_any_number_of_rows(name, count):
    reference, native = engines(name)
    x, weights = examples(name, max(count, 1))[0][:count], weights_of(name)
    expected, received = reference.predict(x, weights), native.predict(x, weights)
    assert (received.shape, received.dtype) == (expected.shape, expected.dtype)
    relative, absolute = TOLERANCES[CASES[name].dtype]
    assert_allclose(received, expected, rtol=relative, atol=absolute)


@pytest.mark.parametrize("name", NAMES)
def test_rows_alone_and_together(name):
    engine, weights = engines(name)[1], weights_of(name)
    x = examples(name, 70)[0]
    relative, absolute = TOLERANCES[CASES[name].dtype]
    together = engine.predict(x, weights)
    alone = np.concatenate([engine.predict(x[row : row + 1], weights) for row in range(len(x))])
    assert_allclose(alone, together, rtol=relative, atol=absolute)


@pytest.mark.parametrize("name", NAMES)
def test_each_row_is_its_own(name):
    """Rows in another order give the same answers in that order, also across the blocks."""
    engine, weights = engines(name)[1], weights_of(name)
    x = examples(name, 20_000)[0][:2100]
    order = np.random.default_rng(0).permutation(len(x))
    relative, absolute = TOLERANCES[CASES[name].dtype]
    straight = engine.predict(x, weights)
    assert len(np.unique(straight)) > 100
    assert_allclose(engine.predict(x[order], weights), straight[order], rtol=relative, atol=absolute)


def test_rows_that_do_not_lie_side_by_side():
    engine, weights = engines("adam-float32")[1], weights_of("adam-float32")
    x = examples("adam-float32", 100)[0]
    expected = engine.predict(np.ascontiguousarray(x[::-3]), weights)
    assert_array_equal(engine.predict(x[::-3], weights), expected)
    assert_array_equal(engine.predict(np.asfortranarray(x)[::-3], weights), expected)


def test_other_weights_are_taken_and_the_old_prediction_stays():
    engine, weights = engines("adam-float32")[1], weights_of("adam-float32")
    x = examples("adam-float32", 10)[0]
    before = engine.predict(x, weights)
    kept = before.copy()
    doubled = {path: 2 * array for path, array in weights.items()}
    assert not np.array_equal(engine.predict(x, doubled), kept)
    assert_array_equal(before, kept)
    assert_array_equal(engine.predict(x, weights), kept)


def test_layers_without_weights_and_without_arithmetic():
    model = keras.Sequential([keras.Input((3, 2)), keras.layers.Flatten()])
    model.compile("sgd", "mse")
    engine = NativeEngine(engine_of(model).blueprint)
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    assert_array_equal(engine.predict(x, {}), x.reshape(2, 6))
    assert engine.predict(x[:0], {}).shape == (0, 6)


@pytest.mark.parametrize(
    "x",
    [np.zeros((5, 2), np.float32), np.zeros((5, 3)), np.zeros((5, 3), np.int64), np.zeros(3, np.float32)],
    ids=["too narrow", "float64", "int64", "one example"],
)
def test_a_prepared_function_refuses_what_would_lead_out_of_its_memory(x):
    answer = engines("adam-float32")[1].predictor(weights_of("adam-float32"))
    with pytest.raises(ValueError, match="instead of"):
        answer(x)
