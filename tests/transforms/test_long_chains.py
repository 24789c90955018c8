"""Long chains of values without names, as a loop in a loss makes them: no deep recursion, linear growth."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.graph import BATCH, Graph
from pellucid.ops import maximum, reduce_mean, tanh
from pellucid.testing import evaluate
from pellucid.transforms import gradient, simplify

pytestmark = pytest.mark.slow

STEPS = {
    "products with a number": lambda y, w, v: y * 1.0001,
    "products with one value": lambda y, w, v: y * w,
    "products with an array": lambda y, w, v: y * v,
    "quotients": lambda y, w, v: y / w,
    "signs": lambda y, w, v: -y,
    "sums": lambda y, w, v: y + w * v,
    "differences": lambda y, w, v: v - y,
    "choices": lambda y, w, v: maximum(y, v),
    "functions": lambda y, w, v: tanh(y * w),
}


def chain(step, length):
    with Graph("chain") as graph:
        x = graph.input("x", (BATCH,), "float64")
        w, v = graph.state(("w",), (), "float64"), graph.state(("v",), (BATCH,), "float64")
        y = x
        for _ in range(length):
            y = step(y, w, v)
        loss = reduce_mean(y, axes=(0,))
        d_x, d_w, d_v = gradient(loss, [x, w, v])
        graph.outputs = {("loss",): loss, ("d_x",): d_x, ("d_w",): d_w, ("d_v",): d_v}
    return graph


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_long_chain_is_simplified_and_every_link_adds_as_much(step):
    few, more, many = (len(simplify(chain(step, length)).live()) for length in (100, 400, 1600))
    assert (many - more) / 1200 == pytest.approx((more - few) / 300, rel=0.05)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_its_values_stay(step):
    graph = chain(step, 60)
    state = {("w",): np.float64(1.01), ("v",): np.array([0.9, 1.0, 1.1])}
    before, after = (
        evaluate(form, {"x": np.array([0.3, -0.2, 0.1])}, state) for form in (graph, simplify(graph))
    )
    for path, value in before.items():
        np.testing.assert_allclose(after[path], value, rtol=1e-12, atol=1e-300)
