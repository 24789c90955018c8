"""Many numbers to one, and one to many: sums, means, largest values, broadcasting."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import NUMBER, Axis, Node, Shape, current_graph, product, shape_text
from pellucid.ops._shapes import broadcast_shapes, check_axes, require_float, require_rows, require_some
from pellucid.ops.comparison import equal
from pellucid.ops.primitive import Primitive, Sample, primitive

__all__ = [
    "argmax",
    "as_array",
    "broadcast_to",
    "cast",
    "count_true",
    "expand_dims",
    "reduce_max",
    "reduce_mean",
    "reduce_sum",
    "size_text",
    "sizes_text",
]

_TABLE = [[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]
_SAMPLES = [Sample(_TABLE, axes=(0,)), Sample(_TABLE, axes=(1,)), Sample(_TABLE, axes=(0, 1))]


def size_text(axis: Axis) -> str:
    """Write a size as a program does: n for the number of examples in the batch."""
    return repr(axis).replace("batch", "n")


def sizes_text(shape: Sequence[Axis]) -> str:
    """Write a shape as a program does: (n, 4)."""
    return "(" + ", ".join(map(size_text, shape)) + ("," if len(shape) == 1 else "") + ")"


def _reduced(x: Node, axes: tuple[int, ...]) -> Shape:
    check_axes(axes, x)
    return tuple([size for axis, size in enumerate(x.shape) if axis not in axes])


def _some(x: Node, axes: tuple[int, ...]) -> tuple[Shape, str]:
    """The rule of reductions that mean nothing for no numbers at all."""
    require_float(x.dtype)
    require_some(x, axes)
    return _reduced(x, axes), x.dtype


def _sum_shape(x: Node, axes: tuple[int, ...]) -> tuple[Shape, str]:
    if x.dtype.startswith(("bool", "int")):
        return _reduced(x, axes), "int64"  # NumPy adds up whole numbers in its widest type
    return _reduced(x, axes), "uint64" if x.dtype.startswith("uint") else x.dtype


def _axis_text(node: Node) -> str:
    axes = node["axes"]
    if len(axes) == len(node.inputs[0].shape):
        return ""
    return f", axis={axes[0] if len(axes) == 1 else axes}"


# ------------------------------------------------------------ one to many
def _broadcast_shape(x: Node, shape: Shape, dtype: str) -> tuple[Shape, str]:
    if broadcast_shapes(x.shape, shape) != shape:
        raise ShapeError(
            "a shape only grows by broadcasting", expected=shape_text(shape), received=shape_text(x.shape)
        )
    if x.dtype not in (NUMBER, dtype):
        raise DtypeError("broadcasting keeps the dtype", expected=dtype, received=x.dtype)
    return shape, dtype


def _broadcast_numpy(node: Node) -> str:
    if node.inputs[0].dtype == NUMBER:
        return f"np.full({sizes_text(node.shape)}, x, np.{node.dtype})"
    return f"np.broadcast_to(x, {sizes_text(node.shape)})"


broadcast_to = primitive(
    "broadcast_to",
    numpy=_broadcast_numpy,
    shape=_broadcast_shape,
    gradient=lambda g, out, x: (g,),
    samples=[Sample([1.0, 2.0], shape=(3, 2), dtype="float64"), Sample(0.5, shape=(2,), dtype="float64")],
)


def _expand_shape(x: Node, axis: int) -> tuple[Shape, str]:
    if not 0 <= axis <= len(x.shape):
        raise ArgumentError(
            "there is no such place for an axis", expected=f"0 to {len(x.shape)}", received=str(axis)
        )
    return (*x.shape[:axis], 1, *x.shape[axis:]), x.dtype


def _expand_numpy(node: Node) -> str:
    places = ["None" if axis == node["axis"] else ":" for axis in range(len(node.shape))]
    return f"x[{', '.join(places)}]"


expand_dims = primitive(
    "expand_dims",
    shape=_expand_shape,
    numpy=_expand_numpy,
    samples=[Sample(_TABLE, axis=0), Sample(_TABLE, axis=1), Sample(_TABLE, axis=2)],
    gradient=lambda g, out, x: (reduce_sum(g, axes=(out["axis"],)),),
)


def as_array(g: Node, out: Node) -> Node:
    """Make the gradient of a single value, which may be a plain number, an array like the value."""
    return broadcast_to(g, shape=out.shape, dtype=out.dtype) if g.dtype == NUMBER else g


def _with_axes(g: Node, axes: tuple[int, ...]) -> Node:
    """Put back the axes that a reduction took away, with size 1; a single value needs none."""
    for axis in axes if g.shape else ():
        g = expand_dims(g, axis=axis)
    return g


def _spread(g: Node, out: Node, x: Node) -> Node:
    """Repeat the gradient of a reduced value over the numbers it came from."""
    spread: Node = broadcast_to(_with_axes(g, out["axes"]), shape=x.shape, dtype=x.dtype)
    return spread


# ------------------------------------------------------------ many to one
reduce_sum: Primitive = primitive(
    "reduce_sum",
    numpy=lambda node: f"np.sum(x{_axis_text(node)})",
    shape=_sum_shape,
    samples=[*_SAMPLES, Sample([[True, False], [True, True]], axes=(1,))],
    gradient=lambda g, out, x: (_spread(g, out, x),),
)


def _count_shape(x: Node) -> tuple[Shape, str]:
    if x.dtype != "bool":
        raise DtypeError(
            "only truth values can be counted", expected="bool", received=x.dtype, attempt="x > 0"
        )
    return (), NUMBER


count_true = primitive(
    "count_true",
    numpy="int(np.count_nonzero(x))",
    number="int(np.count_nonzero(x))",
    shape=_count_shape,
    samples=[Sample([[True, False], [True, True]])],
    source="how many are true, as a Python number",
)


def _mean_gradient(g: Node, out: Node, x: Node) -> tuple[Node]:
    count = product(tuple([x.shape[axis] for axis in out["axes"]]))
    return (_spread(g / current_graph().size(count), out, x),)


reduce_mean = primitive(
    "reduce_mean",
    numpy=lambda node: f"np.mean(x{_axis_text(node)})",
    shape=_some,
    samples=_SAMPLES,
    gradient=_mean_gradient,
)


def _max_gradient(g: Node, out: Node, x: Node) -> tuple[Node]:
    """Numbers that are equally large share the gradient equally."""
    axes = out["axes"]
    largest = cast(equal(x, _with_axes(out, axes)), dtype=x.dtype)
    return (largest * _spread(g / reduce_sum(largest, axes=axes), out, x),)


reduce_max = primitive(
    "reduce_max",
    numpy=lambda node: f"np.max(x{_axis_text(node)})",
    shape=_some,
    samples=_SAMPLES,
    gradient=_max_gradient,
)


def _argmax_shape(x: Node) -> tuple[Shape, str]:
    require_rows(x)
    return x.shape[:-1], "int64"


argmax = primitive(
    "argmax",
    numpy=lambda node: f"np.argmax(x, axis={len(node.shape)})",
    shape=_argmax_shape,
    samples=[Sample(_TABLE), Sample([[2.0, 2.0]])],
    source="the first wins a tie",
)


# ------------------------------------------------------------ dtype
def _cast_shape(x: Node, dtype: str) -> tuple[Shape, str]:
    if dtype == NUMBER and x.shape != ():
        raise DtypeError("only a single value can become a Python number", received=shape_text(x.shape))
    return x.shape, dtype


def _cast_numpy(node: Node) -> str:
    return f"np.{node.dtype}(x)" if node.shape == () else f"x.astype(np.{node.dtype})"


cast: Primitive = primitive(
    "cast",
    numpy=_cast_numpy,
    number="float(x)",
    shape=_cast_shape,
    elementwise=True,
    samples=[Sample([1, 2, 3], dtype="float64"), Sample([True, False], dtype="float64")],
    gradient=lambda g, out, x: (cast(g, dtype=x.dtype) if x.dtype.startswith(("float", NUMBER)) else None,),
)
