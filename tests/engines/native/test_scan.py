"""Loops over time: forwards, and their gradients, which are loops that run backwards."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.graph import Graph
from pellucid.ops import (
    item,
    reduce_sum,
    scan,
    tanh,
)
from pellucid.transforms.gradient import gradient

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare_outputs


def body_of(cell, *types, title="cell"):
    body = Graph(title)
    with body:
        leaves = [body.input(f"x{place}", *type_) for place, type_ in enumerate(types)]
        body.outputs = {(str(place),): node for place, node in enumerate(cell(*leaves))}
    return body


def total(node):
    return reduce_sum(node, axes=tuple(range(len(node.shape))))


def simple_cell(h, x, W, U, b):
    h = tanh(x @ W + h @ U + b)
    return h, h


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rnn(dtype):
    B, F, U, T = 3, 2, 5, 4
    shapes = [(B, U), (B, F), (F, U), (U, U), (U,)]
    body = body_of(simple_cell, *[(s, dtype) for s in shapes])
    shapes[1] = (T, B, F)
    random = np.random.default_rng(0)
    arrays = [random.uniform(-1, 1, s).astype(dtype) for s in shapes]
    with Graph() as graph:
        nodes = [graph.input(f"x{i}", s, dtype) for i, s in enumerate(shapes)]
        made = scan(*nodes, body=body, memories=1, sequences=1)
        results = [item(made, index=i) for i in range(3)]
        loss = sum(total(r * r) for r in results)
        slopes = gradient(loss, nodes)
        graph.outputs = {(str(i),): n for i, n in enumerate([*results, *slopes])}
    compare_outputs(graph, {f"x{i}": a for i, a in enumerate(arrays)}, {})
