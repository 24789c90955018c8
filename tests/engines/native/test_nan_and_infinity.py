"""NaN and infinity pass through as in NumPy: operation by operation, and through whole training runs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from pellucid import ops
from pellucid.engines.native.evaluation import evaluate_graph
from pellucid.graph import Graph
from pellucid.ops import PRIMITIVES
from pellucid.testing import evaluate

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare
from .runs import engines, examples, trained

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e4, -1e4, 1e30, -1e30]
FLOATS = ("float32", "float64")

UNARY = [
    op.name
    for op in PRIMITIVES.values()
    if op.elementwise and op.samples and len(op.samples[0].inputs) == 1
    if op.name not in ("clip", "cast", "logical_not")
]
BINARY = "add subtract multiply divide maximum minimum power greater greater_equal equal".split()


def patterns(array):
    """What is not a number, and what is infinite, with its sign."""
    array = np.asarray(array, float)
    return np.where(np.isnan(array), 2, np.where(np.isinf(array), np.sign(array), 0))


@pytest.fixture(autouse=True)
def _quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


# ------------------------------------------------------------ number by number
@pytest.mark.parametrize("dtype", FLOATS)
class TestElementwise:
    @pytest.mark.parametrize("name", UNARY)
    def test_one_operand(self, name, dtype):
        """At every place of a vector, and in its rest."""
        compare(PRIMITIVES[name], np.array(SPECIAL * 3, dtype))

    @pytest.mark.parametrize("name", BINARY)
    def test_all_pairs(self, name, dtype):
        x, y = np.meshgrid(np.array(SPECIAL, dtype), np.array(SPECIAL, dtype))
        compare(PRIMITIVES[name], x, y)
        compare(PRIMITIVES[name], x[0], y)
        compare(PRIMITIVES[name], x, y[:, :1])

    @pytest.mark.parametrize("name", BINARY)
    @pytest.mark.parametrize("number", [0.0, 1.0, 2.0, -1.5, np.inf, np.nan])
    def test_with_a_constant(self, name, number, dtype):
        x = np.array(SPECIAL * 3, dtype)
        compare(lambda x: PRIMITIVES[name](x, number), x)
        compare(lambda x: PRIMITIVES[name](x + number, x), x)

    def test_clip(self, dtype):
        compare(lambda x: ops.clip(x, low=-1.0, high=2.0), np.array(SPECIAL * 3, dtype))

    def test_select(self, dtype):
        x, y = np.meshgrid(np.array(SPECIAL, dtype), np.array(SPECIAL, dtype))
        compare(lambda x, y: ops.select(ops.greater(x, 0.0), y, 0.0), x, y)
        compare(lambda x, y: ops.select(ops.greater(x, y), x, y), x, y)

    def test_cast(self, dtype):
        other = "float64" if dtype == "float32" else "float32"
        compare(lambda x: ops.cast(x, dtype=other), np.array([*SPECIAL, 1e-300, 1e300], dtype))


# ------------------------------------------------------------ rows, sums, products
def tables(dtype):
    """A special number in each row but one, at another place each time, and in rows of several lengths."""
    for columns in (1, 3, 17, 40, 2000):
        table = np.random.default_rng(columns).normal(size=(len(SPECIAL) + 1, columns))
        for row, number in enumerate(SPECIAL):
            table[row, (7 * row) % columns] = number
        yield table.astype(dtype)
        yield np.concatenate([table, table[:, ::-1]]).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
class TestTogether:
    @pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
    @pytest.mark.parametrize("name", ["reduce_sum", "reduce_mean", "reduce_max"])
    def test_reductions(self, name, axes, dtype):
        for table in tables(dtype):
            table[np.abs(table) > 1e20] /= 1e30  # sums of huge numbers and their opposites are all rounding
            same_patterns(lambda x: PRIMITIVES[name](x, axes=axes), table)

    @pytest.mark.parametrize("name", ["softmax", "log_sum_exp"])
    def test_rows(self, name, dtype):
        for table in tables(dtype):
            compare(PRIMITIVES[name], table)

    def test_the_place_of_the_largest(self, dtype):
        for table in tables(dtype):
            compare(ops.argmax, table)

    @pytest.mark.parametrize("turned", [False, True])
    def test_products(self, turned, dtype):
        for table in tables(dtype):
            table[np.abs(table) > 1e20] = np.inf
            other = np.random.default_rng(1).normal(size=(table.shape[1], 5)).astype(dtype)
            if turned:
                same_patterns(
                    lambda x, y: ops.transpose(y, axes=(1, 0)) @ ops.transpose(x, axes=(1, 0)), table, other
                )
            else:
                same_patterns(lambda x, y: x @ y, table, other)

    def test_zero_times_infinity(self, dtype):
        x = np.array([[0.0, 1.0], [np.inf, 0.0]], dtype)
        same_patterns(lambda x, y: x @ y, x, np.array([[np.inf, 1.0], [2.0, np.nan]], dtype))

    @pytest.mark.parametrize("padding", [((0, 0), (0, 0)), ((1, 0), (0, 1))])
    @pytest.mark.parametrize("name", ["max_pool", "average_pool"])
    def test_pooling(self, name, padding, dtype):
        x = np.resize(np.array(SPECIAL, dtype), (2, 5, 6, 3))
        same_patterns(lambda x: PRIMITIVES[name](x, window=(2, 3), strides=(1, 2), padding=padding), x)

    def test_convolution(self, dtype):
        x = np.random.default_rng(0).normal(size=(2, 6, 5, 3)).astype(dtype)
        x[0, 2, 3, 1], x[1, 0, 0, 0], x[1, 5, 4, 2] = np.nan, np.inf, -np.inf
        kernel = np.random.default_rng(1).normal(size=(3, 2, 3, 4)).astype(dtype)
        sample = PRIMITIVES["convolution"].samples[0].attributes
        same_patterns(lambda x, k: ops.convolution(x, k, **sample), x, kernel)


def same_patterns(apply, *arrays):
    """Sums that hold NaN or infinity: which are which, without the numbers beside them."""
    with Graph("compared") as graph:
        nodes = [graph.input(f"x{i}", x.shape, x.dtype.name) for i, x in enumerate(arrays)]
        graph.outputs = {("y",): apply(*nodes)}
    given = {f"x{i}": x for i, x in enumerate(arrays)}
    (expected,), (received,) = evaluate(graph, given).values(), evaluate_graph(graph, given, {}).values()
    assert_array_equal(patterns(received), patterns(expected))


# ------------------------------------------------------------ whole runs
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "name",
    [
        "adam-float32",
        "relu-float32",
        "binary-float64-weighted",
        "categorical-float32-weighted",
        "mse-float32-weighted",
        "sparse-float32-weighted",
        "batch-normalization-float32",
        "pictures",
        "rmsprop-all-float64",
    ],
)
@pytest.mark.parametrize("which", [0, -1], ids=["inputs", "targets or weights"])
def test_training(name, number, which):
    """One special number among the examples: after two epochs the same weights and results are NaN."""
    arrays = [array.copy() for array in examples(name, 7)]
    arrays[which][4] = number
    reference, native = engines(name)
    expected, history = trained(reference, arrays, 3, 2)
    received, own_history = trained(native, arrays, 3, 2)
    for slot in [slot for slot, entries in expected.items() if isinstance(entries, dict)]:
        for path, array in expected[slot].items():
            assert_array_equal(patterns(received[slot][path]), patterns(array), err_msg=f"{slot} {path}")
    for right, mine in zip(history, own_history, strict=True):
        assert_array_equal(patterns([*mine.values()]), patterns([*right.values()]))
