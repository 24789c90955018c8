"""A graph makes each node once, remembers where it comes from, and takes in no strangers."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest

from pellucid.errors import GraphError
from pellucid.graph import (
    BATCH,
    CONSTANT,
    INPUT,
    NUMBER,
    STATE,
    Graph,
    Line,
    Name,
    Scope,
    Size,
    current_graph,
    lift,
)
from pellucid.ops import add, exp, matmul, multiply, reduce_sum, tanh
from pellucid.testing import evaluate

THIS_FILE = __file__


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def x(graph):
    return graph.input("x", (BATCH, 3), "float64")


# ------------------------------------------------------------ each node once
def test_the_same_operation_on_the_same_inputs_is_the_same_node(graph, x):
    assert tanh(x) is tanh(x)
    assert x + 1 is add(x, 1)
    assert x + 1 is not 1 + x
    assert reduce_sum(x, axes=(0,)) is reduce_sum(x, axes=(0,))
    assert reduce_sum(x, axes=(0,)) is not reduce_sum(x, axes=(1,))
    assert graph.input("x", (BATCH, 3), "float64") is x
    assert len(graph.notes) == 7  # x, tanh, 1, x + 1, 1 + x, two sums


def test_numbers_that_python_calls_equal_may_be_different_constants(graph):
    values = [1, 1.0, 0, 0.0, -0.0, math.inf, -math.inf]
    nodes = [graph.constant(value) for value in values]
    assert len(set(nodes)) == len(values)
    assert [repr(node["value"]) for node in nodes] == [repr(value) for value in values]
    assert graph.constant(1.0) is nodes[1]
    assert graph.constant(1.0, "beta") is not nodes[1]


def test_a_nan_is_a_constant_like_others(graph):
    node = graph.constant(math.nan)
    assert math.isnan(node["value"])
    assert graph.constant(node["value"]) is node


def test_a_leaf_cannot_be_declared_in_two_shapes(graph, x):
    with pytest.raises(
        GraphError, match=r"this input exists already: expected <input: float64 \(batch, 3\)>"
    ):
        graph.input("x", (BATCH, 4), "float64")
    graph.state(("m",), (3,), "float32")
    with pytest.raises(GraphError, match="this state exists already"):
        graph.state(("m",), (3,), "float64")


def test_attributes_must_be_ones_that_can_be_compared(graph, x):
    with pytest.raises(GraphError, match="'reduce_sum' cannot keep its attributes"):
        reduce_sum(x, axes=[0])


# ------------------------------------------------------------ what becomes a node
@pytest.mark.parametrize(
    ("value", "constant"),
    [
        (2, 2),
        (2.5, 2.5),
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array(2.5), 2.5),
        (np.array(3), 3),
    ],
)
def test_numbers_become_python_numbers(graph, value, constant):
    node = lift(value)
    assert (node.op, node.dtype) == (CONSTANT, NUMBER)
    assert type(node["value"]) is type(constant)
    assert node["value"] == constant


@pytest.mark.parametrize("value", [True, np.True_, "1", None, [1.0], np.zeros(3), 1j], ids=repr)
def test_other_values_do_not(graph, value):
    with pytest.raises(GraphError, match=f"cannot use this value: .* received {type(value).__name__}"):
        lift(value)


def test_what_stands_for_a_node_becomes_it(graph, x):
    class Weight:
        def __node__(self):
            return x

    assert lift(Weight()) is x
    assert tanh(Weight()) is tanh(x)


# ------------------------------------------------------------ building
def test_outside_of_a_graph_there_is_nothing_to_build():
    graph = Graph()
    x = graph.input("x", (3,), "float32")
    with pytest.raises(GraphError, match="none is being built; try `with Graph"):
        current_graph()
    with pytest.raises(GraphError, match="none is being built"):
        tanh(x)
    with pytest.raises(GraphError, match="none is being built"):
        x + 1


def test_graphs_may_be_built_inside_each_other(graph):
    with Graph("inner") as inner:
        assert current_graph() is inner
    assert current_graph() is graph


def test_a_graph_is_left_when_building_it_fails():
    with Graph() as outer:
        with pytest.raises(ZeroDivisionError), Graph():
            divmod(1, 0)
        assert current_graph() is outer


def test_each_thread_builds_its_own_graph(graph):
    seen = []

    def build():
        with pytest.raises(GraphError, match="none is being built"):
            current_graph()
        with Graph("other") as other:
            seen.append(current_graph() is other)

    thread = threading.Thread(target=build)
    thread.start()
    thread.join()
    assert seen == [True]
    assert current_graph() is graph


def test_nodes_of_two_graphs_do_not_mix(graph, x):
    with Graph() as other:
        y = other.input("y", (BATCH, 3), "float64")
        with pytest.raises(
            GraphError, match=r"'add' cannot use <input: float64 \(batch, 3\)>: received a node of another"
        ):
            y + x


def test_the_number_of_examples_is_a_number(graph):
    graph.input("x", (BATCH, 3), "float64")
    graph.outputs = {
        ("six",): graph.size(6),
        ("n",): graph.size(BATCH),
        ("2 n",): graph.size(Size(2, ("batch",))),
    }
    assert evaluate(graph, {"x": np.zeros((5, 3))}) == {("six",): 6, ("n",): 5, ("2 n",): 10}


# ------------------------------------------------------------ asking
def test_live_nodes_are_those_that_the_outputs_need(graph, x):
    used, dead = tanh(x), exp(x)
    graph.outputs = {("y",): used}
    assert graph.live() == [x, used]
    assert graph.live([dead, dead]) == [x, dead]
    assert graph.live([]) == []


def test_leaves_come_in_the_order_of_their_declaration(graph):
    b, a = graph.input("b", (), "float32"), graph.input("a", (), "float32")
    m = graph.state(("m",), (), "float32")
    assert graph.leaves(INPUT) == [b, a]
    assert graph.leaves(STATE) == [m]


def test_ten_thousand_nodes_in_a_row_need_no_recursion(graph, x):
    node = x
    for _ in range(10_000):
        node = tanh(node)
    assert len(graph.live([node])) == 10_001


def test_unused_inputs_are_taken_back_with_what_was_made_of_them(graph, x):
    y = graph.input("y", (3,), "float64")
    graph.outputs = {("x",): tanh(x)}
    exp(y)
    graph.forget_unused_inputs()
    assert graph.leaves(INPUT) == [x]
    assert tanh(x) is graph.outputs["x",]
    again = graph.input("y", (4,), "float64")
    assert exp(again).shape == (4,)


# ------------------------------------------------------------ where nodes come from
def test_nodes_have_the_scope_they_were_made_in(graph, x):
    scope = Scope("dense", "1 unit, linear")
    with graph.within(scope):
        a = tanh(x)
        with graph.phase("backward"):
            b = exp(x)
        c = a + 1
    d = x + 1
    expected = {x: Scope(""), a: scope, b: scope._replace(phase="backward"), c: scope, d: Scope("")}
    assert {node: graph.notes[node].scope for node in expected} == expected


def test_the_scope_that_asked_first_keeps_the_node(graph, x):
    with graph.within(Scope("first")):
        node = tanh(x)
    with graph.within(Scope("second")):
        assert tanh(x) is node
    assert graph.notes[node].scope.name == "first"


def test_a_scope_is_left_when_building_fails(graph):
    with pytest.raises(ZeroDivisionError), graph.within(Scope("dense")):
        divmod(1, 0)
    assert graph.scope == Scope("")


def test_nodes_know_the_line_of_user_code(graph, x):
    here = Line(THIS_FILE, test_nodes_know_the_line_of_user_code.__code__.co_firstlineno + 2)
    node = tanh(x)
    assert graph.notes[node].line == here
    with graph.within(Scope("dense")):
        other = exp(node)
    assert graph.where(other) == f"'exp' of 'dense' ({THIS_FILE}, line {here.number + 3})"


def test_a_copy_takes_scope_and_line_of_the_original(graph, x):
    note = graph.notes[x]
    note.scope = Scope("dense")
    with Graph() as copy, copy.like(note):
        node = copy.input("x", (3,), "float64")
    assert copy.notes[node].scope == Scope("dense")
    assert copy.notes[node].line == note.line
    with copy:
        assert copy.notes[tanh(node)].line != note.line


def test_remarks_belong_to_a_scope_and_are_made_once(graph):
    scope = Scope("loss")
    with graph.within(scope):
        for _ in range(2):
            graph.remark("from logits")
        graph.remark("as Keras does")
    assert graph.remarks == {scope: ["from logits", "as Keras does"]}


# ------------------------------------------------------------ including another graph
@pytest.fixture
def body():
    """Return (a b + 1, a b) for a and b."""
    body = Graph("body")
    with body:
        a, b = (body.input(name, (3,), "float64") for name in "ab")
        product = a * b
        body.notes[product].name = Name("product")
        exp(b)  # dead
        body.outputs = {("more",): product + 1, ("product",): product}
    return body


def test_a_graph_is_built_into_another(graph, body):
    x, y = (graph.input(name, (3,), "float64") for name in "xy")
    with graph.within(Scope("here")):
        more, product = graph.include(body, [x, y])
    assert product is multiply(x, y)
    assert more is product + 1
    assert graph.notes[product].name == Name("product")
    assert graph.notes[product].scope == Scope("here")
    assert not any(node.op is exp for node in graph.notes)
    graph.outputs = {("more",): more}
    assert evaluate(graph, {"x": np.full(3, 2.0), "y": np.full(3, 3.0)})["more",].tolist() == [7, 7, 7]


def test_a_graph_built_in_twice_makes_no_node_twice(graph, body):
    x = graph.input("x", (3,), "float64")
    assert graph.include(body, [x, x]) == graph.include(body, [x, x])


@pytest.mark.parametrize("shapes", [[(3,)], [(3,), (3,), (3,)], [(3,), (1,)], []], ids=str)
def test_arguments_are_like_the_inputs(graph, body, shapes):
    arguments = [graph.input(f"x{i}", shape, "float64") for i, shape in enumerate(shapes)]
    with pytest.raises(
        GraphError, match=r"'body' cannot be built here: expected arguments like \[<input: float64 \(3,\)>"
    ):
        graph.include(body, arguments)


def test_where_speaks_of_the_matrix_product_by_its_name(graph, x):
    w = graph.state(("weights", "w"), (3, 1), "float64")
    assert graph.where(matmul(x, w)).startswith("'matmul' (")
