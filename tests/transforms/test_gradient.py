"""The gradient transform: the chain rule over any graph, and what it says where there is no gradient."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid import ops
from pellucid.errors import GraphError
from pellucid.graph import BATCH, NUMBER, Graph, Scope, check, named
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms.gradient import gradient, pullback


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


def value_of(graph, *nodes, **arrays):
    graph.outputs = {(str(place),): node for place, node in enumerate(nodes)}
    return [np.asarray(value).tolist() for value in evaluate(check(graph), arrays).values()]


def test_a_value_used_twice_gets_both_gradients(graph):
    x = graph.input("x", (), "float64")
    y = x * x  # through each factor
    assert value_of(graph, *gradient(y * x, [x, y]), x=np.float64(3)) == [27, 3]


def test_several_targets_on_one_way(graph):
    """loss = (2 x + 1) ** 2 at x = 1: with respect to the square's base 6, to x 12, to the loss itself 1."""
    x = graph.input("x", (), "float64")
    base = 2 * x + 1
    loss = base**2
    assert value_of(graph, *gradient(loss, [loss, base, x]), x=np.float64(1)) == [1, 6, 12]


def test_where_nothing_arrives_the_gradient_is_0(graph):
    x, y = (graph.input(name, (2,), "float32") for name in "xy")
    labels = graph.input("labels", (2,), "int64")
    loss = ops.reduce_sum(x, axes=(0,))
    d_y, d_labels = gradient(loss, [y, labels])
    assert (d_y.shape, d_y.dtype, d_labels.dtype) == ((2,), "float32", "int64")
    arrays = {"x": np.ones(2, "f"), "y": np.ones(2, "f"), "labels": np.array([0, 1])}
    assert value_of(graph, d_y, d_labels, **arrays) == [[0, 0], [0, 0]]
    assert pullback([loss], [loss], [y]) == [None]


def test_a_number_may_be_on_the_way(graph):
    """A global norm as a Python number: d (s x) / d x with s = sum(x) is s + x."""
    x, rate = graph.input("x", (), "float64"), graph.state(("rate",), (), NUMBER)
    scaled = x * ops.cast(x, dtype=NUMBER) * rate
    d_x, d_rate = gradient(scaled, [x, rate])
    assert d_rate.dtype == NUMBER
    graph.outputs = {("d_x",): d_x, ("d_rate",): d_rate}
    assert evaluate(graph, {"x": np.float64(3)}, {("rate",): 2.0}) == {("d_x",): 12, ("d_rate",): 9}


def test_an_array_with_a_number_as_exponent(graph):
    check_gradient(lambda x, y: x ** ops.cast(y, dtype=NUMBER), [1.5, 2.5], 3.0)


@pytest.mark.parametrize(
    "single",
    [
        lambda x: ops.reshape(ops.slice_axis(x, axis=0, start=1, stop=2), shape=()),
        lambda x: ops.transpose(ops.reduce_sum(x * x, axes=(0,)), axes=()),
        ops.log_sum_exp,
        lambda x: ops.reduce_max(x * x, axes=(0,)),
        lambda x: ops.pick(x * x, ops.argmax(x)),
        lambda x: ops.gather(x * x, ops.argmax(x)),
        lambda x: ops.select(ops.log_sum_exp(x) > 0, ops.log_sum_exp(x), 1),
        lambda x: -abs(ops.log_sum_exp(x)) / 3,
    ],
    ids=["reshape", "transpose", "log_sum_exp", "reduce_max", "pick", "gather", "select", "arithmetic"],
)
def test_any_operation_may_give_the_loss(single):
    """The gradient of the loss is the plain number 1, which no rule may take for an array."""
    check_gradient(single, [0.5, 2.0, 1.0])


def test_results_pulled_back_together(graph):
    x, g = graph.input("x", (2,), "float64"), graph.input("g", (2,), "float64")
    [d_x] = pullback([x * 2, x * x, x * 2], [g, g, g], [x])
    assert value_of(graph, d_x, x=np.array([1.0, 3.0]), g=np.array([1.0, 10.0])) == [[6, 100]]


@given(
    st.lists(
        st.sampled_from(["add", "multiply", "tanh", "sin", "divide", "maximum"]), min_size=1, max_size=8
    ),
    st.data(),
)
@settings(max_examples=20)
def test_random_programs(names, data):
    """Each step applies an operation to values made before."""
    picks = data.draw(st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=len(names), max_size=len(names)))

    def program(x, y):
        values = [x, y]
        for name, (i, j) in zip(names, picks, strict=True):
            a, b = values[i % len(values)], values[j % len(values)]
            op = ops.PRIMITIVES[name]
            if len(op.samples[0].inputs) == 1:
                values.append(op(a))
            else:
                values.append(op(a, b * b + 2) if name == "divide" else op(a, b + 0.25))
        return values[-1]

    check_gradient(program, [0.31, -0.77], [[1.13], [0.58]])


# ------------------------------------------------------------ scopes and names
def test_gradients_belong_to_the_layer_that_made_the_value(graph):
    x = graph.input("x", (BATCH, 2), "float32")
    with graph.within(Scope("dense", "1 unit")):
        w = graph.state(("weights", "w"), (2, 1), "float32")
        z = named("z", x @ w)
    with graph.within(Scope("loss", "", "loss")):
        loss = named("loss", ops.reduce_mean(z * z, axes=(0, 1)))
    [d_w] = gradient(loss, [w])
    assert graph.notes[d_w].scope == Scope("dense", "1 unit", "backward")
    [d_z] = [node for node, note in graph.notes.items() if str(note.name) == "d_z"]
    assert graph.notes[d_z].scope == Scope("loss", "", "backward")
    assert graph.notes[d_z].primal is z


# ------------------------------------------------------------ refusals
def test_only_a_single_number_has_a_gradient(graph):
    x = graph.input("x", (BATCH, 2), "float32")
    with pytest.raises(
        GraphError, match=r"only a single number has a gradient: .* received <input: float32 \(batch, 2\)>"
    ):
        gradient(x, [x])
    with pytest.raises(
        GraphError, match=r"expected one float32 or float64, received <reduce_sum: int64 \(\)>"
    ):
        gradient(ops.reduce_sum(x > 0, axes=(0, 1)), [x])


def test_an_operation_without_a_rule_is_named_with_its_line(graph):
    op = ops.Primitive("swirl", shape=lambda x: (x.shape, x.dtype), numpy="x", samples=[])
    x = graph.input("x", (), "float64")
    with graph.within(Scope("hidden")):
        y = op(x)
    with pytest.raises(
        GraphError, match=r"'swirl' of 'hidden' \(.*test_gradient.py, line \d+\) has no gradient; try stop"
    ):
        gradient(y, [x])
    assert gradient(ops.stop_gradient(y) * x, [x])
