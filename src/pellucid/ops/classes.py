"""Probabilities of classes, and labels that name them."""

from __future__ import annotations

from pellucid.errors import DtypeError, ShapeError
from pellucid.graph import Node, Shape, shape_text
from pellucid.ops import formulas
from pellucid.ops._shapes import floating
from pellucid.ops.primitive import Sample, primitive
from pellucid.ops.reduction import expand_dims, reduce_sum

__all__ = ["log_sum_exp", "one_hot", "pick", "softmax"]

SCORES = [[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]


def _last(g: Node) -> Node:
    """Make one number a row into a column beside the rows."""
    column: Node = expand_dims(g, axis=len(g.shape))
    return column


def _softmax_gradient(g: Node, out: Node, z: Node) -> tuple[Node]:
    return (out * (g - _last(reduce_sum(g * out, axes=(len(out.shape) - 1,)))),)


softmax = primitive(
    "softmax", numpy="softmax(x)", shape=floating, helpers=(formulas.softmax,), gradient=_softmax_gradient,
    samples=[Sample(SCORES)], source="Bridle 1990",
)  # fmt: skip


def _log_sum_exp_shape(z: Node) -> tuple[Shape, str]:
    shape, dtype = floating(z)
    return shape[:-1], dtype


log_sum_exp = primitive(
    "log_sum_exp", numpy="log_sum_exp(x)", shape=_log_sum_exp_shape, helpers=(formulas.log_sum_exp,),
    gradient=lambda g, out, z: (softmax(z) * _last(g),), samples=[Sample(SCORES)],
)  # fmt: skip


def _pick_shape(table: Node, labels: Node) -> tuple[Shape, str]:
    if table.shape[:-1] != labels.shape:
        raise ShapeError(
            "every row needs one label", expected=shape_text(table.shape[:-1]), received=shape_text(labels.shape)
        )
    return labels.shape, table.dtype


pick = primitive(
    "pick", numpy="pick(x, y)", shape=_pick_shape, helpers=(formulas.pick,), samples=[Sample(SCORES, [2, 0])],
    gradient=lambda g, out, table, labels: (
        one_hot(labels, classes=table.shape[-1], dtype=table.dtype) * _last(g), None,
    ),
)  # fmt: skip


def _one_hot_shape(labels: Node, classes: int, dtype: str) -> tuple[Shape, str]:
    if not labels.dtype.startswith("int"):
        raise DtypeError("labels are whole numbers", expected="int64", received=labels.dtype)
    return (*labels.shape, classes), dtype


def _one_hot_numpy(node: Node) -> str:
    return "one_hot(x, classes)" if node.dtype == "float32" else f"one_hot(x, classes, np.{node.dtype})"


one_hot = primitive(
    "one_hot", numpy=_one_hot_numpy, shape=_one_hot_shape, helpers=(formulas.one_hot,),
    samples=[Sample([2, 0, 1], classes=3, dtype="float64"), Sample([0], classes=1, dtype="float32")],
)  # fmt: skip
