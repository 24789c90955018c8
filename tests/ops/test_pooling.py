"""Pooling and its gradients: numbers worked out by hand, the definition, ties, NaN, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import BATCH, Graph, Node
from pellucid.ops import (
    average_pool,
    average_pool_gradient,
    max_pool,
    max_pool_gradient,
    max_pool_pick,
    reduce_sum,
)
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms import gradient, simplify

from .running import run
from .windows import options, pooling_by_definition

OPTIONS = ("window", "strides", "padding")
PLAIN = {"window": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}
AROUND = {"window": (2, 2), "strides": (2, 2), "padding": ((1, 1), (1, 1))}
IMAGE = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 8.0], [7.0, 0.0, 6.0]]).reshape(1, 3, 3, 1)
NAN, INFINITY = math.nan, math.inf


def table(pooled):
    """The numbers of one example with one channel."""
    return pooled[0, :, :, 0].tolist()


def row(*numbers):
    """One example with one axis of space and one channel."""
    return np.array(numbers, "float64").reshape(1, -1, 1)


def pool_of(window, stride=1, padding=(0, 0)):
    return {"window": (window,), "strides": (stride,), "padding": (padding,)}


# ------------------------------------------------------------ worked out by hand
@pytest.mark.parametrize(
    ("changed", "largest", "mean"),
    [
        ({}, [[5]], [[(1 + 5 + 4 + 3) / 4]]),  # the third row and column fit into no window
        ({"strides": (1, 1)}, [[5, 8], [7, 8]], [[13 / 4, 18 / 4], [14 / 4, 17 / 4]]),
        ({"window": (1, 1)}, [[1, 2], [7, 6]], [[1, 2], [7, 6]]),
        ({"window": (3, 3)}, [[8]], [[36 / 9]]),
        ({"window": (1, 3), "strides": (2, 1)}, [[5], [7]], [[8 / 3], [13 / 3]]),
        ({"padding": ((0, 1), (0, 1))}, [[5, 8], [7, 6]], [[13 / 4, 10 / 2], [7 / 2, 6]]),
        ({"padding": ((1, 1), (1, 1))}, [[1, 5], [7, 8]], [[1, 7 / 2], [11 / 2, 17 / 4]]),
        ({"window": (4, 5), "padding": ((1, 0), (0, 2))}, [[8]], [[36 / 9]]),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_values(changed, largest, mean):
    chosen = PLAIN | changed
    assert table(run(max_pool, IMAGE, **chosen)) == largest
    np.testing.assert_allclose(table(run(average_pool, IMAGE, **chosen)), mean, rtol=1e-15)


def test_negative_numbers_are_larger_than_padding():
    assert table(run(max_pool, -IMAGE, **AROUND)) == [[-1, -2], [-4, 0]]


def test_every_channel_is_pooled_for_itself():
    x = np.array([[1.0, 40.0], [2.0, 30.0]]).reshape(1, 2, 2)
    assert run(max_pool, x, **pool_of(2)).tolist() == [[[2.0, 40.0]]]
    assert run(average_pool, x, **pool_of(2)).tolist() == [[[1.5, 35.0]]]


def test_a_mean_gives_back_equal_parts():
    """With padding around, the corner windows hold 1, 2, 2 and 4 numbers."""
    d_x = run(average_pool_gradient, np.array([[[[8.0], [8.0]], [[8.0], [8.0]]]]), size=(3, 3), **AROUND)
    assert table(d_x) == [[8, 4, 4], [4, 2, 2], [4, 2, 2]]


def test_windows_that_share_their_largest_number_add_up_there():
    d_x = run(max_pool_gradient, row(1, 10), row(0, 5, 0), **pool_of(2))
    assert d_x.tolist() == row(0, 11, 0).tolist()


# ------------------------------------------------------------ ties and what is no number
@pytest.mark.parametrize(
    ("x", "first"),
    [
        ([[5.0, 5.0], [5.0, 5.0]], (0, 0)),
        ([[1.0, 5.0], [5.0, 5.0]], (0, 1)),
        ([[1.0, 4.0], [5.0, 5.0]], (1, 0)),
        ([[-INFINITY, -INFINITY], [-INFINITY, -INFINITY]], (0, 0)),
        ([[INFINITY, 1.0], [INFINITY, 2.0]], (0, 0)),
        ([[1.0, NAN], [INFINITY, NAN]], (0, 1)),
        ([[0.0, -0.0], [0.0, 0.0]], (0, 0)),
    ],
    ids=str,
)
def test_the_first_of_the_largest_gets_the_gradient(x, first):
    x = np.reshape(x, (1, 2, 2, 1))
    expected = np.zeros((2, 2))
    expected[first] = 3
    d_x = run(max_pool_gradient, np.full((1, 1, 1, 1), 3.0), x, **PLAIN)
    assert table(d_x) == expected.tolist()
    values = np.arange(4.0).reshape(1, 2, 2, 1)
    assert run(max_pool_pick, values, x, **PLAIN).item() == values[0, *first, 0]


def test_padding_never_gets_the_gradient():
    """Padding is minus infinity, and so are the numbers; the number gets it all the same."""
    x = row(-INFINITY, -INFINITY)
    chosen = pool_of(2, stride=2, padding=(1, 1))
    assert run(max_pool_gradient, row(1, 2), x, **chosen).tolist() == row(1, 2).tolist()
    assert run(max_pool_pick, row(3, 4), x, **chosen).tolist() == row(3, 4).tolist()


def test_what_is_no_number_passes_through():
    """As in NumPy: NaN is larger than all, and part of no mean."""
    x = row(1, NAN, 2, 3, INFINITY)
    np.testing.assert_array_equal(run(max_pool, x, **pool_of(2)), row(NAN, NAN, 3, INFINITY))
    np.testing.assert_array_equal(run(average_pool, x, **pool_of(2)), row(NAN, NAN, 2.5, INFINITY))


def test_an_infinite_gradient_stays_where_it_belongs():
    d_x = run(max_pool_gradient, row(INFINITY, 1), row(5, 1, 1, 5), **pool_of(2, stride=2))
    assert d_x.tolist() == row(INFINITY, 0, 0, 1).tolist()


# ------------------------------------------------------------ the definition
@st.composite
def cases(draw):
    chosen = draw(options(pooling=True))
    batch, channels = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 100)))
    sizes = (chosen.size, chosen.size, chosen.places)
    arrays = [random.integers(-9, 9, (batch, *size, channels)).astype("float64") for size in sizes]
    return chosen, arrays


@given(cases())
@settings(max_examples=60, deadline=None)
def test_they_are_what_the_definition_says(case):
    chosen, (x, _, _) = case
    largest, mean = (run(op, x, **chosen.named(*OPTIONS)) for op in (max_pool, average_pool))
    assert np.array_equal(largest, pooling_by_definition(x, chosen, np.max))
    np.testing.assert_allclose(mean, pooling_by_definition(x, chosen, np.mean), rtol=1e-14, atol=1e-15)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_the_gradients_are_the_transposed_maps(case):
    """Picking and averaging are linear in the values: the sum of (A v) g is the sum of v (A^T g)."""
    chosen, (x, values, g) = case
    rest = chosen.named(*OPTIONS)
    picked, back = run(max_pool_pick, values, x, **rest), run(max_pool_gradient, g, x, **rest)
    assert (picked * g).sum() == (values * back).sum()
    assert np.array_equal(run(max_pool_pick, x, x, **rest), run(max_pool, x, **rest))
    mean = run(average_pool, values, **rest)
    back = run(average_pool_gradient, g, size=chosen.size, **rest)
    assert (mean * g).sum() == pytest.approx((values * back).sum(), rel=1e-12, abs=1e-9)


# ------------------------------------------------------------ in a graph
@pytest.mark.slow
@pytest.mark.parametrize("op", [max_pool, average_pool], ids=lambda op: op.name)
def test_gradients_through_two_poolings(op):
    random = np.random.default_rng(2)

    def network(x: Node) -> Node:
        inner = op(x * x, **PLAIN | {"strides": (1, 1)})
        return op(inner * inner, **AROUND)

    check_gradient(network, random.uniform(0.5, 1.5, (2, 4, 3, 1)))


@pytest.mark.parametrize("op", [max_pool, average_pool], ids=lambda op: op.name)
@pytest.mark.parametrize("batch", [0, 1, 3])
def test_the_batch_may_be_symbolic(op, batch):
    graph = Graph()
    with graph:
        x = graph.input("x", (BATCH, 4, 4, 2), "float32")
        a = op(x, **PLAIN)
        graph.outputs = {("a",): a, ("d_x",): gradient(reduce_sum(a, axes=(0, 1, 2, 3)), [x])[0]}
    assert a.shape == (BATCH, 2, 2, 2)
    results = evaluate(simplify(graph), {"x": np.ones((batch, 4, 4, 2), "f")})
    assert results["a",].shape == (batch, 2, 2, 2)
    assert results["d_x",].shape == (batch, 4, 4, 2)
    assert results["d_x",].sum() == batch * 8


def test_what_is_as_usual_is_not_written():
    with Graph() as graph:
        x = graph.input("x", (BATCH, 6, 6, 1), "float32")
        plain, other = max_pool(x, **PLAIN), average_pool(x, **AROUND | {"strides": (1, 1)})
        back = average_pool_gradient(other, size=(6, 6), **AROUND | {"strides": (1, 1)})
    assert max_pool.numpy(plain) == "max_pool(x, (2, 2), strides=2)"
    assert average_pool.numpy(other) == "average_pool(x, (2, 2), padding=1)"
    assert average_pool_gradient.numpy(back) == "average_pool_gradient(x, (6, 6), (2, 2), padding=1)"


# ------------------------------------------------------------ what is refused
@pytest.mark.parametrize("op", [max_pool, average_pool], ids=lambda op: op.name)
@pytest.mark.parametrize(
    ("shape", "changed", "error", "sentence"),
    [
        ((BATCH, 1, 4, 1), {}, ShapeError, "expected at most 1 x 4, received a window of 2 x 2"),
        ((BATCH, BATCH, 4, 1), {}, ShapeError, "no window can move over this array"),
        ((BATCH, 4, 4), {}, ArgumentError, r"window cannot be used: .* received \(2, 2\)"),
        ((BATCH, 4), {}, ShapeError, r"expected \(batch, one to three known sizes, channels\)"),
        ((BATCH, 4, 4, 1), {"strides": (1, 0)}, ArgumentError, "strides cannot be used"),
        (
            (BATCH, 4, 4, 1),
            {"padding": ((0, 0), (0, 2))},
            ArgumentError,
            r"in the padding alone: expected less padding than the window \(2, 2\) on each side",
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, dict | tuple) else "",
)
def test_refusals(op, shape, changed, error, sentence):
    with Graph() as graph, pytest.raises(error, match=sentence):
        op(graph.input("x", shape, "float32"), **PLAIN | changed)


def test_gradients_refuse_what_does_not_belong_to_the_pooling():
    with Graph() as graph:
        x, g = graph.input("x", (BATCH, 4, 4, 1), "float32"), graph.input("g", (BATCH, 2, 3, 1), "float32")
        expected = r"one pooling: expected \(batch, 2, 2, 1\), received \(batch, 2, 3, 1\)"
        with pytest.raises(ShapeError, match=expected):
            max_pool_gradient(g, x, **PLAIN)
        with pytest.raises(ShapeError, match=expected):
            average_pool_gradient(g, size=(4, 4), **PLAIN)
        with pytest.raises(ShapeError, match=r"expected \(batch, 4, 4, 1\), received \(batch, 2, 3, 1\)"):
            max_pool_pick(g, x, **PLAIN)
        with pytest.raises(ArgumentError, match="size cannot be used"):
            average_pool_gradient(g, size=(4,), **PLAIN)


@pytest.mark.parametrize("op", [max_pool, average_pool], ids=lambda op: op.name)
def test_whole_numbers_are_refused(op):
    with Graph() as graph, pytest.raises(DtypeError, match="received int64"):
        op(graph.input("x", (1, 4, 4, 1), "int64"), **PLAIN)
