"""Arrays without numbers: axes of size 0, batches without examples."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.engines.native.evaluation import evaluate_graph
from pellucid.graph import BATCH, Graph

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare, compare_outputs

SHAPES = [(0, 3), (3, 0), (0, 0)]
FLOATS = ("float32", "float64")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
class TestEmpty:
    def test_element_by_element(self, shape, dtype):
        x = np.zeros(shape, dtype)
        compare(lambda x: ops.tanh(x) * 2 + x, x)
        compare(lambda x, y: x + y, x, np.zeros(shape[1], dtype))
        compare(lambda x, y: x * y, x, np.zeros((shape[0], 1), dtype))

    @pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)], ids=str)
    def test_sums_are_0(self, shape, dtype, axes):
        x = np.zeros(shape, dtype)
        result = compare(lambda x: ops.reduce_sum(x, axes=axes), x)
        assert not result.any()
        compare(lambda x: ops.reduce_sum(ops.exp(x), axes=axes) + 1, x)

    def test_products(self, shape, dtype):
        """The sum of no products is 0; what is added to it stays."""
        rows, columns = shape
        x, w, b = np.zeros(shape, dtype), np.zeros((columns, 4), dtype), np.arange(4, dtype=dtype)
        compare(lambda x, w: x @ w, x, w)
        compare(lambda x, w, b: ops.maximum(x @ w + b, 1.5), x, w, b)
        y = np.zeros((rows, 4), dtype)
        compare(lambda x, y: ops.transpose(x, axes=(1, 0)) @ y, x, y)

    def test_what_is_moved(self, shape, dtype):
        x = np.zeros(shape, dtype)
        compare(lambda x: ops.transpose(x, axes=(1, 0)), x)
        compare(lambda x: ops.concatenate(x, x, axis=0), x)
        compare(lambda x: ops.concatenate(x, x, axis=1), x)
        compare(lambda x: ops.reverse(x, axis=0), x)
        compare(lambda x: ops.reshape(x, shape=(0,)), x)


@pytest.mark.parametrize("count", [0, 5])
def test_a_batch_without_examples_and_one_with(count):
    with Graph() as graph:
        x = graph.input("x", (BATCH, 3), "float32")
        labels = graph.input("labels", (BATCH,), "int64")
        w = graph.input("w", (3, 4), "float32")
        z = x @ w
        results = [z, ops.softmax(z), ops.argmax(z), ops.pick(z, labels), ops.log_sum_exp(z)]
        results += [ops.transpose(x, axes=(1, 0)) @ z, ops.gather(w, labels)]
        results += [ops.reduce_sum(z, axes=(0,)), ops.reduce_sum(z, axes=(0, 1))]
        graph.outputs = {(str(number),): node for number, node in enumerate(results)}
    arrays = {
        "x": np.arange(3.0 * count, dtype=np.float32).reshape(count, 3),
        "labels": np.arange(count) % 3,
        "w": np.arange(12, dtype=np.float32).reshape(3, 4) / 8,
    }
    compare_outputs(graph, arrays, {})


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_pooling_and_convolution_of_no_pictures(name):
    options = {"window": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}
    compare(lambda x: ops.PRIMITIVES[name](x, **options), np.zeros((0, 4, 4, 3), np.float32))
    sample = ops.PRIMITIVES["convolution"].samples[0].attributes
    compare(
        lambda x, k: ops.convolution(x, k, **sample),
        np.zeros((0, 5, 5, 3), np.float32),
        np.ones((2, 2, 3, 4), np.float32),
    )


def test_the_mean_of_nothing_is_not_a_number():
    with Graph() as graph:
        x = graph.input("x", (BATCH, 3), "float32")
        graph.outputs = {("y",): ops.reduce_mean(x, axes=(0,))}
    (mean,) = evaluate_graph(graph, {"x": np.zeros((0, 3), np.float32)}, {}).values()
    assert np.isnan(mean).all()


def test_an_empty_table_has_no_rows():
    compare(ops.gather, np.zeros((0, 3), np.float32), np.zeros((0,), np.int64))
