"""Loops over time for tests: cells of networks, and comparisons with the reference."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from pellucid.graph import Graph
from pellucid.ops import item, reduce_sum, scan, sigmoid, slice_axis, tanh
from pellucid.transforms.gradient import gradient

from .agreement import compare_outputs

__all__ = [
    "BOTH",
    "CELLS",
    "FEATURES",
    "UNITS",
    "agrees",
    "body_of",
    "graph_of",
    "long_short_cell",
    "looped",
    "numbers",
    "recurrent",
    "simple_cell",
    "total",
    "total_cell",
    "types_of",
]

BOTH = pytest.mark.parametrize("dtype", ["float32", "float64"])
UNITS, FEATURES = 5, 3


def body_of(cell, *types):
    """The graph of a function from memories, elements and what is fixed to memories and results."""
    body = Graph("cell")
    with body:
        leaves = [body.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        body.outputs = {(str(place),): node for place, node in enumerate(cell(*leaves))}
    return body


def types_of(arrays):
    return [(np.shape(array), np.asarray(array).dtype.name) for array in arrays]


def looped(cell, memories, sequences, *inputs):
    """All results of a loop over nodes."""
    moving = memories + sequences
    types = [
        (node.shape[1:] if memories <= place < moving else node.shape, node.dtype)
        for place, node in enumerate(inputs)
    ]
    made = scan(*inputs, body=body_of(cell, *types), memories=memories, sequences=sequences)
    return [item(made, index=index) for index in range(len(made.shape))]


def total(node):
    return reduce_sum(node, axes=tuple(range(len(node.shape)))) if node.shape else node


def graph_of(network, types, slopes=True):
    """The results of a function of nodes, and the gradient of the sum of their squares."""
    with Graph("looped") as graph:
        nodes = [graph.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        results = network(*nodes)
        if slopes:
            floats = [node for node in nodes if node.dtype.startswith("float")]
            numbers = [result for result in results if result.dtype.startswith("float")]
            results = [*results, *gradient(sum(total(result * result) for result in numbers), floats)]
        graph.outputs = {(str(place),): node for place, node in enumerate(results)}
    return graph


def agrees(network, *arrays, slopes=True):
    """Compare all results and the gradient with the reference; returns the right ones."""
    graph = graph_of(network, types_of(arrays), slopes)
    return compare_outputs(graph, {f"x{place}": array for place, array in enumerate(arrays)}, {})


def numbers(seed, *shapes, dtype="float64"):
    random = np.random.default_rng(seed)
    return [random.uniform(-0.9, 0.9, shape).astype(dtype) for shape in shapes]


def total_cell(m, x):
    return (m + x,)


# ------------------------------------------------------------ recurrent networks
def simple_cell(h, x, W, U, b):
    h = tanh(x @ W + h @ U + b)
    return h, h


def long_short_cell(h, c, x, W, U, b):
    gates = x @ W + h @ U + b
    keep, write, new, show = [
        slice_axis(gates, axis=1, start=UNITS * k, stop=UNITS * (k + 1)) for k in range(4)
    ]
    c = sigmoid(keep) * c + sigmoid(write) * tanh(new)
    h = sigmoid(show) * tanh(c)
    return h, c, h


CELLS = {
    "simple": (simple_cell, 1, [(FEATURES, UNITS), (UNITS, UNITS), (UNITS,)]),
    "long and short": (long_short_cell, 2, [(FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)]),
}


def recurrent(name, steps, batch, dtype):
    cell, memories, weights = CELLS[name]
    arrays = numbers(3, *[(batch, UNITS)] * memories, (steps, batch, FEATURES), *weights, dtype=dtype)
    return partial(looped, cell, memories, 1), arrays
