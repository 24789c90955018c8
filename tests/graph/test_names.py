"""What values are called: by the layer, by the user's own assignment, by the value a gradient belongs to."""

from __future__ import annotations

import pytest

from pellucid.graph import BATCH, CONSTANT, Graph, Name, Scope, name_by_assignment, named
from pellucid.ops import absolute, exp, reduce_mean, tanh
from pellucid.transforms.gradient import gradient


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def x(graph):
    return graph.input("x", (BATCH, 3), "float64")


def name_of(graph, node):
    name = graph.notes[node].name
    return None if name is None else str(name)


def test_an_input_is_called_by_its_name(graph, x):
    assert name_of(graph, x) == "x"
    assert name_of(graph, graph.size(BATCH).inputs[1]) == "n"


def test_a_name_takes_its_owner_from_the_scope(graph, x):
    with graph.within(Scope("dense_1")):
        z = named("z", tanh(x))
        a = named("a", exp(x), owner="dense")
    assert graph.notes[z].name == Name("z", "dense_1")
    assert graph.owner(z) == "dense_1"
    assert graph.owner(a) == "dense"
    assert graph.owner(absolute(x)) == ""


def test_a_number_is_not_named_by_those_who_use_it(graph):
    number = graph.constant(2)
    assert named("two", number) is number
    assert name_of(graph, number) is None
    assert name_of(graph, graph.constant(0.9, "beta_1")) == "beta_1"


def test_a_gradient_is_called_by_its_value(graph, x):
    z = named("z", tanh(x))
    loss = named("loss", reduce_mean(exp(z), axes=(0, 1)))
    [d_z] = gradient(loss, [z])
    assert name_of(graph, d_z) == "d_z"
    assert graph.notes[d_z].primal is z
    [d_d_z] = gradient(reduce_mean(d_z * d_z, axes=(0, 1)), [d_z])
    assert name_of(graph, d_d_z) == "d_d_z"


# ------------------------------------------------------------ by assignment
def huber(y_true, y_pred):
    error = y_true - y_pred
    size: object = absolute(error)
    if size is not None:
        small = size * size
    else:
        big = size  # noqa: F841
    size == size  # noqa: B015
    return reduce_mean(
        small + 1,
        axes=(0, 1),
    )


def test_values_are_called_as_the_user_calls_them(graph, x):
    y = graph.input("y", (BATCH, 3), "float64")
    result = name_by_assignment(huber, y, y_pred=x)
    names = {name_of(graph, node) for node in graph.notes if node.op is not CONSTANT}
    assert names == {"x", "y", "error", "size", None}
    assert name_of(graph, result) is None


def test_names_that_were_given_stay(graph, x):
    def function(x):
        value = named("z", tanh(x))
        return value

    assert name_of(graph, name_by_assignment(function, x)) == "z"


def test_a_keyword_is_no_name(graph, x):
    def function(x):
        try:
            value = tanh(x)
        finally:
            pass
        return value

    assert name_of(graph, name_by_assignment(function, x)) is None


def test_a_function_without_source_gives_no_names(graph, x):
    names = {"tanh": tanh}
    exec("def function(x):\n    value = tanh(x)\n    return value", names)  # noqa: S102
    assert name_of(graph, name_by_assignment(names["function"], x)) is None
