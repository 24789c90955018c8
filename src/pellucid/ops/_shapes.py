"""Rules of shape and dtype that many primitives share."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import NUMBER, Axis, Node, Shape, shape_text

FLOATS = ("float32", "float64")


def broadcast_shapes(*shapes: Shape) -> Shape:
    """Return the shape that NumPy gives to arrays of these shapes together."""
    longest = max(shapes, key=len)
    others = [shape for shape in shapes if shape and shape != longest]
    if not others:  # equal arrays and single values: mostly
        return longest
    result: list[Axis] = []
    for place in range(1, max(map(len, shapes)) + 1):
        axes = {shape[-place] for shape in shapes if len(shape) >= place} - {1}
        if len(axes) > 1:
            raise ShapeError(
                "these shapes do not fit together",
                expected="equal sizes, or 1, on every axis from the right",
                received=" and ".join(map(shape_text, shapes)),
            )
        result.append(axes.pop() if axes else 1)
    return tuple(reversed(result))


def common_dtype(*nodes: Node) -> str:
    """Return the one dtype of the arrays among the nodes; numbers adapt to it."""
    dtypes = {node.dtype for node in nodes} - {NUMBER}
    if len(dtypes) > 1:
        raise DtypeError(
            "these kinds of numbers do not mix",
            expected="one dtype",
            received=" and ".join(sorted(dtypes)),
            attempt='cast(x, dtype="float32")',
        )
    return dtypes.pop() if dtypes else NUMBER


def arithmetic(*nodes: Node) -> tuple[Shape, str]:
    """The rule of element-wise arithmetic: shapes broadcast, floats and numbers only."""
    dtype = common_dtype(*nodes)
    if dtype not in FLOATS and dtype != NUMBER and not _whole(dtype, nodes):
        raise DtypeError(
            "arithmetic needs numbers that can have fractions",
            expected="float32 or float64",
            received=dtype,
            attempt='cast(x, dtype="float32")',
        )
    return broadcast_shapes(*[node.shape for node in nodes]), dtype


def _whole(dtype: str, nodes: tuple[Node, ...]) -> bool:
    """Whether all are arrays of whole numbers: those may be added, but not mixed with fractions."""
    return dtype.startswith(("int", "uint")) and all(node.dtype == dtype for node in nodes)


def floating(*nodes: Node) -> tuple[Shape, str]:
    """The rule of functions like exp: floats, or Python numbers."""
    shape, dtype = arithmetic(*nodes)
    require_float(dtype)
    return shape, dtype


def require_float(dtype: str) -> None:
    """Raise DtypeError unless this dtype can hold fractions."""
    if dtype not in FLOATS and dtype != NUMBER:
        raise DtypeError(
            "this function needs numbers that can have fractions",
            expected="float32 or float64",
            received=dtype,
            attempt='cast(x, dtype="float32")',
        )


def comparison(x: Node, y: Node) -> tuple[Shape, str]:
    """The rule of comparisons: shapes broadcast, the result is bool."""
    common_dtype(x, y)
    return broadcast_shapes(x.shape, y.shape), "bool"


def logical(*nodes: Node) -> tuple[Shape, str]:
    """The rule of and, or, not: bool only."""
    for node in nodes:
        if node.dtype != "bool":
            raise DtypeError(
                "logic needs truth values", expected="bool", received=node.dtype, attempt="x > 0"
            )
    return broadcast_shapes(*[node.shape for node in nodes]), "bool"


def unchanged(x: Node, **_: Any) -> tuple[Shape, str]:
    """The rule of operations whose result is like their first input."""
    return x.shape, x.dtype


def require_whole(labels: Node) -> None:
    """Raise DtypeError unless these are whole numbers, which can count and choose."""
    if not labels.dtype.startswith(("int", "uint")):
        raise DtypeError("labels are whole numbers", expected="int64", received=labels.dtype)


def require_some(x: Node, axes: tuple[int, ...]) -> None:
    """Raise ShapeError if these axes of x hold no numbers."""
    check_axes(axes, x)
    if any(x.shape[axis] == 0 for axis in axes):
        raise ShapeError(
            "there must be at least one number",
            expected="axes of size 1 or more",
            received=f"{shape_text(x.shape)} along {axes}",
        )


def require_rows(x: Node) -> None:
    """Raise ShapeError unless the last axis of x holds numbers."""
    if not x.shape:
        raise ShapeError(
            "a single value has no rows", expected="at least one axis", received=shape_text(x.shape)
        )
    require_some(x, (len(x.shape) - 1,))


def check_axes(axes: tuple[int, ...], x: Node) -> None:
    """Raise ArgumentError unless these are different axes of x, counted from 0 and sorted."""
    if list(axes) != sorted(set(axes)) or any(not 0 <= axis < len(x.shape) for axis in axes):
        raise ArgumentError(
            "these axes cannot be used",
            received=f"{axes} for the shape {shape_text(x.shape)}",
            expected=f"different axes from 0 to {len(x.shape) - 1}, in order" if x.shape else "no axes",
        )
