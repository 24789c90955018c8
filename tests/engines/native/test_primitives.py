"""Every primitive on the compiled engine, on all its samples, and its gradient."""

from __future__ import annotations

import pytest

from pellucid.graph import Node
from pellucid.ops import PRIMITIVES
from pellucid.testing.gradients import Differentiated, array_of

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare, compare_outputs

FLOATS = ("float32", "float64")
SAMPLES = [
    pytest.param(op, sample, dtype, id=f"{op.name}-{number}-{dtype}")
    for op in PRIMITIVES.values()
    for number, sample in enumerate(op.samples)
    for dtype in FLOATS
]


@pytest.mark.parametrize(("op", "sample", "dtype"), SAMPLES)
def test_primitive(op, sample, dtype):
    is_array = [not isinstance(value, int | float) or isinstance(value, bool) for value in sample.inputs]
    arrays = [array_of(value, dtype) for value, array in zip(sample.inputs, is_array, strict=True) if array]
    attributes = {name: dtype if value in FLOATS else value for name, value in sample.attributes.items()}

    def apply(*nodes: Node) -> Node:
        rest = iter(nodes)
        inputs = [next(rest) if array else x for x, array in zip(sample.inputs, is_array, strict=True)]
        return op(*inputs, **attributes)

    result = compare(apply, *arrays)
    if result.dtype.kind != "f" or not any(array.dtype.kind == "f" for array in arrays):
        return  # nothing to differentiate
    made = Differentiated(apply, arrays)
    made.differentiate()
    given = {node["name"]: array for node, array in made.given.items()}
    made.graph.outputs = {("slope", str(i)): node for i, node in enumerate(made.slopes)}
    compare_outputs(made.graph, given, {})
