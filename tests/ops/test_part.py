"""Brackets on symbolic values: the parts that Python's would give."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError
from pellucid.graph import BATCH, Graph
from pellucid.testing import check_gradient, evaluate

KEYS = [
    np.s_[:, 0],
    np.s_[:, -1],
    np.s_[..., 1:3],
    np.s_[1],
    np.s_[0, 1:, 2],
    np.s_[:, 2:1],
    np.s_[-1, ..., -2:],
    np.s_[...],
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_part_is_what_numpy_gives(key):
    array = np.arange(24.0).reshape(2, 3, 4)
    with Graph() as graph:
        graph.outputs["part",] = graph.input("x", array.shape, "float64")[key]
    np.testing.assert_array_equal(evaluate(graph, {"x": array})["part",], array[key])


def test_the_gradient_of_a_part_is_0_around_it():
    check_gradient(lambda x: x[:, 0] * x[:, -1] ** 2, np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]]))


def test_the_batch_stays_whole():
    with Graph() as graph:
        x = graph.input("x", (BATCH, 3), "float32")
        assert x[:, 1].shape == (BATCH,)
        with pytest.raises(ArgumentError, match="an axis of size batch"):
            x[0]


@pytest.mark.parametrize(
    "key", [np.s_[:, ::2], np.s_[:, 3], np.s_[:, True], np.s_[0, 0, 0], np.s_[:, 0.5]], ids=str
)
def test_other_keys_are_refused(key):
    with Graph() as graph:
        x = graph.input("x", (2, 3), "float32")
        with pytest.raises(ArgumentError):
            x[key]
