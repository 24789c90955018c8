"""An error in a program shows the line of the program, and the lines are kept only as long as it lives."""

from __future__ import annotations

import gc
import linecache
import traceback

import numpy as np
import pytest

from pellucid.nn import activations

from .models import CASES, engine_of


def programs():
    return {name for name in linecache.cache if name.startswith(("<program", "<evaluation"))}


def test_an_error_shows_the_line_of_the_program():
    engine = engine_of(CASES["mse-float32"].model())
    with pytest.raises(ValueError, match="matmul") as caught:
        engine.predict(
            np.zeros((2, 3)), engine.initial_state(1)["weights"] | {"dense_1/kernel": np.zeros((5, 4))}
        )
    assert "z1 = x @ W1 + b1" in "".join(traceback.format_exception(caught.value))


def test_the_lines_go_with_the_program():
    before = programs()
    engine = engine_of(CASES["mse-float32"].model())
    engine.evaluate_step  # noqa: B018 - compiled when first asked for
    assert len(programs() - before) == 2
    del engine
    gc.collect()
    assert programs() <= before


def test_activations_of_arrays_leave_nothing_behind():
    before = programs()
    for _ in range(3):
        activations.relu(np.array([-1.0, 2.0]))
    gc.collect()
    assert programs() <= before
