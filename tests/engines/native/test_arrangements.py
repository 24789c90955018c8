"""Views, broadcasting and sums in every order, over sizes from 0 on: numbers come from where they lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from pellucid import ops
from pellucid.graph import BATCH, INPUT, Graph, current_graph

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare, compare_outputs

EXTENTS = (0, 1, 1, 2, 3, 5, 17, 40)


# ------------------------------------------------------------ views: from a node to a node of other places
def sliced(draw, x):
    axis = fixed_axis(draw, x)
    if axis is None:
        return x
    size = x.shape[axis]
    start = draw(st.integers(0, size))
    return ops.slice_axis(x, axis=axis, start=start, stop=draw(st.integers(start, size)))


def reversed_(draw, x):
    axis = fixed_axis(draw, x)
    return x if axis is None else ops.reverse(x, axis=axis)


def transposed(draw, x):
    return ops.transpose(x, axes=tuple(draw(st.permutations(range(len(x.shape))))))


def expanded(draw, x):
    return ops.expand_dims(x, axis=draw(st.integers(0, len(x.shape)))) if len(x.shape) < 5 else x


def spread(draw, x):
    shape = [draw(st.sampled_from(EXTENTS)) if size == 1 else size for size in x.shape]
    if len(shape) > 4 or np.prod([size for size in shape if isinstance(size, int)]) > 20_000:
        return x
    return ops.broadcast_to(x, shape=(*draw(st.sampled_from([(), (1,), (3,)])), *shape), dtype=x.dtype)


def flattened(draw, x):
    kept = draw(st.integers(0, len(x.shape)))
    if not all(isinstance(size, int) for size in x.shape[kept:]):
        return x
    return ops.reshape(x, shape=(*x.shape[:kept], int(np.prod(x.shape[kept:]))))


VIEWS = (sliced, reversed_, transposed, expanded, spread, flattened)


def fixed_axis(draw, x):
    axes = [axis for axis, size in enumerate(x.shape) if isinstance(size, int)]
    return draw(st.sampled_from(axes)) if axes else None


def viewed(draw, x):
    for view in draw(st.lists(st.sampled_from(VIEWS), max_size=3)):
        x = view(draw, x)
    return x


# ------------------------------------------------------------ work: from a node to a node of other numbers
def combined(draw, x):
    """With an array that is repeated where it has one number or no axis."""
    shape = [draw(st.sampled_from([size, 1])) for size in x.shape][draw(st.integers(0, len(x.shape))) :]
    return draw(st.sampled_from([ops.add, ops.multiply, ops.maximum]))(x, another(x, shape))


def added_up(draw, x):
    axes = draw(st.sets(st.sampled_from(range(len(x.shape))), min_size=1)) if x.shape else ()
    return ops.reduce_sum(x, axes=tuple(sorted(axes))) if axes else x


def multiplied(draw, x):
    """With a matrix that lies as it is, or turned round."""
    if len(x.shape) < 2:
        return x
    units = draw(st.sampled_from(EXTENTS))
    if draw(st.booleans()):
        return x @ another(x, (x.shape[-1], units))
    return x @ ops.transpose(another(x, (units, x.shape[-1])), axes=(1, 0))


def joined(draw, x):
    axis = fixed_axis(draw, x)
    return x if axis is None else ops.concatenate(x, ops.reverse(x, axis=axis), x * 2, axis=axis)


def bent(draw, x):
    return ops.select(ops.greater(x, 0), x, 2 * x)


WORK = (combined, added_up, multiplied, joined, bent)


def another(x, shape):
    graph = current_graph()
    return graph.input(f"y{len(graph.leaves(INPUT))}", tuple(shape), x.dtype)


@st.composite
def graphs(draw):
    dtype = draw(st.sampled_from(["float32", "float64"]))
    shape = draw(st.lists(st.sampled_from(EXTENTS), min_size=1, max_size=3))
    with Graph("arranged") as graph:
        x = graph.input("x", (BATCH, *shape) if draw(st.booleans()) else tuple(shape), dtype)
        results = []
        for work in draw(st.lists(st.sampled_from(WORK), min_size=1, max_size=3)):
            x = work(draw, viewed(draw, x))
            if draw(st.booleans()):
                results.append(x)
        graph.outputs = {(str(number),): node for number, node in enumerate([*results, viewed(draw, x)])}
    return graph


@pytest.mark.slow
@settings(max_examples=200)
@given(graph=graphs(), count=st.sampled_from(EXTENTS), seed=st.integers(0, 99))
def test_numbers_from_everywhere(graph, count, seed):
    note(str(graph))
    random = np.random.default_rng(seed)
    arrays = {
        leaf["name"]: random.integers(
            -4, 5, size=[size if isinstance(size, int) else count for size in leaf.shape]
        ).astype(leaf.dtype)
        for leaf in graph.leaves(INPUT)
    }
    compare_outputs(graph, arrays, {})


@pytest.mark.parametrize("shape", [(3,), (1, 3), (3, 1)])
def test_a_vector_that_is_repeated_along_the_rows_of_a_square_or_as_its_rows(shape):
    x = np.array([1.0, 2.0, 4.0]).reshape(shape)
    for axis in (0, 1):
        compare(lambda x, axis=axis: ops.reduce_sum(spread_out(x, (3, 3)), axes=(axis,)), x)
        compare(lambda x, axis=axis: ops.reduce_sum(spread_out(ops.tanh(x), (3, 3)), axes=(axis,)), x)
        compare(lambda x: ops.softmax(spread_out(x, (3, 3)) + x), x)
        compare(lambda x, axis=axis: ops.reduce_sum(spread_out(x, (1, 3, 3)), axes=(1 + axis,)), x)


@pytest.mark.parametrize("count", [1, 3])
def test_one_column_from_a_wider_table_and_one_number_for_all_rows(count):
    x, y = np.arange(2.0 * count).reshape(count, 2), np.array([5.0])
    compare(lambda x, y: ops.slice_axis(x, axis=1, start=1, stop=2) - y, x, y)
    compare(lambda x, y: ops.tanh(ops.reverse(ops.slice_axis(x, axis=1, start=0, stop=1), axis=0) * y), x, y)


@pytest.mark.parametrize("columns", [2, 3, 4, 7, 8, 10, 16])
@pytest.mark.parametrize("count", [1, 16, 37, 300])
def test_rows_are_turned_round_and_back(count, columns):
    x = np.random.default_rng(columns).standard_normal((count, columns + 1), np.float32)
    compare(ops.softmax, x[:, 1:])
    compare(lambda x: ops.softmax(ops.slice_axis(x, axis=1, start=1, stop=columns + 1)), x)  # with gaps
    compare(lambda x: ops.softmax(x) * ops.softmax(x * x), x[:, 1:])


def spread_out(x, shape):
    return ops.broadcast_to(x, shape=shape, dtype=x.dtype)
