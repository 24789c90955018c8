"""Loops over time: what is left out of them, loops in loops, threads, and bodies of all kinds."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import GraphError
from pellucid.graph import BATCH, TIME
from pellucid.ops import (
    broadcast_to,
    call,
    expand_dims,
    item,
    maximum,
    reduce_max,
    reduce_mean,
    reverse,
    softmax,
    tanh,
    transpose,
)

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native._native import Program
from pellucid.engines.native.plan import CHUNK
from pellucid.engines.native.planner import plan_of

from .agreement import compare_outputs
from .scans import CELLS, FEATURES, UNITS, agrees, body_of, graph_of, looped, numbers, total, total_cell


# ------------------------------------------------------------ what is planned
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
    """The inner loop runs over a part of what the outer one does, and over what is fixed."""

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
