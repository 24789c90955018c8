"""Runs that begin in the midst of an epoch, and which examples come next."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from tests.engines.models import CASES, engine_of

from pellucid.engines import engine_for
from pellucid.engines.numpy.library import orders

from .native.runs import bits

pytestmark = pytest.mark.slow

COUNT, EPOCHS = 11, 2
NAMES = [
    "adam-float32",
    "dropout-float32",
    "batch-normalization-float32",
    "sparse-float32-weighted",
    "assigned",
]


def copied(state):
    return {slot: dict(value) if isinstance(value, dict) else value for slot, value in state.items()}


def begun(name):
    case = CASES[name]
    model = case.model()
    engine = engine_for(engine_of(model, case.weighted).blueprint)
    return engine, case.examples(model, COUNT), engine.initial_state(3)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [3, 11, 99])
@pytest.mark.parametrize("name", NAMES)
def test_from_every_step_a_run_goes_on_to_the_same_bits(each_engine, name, size, shuffle):
    engine, arrays, state = begun(name)
    run = engine.run(arrays, state, size, EPOCHS, shuffle)
    states, rows = [copied(state)], [run.rows()]
    while not run.finished:
        run.advance(0)
        run.settle()
        states.append(copied(state))
        rows.append(run.rows())
    for first, last in combinations_with_replacement(range(len(states)), 2):
        epoch, batch = divmod(first, run.batches)
        other = copied(states[first])
        again = engine.run(arrays, other, size, EPOCHS - epoch + 1, shuffle, batch)
        np.testing.assert_array_equal(again.rows(), rows[first])
        if last > first:
            again.advance(60, EPOCHS, batches=last - first)
            again.settle()
        assert bits(other) == bits(states[last])
        assert again.history == run.history[epoch : last // run.batches]


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_next_rows_are_those_of_the_order(each_engine, shuffle):
    engine, arrays, state = begun("adam-float32")
    run = engine.run(arrays, state, 4, EPOCHS, shuffle)
    expected = list(orders(COUNT, 3, 0, EPOCHS + 1)) if shuffle else [np.arange(COUNT)] * (EPOCHS + 1)
    for epoch in range(EPOCHS):
        for start in range(0, COUNT, 4):
            np.testing.assert_array_equal(run.rows(), expected[epoch][start : start + 4])
            run.advance(0)
    np.testing.assert_array_equal(run.rows(), expected[EPOCHS][:4])  # of an epoch that this run has not


def test_two_runs_take_turns(each_engine):
    """Another run of the same program in between changes nothing, if both are settled."""
    engine, arrays, state = begun("adam-float32")
    alone = engine.initial_state(3)
    run = engine.run(arrays, alone, 4, EPOCHS, True)
    run.advance(60, EPOCHS)
    run.settle()
    run = engine.run(arrays, state, 4, EPOCHS, True)
    while not run.finished:
        run.advance(0)
        run.settle()
        other = engine.initial_state(99)
        between = engine.run(arrays, other, 4, EPOCHS, False, skip=1)
        between.advance(60, EPOCHS)
        between.settle()
    run.settle()
    assert bits(state) == bits(alone)
