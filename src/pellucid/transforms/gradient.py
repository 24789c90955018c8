"""graph -> graph: reverse-mode differentiation.

The rules of the primitives build nodes, never arrays, so a gradient can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import GraphError
from pellucid.graph import CONSTANT, NUMBER, SEVERAL, Graph, Leaf, Node, Scope, Shape, current_graph, lift
from pellucid.ops import Primitive, broadcast_to, cast, reduce_sum, reshape

__all__ = ["gradient", "pullback"]

_SMOOTH = ("float", NUMBER, SEVERAL)  # how the dtypes begin through which a gradient can pass


def gradient(loss: Node, targets: Sequence[Node]) -> list[Node]:
    """Differentiate one number with respect to each target.

    Formula:
        d_x = d loss / d x, by the chain rule from the loss backwards
    Shape:
        loss: ()
        returns: the shape of each target
    Args:
        loss: a single floating-point number.
        targets: nodes that it may depend on; where it does not, the gradient is 0.
    Raises:
        GraphError: if loss is not a single number, or an operation on the way has no gradient.
    Source:
        Linnainmaa 1970; Rumelhart, Hinton & Williams 1986.
    """
    if loss.shape != () or not loss.dtype.startswith(("float", NUMBER)):
        raise GraphError(
            "only a single number has a gradient",
            expected="one float32 or float64",
            received=repr(loss),
            attempt="reduce_mean",
        )
    pulled = pullback([loss], [lift(1)], targets)
    return [
        _typed(lift(0), x.shape, x.dtype) if g is None else g for x, g in zip(targets, pulled, strict=True)
    ]


def pullback(
    results: Sequence[Node], gradients: Sequence[Node], targets: Sequence[Node]
) -> list[Node | None]:
    """Carry the gradients of the results back to the targets; None where nothing arrives.

    Formula:
        d_target = sum over the results of (d result / d target)^T d_result
    """
    graph = current_graph()
    nodes = graph.live(results)
    wanted = _reached_from(targets, nodes)
    arrived: dict[Node, Node] = {}
    for result, g in zip(results, gradients, strict=True):
        arrived[result] = arrived[result] + g if result in arrived else g
    for node in reversed(nodes):
        if node not in wanted or not (node in arrived or node.dtype == SEVERAL):
            continue
        with graph.within(_backward_scope(graph, node)):
            if node in arrived:
                _name_gradient(graph, arrived[node], node)
            if not isinstance(node.op, Leaf):
                _pass_on(node, arrived, wanted)
    pulled = [(arrived.get(x), x) for x in targets]
    return [None if g is None else _typed(g, x.shape, x.dtype) for g, x in pulled]


def _typed(g: Node, shape: Shape, dtype: str) -> Node:
    """Make a gradient that is a plain number the array that it stands for."""
    typed: Node = g if g.dtype == dtype else broadcast_to(g, shape=shape, dtype=dtype)
    return typed


def _reached_from(targets: Sequence[Node], nodes: Sequence[Node]) -> set[Node]:
    """Return the targets and everything among the nodes that depends on them smoothly."""
    reached = set(targets)
    for node in nodes:
        if not reached.isdisjoint(node.inputs) and node.dtype.startswith(_SMOOTH):
            reached.add(node)
    return reached


def _backward_scope(graph: Graph, node: Node) -> Scope:
    """A gradient belongs to the layer that made the value."""
    return graph.notes[node].scope._replace(phase="backward")


def _name_gradient(graph: Graph, g: Node, node: Node) -> None:
    """Call it d_ and the name of the value, unless it is a mere number."""
    note = graph.notes[g]
    name = graph.notes[node].name
    if name is not None and g.op is not CONSTANT and note.scope.phase == "backward":
        note.name = name._replace(order=name.order + 1)
        note.primal = node


def _pass_on(node: Node, arrived: dict[Node, Node], wanted: set[Node]) -> None:
    """Apply the rule of one node: from its gradient to those of its inputs."""
    if node.op.name == "item":
        return  # its gradient waits until the node with several results is reached
    for operand, passed in zip(node.inputs, _apply_rule(node, arrived), strict=True):
        if passed is None or operand not in wanted:
            continue
        g = _sum_to_shape(lift(passed), operand)
        arrived[operand] = arrived[operand] + g if operand in arrived else g


def _apply_rule(node: Node, arrived: dict[Node, Node]) -> tuple[Node | None, ...]:
    op = node.op
    rule = op.gradient if isinstance(op, Primitive) else None
    if rule is None:
        raise GraphError(f"{current_graph().where(node)} has no gradient", attempt="stop_gradient(x)")
    if node.dtype != SEVERAL:
        return rule(arrived[node], node, *node.inputs)  # type: ignore[return-value]
    items = {
        user["index"]: g for user, g in arrived.items() if user.op.name == "item" and user.inputs[0] is node
    }
    if not items:
        return (None,) * len(node.inputs)
    types: Any = node.shape
    given = [_typed(items.get(i, lift(0)), shape, dtype) for i, (shape, dtype) in enumerate(types)]
    return rule(given, node, *node.inputs, pullback=pullback)  # type: ignore[return-value]


def _sum_to_shape(g: Node, operand: Node) -> Node:
    """Undo broadcasting: add up g over the axes along which the operand was repeated."""
    if (
        g.dtype == NUMBER
    ):  # the 1 that every gradient starts from stays a plain number until it meets an array
        return g if operand.shape == () else _typed(g, operand.shape, operand.dtype)
    axes = _repeated_axes(g.shape, operand.shape)
    if axes:
        g = reduce_sum(g, axes=axes)
    if operand.dtype == NUMBER:
        return cast(g, dtype=NUMBER)
    return g if g.shape == operand.shape else reshape(g, shape=operand.shape)


def _repeated_axes(shape: Shape, original: Shape) -> tuple[int, ...]:
    lead = len(shape) - len(original)
    same = [axis + lead for axis, size in enumerate(original) if size == 1 and shape[axis + lead] != 1]
    return (*range(lead), *same)
