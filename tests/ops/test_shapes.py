"""Shapes of every kind: broadcast, empty, of size 1, single values, and sizes known only at run time.

`evaluate` compares each value, those of the gradient too, with the shape and dtype that its node promises.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from pellucid import ops
from pellucid.errors import ShapeError
from pellucid.graph import BATCH, Graph, Size, check
from pellucid.ops import PRIMITIVES
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms.gradient import gradient

from .running import run

pytestmark = pytest.mark.slow

ELEMENTWISE = [op for op in PRIMITIVES.values() if op.elementwise and op.samples]
SIDES = {"min_side": 0, "max_side": 3, "min_dims": 0, "max_dims": 3}

shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)


def filled(value, shape):
    """The numbers of a sample in another shape: they are where the function is defined and smooth."""
    array = np.asarray(value)
    return np.resize(array, shape) if math.prod(shape) else np.empty(shape, array.dtype)


def with_gradient(graph, result, nodes):
    """A result and, where there are any, the gradients of the sum of its numbers."""
    targets = [node for node in nodes if node.dtype == result.dtype == "float64"]
    if not targets:
        return [result]
    total = ops.reduce_sum(result, axes=tuple(range(len(result.shape))))
    return [result, *gradient(total, targets)]


def values(graph, nodes, arrays):
    graph.outputs = {(str(place),): node for place, node in enumerate(nodes)}
    return list(evaluate(check(graph), arrays).values())


# ------------------------------------------------------------ element-wise
@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
@given(data=st.data())
@settings(max_examples=25)
def test_elementwise_operations_broadcast(op, data):
    sample = data.draw(st.sampled_from(op.samples))
    drawn = data.draw(mutually_broadcastable_shapes(num_shapes=len(sample.inputs), **SIDES))
    arrays = {
        f"x{i}": filled(v, s) for i, (v, s) in enumerate(zip(sample.inputs, drawn.input_shapes, strict=True))
    }
    graph = Graph()
    with graph:
        nodes = [graph.input(name, array.shape, array.dtype.name) for name, array in arrays.items()]
        result = op(*nodes, **sample.attributes)
        wanted = with_gradient(graph, result, nodes)
    assert result.shape == drawn.result_shape
    values(graph, wanted, arrays)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
@given(data=st.data())
@settings(max_examples=25)
def test_elementwise_operations_take_symbolic_sizes(op, data):
    """One axis of the result, counted from the right, is known only at run time."""
    sample = data.draw(st.sampled_from(op.samples))
    drawn = data.draw(
        mutually_broadcastable_shapes(num_shapes=len(sample.inputs), **{**SIDES, "min_dims": 1})
    )
    place = -data.draw(st.integers(1, len(drawn.result_shape)))
    size = drawn.result_shape[place]
    symbol = Size(1, ("batch",))
    arrays = {
        f"x{i}": filled(v, s) for i, (v, s) in enumerate(zip(sample.inputs, drawn.input_shapes, strict=True))
    }
    graph = Graph()
    with graph:
        nodes = []
        for name, array in arrays.items():
            shape = list(array.shape)
            if array.ndim >= -place and shape[place] == size:
                shape[place] = symbol
            nodes.append(graph.input(name, tuple(shape), array.dtype.name))
        result = op(*nodes, **sample.attributes)
        wanted = with_gradient(graph, result, nodes)
    assert result.shape[place] == symbol
    values(graph, wanted, arrays)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_elementwise_operations_look_at_one_place_only(op):
    """Numbers in another order give the results in that order, but for rounding.

    NumPy rounds some functions, expm1 among them, differently at the end of an array.
    """
    for sample in op.samples:
        arrays = [filled(value, (7,)) for value in sample.inputs]
        straight = run(op, *arrays, **sample.attributes)
        turned = run(op, *[array[::-1] for array in arrays], **sample.attributes)
        np.testing.assert_allclose(straight, turned[::-1], rtol=4e-16)


@pytest.mark.parametrize(
    "op", [ops.add, ops.multiply, ops.divide, ops.maximum, ops.power], ids=lambda op: op.name
)
@given(drawn=mutually_broadcastable_shapes(num_shapes=2, **{**SIDES, "max_side": 2}))
@settings(max_examples=8)
def test_gradients_through_broadcasting(op, drawn):
    x, y = (
        np.linspace(low, low + 1, math.prod(s)).reshape(s)
        for low, s in zip((1.0, 3.0), drawn.input_shapes, strict=True)
    )
    check_gradient(op, x, y)


# ------------------------------------------------------------ reductions
@pytest.mark.parametrize("name", ["reduce_sum", "reduce_mean", "reduce_max"])
@given(shape=shapes, data=st.data())
@settings(max_examples=50)
def test_reductions(name, shape, data):
    op = PRIMITIVES[name]
    axes = tuple(sorted(data.draw(st.sets(st.sampled_from(range(len(shape))))))) if shape else ()
    array = np.linspace(-1, 2, math.prod(shape)).reshape(shape)
    empty = any(shape[axis] == 0 for axis in axes)
    if empty and name != "reduce_sum":
        with pytest.raises(ShapeError, match="there must be at least one number"):
            run(op, array, axes=axes)
        return
    graph = Graph()
    with graph:
        x = graph.input("x", shape, "float64")
        wanted = with_gradient(graph, op(x, axes=axes), [x])
    result, slope = values(graph, wanted, {"x": array})
    expected = {"reduce_sum": np.sum, "reduce_mean": np.mean, "reduce_max": np.max}[name](array, axis=axes)
    np.testing.assert_allclose(result, expected, rtol=1e-15, atol=1e-15)
    assert slope.shape == shape


@pytest.mark.parametrize("name", ["reduce_sum", "reduce_mean", "reduce_max"])
@pytest.mark.parametrize("batch", [1, 2, 7])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), ()], ids=str)
def test_reductions_of_a_batch(name, batch, axes):
    graph = Graph()
    with graph:
        x = graph.input("x", (BATCH, 3), "float64")
        result = PRIMITIVES[name](x, axes=axes)
        wanted = with_gradient(graph, result, [x])
    assert result.shape == tuple([size for axis, size in enumerate((BATCH, 3)) if axis not in axes])
    _, slope = values(graph, wanted, {"x": np.arange(3.0 * batch).reshape(batch, 3)})
    mean_of = math.prod([size for axis, size in enumerate((batch, 3)) if axis in axes])
    assert slope.sum() == pytest.approx(3 * batch if name == "reduce_sum" else 3 * batch / mean_of)


@pytest.mark.parametrize("dtype", ["bool", "int8", "int32", "int64", "uint8", "uint32"])
def test_sums_of_whole_numbers_do_not_overflow(dtype):
    total = run(ops.reduce_sum, np.ones(300, dtype), axes=(0,))
    assert int(total) == 300
    assert total.dtype == ("uint64" if dtype.startswith("u") else "int64")


@given(shape=shapes)
def test_operations_along_the_last_axis(shape):
    array = np.linspace(-1, 2, math.prod(shape)).reshape(shape)
    for op in (ops.softmax, ops.log_sum_exp, ops.argmax):
        if not shape or shape[-1] == 0:
            with pytest.raises(ShapeError):
                run(op, array)
        else:
            assert run(op, array).shape == (shape if op is ops.softmax else shape[:-1])


# ------------------------------------------------------------ arrangement and products
@given(shape=shapes, data=st.data())
def test_arrangements_keep_all_numbers(shape, data):
    array = np.arange(math.prod(shape), dtype="float64").reshape(shape)
    order = tuple(data.draw(st.permutations(range(len(shape)))))
    assert np.array_equal(run(ops.transpose, array, axes=order), array.transpose(order))
    other = data.draw(st.permutations(shape))
    assert np.array_equal(run(ops.reshape, array, shape=tuple(other)), array.reshape(other))
    axis = data.draw(st.integers(0, len(shape)))
    assert np.array_equal(run(ops.expand_dims, array, axis=axis), np.expand_dims(array, axis))


@given(shape=shapes.filter(len), data=st.data())
def test_parts_and_their_gradients(shape, data):
    array = np.arange(math.prod(shape), dtype="float64").reshape(shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    start, stop = sorted(data.draw(st.tuples(*[st.integers(0, shape[axis])] * 2)))
    part = run(ops.slice_axis, array, axis=axis, start=start, stop=stop)
    back = run(ops.slice_gradient, part, size=shape[axis], axis=axis, start=start)
    rest = [
        run(ops.slice_axis, array, axis=axis, start=a, stop=b) for a, b in ((0, start), (stop, shape[axis]))
    ]
    assert np.array_equal(run(ops.slice_axis, back, axis=axis, start=start, stop=stop), part)
    assert back.sum() == part.sum()
    assert np.array_equal(run(ops.concatenate, rest[0], part, rest[1], axis=axis), array)


@given(
    lead=mutually_broadcastable_shapes(num_shapes=2, max_dims=2, min_side=0, max_side=2),
    sizes=st.tuples(*[st.integers(0, 3)] * 3),
)
@settings(max_examples=30)
def test_matrix_products(lead, sizes):
    rows, inner, columns = sizes
    x, y = (
        np.linspace(-1, 1, math.prod(shape)).reshape(shape)
        for shape in ((*lead.input_shapes[0], rows, inner), (*lead.input_shapes[1], inner, columns))
    )
    np.testing.assert_allclose(run(ops.matmul, x, y), np.einsum("...ij,...jk->...ik", x, y), atol=1e-15)
    if x.size + y.size <= 12:
        check_gradient(ops.matmul, x, y)


def test_a_batch_through_a_layer():
    """The batch is a size of its own: (n, 2) @ (2, 3) + (3,), and the gradient adds up over it."""
    graph = Graph()
    with graph:
        x, w = graph.input("x", (BATCH, 2), "float64"), graph.input("w", (2, 3), "float64")
        b = graph.input("b", (3,), "float64")
        result = x @ w + b
        wanted = with_gradient(graph, result, [x, w, b])
    assert result.shape == (BATCH, 3)
    for batch in (1, 5):
        arrays = {"x": np.ones((batch, 2)), "w": np.ones((2, 3)), "b": np.zeros(3)}
        z, d_x, d_w, d_b = values(graph, wanted, arrays)
        assert np.all(z == 2)
        assert np.all(d_x == 3)
        assert np.all(d_w == batch)
        assert np.all(d_b == batch)


def test_rows_flattened_by_a_symbolic_size():
    graph = Graph()
    with graph:
        x = graph.input("x", (BATCH, 2, 3), "float64")
        rows = ops.reshape(x, shape=(Size(2, ("batch",)), 3))
        wanted = with_gradient(graph, rows * rows, [x])
    arrays = {"x": np.arange(24.0).reshape(4, 2, 3)}
    assert np.array_equal(values(graph, wanted, arrays)[1], 2 * arrays["x"])
