"""Indices: negative ones count from the end where NumPy's formulas do; wrong ones name their example."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.engines.native.evaluation import evaluate_graph
from pellucid.errors import DataError
from pellucid.graph import BATCH, Graph

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare
from .runs import bits, engines, evaluated, examples

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3)


# ------------------------------------------------------------ graphs
@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8"])
def test_rows_of_a_table(dtype):
    labels = np.array([[3, 0], [2, 2], [1, 3]], dtype)
    compare(ops.gather, TABLE, labels)
    compare(ops.gather, TABLE, labels[0])
    compare(lambda table, labels: ops.gather(ops.tanh(table), labels), TABLE, labels)


def test_negative_indices_count_from_the_end():
    labels = np.array([-1, -4, 3, 0])
    compare(ops.gather, TABLE, labels)
    compare(ops.pick, TABLE, np.array([-1, -3, 2, 0]))


def test_gradients_of_rows_are_added_where_they_came_from():
    rows, labels = np.arange(12.0).reshape(4, 3), np.array([-1, 0, 3, -4])
    compare(lambda rows, labels: ops.gather_gradient(rows, labels, count=4), rows, labels)


def test_labels_that_are_no_class_have_a_row_of_zeros():
    labels = np.array([0, 2, -1, 3, 2**40])
    compare(lambda labels: ops.one_hot(labels, classes=3, dtype="float32"), labels)


@pytest.mark.parametrize("wrong", [4, -5, 2**40, -(2**40)])
@pytest.mark.parametrize("example", [0, 3, 699])
def test_a_row_that_a_table_does_not_have(wrong, example):
    with Graph() as graph:
        table, labels = graph.input("table", (4, 3), "float32"), graph.input("labels", (BATCH, 2), "int64")
        graph.outputs = {("y",): ops.gather(table, labels)}
    labels = np.zeros((700, 2), np.int64)
    labels[example, 1] = wrong
    with pytest.raises(DataError, match=f"example {example} .* from 0 to 3, received {wrong}"):
        evaluate_graph(graph, {"table": TABLE, "labels": labels}, {})


@pytest.mark.parametrize("wrong", [3, -4])
def test_a_column_that_a_row_does_not_have(wrong):
    with Graph() as graph:
        x, labels = graph.input("x", (BATCH, 3), "float32"), graph.input("labels", (BATCH,), "int64")
        graph.outputs = {("y",): ops.pick(ops.tanh(x), labels)}
    labels = np.zeros(100, np.int64)
    labels[[70, 31]] = wrong, wrong
    with pytest.raises(DataError, match=f"example 31 .* from 0 to 2, received {wrong}"):
        evaluate_graph(graph, {"x": np.ones((100, 3), np.float32), "labels": labels}, {})


# ------------------------------------------------------------ runs
NAMES = ["sparse-float32", "sparse-logits-float64", "sparse-float64-weighted", "pictures"]
WRONG = 17


def with_wrong_label(name, count=50):
    arrays = [array.copy() for array in examples(name, count)]
    arrays[1][33] = WRONG
    return arrays


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_training_names_the_example_and_leaves_the_state(name, shuffle, threads):
    engine = engines(name)[1]
    arrays = with_wrong_label(name)
    state = engine.initial_state(11)
    before = bits(state)
    engine._compiled("step", 8).program.threads = threads
    run = engine.run(arrays, state, 8, 3, shuffle)
    with pytest.raises(DataError, match=f"example 33 .* received {WRONG}"):
        run.advance(60.0)
    run.settle()
    after = bits(state)
    assert {slot: after[slot] for slot in after if slot != "metrics"} == {
        slot: before[slot] for slot in before if slot != "metrics"
    }


@pytest.mark.parametrize("name", NAMES)
def test_training_goes_on_with_right_labels(name):
    """What a run with a wrong label has left in memory is never seen."""
    engine = engines(name)[1]
    wrong, right = with_wrong_label(name), examples(name, 50)

    def trained(before):
        state = engine.initial_state(11)
        if before:
            with pytest.raises(DataError):
                engine.run(wrong, state, 8, 3, True).advance(60.0, epochs=3)
        run = engine.run(right, state, 8, 3, True)
        run.advance(60.0, epochs=3)
        run.settle()
        return bits(state), run.history

    assert trained(True) == trained(False)


@pytest.mark.parametrize("name", NAMES)
def test_evaluation_names_the_example(name):
    engine = engines(name)[1]
    with pytest.raises(DataError, match=f"example 33 .* received {WRONG}"):
        evaluated(engine, with_wrong_label(name), engine.initial_state(11), 8)


@pytest.mark.parametrize("name", NAMES)
def test_a_large_batch_in_chunks(name):
    engine, arrays = engines(name)[1], [array.copy() for array in examples(name, 5000)]
    arrays[1][[4321, 3999]] = WRONG
    state = engine.initial_state(11)
    with pytest.raises(DataError, match=f"example 3999 .* received {WRONG}"):
        engine.run(arrays, state, 5000, 1, False).advance(60.0)
