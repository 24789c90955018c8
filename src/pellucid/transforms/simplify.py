"""graph -> graph: the same numbers from fewer, plainer nodes.

It runs once, before any engine, because it changes how results are rounded: all engines run the simplified
graph. What a person wrote stays as written, save for what does nothing (1 x, x + 0); the derived part, the
backward phase, is brought into the normal form of `_terms`. Dead nodes and common sub-expressions need no
rule: a graph makes no node twice, and only what the outputs need is copied.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from pellucid import ops
from pellucid.graph import (
    CONSTANT,
    INPUT,
    NUMBER,
    Graph,
    Leaf,
    Node,
    Note,
    Shape,
    check,
    current_graph,
    lift,
    product,
    quotient,
)
from pellucid.ops import Primitive
from pellucid.transforms._terms import Term, added, is_number, product_of, quotient_of, term

__all__ = ["simplify"]

_Rule: TypeAlias = "Callable[..., Node | None]"


def simplify(graph: Graph) -> Graph:
    """Return a graph with the same outputs, simplified and checked."""
    return check(_Simplifier(graph, {}).run())


class _Simplifier:
    """One pass over a graph, inputs first; every node is rebuilt by the rules below."""

    def __init__(self, old: Graph, bodies: dict[Graph, Graph]) -> None:
        self.old = old
        self.new = Graph(old.title)
        self.bodies = bodies  # those already simplified: many calls share one
        self.copies: dict[Node, Node] = {}
        self.derives = any(note.scope.phase == "backward" for note in old.notes.values())

    def run(self) -> Graph:
        with self.new:
            for leaf in self.old.leaves(INPUT):  # a body keeps its inputs, needed or not
                self._copy(leaf)
            for node in self.old.live():
                if node not in self.copies:
                    self._copy(node)
        self.new.doc = self.old.doc
        self.new.remarks = dict(self.old.remarks)
        self.new.outputs = {path: self.copies[node] for path, node in self.old.outputs.items()}
        return self.new

    def _copy(self, node: Node) -> None:
        note = self.old.notes[node]
        with self.new.like(note):
            if isinstance(node.op, Leaf):
                copy = self.new.add(node.op, (), dict(node.attributes), node.shape, node.dtype)
            else:
                inputs = [self.copies[operand] for operand in node.inputs]
                copy = _apply(node.op, inputs, self._attributes(node), note.scope.phase == "backward")  # type: ignore[arg-type]
            self.copies[node] = copy
            self._carry_name(note, copy)
            if self.derives:
                term(copy)  # known from the inputs on, so that a long chain needs no deep recursion

    def _attributes(self, node: Node) -> dict[str, Any]:
        attributes = dict(node.attributes)
        body = attributes.get("body")
        if isinstance(body, Graph):
            if body not in self.bodies:
                self.bodies[body] = _Simplifier(body, self.bodies).run()
            attributes["body"] = self.bodies[body]
        return attributes

    def _carry_name(self, note: Note, copy: Node) -> None:
        """Where two nodes become one, the first name stays; a mere number is not called d_something."""
        kept = self.new.notes[copy]
        if note.name is None or kept.name is not None or copy.op is CONSTANT:
            return
        if note.name.order and (copy.shape == () or _spread_number(copy)):
            return
        kept.name = note.name
        if isinstance(note.primal, Node):
            kept.primal = self.copies.get(note.primal)


def _apply(op: Primitive, inputs: list[Node], attributes: dict[str, Any], derived: bool) -> Node:
    """Build one operation on simplified inputs."""
    if op.elementwise and op is not ops.cast:
        if all(is_number(node) for node in inputs) and op.number:
            return lift(_computed(op, inputs))
        if derived:
            return _elementwise(op, inputs, attributes)
    return _ruled(op, inputs, attributes, derived)


def _ruled(op: Primitive, inputs: list[Node], attributes: dict[str, Any], derived: bool) -> Node:
    """Apply the rule of an operation's name, if there is one and it has something to say."""
    rule = _RULES.get(op.name)
    node = None if rule is None else rule(derived, *inputs, **attributes)
    return op(*inputs, **attributes) if node is None else node


def _computed(op: Primitive, inputs: list[Node]) -> float:
    names = dict(zip("xyz", (node["value"] for node in inputs), strict=False))
    value: float = eval(op.number or "", {"math": math, **names})  # noqa: S307 - a formula of ours, on numbers
    return value


# ------------------------------------------------------------ element-wise, derived
def _elementwise(op: Primitive, inputs: list[Node], attributes: dict[str, Any]) -> Node:
    """Take out broadcasting that the operation does by itself, then apply the rule of its name."""
    shape, dtype = op.shape(*inputs, **attributes)
    small = list(inputs)
    for place, node in enumerate(inputs):
        for inner in _narrower(node):
            trial = [*small[:place], inner, *small[place + 1 :]]
            if _fits(op, trial, attributes, shape, dtype):
                small = trial
                break
    if shape and all(node.op is ops.broadcast_to or node.shape == () for node in small):
        inside = [node.inputs[0] if node.op is ops.broadcast_to else node for node in small]
        if op.number or any(node.dtype not in (NUMBER, "bool") for node in inside):
            return _spread(_apply(op, inside, attributes, True), shape, dtype)
    return _ruled(op, small, attributes, True)


def _narrower(node: Node) -> list[Node]:
    """What may stand in the place of a broadcast array: what was broadcast, or that as a single value."""
    inner = node.inputs[0] if node.op is ops.broadcast_to else node
    flat = _without_axes_in_front(inner)
    found = [other for other in (flat, inner) if other is not node]
    if inner.dtype == NUMBER and node.shape != ():
        found.append(ops.broadcast_to(inner, shape=(), dtype=node.dtype))
    return found


def _without_axes_in_front(node: Node) -> Node:
    """Take away axes of size 1 that NumPy puts in front by itself."""
    parts = term(node)
    core = parts.core
    if core is None:
        return node
    while core.op in _REARRANGED and _same_from_the_right(core.inputs[0].shape, core.shape):
        core = core.inputs[0]
    return node if core is parts.core else parts._replace(core=core).build()


def _same_from_the_right(shape: Shape, longer: Shape) -> bool:
    return longer == (*[1] * (len(longer) - len(shape)), *shape)


def _fits(op: Primitive, inputs: list[Node], attributes: dict[str, Any], shape: Shape, dtype: str) -> bool:
    if all(node.dtype == NUMBER for node in inputs if node.dtype != "bool"):
        return False
    return op.shape(*inputs, **attributes) == (shape, dtype)


def _spread(x: Node, shape: Shape, dtype: str) -> Node:
    return _ruled(ops.broadcast_to, [x], {"shape": shape, "dtype": dtype}, True)


def _spread_number(node: Node) -> bool:
    return node.op is ops.broadcast_to and node.inputs[0].shape == ()


# ------------------------------------------------------------ arithmetic
def _multiply(derived: bool, x: Node, y: Node) -> Node | None:
    if derived:
        return product_of(x, y).build()
    for one, other in ((x, y), (y, x)):
        if is_number(one, 1):
            return other
    return None


def _divide(derived: bool, x: Node, y: Node) -> Node | None:
    if derived:
        return quotient_of(x, y).build()
    return x if is_number(y, 1) else None


def _negative(derived: bool, x: Node) -> Node | None:
    return term(x).negated().build() if derived else None


def _add(derived: bool, x: Node, y: Node) -> Node | None:
    if derived:
        return added(x, y)
    for zero, other in ((x, y), (y, x)):
        if is_number(zero, 0):
            return other
    return None


def _subtract(derived: bool, x: Node, y: Node) -> Node | None:
    if derived:
        return added(x, term(y).negated().build())
    return x if is_number(y, 0) else None


def _power(derived: bool, x: Node, y: Node) -> Node | None:
    return x if is_number(y, 1) else None


def _select(derived: bool, condition: Node, x: Node, y: Node) -> Node | None:
    inner = _inner(y, condition) if derived else None
    if inner is not None:
        return _apply(ops.select, [condition, x, inner], {}, True)
    return x if x is y and x.shape == ops.select.shape(condition, x, y)[0] else None


def _inner(y: Node, condition: Node) -> Node | None:
    """Where the condition is false, select(condition, a, b) is b and its product with c is b c; else None."""
    notes = current_graph().notes

    def chosen(node: Node) -> bool:
        return node.op is ops.select and node.inputs[0] is condition and notes[node].name is None

    if chosen(y):
        return y.inputs[2]
    if y.op is ops.multiply and notes[y].name is None:
        for inner, other in (y.inputs, reversed(y.inputs)):
            if chosen(inner):
                return _apply(ops.multiply, [inner.inputs[2], other], {}, True)
    return None


def _stop_gradient(derived: bool, x: Node) -> Node | None:
    return x


def _cast(derived: bool, x: Node, dtype: str) -> Node | None:
    return x if x.dtype == dtype else None


# ------------------------------------------------------------ arrangement
_REARRANGED = (ops.expand_dims, ops.reshape)


def _broadcast(derived: bool, x: Node, shape: Shape, dtype: str) -> Node | None:
    if x.shape == shape and x.dtype == dtype:
        return x
    if x.op is ops.broadcast_to:
        return ops.broadcast_to(x.inputs[0], shape=shape, dtype=dtype)
    return None


def _linear(op: Primitive) -> _Rule:
    """Move scalar factors to the outside of an operation that only rearranges or adds up."""

    def rule(derived: bool, x: Node, **attributes: Any) -> Node | None:
        parts = term(x) if derived else Term(core=x)
        if parts.core is None or parts.core is x:
            return None
        return parts._replace(core=_apply(op, [parts.core], attributes, True)).build()

    return rule


def _expand_dims(derived: bool, x: Node, axis: int) -> Node | None:
    shape = ops.expand_dims.shape(x, axis=axis)[0]
    if _spread_number(x) and x.shape:
        return _spread(x.inputs[0], shape, x.dtype)
    if derived and x.op in _REARRANGED:
        return _apply(ops.reshape, [x.inputs[0]], {"shape": shape}, True)
    return _linear(ops.expand_dims)(derived, x, axis=axis)


def _reshape(derived: bool, x: Node, shape: Shape) -> Node | None:
    if x.shape == shape:
        return x
    if x.op is ops.reshape or (derived and x.op in _REARRANGED):
        return _apply(ops.reshape, [x.inputs[0]], {"shape": shape}, derived)
    if _spread_number(x):
        return _spread(x.inputs[0], shape, x.dtype)
    return _linear(ops.reshape)(derived, x, shape=shape)


def _transpose(derived: bool, x: Node, axes: tuple[int, ...]) -> Node | None:
    if axes == tuple(range(len(axes))):
        return x
    if x.op is ops.transpose:
        joined = tuple([x["axes"][axis] for axis in axes])
        return _apply(ops.transpose, [x.inputs[0]], {"axes": joined}, derived)
    return None


# ------------------------------------------------------------ sums
def _reduction(op: Primitive) -> _Rule:
    """A mean of means is one mean, a sum of sums one sum."""

    def rule(derived: bool, x: Node, axes: tuple[int, ...]) -> Node | None:
        if not axes and x.dtype != "bool":
            return x
        if x.op is op:
            kept = [axis for axis in range(len(x.inputs[0].shape)) if axis not in x["axes"]]
            together = tuple(sorted((*x["axes"], *[kept[axis] for axis in axes])))
            return op(x.inputs[0], axes=together)
        return None

    return rule


def _reduce_sum(derived: bool, x: Node, axes: tuple[int, ...]) -> Node | None:
    joined = _reduction(ops.reduce_sum)(derived, x, axes)
    if joined is not None or not derived:
        return joined
    shape, dtype = ops.reduce_sum.shape(x, axes=axes)
    if dtype == x.dtype and all(x.shape[axis] == 1 for axis in axes):
        return _apply(ops.reshape, [x], {"shape": shape}, True)
    if _spread_number(x):
        return _sum_of_equals(x, axes)
    return _linear(ops.reduce_sum)(derived, x, axes=axes)


def _sum_of_equals(x: Node, axes: tuple[int, ...]) -> Node | None:
    """Add up a number that stands in many places: so many times the number."""
    shape = ops.reduce_sum.shape(x, axes=axes)[0]
    count = quotient(product(x.shape), product(shape))
    if count is None:
        return None
    total = product_of(x.inputs[0], current_graph().size(count)).build()
    return _spread(total, shape, x.dtype)


_RULES: dict[str, _Rule] = {
    "add": _add,
    "broadcast_to": _broadcast,
    "cast": _cast,
    "divide": _divide,
    "expand_dims": _expand_dims,
    "multiply": _multiply,
    "negative": _negative,
    "power": _power,
    "reduce_mean": _reduction(ops.reduce_mean),
    "reduce_sum": _reduce_sum,
    "reshape": _reshape,
    "select": _select,
    "stop_gradient": _stop_gradient,
    "subtract": _subtract,
    "transpose": _transpose,
}
