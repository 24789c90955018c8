"""The same bits on any number of threads: weights, slots, counters, history and predictions."""

from __future__ import annotations

import pytest
from tests.engines.models import CASES

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .runs import bits, engines, evaluated, examples, trained

QUICK = {
    "adam-all-float32",
    "batch-normalization-float64",
    "binary-float32-weighted",
    "dropout-float32",
    "sparse-float32",
}
"""The cases that every quick check goes through."""

NAMES = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in CASES]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("count", "batch"), [(7, 3), (5000, 4192)], ids=["small", "in chunks"])
def test_threads_change_nothing(name, count, batch):
    engine, arrays = engines(name)[1], examples(name, count)
    step, judge = engine._compiled("step", batch), engine._compiled("evaluation", batch)
    oracle = engine._compiled("prediction", count)
    assert any(each.kind == "loop" for each in step.planned.plan.instructions) == (batch > 3)
    found = []
    for threads in (1, 2, 3):
        step.program.threads = judge.program.threads = oracle.program.threads = threads
        state, history = trained(engine, arrays, batch, epochs=2)
        prediction = engine.predict(arrays[0], state["weights"])
        found.append((bits(state), history, bits(prediction), evaluated(engine, arrays, state, batch)))
    assert found[0] == found[1] == found[2]
