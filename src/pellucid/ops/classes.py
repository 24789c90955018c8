"""Probabilities of classes, and labels that name them."""

from __future__ import annotations

from pellucid.errors import ShapeError
from pellucid.graph import Node, Shape, shape_text
from pellucid.ops import formulas
from pellucid.ops._shapes import floating, require_rows, require_whole
from pellucid.ops.primitive import Formula, Primitive, Sample, primitive
from pellucid.ops.reduction import as_array, expand_dims, reduce_sum

__all__ = ["log_sum_exp", "one_hot", "pick", "softmax"]

_SCORES = [[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]


def _column(g: Node, out: Node) -> Node:
    """Make the gradient of one number a row into a column beside the rows."""
    column: Node = expand_dims(as_array(g, out), axis=len(out.shape))
    return column


def _softmax_shape(z: Node) -> tuple[Shape, str]:
    require_rows(z)
    return floating(z)


def _softmax_gradient(g: Node, out: Node, z: Node) -> tuple[Node]:
    last = len(out.shape) - 1
    return (out * (g - expand_dims(reduce_sum(g * out, axes=(last,)), axis=last)),)


softmax = primitive(
    "softmax",
    numpy=Formula("softmax(x)", formulas.softmax),
    shape=_softmax_shape,
    gradient=_softmax_gradient,
    samples=[Sample(_SCORES)],
    source="Bridle 1990",
)


def _log_sum_exp_shape(z: Node) -> tuple[Shape, str]:
    shape, dtype = _softmax_shape(z)
    return shape[:-1], dtype


log_sum_exp = primitive(
    "log_sum_exp",
    numpy=Formula("log_sum_exp(x)", formulas.log_sum_exp),
    shape=_log_sum_exp_shape,
    gradient=lambda g, out, z: (softmax(z) * _column(g, out),),
    samples=[Sample(_SCORES)],
)


def _pick_shape(table: Node, labels: Node) -> tuple[Shape, str]:
    require_whole(labels)
    if not table.shape or table.shape[:-1] != labels.shape:
        raise ShapeError(
            "every row needs one label",
            expected=f"labels of shape {shape_text(table.shape[:-1])}",
            received=f"{shape_text(labels.shape)} for a table of shape {shape_text(table.shape)}",
        )
    return labels.shape, table.dtype


pick = primitive(
    "pick",
    numpy=Formula("pick(x, y)", formulas.pick),
    shape=_pick_shape,
    samples=[Sample(_SCORES, [2, 0])],
    gradient=lambda g, out, table, labels: (
        one_hot(labels, classes=table.shape[-1], dtype=table.dtype) * _column(g, out),
        None,
    ),
)


def _one_hot_shape(labels: Node, classes: int, dtype: str) -> tuple[Shape, str]:
    require_whole(labels)
    return (*labels.shape, classes), dtype


def _one_hot_numpy(node: Node) -> str:
    return "one_hot(x, classes)" if node.dtype == "float32" else f"one_hot(x, classes, np.{node.dtype})"


one_hot: Primitive = primitive(
    "one_hot",
    numpy=Formula(_one_hot_numpy, formulas.one_hot),
    shape=_one_hot_shape,
    samples=[Sample([2, 0, 1], classes=3, dtype="float64"), Sample([0], classes=1, dtype="float32")],
)
