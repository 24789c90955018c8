"""Random programs with a loss: all is smooth where the values fall, so differences can judge it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from pellucid import ops
from pellucid.graph import BATCH, Graph, Name, Node, Phase, Scope, current_graph, named, product
from pellucid.transforms import gradient

__all__ = ["arrays_for", "programs"]

_Step: TypeAlias = "tuple[str, int, int, bool]"

ROWS, COLUMNS = 2, 3
LEAVES = ("x", "W", "b", "scale")


def _n() -> Node:
    """How many examples there are, a number that scalars may cancel with."""
    return current_graph().size(BATCH)


def _axis(x: Node, pick: int) -> tuple[int, ...]:
    """One axis, or all of them."""
    axes = tuple(range(len(x.shape)))
    return axes if pick % (len(axes) + 1) == len(axes) else (pick % len(axes),)


ONE: dict[str, Callable[[Node], Node]] = {
    "tanh": ops.tanh,
    "sin": ops.sin,
    "sigmoid": ops.sigmoid,
    "softplus": ops.softplus,
    "absolute": abs,
    "negative": lambda x: -x,
    "square": lambda x: x**2,
    "root": lambda x: ops.sqrt(x * x + 1),
    "same": lambda x: ops.cast((1 * x + 0) ** 1 / 1, dtype="float64"),
    "double": lambda x: 2 * x,
    "third": lambda x: x / 3,
    "scaled": lambda x: -0.5 * x * 4,
    "over n": lambda x: x / _n(),
    "n times": lambda x: _n() * x,
    "spread": lambda x: ops.broadcast_to(x, shape=(COLUMNS, *x.shape), dtype="float64"),
}

ARRANGED: dict[str, Callable[[Node, int], Node]] = {
    "softmax": lambda x, _: ops.softmax(x),
    "log_sum_exp": lambda x, _: ops.log_sum_exp(x),
    "sum": lambda x, pick: ops.reduce_sum(x, axes=_axis(x, pick)),
    "mean": lambda x, pick: ops.reduce_mean(x, axes=_axis(x, pick)),
    "largest": lambda x, pick: ops.reduce_max(x, axes=_axis(x, pick)),
    "transpose": lambda x, _: ops.transpose(x, axes=tuple(reversed(range(len(x.shape))))),
    "flatten": lambda x, _: ops.reshape(x, shape=(product(x.shape),)),
    "expand_dims": lambda x, pick: ops.expand_dims(x, axis=pick % (len(x.shape) + 1)),
}

TWO: dict[str, Callable[[Node, Node], Node]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / (y * y + 2),
    "maximum": ops.maximum,
    "select": lambda x, y: ops.select(x > 0.1, x, y),
    "pieces": lambda x, y: ops.select(x > y, x, 0) * y - ops.select(x > y, 0, y) * y,
    "choices": lambda x, y: ops.select(x > y, x * y, ops.select(x > y, 0, y) * x),
    "distributed": lambda x, y: x * y - y * y,
    "fractions": lambda x, y: x / _n() - y / _n(),
    "matmul": ops.matmul,
}

NAMES = [*ONE, *ARRANGED, *TWO]


def _step(values: list[Node], name: str, i: int, j: int) -> Node:
    """Apply one operation to values made before; where their shapes do not fit, to one that fits always."""
    x = values[i % len(values)]
    if name in ONE:
        return ONE[name](x) if len(x.shape) < 3 else ops.tanh(x)
    if name in ARRANGED:
        return ARRANGED[name](x, j) if x.shape else -x
    y = values[j % len(values)]
    if name == "matmul":
        fits = len(x.shape) == len(y.shape) == 2 and x.shape[1] == y.shape[0]
    else:
        fits = all(a == b or 1 in (a, b) for a, b in zip(x.shape[::-1], y.shape[::-1], strict=False))
    return TWO[name](x, y) if fits else ops.sin(x)


def _program(steps: list[_Step], phase: Phase) -> Graph:
    """The mean of the last two values is the loss; in the backward phase all rules apply to the steps too."""
    graph = Graph("random")
    with graph:
        x = graph.input("x", (BATCH, COLUMNS), "float64")
        W = graph.state(("W",), (COLUMNS, COLUMNS), "float64", Name("W"))
        b = graph.state(("b",), (COLUMNS,), "float64", Name("b"))
        scale = graph.state(("scale",), (), "float64", Name("scale"))
        leaves = [x, W, b, scale]
        values = [*leaves, x @ W]
        with graph.within(Scope("layer", "", phase)):
            for place, (name, i, j, is_named) in enumerate(steps):
                value = _step(values, name, -1 - i, -1 - j)
                values.append(named(f"v{place}", value) if is_named else value)
        with graph.within(Scope("loss", "", "loss")):
            means = [ops.reduce_mean(value, axes=tuple(range(len(value.shape)))) for value in values[-2:]]
            loss = named("loss", means[0] + means[1])
        slopes = gradient(loss, leaves)
        graph.outputs = {("loss",): loss}
        graph.outputs |= {("d", name): slope for name, slope in zip(LEAVES, slopes, strict=True)}
    return graph


def arrays_for(seed: int) -> dict[str, Any]:
    """Return an array for each leaf."""
    random = np.random.default_rng(seed)
    shapes = [(ROWS, COLUMNS), (COLUMNS, COLUMNS), (COLUMNS,), ()]
    return {
        name: np.asarray(random.uniform(-1.2, 1.2, shape)) for name, shape in zip(LEAVES, shapes, strict=True)
    }


programs = st.builds(
    _program,
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.integers(0, 5), st.integers(0, 5), st.booleans()),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from(["forward", "backward"]),
)
