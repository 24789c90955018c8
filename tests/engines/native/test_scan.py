"""Loops over time: forwards, and their gradients, which are loops that run backwards."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from pellucid.graph import BATCH, NUMBER, TIME, Graph, Size, lift
from pellucid.ops import (
    broadcast_to,
    cast,
    concatenate,
    gather,
    maximum,
    random_uniform,
    reduce_max,
    reduce_mean,
    reshape,
    reverse,
    select,
    softmax,
    tanh,
    transpose,
)
from pellucid.transforms.gradient import gradient

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native._native import Program
from pellucid.engines.native.planner import plan_of

from .agreement import compare_outputs
from .scans import (
    BOTH,
    CELLS,
    FEATURES,
    UNITS,
    agrees,
    graph_of,
    looped,
    numbers,
    recurrent,
    simple_cell,
    total,
    total_cell,
    types_of,
)


# ------------------------------------------------------------ recurrent networks
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


def test_old_memories_are_read_before_the_new_ones_are_written():
    """One program works out new numbers, then reads the old ones that lie in their place."""

    def cell(a, b, x):
        new = tanh(a + b)
        return b, new, new

    agrees(partial(looped, cell, 2, 1), *numbers(22, (3, 3), (3, 3), (2, 3, 3)))

    def counted(k, x):
        new = x + x
        return new, new + k

    whole = np.arange(24).reshape(4, 2, 3)
    agrees(partial(looped, counted, 1, 1), whole[0] + 5, whole, slopes=False)


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
