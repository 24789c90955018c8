"""Every single number of every small model: what is written of it is true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

from pellucid.hood.trace.entries import Entries
from pellucid.hood.trace.terms import sum_of
from pellucid.hood.trace.trace import trace_of
from pellucid.ops import formulas, formulas_windows

pytestmark = pytest.mark.slow

NAMES = each_case()
WORDS = {**vars(np), **vars(formulas), **vars(formulas_windows), "erf": math.erf, "max": max}
EXACT = 17
"""Digits that give a number back to the last bit."""


def lines_of(name, count=3):
    """Each line of a step, and some places in it."""
    case = CASES[name]
    model = case.model()
    trace, _ = trace_of(model.opened(*case.examples(model, count)))
    for line in trace.lines:
        array = trace.value(line)
        places = list(np.ndindex(*array.shape))
        for place in places[:: max(1, len(places) // 3)]:
            yield trace, line, place, float(array[place])


@pytest.mark.parametrize("name", NAMES)
def test_the_terms_add_up(name):
    sums = 0
    for trace, line, place, value in lines_of(name):
        parts = sum_of(trace, line, place)
        if parts is not None:
            terms = np.concatenate([each.values(trace) for each in parts.terms])
            error = abs(terms.sum() / parts.divisor - value)
            assert error <= 1e-5 * np.abs(terms).sum() / parts.divisor + 1e-12, trace.names[line]
            sums += 1
    assert sums


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_in_numbers_comes_to_the_value(name):
    tolerance = 1e-9 if CASES[name].dtype == "float64" else 2e-5
    worked_out = 0
    for trace, line, place, value in lines_of(name):
        text = Entries(trace, digits=EXACT).entry(line, place).numbers
        if "smaller terms" in text:
            continue
        largest = max([1.0, *[abs(float(np.max(np.abs(trace.value(x)), initial=0))) for x in line.inputs]])
        result = float(eval(text, dict(WORDS)))  # noqa: S307 - the text is the library's own
        assert result == pytest.approx(value, rel=tolerance, abs=tolerance * largest), (
            f"{trace.names[line]}: {text}"
        )
        worked_out += 1
    assert worked_out
