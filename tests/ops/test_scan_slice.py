"""A small slice of recurrence: it settles that loops over time fit in, before there are layers for them.

`scan` has a graph as its body and several results; its gradient is a scan that runs backwards. Here it is
compared with finite differences, first and second order, and with the same network unrolled.
"""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import BATCH, NUMBER, TIME, Graph, check
from pellucid.ops import (
    cast,
    concatenate,
    expand_dims,
    item,
    random_uniform,
    reduce_sum,
    reshape,
    scan,
    select,
    sigmoid,
    slice_axis,
    tanh,
)
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms.gradient import gradient

pytestmark = pytest.mark.slow

FEATURES, UNITS = 2, 3


def body_of(cell, *types, title="cell"):
    """The body of a loop: a graph of a function from memories, inputs and weights to memories and results."""
    body = Graph(title)
    with body:
        leaves = [body.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        body.outputs = {(str(place),): node for place, node in enumerate(cell(*leaves))}
    return body


def floats(*shapes):
    return [(shape, "float64") for shape in shapes]


def total(node):
    return reduce_sum(node, axes=tuple(range(len(node.shape))))


# ------------------------------------------------------------ two cells
def simple_cell(h, x, W, U, b):
    """h = tanh(x W + h U + b), returned as memory and as result."""
    h = tanh(x @ W + h @ U + b)
    return h, h


SIMPLE = [(FEATURES, UNITS), (UNITS, UNITS), (UNITS,)]


def long_short_cell(h, c, x, W, b):
    """Two memories: what is shown, and what is kept (Hochreiter & Schmidhuber 1997)."""
    gates = concatenate(x, h, axis=1) @ W + b
    keep, write, new, show = [
        slice_axis(gates, axis=1, start=UNITS * k, stop=UNITS * (k + 1)) for k in range(4)
    ]
    c = sigmoid(keep) * c + sigmoid(write) * tanh(new)
    h = sigmoid(show) * tanh(c)
    return h, c, h


LONG_SHORT = [(FEATURES + UNITS, 4 * UNITS), (4 * UNITS,)]

CELLS = {"simple": (simple_cell, 1, SIMPLE), "long and short": (long_short_cell, 2, LONG_SHORT)}


def recurrent(name, batch):
    """A network of one cell: from memories, a sequence and weights to every result of the loop."""
    cell, memories, weights = CELLS[name]
    body = body_of(cell, *floats(*[(batch, UNITS)] * memories, (batch, FEATURES), *weights))

    def network(*inputs):
        made = scan(*inputs, body=body, memories=memories, sequences=1)
        return [item(made, index=index) for index in range(len(made.shape))]

    return network


def unrolled(name, steps):
    """The same network without a loop: last memories, memories before each step, results of each step."""
    cell, memories, _ = CELLS[name]

    def network(*inputs):
        now, over, weights = list(inputs[:memories]), inputs[memories], inputs[memories + 1 :]
        before, shown = [], []
        for step in range(steps):
            x = reshape(slice_axis(over, axis=0, start=step, stop=step + 1), shape=over.shape[1:])
            before.append(now)
            results = cell(*now, x, *weights)
            now = results[:memories]
            shown.append(results[memories])
        columns = [*zip(*before, strict=True), shown]
        stacked = [concatenate(*[expand_dims(x, axis=0) for x in column], axis=0) for column in columns]
        return [*now, *stacked]

    return network


def arrays_of(name, steps, batch):
    _, memories, weights = CELLS[name]
    random = np.random.default_rng(steps)
    shapes = [*[(batch, UNITS)] * memories, (steps, batch, FEATURES), *weights]
    return [random.uniform(-0.8, 0.8, shape) for shape in shapes]


def slopes_and_results(network, arrays):
    """All results of a network, the gradient of a weighted sum of them, and the gradient of its squares."""
    graph = Graph()
    with graph:
        nodes = [graph.input(f"x{place}", array.shape, "float64") for place, array in enumerate(arrays)]
        results = network(*nodes)
        loss = sum(total(result) * (place + 1.5) for place, result in enumerate(results))
        first = gradient(loss, nodes)
        second = gradient(sum(total(slope * slope) for slope in first), nodes)
        graph.outputs = {(str(place),): node for place, node in enumerate([*results, *first, *second])}
    return evaluate(check(graph), {f"x{place}": array for place, array in enumerate(arrays)})


# ------------------------------------------------------------ gradients
@pytest.mark.parametrize("name", CELLS)
def test_gradients_are_the_differences(name):
    """With respect to memories, sequence and weights, through every result, first and second order."""
    network = recurrent(name, batch=1)

    def function(*inputs):
        return sum(total(result * result) * (place + 0.5) for place, result in enumerate(network(*inputs)))

    check_gradient(function, *arrays_of(name, steps=3, batch=1))


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("name", CELLS)
def test_the_loop_agrees_with_the_network_unrolled(name, steps):
    arrays = arrays_of(name, steps, batch=2)
    looped = slopes_and_results(recurrent(name, batch=2), arrays)
    flat = slopes_and_results(unrolled(name, steps), arrays)
    assert looped.keys() == flat.keys()
    for path, value in looped.items():
        np.testing.assert_allclose(value, flat[path], rtol=1e-12, atol=1e-12)


def test_a_sum_worked_out_by_hand():
    """m grows by w x: after 1, 2, 3 and w = 10 it is 60; each x has slope 10, w has slope 1 + 2 + 3."""
    body = body_of(lambda m, x, w: (m + w * x,), *floats((), (), ()))
    graph = Graph()
    with graph:
        m, x, w = (graph.input(name, shape, "float64") for name, shape in (("m", ()), ("x", (3,)), ("w", ())))
        made = scan(m, x, w, body=body, memories=1, sequences=1)
        last, before = item(made, index=0), item(made, index=1)
        slopes = gradient(last, [m, x, w])
        graph.outputs = {(str(place),): node for place, node in enumerate([last, before, *slopes])}
    results = evaluate(
        check(graph), {"m": np.float64(0), "x": np.array([1.0, 2.0, 3.0]), "w": np.float64(10)}
    )
    assert [np.asarray(value).tolist() for value in results.values()] == [60, [0, 10, 30], 1, [10, 10, 10], 6]


def test_a_loop_of_no_steps_returns_what_it_started_with():
    arrays = arrays_of("simple", steps=1, batch=2)
    arrays[1] = np.zeros((0, 2, FEATURES))
    results = list(slopes_and_results(recurrent("simple", batch=2), arrays).values())
    last, before, shown, *slopes = results
    assert np.array_equal(last, arrays[0])
    assert before.shape == shown.shape == (0, 2, UNITS)
    assert np.all(slopes[0] == 1.5)
    assert all(np.all(slope == 0) for slope in slopes[2:5])


def test_batch_and_time_may_be_symbolic():
    body = body_of(simple_cell, *floats((BATCH, UNITS), (BATCH, FEATURES), *SIMPLE))
    graph = Graph()
    with graph:
        types = floats((BATCH, UNITS), (TIME, BATCH, FEATURES), *SIMPLE)
        nodes = [graph.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        made = scan(*nodes, body=body, memories=1, sequences=1)
        shown = item(made, index=2)
        slopes = gradient(total(shown), nodes)
        graph.outputs = {(str(place),): node for place, node in enumerate([shown, *slopes])}
    assert shown.shape == (TIME, BATCH, UNITS)
    for steps, batch in ((1, 4), (3, 2)):
        arrays = arrays_of("simple", steps, batch)
        fixed = slopes_and_results(recurrent("simple", batch), arrays)
        results = evaluate(check(graph), {f"x{place}": array for place, array in enumerate(arrays)})
        assert results["0",].shape == (steps, batch, UNITS)
        assert np.array_equal(results["0",], fixed["2",])


# ------------------------------------------------------------ what else a loop may hold
def test_a_mask_and_a_count_have_no_gradient_and_stop_none():
    """Truth values and whole numbers go through a loop as sequence, memory and fixed input."""

    def cell(h, count, x, wanted, switch, w):
        h = select(wanted, h * w + x, h)
        h = select(switch, h, -h)
        return h, count + count, h

    body = body_of(
        cell,
        ((2,), "float64"),
        ((), "int64"),
        ((2,), "float64"),
        ((2,), "bool"),
        ((), "bool"),
        ((2,), "float64"),
    )
    wanted = np.array([[True, False], [True, True], [False, True]])
    arrays = [np.array([0.5, -1.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0.3, 0.7])]

    def function(h, x, w, count, mask, switch):
        made = scan(h, count, x, mask, switch, w, body=body, memories=2, sequences=2)
        return item(made, index=4) * item(made, index=4) + item(made, index=0)

    check_gradient(function, *arrays, np.int64(1), wanted, np.True_)


def test_a_body_may_use_python_numbers():
    """Dropout in a loop needs seed and step; a rate that is a number gets a gradient as well."""

    def cell(m, x, rate, seed):
        chance = cast(random_uniform(seed, 0, shape=(2,), stream="loop"), dtype="float64")
        return (select(chance > 0.5, m, 0.5 * m) + rate * x,)

    body = body_of(cell, ((2,), "float64"), ((2,), "float64"), ((), NUMBER), ((), NUMBER))

    def function(m, x, rate):
        made = scan(m, x, cast(rate, dtype=NUMBER), 7, body=body, memories=1, sequences=1)
        return item(made, index=0) * item(made, index=0)

    check_gradient(function, [0.5, 1.0], [[1.0, 2.0], [3.0, 4.0]], 0.25)


def test_one_node_may_be_memory_and_sequence():
    body = body_of(lambda m, x: (m * x,), *floats((2,), (2,)))

    def function(x):
        rows = reshape(x, shape=(1, 2))
        made = scan(x, rows, body=body, memories=1, sequences=1)
        return item(made, index=0)

    check_gradient(function, [3.0, 5.0])


# ------------------------------------------------------------ refusals
@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


def test_sequences_have_one_length(graph):
    body = body_of(lambda m, x, y: (m + x + y,), *floats((), (), ()))
    m, x, y = (graph.input(f"x{i}", shape, "float64") for i, shape in enumerate([(), (3,), (4,)]))
    with pytest.raises(ShapeError, match=r"needs sequences of one length: .* received \(3,\), \(4,\)\."):
        scan(m, x, y, body=body, memories=1, sequences=2)
    with pytest.raises(ShapeError, match=r"needs sequences of one length: .* received \(\)\."):
        scan(m, m, x, body=body, memories=1, sequences=1)
    with pytest.raises(ShapeError, match=r"needs sequences of one length: .* received none"):
        scan(m, body=body, memories=1, sequences=0)


def test_the_body_takes_what_it_is_given(graph):
    body = body_of(lambda m, x: (m + x,), *floats((2,), (2,)))
    m, x = graph.input("m", (2,), "float64"), graph.input("x", (4, 3), "float64")
    with pytest.raises(
        ShapeError, match=r"expected float64 \(2,\), float64 \(2,\), received .*, float64 \(3,\)"
    ):
        scan(m, x, body=body, memories=1, sequences=1)


def test_a_memory_keeps_its_shape(graph):
    body = body_of(lambda m, x: (concatenate(m, x, axis=0),), *floats((2,), (2,)), title="growing")
    m, x = graph.input("m", (2,), "float64"), graph.input("x", (4, 2), "float64")
    with pytest.raises(ArgumentError, match="'growing' must return every memory first, in the shape"):
        scan(m, x, body=body, memories=1, sequences=1)


def test_a_memory_is_an_array(graph):
    body = body_of(lambda m, x: (m * 2, x), ((), NUMBER), ((), "float64"), title="numbers")
    with pytest.raises(
        DtypeError, match="'numbers' cannot return a Python number in a loop: expected arrays"
    ):
        scan(1, graph.input("x", (4,), "float64"), body=body, memories=1, sequences=1)
