"""Models of every kind, trained by both engines: the same numbers within the tolerance table."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ..models import CASES, engine_of

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native.engine import NativeEngine

EPOCHS, BATCH = 4, 3

TOLERANCES = {"float32": (1e-3, 1e-5), "float64": (1e-9, 1e-11)}
"""After all steps: errors of rounding grow along a training run. A share of the number, and a number."""


def trained(engine, arrays, seed):
    """Return the state and the history after a training run."""
    state = engine.initial_state(seed)
    run = engine.run(arrays, state, BATCH, EPOCHS, shuffle=True)
    while not run.finished:
        run.advance(1.0, epochs=EPOCHS)
    run.settle()
    return state, run.history


def evaluated(engine, arrays, state):
    run = engine.evaluation(arrays, state, BATCH)
    while not run.finished:
        run.advance(1.0)
    return run.history


@pytest.mark.parametrize("name", CASES)
def test_model(name):
    case = CASES[name]
    model = case.model()
    reference = engine_of(model, case.weighted)
    native = NativeEngine(reference.blueprint)
    arrays = case.examples(model)
    relative, absolute = TOLERANCES[case.dtype]
    expected, history = trained(reference, arrays, model.seed)
    received, own_history = trained(native, arrays, model.seed)

    def alike(mine, right, what):
        assert_allclose(mine, right, rtol=relative, atol=absolute, err_msg=what)

    for slot, entries in expected.items():
        if not isinstance(entries, dict):
            assert received[slot] == entries
            continue
        for path, array in entries.items():
            assert np.asarray(received[slot][path]).dtype == np.asarray(array).dtype
            alike(received[slot][path], array, f"{slot} {path}")
    assert len(own_history) == len(history) == EPOCHS
    for right, mine in zip(history, own_history, strict=True):
        for result, number in right.items():
            alike(mine[result], number, result)
    weights = expected["weights"]
    alike(native.predict(arrays[0], weights), reference.predict(arrays[0], weights), "prediction")
    (right,), (mine,) = evaluated(reference, arrays, expected), evaluated(native, arrays, expected)
    for result, number in right.items():
        alike(mine[result], number, f"evaluated {result}")
