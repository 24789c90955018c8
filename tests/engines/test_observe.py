"""Looking on while an engine works: it does what it always does, and says which numbers came up."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

from pellucid.engines import engine_for
from pellucid.engines.numpy import NumpyEngine
from pellucid.graph import Leaf

NAMES = each_case()
MANY = 700
"""Examples that make a plan work on a part of the batch at a time."""


def nodes_of(graph):
    """All that a graph works out, each under its number."""
    found = {}
    for number, node in enumerate(graph.live()):
        if not isinstance(node.op, Leaf) and node.dtype != "several":
            found["node", str(number)] = node
    return found


@pytest.mark.parametrize("count", [1, 5, MANY])
@pytest.mark.parametrize("name", NAMES)
def test_watching_changes_no_bit_of_a_step(name, count):
    case = CASES[name]
    model = case.model()
    x, y, *weights = arrays = case.examples(model, count)
    opened = model.opened(*arrays)
    before = dict(opened.state["weights"])
    engine = engine_for(opened.blueprint)
    seen, after = engine.observe(opened.arrays, opened.state, nodes_of(opened.graph))
    assert all(opened.state["weights"][path] is array for path, array in before.items())
    model.fit(x, y, sample_weight=weights[0] if weights else None, batch_size=count, shuffle=False, verbose=0)
    for weight in model.weights:
        np.testing.assert_array_equal(after["weights"][weight.path], weight.value)
    loss = seen[next(path for path, node in nodes_of(opened.graph).items() if node is loss_of(opened))]
    total = float(count * float(loss)) / count  # as an epoch's mean is worked out
    assert model.history.history["loss"] == [total]


def loss_of(opened):
    return opened.graph.outputs["loss",]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_seen_agrees_with_the_reference(name):
    case = CASES[name]
    model = case.model()
    opened = model.opened(*case.examples(model, 5))
    watched = nodes_of(opened.graph)
    seen, _ = engine_for(opened.blueprint).observe(opened.arrays, opened.state, watched)
    expected, _ = NumpyEngine(opened.blueprint).observe(opened.arrays, opened.state, watched)
    lines = [path for path, node in watched.items() if opened.graph.notes[node].name and path in expected]
    assert sum(path in seen for path in lines) >= 0.7 * len(lines)
    tolerance = 1e-9 if case.dtype == "float64" else 2e-4
    for path in seen.keys() & expected.keys():
        large = float(np.max(np.abs(np.asarray(expected[path], float)), initial=1.0))
        np.testing.assert_allclose(
            np.asarray(seen[path], float), expected[path], rtol=tolerance, atol=tolerance * large
        )


def test_a_prediction_can_be_watched():
    case = CASES["tanh-float32"]
    model = case.model()
    x, *_ = case.examples(model, 5)
    opened = model.opened(x)
    watched = {("prediction",): opened.graph.outputs["prediction",]}
    seen, after = engine_for(opened.blueprint).observe(opened.arrays, opened.state, watched)
    np.testing.assert_array_equal(seen["prediction",], model.predict(x, verbose=0))
    assert after == opened.state
