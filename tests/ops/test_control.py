"""A call of a graph: several results, and a gradient that is a call again."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ShapeError
from pellucid.graph import NUMBER, SEVERAL, Graph, check
from pellucid.ops import call, item, reduce_sum, tanh
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms.gradient import gradient


def body_of(function, *types, title="body"):
    body = Graph(title)
    with body:
        leaves = [body.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        body.outputs = {(str(place),): node for place, node in enumerate(function(*leaves))}
    return body


@pytest.fixture
def momentum():
    """The update of one weight: (w, m, gradient, rate) -> (new w, new m), with a number among its inputs."""

    def update(w, m, g, rate):
        m = 0.9 * m - rate * g
        return w + m, m

    types = [((2,), "float64"), ((2,), "float64"), ((2,), "float64"), ((), NUMBER)]
    return body_of(update, *types, title="momentum")


def test_a_call_has_several_results(momentum):
    graph = Graph()
    with graph:
        w, m, g = (graph.input(name, (2,), "float64") for name in "wmg")
        results = call(w, m, g, 0.5, body=momentum)
        graph.outputs = {("w",): item(results, index=0), ("m",): item(results, index=1)}
    assert (results.dtype, results.shape) == (SEVERAL, (((2,), "float64"), ((2,), "float64")))
    assert repr(results) == "<call: several>"
    values = evaluate(
        check(graph), {"w": np.array([1.0, 2.0]), "m": np.array([1.0, 0.0]), "g": np.array([1.0, 4.0])}
    )
    assert values["m",].tolist() == [0.9 - 0.5, -2.0]
    assert values["w",].tolist() == [1.4, 0.0]


def test_equal_calls_are_one_node(momentum):
    with Graph() as graph:
        w = graph.input("w", (2,), "float64")
        assert call(w, w, w, 0.5, body=momentum) is call(w, w, w, 0.5, body=momentum)


def test_gradients_of_a_call(momentum):
    """First and second order, with one of the results or both; the number has a gradient too."""

    def both(w, m, g):
        results = call(w, m, g, 0.5, body=momentum)
        return item(results, index=0) ** 2 * item(results, index=1)

    def second(w, m, g):
        return item(call(w, tanh(m), g, 0.5, body=momentum), index=1) ** 3

    arrays = [1.0, 2.0], [0.5, -1.0], [0.3, 0.7]
    check_gradient(both, *arrays)
    check_gradient(second, *arrays)


def test_a_single_number_may_be_the_result():
    body = body_of(lambda x: (reduce_sum(x * x, axes=(0,)),), ((3,), "float64"))
    check_gradient(lambda x: item(call(x, body=body), index=0), [1.0, 2.0, 3.0])


def test_a_result_that_nobody_uses_passes_no_gradient():
    body = body_of(lambda x: (x * 2, tanh(x)), ((3,), "float64"))
    graph = Graph()
    with graph:
        x = graph.input("x", (3,), "float64")
        loss = reduce_sum(item(call(x, body=body), index=0), axes=(0,))
        graph.outputs = {("d_x",): gradient(loss, [x])[0]}
    assert evaluate(graph, {"x": np.zeros(3)})["d_x",].tolist() == [2, 2, 2]


def test_a_call_is_given_what_the_graph_declares(momentum):
    with Graph() as graph:
        w, other = graph.input("w", (2,), "float64"), graph.input("other", (3,), "float64")
        with pytest.raises(
            ShapeError, match=r"'momentum' cannot be called like this: expected float64 \(2,\), .*\(3,\)"
        ):
            call(w, other, w, 0.5, body=momentum)
        with pytest.raises(ShapeError, match="'momentum' cannot be called like this"):
            call(w, w, w, body=momentum)
