"""The dtype and the shape of every printed line are those of its node."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.graph import NUMBER

from .models import CASES, engine_of
from .tracing import Watch, nodes_by_name

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", CASES)
def test_every_line_has_the_dtype_and_the_shape_of_its_node(name):
    case = CASES[name]
    model = case.model()
    engine = engine_of(model, case.weighted)
    state = engine.initial_state(3)
    x, y, *weights = case.examples(model)
    watch = Watch(engine, state, len(x))
    watch.run(engine.predict, x, state["weights"])
    watch.run(engine.functions["train_step"], x, y, state, *weights)
    watch.run(engine.evaluate_step, x, y, state, *weights)
    watch.run(engine.functions["results"], state["metrics"])
    assert watch.complaints == []
    assert {"predict", "train_step", "evaluate_step", "results"} <= set(watch.seen)
    check_that_all_was_seen(engine, watch)
    check_state(engine, state)


def check_that_all_was_seen(engine, watch):
    """Every value with a line of its own was compared, save for sums that go right into the state."""
    for function, seen in watch.seen.items():
        (writer, *others) = engine.program.functions.writers[function]
        in_layers = any(name.endswith(("_layer", "_layer_backward")) for name in watch.seen)
        if others or in_layers:
            continue  # its lines are those of several functions
        sums = {node for path, node in writer.graph.outputs.items() if path[0] in ("metrics", "optimizer")}
        lines = {name for name, nodes in nodes_by_name(writer).items() if set(nodes) & set(writer.lines)}
        missing = {name for name in lines - seen if not sums.issuperset(nodes_by_name(writer)[name])}
        assert missing - {"prediction"} == set()  # predict returns it without giving it a name


def check_state(engine, state):
    """Every entry of the state is what the step's graph promises."""
    for path, node in engine.program.blueprint.training.step.outputs.items():
        if len(path) == 2:
            value = state[path[0]][path[1]]
            if node.dtype == NUMBER:
                assert type(value) in (int, float), path
            else:
                assert isinstance(value, np.ndarray | np.generic), path  # a single number has no axes
                assert (value.dtype.name, value.shape) == (node.dtype, node.shape), path


def test_the_watch_notices_a_wrong_dtype_and_a_wrong_shape():
    case = CASES["mse-float32"]
    model = case.model()
    engine = engine_of(model)
    state = engine.initial_state(3)
    x, y = case.examples(model)
    watch = Watch(engine, state, len(x))
    watch.run(engine.functions["train_step"], x, y.astype(np.float64), state)
    assert "train_step: d_W1 is float64 (3, 4), its node float32 (3, 4)" in watch.complaints
    watch = Watch(engine, state, len(x) + 1)
    watch.run(engine.functions["train_step"], x, y, state)
    assert "train_step: x is float32 (7, 3), its node float32 (batch, 3)" in watch.complaints
