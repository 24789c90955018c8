"""The same numbers in another arrangement, or some of them."""

from __future__ import annotations

from typing import Any

from pellucid.errors import ArgumentError, ShapeError
from pellucid.graph import Axis, Node, Shape, Size, product, shape_text
from pellucid.ops import formulas
from pellucid.ops._shapes import check_axes, common_dtype, require_whole
from pellucid.ops.primitive import Formula, Primitive, Sample, primitive
from pellucid.ops.reduction import as_array, size_text

__all__ = [
    "concatenate",
    "gather",
    "gather_gradient",
    "part",
    "reshape",
    "reverse",
    "slice_axis",
    "slice_gradient",
    "transpose",
]

_TABLE = [[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]


# ------------------------------------------------------------ shape
def _reshape_shape(x: Node, shape: Shape) -> tuple[Shape, str]:
    if product(x.shape) != product(shape) or any(isinstance(size, int) and size < 0 for size in shape):
        raise ShapeError(
            "reshape keeps all numbers",
            expected=f"{product(x.shape)} of them",
            received=f"{shape_text(shape)}, which holds {product(shape)}",
        )
    return shape, x.dtype


def _reshape_numpy(node: Node) -> str:
    return f"x.reshape({', '.join(map(size_text, node.shape)) or '()'})"


reshape: Primitive = primitive(
    "reshape",
    numpy=_reshape_numpy,
    shape=_reshape_shape,
    samples=[Sample(_TABLE, shape=(3, 2)), Sample(_TABLE, shape=(6,)), Sample([2.5], shape=())],
    gradient=lambda g, out, x: (reshape(as_array(g, out), shape=x.shape),),
)


def _transpose_shape(x: Node, axes: tuple[int, ...]) -> tuple[Shape, str]:
    if sorted(axes) != list(range(len(x.shape))):
        raise ArgumentError(
            "transpose needs every axis once",
            expected=f"an order of {list(range(len(x.shape)))}",
            received=str(axes),
        )
    return tuple([x.shape[axis] for axis in axes]), x.dtype


def _transpose_numpy(node: Node) -> str:
    axes = node["axes"]
    if axes == tuple(reversed(range(len(axes)))):
        return "x.T"
    last = len(axes) - 1
    if axes == (*range(last - 1), last, last - 1):
        return "np.swapaxes(x, -1, -2)"
    return f"x.transpose{axes}"


transpose: Primitive = primitive(
    "transpose",
    numpy=_transpose_numpy,
    shape=_transpose_shape,
    samples=[
        Sample(_TABLE, axes=(1, 0)),
        Sample(_TABLE, axes=(0, 1)),
        Sample([_TABLE, _TABLE], axes=(0, 2, 1)),
        Sample([_TABLE], axes=(1, 2, 0)),
    ],
    gradient=lambda g, out, x: (
        transpose(as_array(g, out), axes=tuple(map(out["axes"].index, range(len(out["axes"]))))),
    ),
)


# ------------------------------------------------------------ parts
def _slice_shape(x: Node, axis: int, start: int, stop: int) -> tuple[Shape, str]:
    check_axes((axis,), x)
    size = x.shape[axis]
    if not 0 <= start <= stop or (not isinstance(size, Size) and stop > size):
        raise ArgumentError(
            "this part does not exist", expected=f"0 to {size}", received=f"{start} to {stop}"
        )
    return (*x.shape[:axis], stop - start, *x.shape[axis + 1 :]), x.dtype


slice_axis = primitive(
    "slice_axis",
    shape=_slice_shape,
    numpy=lambda node: f"x[{':, ' * node['axis']}{node['start'] or ''}:{node['stop']}]",
    samples=[Sample(_TABLE, axis=1, start=1, stop=3), Sample(_TABLE, axis=0, start=0, stop=1)],
    gradient=lambda g, out, x: (
        slice_gradient(g, size=x.shape[out["axis"]], axis=out["axis"], start=out["start"]),
    ),
)


def _slice_gradient_shape(g: Node, size: Axis, axis: int, start: int) -> tuple[Shape, str]:
    check_axes((axis,), g)
    part = g.shape[axis]
    if isinstance(part, int) and isinstance(size, int) and start + part > size:
        raise ShapeError(
            "this part does not fit", expected=f"an axis of at least {start + part}", received=str(size)
        )
    return (*g.shape[:axis], size, *g.shape[axis + 1 :]), g.dtype


slice_gradient: Primitive = primitive(
    "slice_gradient",
    shape=_slice_gradient_shape,
    numpy=Formula(
        lambda node: f"slice_gradient(x, {size_text(node['size'])}, {node['axis']}, {node['start']})",
        formulas.slice_gradient,
    ),
    samples=[Sample(_TABLE, size=5, axis=1, start=1)],
    gradient=lambda g, out, x: (
        slice_axis(g, axis=out["axis"], start=out["start"], stop=out["start"] + x.shape[out["axis"]]),
    ),
)


def part(x: Node, key: Any) -> Node:
    """Take a part of an array as Python's brackets do: x[:, 0], x[..., 1:3].

    Args:
        x: the array.
        key: whole numbers and slices without a step, one for each axis from the left, or with ... between.
    Raises:
        ArgumentError: if the key is something else, or leads out of the array.
    """
    keys = list(key) if isinstance(key, tuple) else [key]
    if any(each is Ellipsis for each in keys):
        place = [each is Ellipsis for each in keys].index(True)
        keys[place : place + 1] = [slice(None)] * (len(x.shape) - len(keys) + 1)
    if len(keys) > len(x.shape):
        raise ArgumentError("there are not so many axes", expected=str(len(x.shape)), received=str(len(keys)))
    kept: list[Axis] = []
    for axis, each in enumerate(keys):
        start, stop, keep = _bounds(each, x.shape[axis])
        if (start, stop) != (0, x.shape[axis]):
            x = slice_axis(x, axis=axis, start=start, stop=stop)
        kept += [x.shape[axis]] if keep else []
    shape = (*kept, *x.shape[len(keys) :])
    return x if shape == x.shape else reshape(x, shape=shape)


def _bounds(key: Any, size: Axis) -> tuple[int, Any, bool]:
    """Return where a part begins and ends, and whether the axis stays."""
    if key == slice(None):
        return 0, size, True
    known = isinstance(size, int)
    if known and isinstance(key, slice) and key.step in (None, 1):
        start, stop, _ = key.indices(size)  # type: ignore[arg-type]
        return start, max(start, stop), True
    if known and isinstance(key, int) and not isinstance(key, bool) and -size <= key < size:  # type: ignore[operator]
        start = key % size  # type: ignore[operator]
        return start, start + 1, False
    raise ArgumentError(
        "this part cannot be taken",
        expected="whole numbers and slices within known sizes",
        received=f"{key!r} for an axis of size {size}",
    )


def _concatenate_shape(*parts: Node, axis: int) -> tuple[Shape, str]:
    if not parts:
        raise ArgumentError("there is nothing to join", expected="at least one array")
    for part in parts:
        check_axes((axis,), part)
    rest = {(*part.shape[:axis], *part.shape[axis + 1 :]) for part in parts}
    sizes = [part.shape[axis] for part in parts]
    if len(rest) > 1 or any(isinstance(size, Size) for size in sizes):
        raise ShapeError(
            f"these shapes cannot be joined along axis {axis}",
            expected="a known size on it, and equal sizes on the other axes",
            received=", ".join(shape_text(part.shape) for part in parts),
        )
    whole = sum(size for size in sizes if isinstance(size, int))
    return (*parts[0].shape[:axis], whole, *parts[0].shape[axis + 1 :]), common_dtype(*parts)


def _concatenate_gradient(g: Node, out: Node, *parts: Node) -> tuple[Node, ...]:
    pieces, start, axis = [], 0, out["axis"]
    for part in parts:
        size: Any = part.shape[axis]
        pieces.append(slice_axis(g, axis=axis, start=start, stop=start + size))
        start += size
    return tuple(pieces)


concatenate = primitive(
    "concatenate",
    shape=_concatenate_shape,
    gradient=_concatenate_gradient,
    numpy=lambda node: (
        f"np.concatenate(({', '.join(f'x{i}' for i in range(len(node.inputs)))},), axis={node['axis']})"
    ),
    samples=[Sample(_TABLE, [[7.0], [8.0]], axis=1), Sample(_TABLE, _TABLE, [[0.0, 1.0, 2.0]], axis=0)],
)


def _reverse_shape(x: Node, axis: int) -> tuple[Shape, str]:
    check_axes((axis,), x)
    return x.shape, x.dtype


reverse: Primitive = primitive(
    "reverse",
    numpy="np.flip(x, axis=axis)",
    shape=_reverse_shape,
    samples=[Sample(_TABLE, axis=1)],
    gradient=lambda g, out, x: (reverse(g, axis=out["axis"]),),
)


# ------------------------------------------------------------ rows by number
def _gather_shape(table: Node, labels: Node) -> tuple[Shape, str]:
    require_whole(labels)
    check_axes((0,), table)
    return (*labels.shape, *table.shape[1:]), table.dtype


gather = primitive(
    "gather",
    numpy="x[y]",
    shape=_gather_shape,
    samples=[Sample(_TABLE, [1, 0, 1, 1])],
    gradient=lambda g, out, table, labels: (
        gather_gradient(as_array(g, out), labels, count=table.shape[0]),
        None,
    ),
)


def _gather_gradient_shape(g: Node, labels: Node, count: Axis) -> tuple[Shape, str]:
    require_whole(labels)
    if g.shape[: len(labels.shape)] != labels.shape:
        raise ShapeError(
            "every row needs one label",
            expected=f"rows of shape {shape_text(labels.shape)} and more axes",
            received=shape_text(g.shape),
        )
    return (count, *g.shape[len(labels.shape) :]), g.dtype


gather_gradient: Primitive = primitive(
    "gather_gradient",
    shape=_gather_gradient_shape,
    numpy=Formula(
        lambda node: f"gather_gradient(x, y, {size_text(node['count'])})", formulas.gather_gradient
    ),
    gradient=lambda g, out, rows, labels: (gather(g, labels), None),
    samples=[Sample(_TABLE, [2, 2], count=4)],
)
