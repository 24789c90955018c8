"""Comparisons, logic, and the choice between two values."""

from __future__ import annotations

from pellucid.errors import DtypeError
from pellucid.graph import NUMBER, Node, Shape, shape_text
from pellucid.ops._shapes import broadcast_shapes, common_dtype, comparison, logical
from pellucid.ops.primitive import Primitive, Sample, primitive

__all__ = ["equal", "greater", "greater_equal", "logical_and", "logical_not", "logical_or", "select"]

_NUMBERS = Sample([[-1.5, 0.0, 2.0], [0.5, 2.0, -3.0]], [0.5, 0.0, 2.0])
_TRUTHS = Sample([True, True, False, False], [True, False, True, False])


greater = primitive("greater", numpy="x > y", shape=comparison, samples=[_NUMBERS], elementwise=True)
greater_equal = primitive(
    "greater_equal", numpy="x >= y", shape=comparison, samples=[_NUMBERS], elementwise=True
)
equal = primitive("equal", numpy="x == y", shape=comparison, samples=[_NUMBERS], elementwise=True)
logical_and = primitive("logical_and", numpy="x & y", shape=logical, samples=[_TRUTHS], elementwise=True)
logical_or = primitive("logical_or", numpy="x | y", shape=logical, samples=[_TRUTHS], elementwise=True)
logical_not = primitive(
    "logical_not", numpy="np.logical_not(x)", shape=logical, samples=[Sample([True, False])], elementwise=True
)


def _select_shape(condition: Node, x: Node, y: Node) -> tuple[Shape, str]:
    logical(condition)
    shape, dtype = broadcast_shapes(condition.shape, x.shape, y.shape), common_dtype(x, y)
    if dtype == NUMBER and shape != ():
        raise DtypeError(
            "a choice between two plain numbers has no dtype",
            expected="an array among them",
            received=f"two numbers for the shape {shape_text(shape)}",
            attempt='cast(condition, dtype="float32")',
        )
    return shape, dtype


select: Primitive = primitive(
    "select",
    numpy="np.where(x, y, z)",
    number="y if x else z",
    shape=_select_shape,
    elementwise=True,
    samples=[
        Sample([True, False, True], [[1.0, 2.0, 3.0]], [[-1.0], [0.5]]),
        Sample([True, False], [1.5, 2.5], 0.0),
    ],
    gradient=lambda g, out, condition, x, y: (None, select(condition, g, 0), select(condition, 0, g)),
)
