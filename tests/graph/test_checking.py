"""A graph that breaks its own rules is found out, and the sentence says where."""

from __future__ import annotations

import pytest

from pellucid.errors import GraphError, ShapeError
from pellucid.graph import BATCH, Graph, Scope, check
from pellucid.ops import add, matmul, tanh


@pytest.fixture
def graph():
    graph = Graph()
    with graph, graph.within(Scope("dense")):
        x = graph.input("x", (BATCH, 3), "float32")
        graph.outputs = {("y",): tanh(x) + 1}
    return graph


def test_a_graph_in_order_passes(graph):
    assert check(graph) is graph
    assert check(Graph()).outputs == {}


@pytest.mark.parametrize(
    ("shape", "dtype", "received"),
    [((BATCH, 4), "float32", r"float32 \(batch, 4\)"), ((BATCH, 3), "float64", r"float64 \(batch, 3\)")],
)
def test_a_node_with_another_shape_or_dtype_is_found(graph, shape, dtype, received):
    x, *_ = graph.notes
    with graph, graph.within(Scope("hidden")):
        graph.add(add, (x, x), {}, shape, dtype)
    place = r"'add' of 'hidden' \(.*test_checking.py, line \d+\)"
    rule = rf"breaks the shape rule of 'add': expected float32 \(batch, 3\), received {received}"
    with pytest.raises(GraphError, match=f"{place} {rule}"):
        check(graph)


def test_a_node_that_its_rule_refuses_is_found(graph):
    x, *_ = graph.notes
    graph.add(matmul, (x, x), {}, (BATCH, 3), "float32")
    with pytest.raises(
        GraphError, match=r"'matmul' .* breaks a rule of 'matmul': these matrices cannot"
    ) as caught:
        check(graph)
    assert isinstance(caught.value.__cause__, ShapeError)
    assert str(caught.value).endswith("(batch, 3).")


def test_a_node_before_its_operand_is_found(graph):
    graph.notes = dict(reversed(graph.notes.items()))
    with pytest.raises(GraphError, match=r"'add' of 'dense' .* comes before its operand <"):
        check(graph)


def test_an_output_of_another_graph_is_found(graph):
    other = Graph()
    graph.outputs["weights", "w"] = other.input("x", (3,), "float32")
    with pytest.raises(
        GraphError, match=r"the output weights/w is <input: float32 \(3,\)>, a node of another graph"
    ):
        check(graph)
