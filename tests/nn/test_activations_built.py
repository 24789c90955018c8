"""What activations build, and what they take."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.errors import DataError, GraphError
from pellucid.graph import BATCH, CONSTANT, Graph
from pellucid.nn import activations


@pytest.fixture
def z():
    with Graph() as graph:
        yield graph.input("z", (BATCH, 3), "float32")


def test_relu_is_the_maximum_of_z_and_0(z):
    a = activations.relu(z)
    assert a.op is ops.maximum
    assert a.inputs[0] is z
    assert (a.inputs[1].op, a.inputs[1]["value"]) == (CONSTANT, 0)


@pytest.mark.parametrize("name", ["softmax", "sigmoid", "tanh", "softplus"])
def test_these_are_a_single_primitive(z, name):
    a = getattr(activations, name)(z)
    assert a.op is getattr(ops, name)
    assert a.inputs == (z,)


def test_linear_builds_nothing(z):
    assert activations.linear(z) is z


def test_keywords_and_positions(z):
    assert activations.relu(x=z) is activations.relu(z)
    assert activations.leaky_relu(z, 0.5) is activations.leaky_relu(z, negative_slope=0.5)


# ------------------------------------------------------------ arrays
@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        ([-1.0, 2.0], "float32"),
        ([-1, 2], "float32"),
        (np.array([-1, 2]), "float32"),
        (np.array([-1, 2], np.float16), "float32"),
        (np.array([-1, 2], np.float64), "float64"),
        (np.array([-1, 2], ">f8"), "float64"),
        ((-1.0, 2.0), "float32"),
    ],
    ids=str,
)
def test_arrays_and_lists_give_arrays(x, dtype):
    result = activations.relu(x)
    assert isinstance(result, np.ndarray)
    assert result.dtype == dtype
    assert result.tolist() == [0, 2]


def test_a_number_and_no_numbers():
    assert activations.relu(-2) == 0
    assert activations.sigmoid(0.0) == 0.5
    assert activations.softmax(np.zeros((0, 3))).shape == (0, 3)
    assert activations.relu([]).shape == (0,)


@pytest.mark.parametrize("x", ["text", [[1.0], [1.0, 2.0]], [None], [1j]], ids=repr)
def test_what_is_no_array_of_numbers(x):
    with pytest.raises(DataError):
        activations.relu(x)


def test_a_node_needs_a_graph(z):
    with pytest.raises(GraphError, match="another graph"), Graph():
        activations.relu(z)
