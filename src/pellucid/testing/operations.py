"""Check a primitive on its samples."""

from __future__ import annotations

import math

import numpy as np

from pellucid.errors import CheckError
from pellucid.graph import Graph, Node
from pellucid.ops import Primitive, Sample
from pellucid.testing.evaluation import compute
from pellucid.testing.gradients import Differentiated, array_of, check_gradient

__all__ = ["check_op"]

_FLOATS = ("float32", "float64")


def check_op(op: Primitive) -> None:
    """Check a primitive on all its samples: its rules against its formula, its gradient against differences.

    In a sample, a list is an array and a single number is a Python number. Every floating-point dtype stands
    for the one under test: float32 and float64 in turn.

    Raises:
        CheckError: saying what is wrong.
    Example:
        >>> check_op(PRIMITIVES["tanh"])
    """
    if not op.samples and not op.source:
        raise CheckError(
            f"{op.name!r} has no samples", expected="one, or a source that says why there is none"
        )
    for sample in op.samples:
        for dtype in _FLOATS:
            _check_sample(op, sample, dtype)
        if op.number is not None:
            _check_number(op, sample)


def _check_sample(op: Primitive, sample: Sample, dtype: str) -> None:
    """Run the operation and its gradient: `compute` compares each value with its node."""
    is_array = [not isinstance(value, int | float) or isinstance(value, bool) for value in sample.inputs]
    arrays = [array_of(value, dtype) for value, array in zip(sample.inputs, is_array, strict=True) if array]
    attributes = {name: dtype if value in _FLOATS else value for name, value in sample.attributes.items()}

    def apply(*nodes: Node) -> Node:
        rest = iter(nodes)
        inputs = [
            next(rest) if array else value for value, array in zip(sample.inputs, is_array, strict=True)
        ]
        node: Node = op(*inputs, **attributes)
        return node

    with Graph(op.name) as graph:
        given = {graph.input(f"x{i}", array.shape, array.dtype.name): array for i, array in enumerate(arrays)}
        result = apply(*given)
    compute(graph, given, [result])
    if result.dtype != dtype or all(node.dtype != dtype for node in given):
        return  # nothing to differentiate
    if dtype == "float64":
        check_gradient(apply, *arrays)
    else:
        made = Differentiated(apply, arrays)
        made.differentiate()
        compute(made.graph, made.given, made.slopes)


def _check_number(op: Primitive, sample: Sample) -> None:
    """Compare the formula for Python numbers with the one for arrays, on each number of the sample."""
    for place in zip(*[array.ravel() for array in np.broadcast_arrays(*sample.inputs)], strict=True):
        with Graph(op.name) as graph:
            arrays = [graph.input(f"x{i}", (), value.dtype.name) for i, value in enumerate(place)]
            numbers = [
                x if x.dtype == "bool" else value.item() for x, value in zip(arrays, place, strict=True)
            ]
            results = [op(*numbers, **sample.attributes), op(*arrays, **sample.attributes)]
        received, expected = compute(graph, dict(zip(arrays, place, strict=True)), results)
        if not math.isclose(received, expected, rel_tol=1e-14):
            raise CheckError(
                f"{op.name!r} has another formula for numbers, {op.number!r}, than for arrays",
                expected=str(float(expected)),
                received=str(received),
            )
