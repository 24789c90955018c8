"""Nodes are frozen words of the graph: operators build on them, and what has no meaning says so."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.errors import GraphError, UnsupportedError
from pellucid.graph import BATCH, Graph, lift


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def x(graph):
    return graph.input("x", (BATCH, 3), "float32")


@pytest.mark.parametrize("field", ["op", "inputs", "attributes", "shape", "dtype", "anything"])
def test_nodes_are_frozen(x, field):
    with pytest.raises(GraphError, match=f"cannot set '{field}' of a symbolic value: a node does not change"):
        setattr(x, field, None)
    assert x.shape == (BATCH, 3)


def test_nodes_say_what_they_are(x):
    assert repr(x) == "<input: float32 (batch, 3)>"
    assert repr(ops.reduce_sum(x, axes=(0, 1))) == "<reduce_sum: float32 ()>"
    assert repr(lift(2)) == "<constant: number ()>"


def test_attributes_are_looked_up_by_name(x):
    node = ops.reduce_sum(x, axes=(1,))
    assert node["axes"] == (1,)
    with pytest.raises(GraphError, match="'reduce_sum' has no attribute 'axis': expected axes"):
        node["axis"]


# ------------------------------------------------------------ what has no meaning
WITHOUT_MEANING = {
    "if x: ...": (bool, "the truth of a symbolic value", r"try select\(condition, a, b\) instead of if"),
    "0 < x < 1": (lambda x: 0 < x < 1, "the truth of a symbolic value", "instead of if"),
    "for row in x": (list, "a loop over a symbolic value", "such as reduce_sum"),
    "a, b = x": (lambda x: [*x], "a loop over a symbolic value", ""),
    "len(x)": (len, r"len\(\) of a symbolic value", "try the first entry of its shape"),
    "float(x)": (float, r"float\(\) of a symbolic value", "try cast"),
    "x[0] = 1": (lambda x: x.__setitem__(0, 1), "assigning into a symbolic value", "which makes a new value"),
    "np.mean(x)": (np.mean, "a NumPy function of a symbolic value", "that name in pellucid.ops"),
    "np.array(x)": (np.array, "a NumPy function of a symbolic value", ""),
    "np.array([x, x])": (lambda x: np.array([x, x]), "a NumPy function of a symbolic value", ""),
    "np.exp(x)": (np.exp, "np.exp of a symbolic value", "the operation of that name in pellucid.ops"),
    "np.sum(x)": (np.sum, "np.add of a symbolic value", ""),
    "np.add.reduce(x)": (np.add.reduce, "np.add of a symbolic value", ""),
    "np.maximum(x, 0)": (lambda x: np.maximum(x, 0), "np.maximum of a symbolic value", ""),
}


@pytest.mark.parametrize("case", WITHOUT_MEANING)
def test_what_has_no_meaning_says_so(x, case):
    use, what, attempt = WITHOUT_MEANING[case]
    sentence = (
        f"^{what} has no meaning: expected an array, received <.*>, which has no numbers until .*{attempt}"
    )
    with pytest.raises(GraphError, match=sentence):
        use(x)


def test_an_array_cannot_be_mixed_in(x):
    for use in (lambda: x * np.ones(3), lambda: np.ones(3) * x, lambda: np.ones(3) < x):
        with pytest.raises(GraphError, match=r"cannot use this value: .* received ndarray; try float"):
            use()


def test_a_graph_error_is_a_type_error(x):
    with pytest.raises(TypeError):
        bool(x)
    assert not issubclass(GraphError, UnsupportedError)


# ------------------------------------------------------------ operators
BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("number", [2, 0.5, np.float32(0.5), np.float64(0.5), np.int64(2)], ids=repr)
def test_operators_build_the_primitive_of_their_name(x, name, number):
    """On both sides, with Python's numbers and with NumPy's."""
    op = ops.PRIMITIVES[name]
    assert BINARY[name](x, number) is op(x, number)
    turned = (x, number) if name == "equal" else (number, x)  # Python asks the node, whichever side it is on
    assert BINARY[name](number, x) is op(*turned)


@pytest.mark.parametrize("number", [2, np.float64(0.5), np.int64(2)], ids=repr)
def test_smaller_is_greater_the_other_way_round(x, number):
    assert (x < number) is ops.greater(number, x)
    assert (x <= number) is ops.greater_equal(number, x)
    assert (number < x) is ops.greater(x, number)
    assert (number <= x) is ops.greater_equal(x, number)


def test_other_operators(graph, x):
    w = graph.input("w", (3, 2), "float32")
    assert (x @ w) is ops.matmul(x, w)
    assert -x is ops.negative(x)
    assert abs(x) is ops.absolute(x)
    assert (x != 1) is ops.logical_not(ops.equal(x, 1))
    assert ((x > 0) & (x < 1)) is ops.logical_and(x > 0, x < 1)
    assert ((x > 0) | (x < 1)) is ops.logical_or(x > 0, x < 1)
    assert ~(x > 0) is ops.logical_not(x > 0)


def test_as_a_key_a_node_is_only_ever_itself(graph, x):
    y = graph.input("y", (BATCH, 3), "float32")
    assert {x: 1, y: 2}[y] == 2
    assert len({x, y, x}) == 2
