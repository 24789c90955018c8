"""The autopsy: of planted failures it names the step, the rows, the layer and the operation."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import DivergenceWarning

from .failures import BAD, COUNT, FAILURES, compiled, examples, log_loss, total


def broken(name, **options):
    """Fit a model that breaks; return it and its history."""
    failure = FAILURES[name]
    model = failure.model()
    given = {"epochs": 2, "batch_size": 4, "verbose": 0, "shuffle": False, **failure.options, **options}
    with pytest.warns(DivergenceWarning):
        history = model.fit(failure.x, failure.y, **given)
    return model, history


@pytest.mark.parametrize("name", FAILURES)
def test_it_names_step_rows_layer_and_operation(each_engine, name):
    expected = FAILURES[name]
    _, history = broken(name)
    autopsy = history.autopsy
    cause = autopsy.cause
    found = (autopsy.step, tuple(autopsy.rows), cause.layer, cause.phase, cause.operation)
    assert found == (expected.step, expected.rows, expected.layer, expected.phase, expected.operation), str(
        autopsy
    )
    assert not np.isfinite(cause.result)
    assert set(autopsy.rows) <= set(autopsy.batch_rows)
    for operand in cause.operands:
        assert expected.operation == "state" or np.isfinite([operand.smallest, operand.largest]).all()
