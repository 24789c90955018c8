"""The same graph in float64."""

from __future__ import annotations

import numpy as np
from tests.engines.models import CASES, engine_of

from pellucid.engines import evaluation_of
from pellucid.graph import BATCH, Graph
from pellucid.ops import cast, exp, one_hot, reduce_mean
from pellucid.transforms import in_double


def mixed():
    with Graph("mixed") as graph:
        x = graph.input("x", (BATCH, 3), "float32")
        labels = graph.input("labels", (BATCH,), "int64")
        w = graph.state(("weights", "w"), (3, 2), "float32")
        wrong = exp(x @ w) - one_hot(labels, classes=2, dtype="float32")
        mean = reduce_mean(wrong**2, axes=(0, 1))
        graph.outputs = {("mean",): mean, ("labels",): cast(labels, dtype="int32")}
    return graph


def test_every_float32_is_a_float64_and_nothing_else_changes():
    graph, wide = mixed(), in_double(mixed())
    dtypes = [node.dtype for node in graph.live()]
    assert "float32" in dtypes
    assert [node.dtype for node in wide.live()] == [dtype.replace("float32", "float64") for dtype in dtypes]
    assert list(wide.outputs) == list(graph.outputs)
    assert [node.op.name for node in wide.live()] == [node.op.name for node in graph.live()]


def test_it_gives_the_numbers_that_float32_rounds():
    random = np.random.default_rng(0)
    x, w, labels = random.normal(size=(5, 3)), random.normal(size=(3, 2)), np.array([0, 1, 1, 0, 1])
    given, state = {"x": x, "labels": labels}, {("weights", "w"): w}
    received = evaluation_of(in_double(mixed()))(given, state)
    expected = np.mean((np.exp(x @ w) - np.eye(2)[labels]) ** 2)
    np.testing.assert_allclose(received["mean",], expected, rtol=1e-13)
    narrow = {name: array.astype(np.float32) if name == "x" else array for name, array in given.items()}
    single = evaluation_of(mixed())(narrow, {("weights", "w"): w.astype(np.float32)})
    np.testing.assert_allclose(single["mean",], expected, rtol=1e-5)
    assert single["mean",].dtype == np.float32


def test_bodies_of_calls_become_wide_too():
    step = engine_of(CASES["adam-float32"].model()).blueprint.training.step
    wide = in_double(step)
    assert {node.dtype for path, node in wide.outputs.items() if path[0] == "weights"} == {"float64"}
    names = [note.name for note in step.notes.values() if note.name is not None]
    assert {str(name) for name in names} >= {str(note.name) for note in wide.notes.values() if note.name}
