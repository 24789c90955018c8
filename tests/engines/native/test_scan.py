"""Loops over time: forwards, and their gradients, which are loops that run backwards."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import GraphError
from pellucid.graph import BATCH, NUMBER, TIME, Graph, Size, lift
from pellucid.ops import (
    broadcast_to,
    call,
    cast,
    concatenate,
    expand_dims,
    gather,
    item,
    maximum,
    random_uniform,
    reduce_max,
    reduce_mean,
    reduce_sum,
    reshape,
    reverse,
    scan,
    select,
    sigmoid,
    slice_axis,
    softmax,
    tanh,
    transpose,
)
from pellucid.transforms.gradient import gradient

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native._native import Program
from pellucid.engines.native.plan import CHUNK
from pellucid.engines.native.planner import plan_of

from .agreement import compare_outputs

BOTH = pytest.mark.parametrize("dtype", ["float32", "float64"])
UNITS, FEATURES = 5, 3


# ------------------------------------------------------------ help
def body_of(cell, *types):
    """The graph of a function from memories, elements and what is fixed to memories and results."""
    body = Graph("cell")
    with body:
        leaves = [body.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        body.outputs = {(str(place),): node for place, node in enumerate(cell(*leaves))}
    return body


def types_of(arrays):
    return [(np.shape(array), np.asarray(array).dtype.name) for array in arrays]


def looped(cell, memories, sequences, *inputs):
    """All results of a loop over nodes."""
    moving = memories + sequences
    types = [
        (node.shape[1:] if memories <= place < moving else node.shape, node.dtype)
        for place, node in enumerate(inputs)
    ]
    made = scan(*inputs, body=body_of(cell, *types), memories=memories, sequences=sequences)
    return [item(made, index=index) for index in range(len(made.shape))]


def total(node):
    return reduce_sum(node, axes=tuple(range(len(node.shape)))) if node.shape else node


def graph_of(network, types, slopes=True):
    """The results of a function of nodes, and the gradient of the sum of their squares."""
    with Graph("looped") as graph:
        nodes = [graph.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        results = network(*nodes)
        if slopes:
            floats = [node for node in nodes if node.dtype.startswith("float")]
            numbers = [result for result in results if result.dtype.startswith("float")]
            results = [*results, *gradient(sum(total(result * result) for result in numbers), floats)]
        graph.outputs = {(str(place),): node for place, node in enumerate(results)}
    return graph


def agrees(network, *arrays, slopes=True):
    """Compare all results and the gradient with the reference; returns the right ones."""
    graph = graph_of(network, types_of(arrays), slopes)
    return compare_outputs(graph, {f"x{place}": array for place, array in enumerate(arrays)}, {})


def numbers(seed, *shapes, dtype="float64"):
    random = np.random.default_rng(seed)
    return [random.uniform(-0.9, 0.9, shape).astype(dtype) for shape in shapes]


def total_cell(m, x):
    return (m + x,)


# ------------------------------------------------------------ recurrent networks
def simple_cell(h, x, W, U, b):
    h = tanh(x @ W + h @ U + b)
    return h, h


def long_short_cell(h, c, x, W, U, b):
    gates = x @ W + h @ U + b
    keep, write, new, show = [
        slice_axis(gates, axis=1, start=UNITS * k, stop=UNITS * (k + 1)) for k in range(4)
    ]
    c = sigmoid(keep) * c + sigmoid(write) * tanh(new)
    h = sigmoid(show) * tanh(c)
    return h, c, h


CELLS = {
    "simple": (simple_cell, 1, [(FEATURES, UNITS), (UNITS, UNITS), (UNITS,)]),
    "long and short": (long_short_cell, 2, [(FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)]),
}


def recurrent(name, steps, batch, dtype):
    cell, memories, weights = CELLS[name]
    arrays = numbers(3, *[(batch, UNITS)] * memories, (steps, batch, FEATURES), *weights, dtype=dtype)
    return partial(looped, cell, memories, 1), arrays


@BOTH
@pytest.mark.parametrize("steps", [0, 1, 2, 7])
@pytest.mark.parametrize("name", CELLS)
def test_cells_and_their_gradients(name, steps, dtype):
    network, arrays = recurrent(name, steps, 4, dtype)
    memories = CELLS[name][1]
    results = agrees(network, *arrays)
    if steps == 0:
        for start, last, before in zip(arrays, results, results[memories:], strict=False):
            if start is arrays[memories]:
                break
            assert np.array_equal(start, last)
            assert before.shape == (0, 4, UNITS)


@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_of_a_gradient(name):
    network, arrays = recurrent(name, 3, 2, "float64")

    def slopes(*nodes):
        return gradient(total(network(*nodes)[-1]), nodes)

    agrees(slopes, *arrays)


@pytest.mark.parametrize("name", CELLS)
def test_batch_and_time_may_be_symbolic(name):
    cell, memories, weights = CELLS[name]
    shapes = [(BATCH, UNITS)] * memories + [(TIME, BATCH, FEATURES), *weights]
    graph = graph_of(partial(looped, cell, memories, 1), [(shape, "float64") for shape in shapes])
    for steps, batch in ((0, 2), (1, 4), (5, 3)):
        arrays = recurrent(name, steps, batch, "float64")[1]
        compare_outputs(graph, {f"x{place}": array for place, array in enumerate(arrays)}, {})


def test_time_on_the_second_axis():
    """Sequences are views, and so is what a loop makes of them; here one runs backwards, too."""

    def network(x, W, U, b):
        x = transpose(x, axes=(1, 0, 2))
        start = broadcast_to(0, shape=(4, UNITS), dtype="float64")
        _, _, forwards = looped(simple_cell, 1, 1, start, x, W, U, b)
        _, _, backwards = looped(simple_cell, 1, 1, start, reverse(x, axis=0), W, U, b)
        both = concatenate(forwards, reverse(backwards, axis=0), axis=2)
        return [transpose(both, axes=(1, 0, 2))]

    agrees(network, *numbers(4, (4, 6, FEATURES), *CELLS["simple"][2]))


@BOTH
def test_weights_of_the_state(dtype):
    """They lie in panels; a loop reads them there, and turned round, and a step changes them."""
    cell, memories, weights = CELLS["long and short"]
    arrays = recurrent("long and short", 4, 3, dtype)[1]
    with Graph("step") as graph:
        moving = [graph.input(f"x{place}", *type_) for place, type_ in enumerate(types_of(arrays[:3]))]
        fixed = [graph.state(("weights", f"{place}"), shape, dtype) for place, shape in enumerate(weights)]
        loss = total(looped(cell, memories, 1, *moving, *fixed)[-1])
        slopes = gradient(loss, fixed)
        graph.outputs = {node["path"]: node - 0.1 * slope for node, slope in zip(fixed, slopes, strict=True)}
    state = {("weights", f"{place}"): array for place, array in enumerate(arrays[3:])}
    given = {f"x{place}": array for place, array in enumerate(arrays[:3])}
    new = compare_outputs(graph, given, state)
    planned = plan_of(graph, is_state=lambda path: True)
    program = Program(planned.plan)
    for path, buffer in planned.arrays.items():
        program.write(buffer, state[path])
    program.apply([given[name] for name in planned.inputs], [], [1])
    for path, right in zip(graph.outputs, new, strict=True):
        received = np.empty_like(right)
        program.read(planned.arrays[path], received)
        np.testing.assert_allclose(received, right, rtol=2e-5 if dtype == "float32" else 1e-11, atol=1e-6)


# ------------------------------------------------------------ memories and results of all kinds
def test_a_sum_worked_out_by_hand():
    """m grows by w x: after 1, 2, 3 and w = 10 it is 60; each x has slope 10, w has slope 1 + 2 + 3."""

    def network(m, x, w):
        last, before = looped(lambda m, x, w: (m + w * x,), 1, 1, m, x, w)
        return [last, before, *gradient(last, [m, x, w])]

    results = agrees(network, np.float64(0), np.array([1.0, 2.0, 3.0]), np.float64(10), slopes=False)
    assert [np.asarray(value).tolist() for value in results] == [60, [0, 10, 30], 1, [10, 10, 10], 6]


@BOTH
@pytest.mark.parametrize("steps", [0, 1, 5])
def test_single_numbers(steps, dtype):
    """Memories, elements, results and what is fixed may have the shape ()."""

    def cell(m, k, x, flag, w):
        m = select(flag, m * w + x, -m)
        return m, k + k, m * m, k, x, w

    arrays = numbers(5, (), (steps,), (), dtype=dtype)
    flags = np.arange(steps) % 3 != 0
    results = agrees(
        lambda m, x, w, k, flag: looped(cell, 2, 2, m, k, x, flag, w), *arrays, np.int64(4), flags
    )
    assert results[1] == 4 * 2**steps
    assert results[3].tolist() == [4 * 2**step for step in range(steps)]


@pytest.mark.parametrize("shape", [(), (2,), (2, 3)], ids=str)
@pytest.mark.parametrize("steps", [0, 1, 4])
def test_what_passes_through(shape, steps):
    """Results that are inputs as they are, memories that change places or do not change."""

    def cell(a, b, c, d, x, w):
        zeros = broadcast_to(0.5, shape=shape, dtype="float64")
        return b, a, c, x, a, d, x, w, zeros, w, x * 2

    arrays = numbers(6, shape, shape, shape, shape, (steps, *shape), shape)
    results = agrees(partial(looped, cell, 4, 1), *arrays)
    swapped = [arrays[1], arrays[0]] if steps % 2 else arrays[:2]
    assert [result.tolist() for result in results[:2]] == [array.tolist() for array in swapped]
    assert results[2].tolist() == arrays[2].tolist()


def test_a_memory_may_be_arranged_anew():
    """Views of a memory are its new value: what they look at must not change before."""

    def cell(a, b, x):
        return transpose(a, axes=(1, 0)), reverse(b, axis=0), a + x, b * 2, reverse(b, axis=0)

    agrees(partial(looped, cell, 2, 1), *numbers(7, (3, 3), (4, 2), (5, 3, 3)))


def test_memories_that_need_each_other():
    def cell(a, b, x):
        return a + b * x, b - a * x, a * b

    agrees(partial(looped, cell, 2, 1), *numbers(8, (2, 3), (2, 3), (6, 2, 3)))


def test_masks_and_whole_numbers():
    def cell(h, count, x, wanted, label, table):
        h = select(wanted, h * gather(table, label) + x, h)
        return h, count + cast(wanted, dtype="int64"), count, wanted

    def network(h, x, table, count, wanted, labels):
        return looped(cell, 2, 3, h, count, x, wanted, labels, table)

    h, x, table = numbers(9, (2, 3), (4, 2, 3), (5, 3))
    wanted = np.arange(24).reshape(4, 2, 3) % 5 > 1
    labels = np.array([[0, 4], [1, 1], [3, 2], [2, 0]])
    agrees(network, h, x, table, np.zeros((2, 3), "int64"), wanted, labels)


def test_rows_reductions_and_products():
    """Attention over what is fixed: kernels of all kinds, whose results are stacked."""

    def cell(q, x, keys, W):
        shares = softmax((q @ W + x) @ transpose(keys, axes=(1, 0)))
        q = shares @ keys
        return q, shares, reduce_mean(q, axes=(0,)), reduce_max(shares, axes=(1,)), maximum(q, 0), total(q)

    for dtype in ("float32", "float64"):
        agrees(partial(looped, cell, 1, 1), *numbers(10, (4, 6), (3, 4, 6), (5, 6), (6, 6), dtype=dtype))


def test_python_numbers_in_a_loop():
    """A seed of 64 bits is needed to its last one; a rate that is a number has a gradient."""

    def cell(m, x, rate, seed):
        chance = cast(random_uniform(seed, 3, shape=(2, 3), stream="loop"), dtype="float64")
        return select(chance > 0.5, m, 0.5 * m) + rate * x, chance

    def network(m, x, rate, n):
        return looped(cell, 1, 1, m, x, cast(rate, dtype=NUMBER), n)

    arrays = [*numbers(11, (2, 3), (4, 2, 3)), np.float64(0.25)]
    seed = 2**60 + 12345
    agrees(lambda *nodes: network(*nodes, lift(seed)), *arrays)
    with Graph() as graph:
        nodes = [graph.input(f"x{place}", *type_) for place, type_ in enumerate(types_of(arrays))]
        given_seed = graph.input("seed", (), NUMBER)
        graph.outputs = {(str(i),): node for i, node in enumerate(network(*nodes, given_seed))}
    compare_outputs(graph, {"seed": seed, **{f"x{i}": array for i, array in enumerate(arrays)}}, {})


def test_sizes_in_a_body():
    """A body may speak of the batch, as a number and in its shapes."""

    def cell(m, x):
        return m + reduce_mean(x, axes=(0,)), x - m

    graph = graph_of(partial(looped, cell, 1, 1), [((3,), "float64"), ((TIME, BATCH, 3), "float64")])
    for steps, batch in ((2, 5), (0, 1), (4, 2)):
        m, x = numbers(12, (3,), (steps, batch, 3))
        compare_outputs(graph, {"x0": m, "x1": x}, {})


def test_a_symbolic_number_of_steps_times_a_number():
    graph = graph_of(
        lambda m, x: looped(total_cell, 1, 1, m, reshape(x, shape=(Size(2, ("time",)), 3))),
        [((3,), "float64"), ((TIME, 2, 3), "float64")],
    )
    m, x = numbers(13, (3,), (4, 2, 3))
    compare_outputs(graph, {"x0": m, "x1": x}, {})


def test_what_nobody_needs_is_left_out():
    def cell(a, b, x, w):
        return a + x, b * w + a, tanh(b @ w)

    def plan(*indices):
        graph = graph_of(
            lambda *nodes: [looped(cell, 2, 1, *nodes)[index] for index in indices],
            [((3, 3), "float64"), ((3, 3), "float64"), ((4, 3, 3), "float64"), ((3, 3), "float64")],
            slopes=False,
        )
        return [each.kind for each in plan_of(graph).plan.instructions]

    assert plan(0) == ["copy", "loop", "elementwise"]
    assert plan(4).count("matmul") == 1
    assert plan(1).count("copy") == 2
    assert "matmul" not in plan(0, 1)


def test_what_is_the_same_in_each_round_is_turned_round_once():
    def cell(h, x, W):
        return (tanh(x + h @ transpose(W, axes=(1, 0))),)

    types = [((4, 3), "float64"), ((5, 4, 3), "float64"), ((3, 3), "float64")]
    kinds = [
        each.kind for each in plan_of(graph_of(partial(looped, cell, 1, 1), types, False)).plan.instructions
    ]
    assert kinds.index("transpose") < kinds.index("loop")
    agrees(partial(looped, cell, 1, 1), *numbers(14, (4, 3), (5, 4, 3), (3, 3)))


# ------------------------------------------------------------ loops in loops, loops in calls
@pytest.mark.parametrize("steps", [(0, 3), (3, 0), (1, 1), (2, 3)], ids=str)
def test_loops_in_loops(steps):
    """The inner loop runs over a part of what the outer one runs over, and over what is the same in each round."""

    def inner(m, n, x, w):
        return m * w + x, n + total(m), m + n

    def outer(m, n, x, w, over):
        m, n, _, _, shown = looped(inner, 2, 1, m, n, x, w)
        last, before, *_ = looped(total_cell, 1, 1, n, over)
        return m, last, shown, before, m + 1

    outer_steps, inner_steps = steps
    arrays = numbers(15, (2, 3), (), (outer_steps, inner_steps, 2, 3), (2, 3), (inner_steps,))
    agrees(partial(looped, outer, 2, 1), *arrays)


def test_four_loops_in_each_other_and_no_more():
    def nested(depth):
        def cell(m, x):
            last = looped(nested(depth - 1), 1, 1, m, x)[0] if depth else m * 0.5 + x
            return last, last * 2

        return cell

    m, *_ = numbers(16, (2,))
    for depth, x in ((3, numbers(17, (2, 1, 3, 2, 2))[0]), (4, numbers(17, (2, 1, 3, 1, 2, 2))[0])):
        if depth == 3:
            agrees(partial(looped, nested(depth), 1, 1), m, x)
        else:
            with pytest.raises(GraphError, match="at most 4 loops over time can stand inside each other"):
                agrees(partial(looped, nested(depth), 1, 1), m, x)


def test_loops_in_calls_and_calls_in_loops():
    def squared(m, x):
        body = body_of(lambda m, x: (m * m + x,), (m.shape, m.dtype), (x.shape, x.dtype))
        return (item(call(m, x, body=body), index=0),)

    def network(m, x):
        def cell(m, x):
            return tuple(looped(squared, 1, 1, m, x))

        body = body_of(cell, (m.shape, m.dtype), (x.shape, x.dtype))
        called = call(m, x, body=body)
        return [item(called, index=index) for index in range(2)]

    agrees(network, *numbers(18, (2, 3), (4, 2, 3)))


def test_one_loop_after_the_other():
    """The second runs over what the first has stacked, and starts from where it ended."""

    def network(m, x):
        last, before = looped(total_cell, 1, 1, m, x)
        return looped(lambda m, x, w: (m * x, w + x), 1, 1, last, before, expand_dims(last, axis=0))

    agrees(network, *numbers(19, (2, 3), (4, 2, 3)))


# ------------------------------------------------------------ threads, chunks
def bits(planned, given, sizes, threads):
    """Run a plan; returns its results, to the last bit."""
    program = Program(planned.plan)
    program.threads = threads
    symbols = [sizes[name] for name in planned.plan.symbols if name in sizes]
    made = []
    for value in planned.outputs.values():
        extents = [(extent,) if isinstance(extent, int) else extent for extent in value.shape]
        shape = [factor * prod(symbols[number] for number in rest) for factor, *rest in extents]
        made.append((planned.buffer(value), np.empty(shape, value.dtype)))
    assert program.apply([given[name] for name in planned.inputs], made, symbols) is None
    return [array.tobytes() for _, array in made]


@pytest.mark.parametrize("batch", [3, 70, 5000])
@pytest.mark.parametrize("steps", [0, 1, 3])
def test_threads_change_nothing(batch, steps):
    """A loop stands between what is done in chunks of a large batch."""
    cell, memories, weights = CELLS["simple"]

    def network(x, h, W, U, b):
        x = maximum(x @ W, 0) @ transpose(W, axes=(1, 0))
        _, before, shown = looped(cell, memories, 1, tanh(h @ U), x, W, U, b)
        counts = looped(total_cell, 1, 1, total(h), reduce_mean(shown, axes=(1, 2)))[1]
        return [maximum(h @ U, 0) @ U, before, shown, counts]

    shapes = [(TIME, BATCH, FEATURES), (BATCH, UNITS), *weights]
    graph = graph_of(network, [(shape, "float64") for shape in shapes])
    planned = plan_of(graph, batch=batch)
    arrays = numbers(20, (steps, batch, FEATURES), (batch, UNITS), *weights)
    given = {f"x{place}": array for place, array in enumerate(arrays)}
    found = [bits(planned, given, {"batch": batch, "time": steps}, threads) for threads in (1, 1, 2, 3)]
    assert found[0] == found[1] == found[2] == found[3]
    right = compare_outputs(graph, given, {})
    for received, array in zip(found[0], right, strict=True):
        scale = max(1.0, np.abs(array).max(initial=0))
        np.testing.assert_allclose(np.frombuffer(received), array.ravel(), rtol=1e-9, atol=1e-11 * scale)
    loops = [each.options[0] for each in planned.plan.instructions if each.kind == "loop"]
    assert (CHUNK in loops) == (batch == 5000)


# ------------------------------------------------------------ bodies of all kinds
ARRAYS = (
    lambda p, q, n: tanh(p + q),
    lambda p, q, n: p * q,
    lambda p, q, n: tanh(p @ q),
    lambda p, q, n: transpose(p, axes=(1, 0)),
    lambda p, q, n: reverse(p, axis=0),
    lambda p, q, n: softmax(p),
    lambda p, q, n: p * n,
    lambda p, q, n: broadcast_to(n, shape=(3, 3), dtype="float64"),
)
SINGLES = (
    lambda p, q, n: tanh(total(p)),
    lambda p, q, n: n * reduce_mean(q, axes=(0, 1)),
    lambda p, q, n: tanh(n),
    lambda p, q, n: reduce_max(p, axes=(0, 1)),
)
some = st.integers(0, 30)


@settings(max_examples=60, deadline=None)
@given(
    operations=st.lists(
        st.tuples(st.sampled_from(ARRAYS + SINGLES), some, some, some), min_size=1, max_size=8
    ),
    chosen=st.lists(some, min_size=3, max_size=6),
    steps=st.integers(0, 3),
)
def test_bodies_of_all_kinds(operations, chosen, steps):
    def cell(a, b, s, x, u, w, v):
        arrays, singles = [a, b, x, w], [s, u, v]
        for make, i, j, k in operations:
            made = make(arrays[i % len(arrays)], arrays[j % len(arrays)], singles[k % len(singles)])
            (arrays if made.shape else singles).append(made)
        new_a, new_b, *shown = [arrays[-1 - choice % len(arrays)] for choice in chosen]
        number = singles[-1 - chosen[2] % len(singles)]
        return new_a, new_b, number, *shown, number

    arrays = numbers(21, (3, 3), (3, 3), (), (steps, 3, 3), (steps,), (3, 3), ())
    agrees(partial(looped, cell, 3, 2), *arrays)
