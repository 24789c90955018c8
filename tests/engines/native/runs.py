"""Training runs of an engine, without a model around it; and states that can be compared to the last bit."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.testing import assert_allclose
from tests.engines.models import CASES, engine_of

from pellucid.engines.native.engine import NativeEngine

__all__ = ["alike", "bits", "engines", "evaluated", "examples", "trained"]


@cache
def engines(name):
    """Return the reference engine of a case, and the compiled one for the same blueprint."""
    case = CASES[name]
    reference = engine_of(case.model(), case.weighted)
    return reference, NativeEngine(reference.blueprint)


@cache
def examples(name, count):
    """Return x, y and, if the case has them, weights."""
    case = CASES[name]
    return case.examples(case.model(), count)


def trained(engine, arrays, batch, epochs, *, seed=11, shuffle=True):
    """Return the state and the history after a training run."""
    state = engine.initial_state(seed)
    run = engine.run(arrays, state, batch, epochs, shuffle)
    while not run.finished:
        run.advance(1.0, epochs=epochs)
    run.settle()
    return state, run.history


def evaluated(engine, arrays, state, batch):
    """Return the results over all examples."""
    run = engine.evaluation(arrays, state, batch)
    while not run.finished:
        run.advance(1.0)
    (results,) = run.history
    return results


def bits(value):
    """Write a state as something that can be compared to the last bit."""
    if isinstance(value, dict):
        return {name: bits(part) for name, part in value.items()}
    return (str(value.dtype), value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


def alike(received, expected, relative, absolute, what=""):
    """Compare two states, histories or results, number by number, and the dtypes of their arrays."""
    if isinstance(expected, dict):
        assert received.keys() == expected.keys()
        for name, part in expected.items():
            alike(received[name], part, relative, absolute, f"{what} {name}")
    elif isinstance(expected, list):
        for number, (mine, right) in enumerate(zip(received, expected, strict=True)):
            alike(mine, right, relative, absolute, f"{what} {number}")
    else:
        assert np.asarray(received).dtype == np.asarray(expected).dtype, what
        assert_allclose(received, expected, rtol=relative, atol=absolute, err_msg=what)
