"""Operations that contain a graph: a call, and a loop over time.

Both are closed under differentiation: the gradient of a call is a call of the differentiated body, the
gradient of a loop is a loop that runs backwards. Their rules need the gradient transform for that, which
comes later in the plan; it hands itself over as the option `pullback(results, gradients, targets)`.

Engines print or inline the body; the formulas here only say how the result is spelled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import INPUT, NUMBER, SEVERAL, Axis, Graph, Node, Shape, shape_text
from pellucid.ops.layout import reverse
from pellucid.ops.primitive import primitive
from pellucid.ops.reduction import broadcast_to

__all__ = ["call", "item", "scan"]

_Pullback: TypeAlias = "Callable[[Sequence[Node], Sequence[Node], Sequence[Node]], list[Node | None]]"


# ------------------------------------------------------------ several results
def _item_shape(several: Node, index: int) -> tuple[Shape, str]:
    types: Any = several.shape
    shape, dtype = types[index]
    return shape, dtype


item = primitive(
    "item", numpy="x[index]", number="x[index]", shape=_item_shape, samples=[], source="one result of several"
)


def _items(several: Node) -> list[Node]:
    return [item(several, index=index) for index in range(len(several.shape))]


def _several(types: Sequence[tuple[Shape, str]]) -> tuple[Shape, str]:
    return tuple(types), SEVERAL  # type: ignore[arg-type]


# ------------------------------------------------------------ call
def _check_arguments(body: Graph, arguments: Sequence[tuple[Shape, str]]) -> None:
    declared = [(leaf.shape, leaf.dtype) for leaf in body.leaves(INPUT)]
    if declared != list(arguments):
        raise ShapeError(
            f"{body.title!r} cannot be called like this",
            expected=", ".join(f"{dtype} {shape_text(shape)}" for shape, dtype in declared),
            received=", ".join(f"{dtype} {shape_text(shape)}" for shape, dtype in arguments),
        )


def _call_shape(*inputs: Node, body: Graph) -> tuple[Shape, str]:
    _check_arguments(body, [(x.shape, x.dtype) for x in inputs])
    return _several([(result.shape, result.dtype) for result in body.outputs.values()])


def _call_gradient(
    g: Sequence[Node], out: Node, *inputs: Node, pullback: _Pullback
) -> tuple[Node | None, ...]:
    body = out["body"]
    backward = Graph(f"{body.title}_backward")
    with backward:
        copies = [backward.input(leaf["name"], leaf.shape, leaf.dtype) for leaf in body.leaves(INPUT)]
        results = backward.include(body, copies)
        prefix = "d_"
        while any(copy["name"].startswith(prefix) for copy in copies):
            prefix += "d_"  # the body is itself the gradient of another
        d_results = [backward.input(f"{prefix}{i}", r.shape, r.dtype) for i, r in enumerate(results)]
        pulled = pullback(results, d_results, copies)
        backward.outputs = {(str(i),): p for i, p in enumerate(pulled) if p is not None}
    returned = iter(_items(call(*inputs, *g, body=backward)))
    return tuple([None if p is None else next(returned) for p in pulled])


call = primitive(
    "call",
    numpy="body(x)",
    shape=_call_shape,
    gradient=_call_gradient,
    samples=[],
    source="one function for equal pieces of work, such as the update of each weight",
)


# ------------------------------------------------------------ scan
def _scan_parts(inputs: Sequence[Node], memories: int, sequences: int) -> tuple[Sequence[Node], ...]:
    return inputs[:memories], inputs[memories : memories + sequences], inputs[memories + sequences :]


def _scan_shape(*inputs: Node, body: Graph, memories: int, sequences: int) -> tuple[Shape, str]:
    start, over, fixed = _scan_parts(inputs, memories, sequences)
    if not over or not all(x.shape for x in over) or len({x.shape[0] for x in over}) > 1:
        raise ShapeError(
            "a loop over time needs sequences of one length",
            expected="at least one, time on the first axis",
            received=", ".join(shape_text(x.shape) for x in over) or "none",
        )
    now = [x.shape for x in start] + [x.shape[1:] for x in over] + [x.shape for x in fixed]
    _check_arguments(body, list(zip(now, [x.dtype for x in inputs], strict=True)))
    results = [(result.shape, result.dtype) for result in body.outputs.values()]
    if results[:memories] != [(x.shape, x.dtype) for x in start]:
        raise ArgumentError(f"{body.title!r} must return every memory first, in the shape it started with")
    if any(dtype == NUMBER for _, dtype in results):
        raise DtypeError(
            f"{body.title!r} cannot return a Python number in a loop",
            expected="arrays",
            attempt='cast(x, dtype="float32")',
        )
    steps: Axis = over[0].shape[0]
    stacked = [((steps, *shape), dtype) for shape, dtype in results]
    return _several([*results[:memories], *stacked])


def _has_gradient(x: Node) -> bool:
    return x.dtype.startswith(("float", NUMBER))


def _zeros(x: Node) -> Node:
    """Make what a gradient adds up in: an array, for a Python number too, since a loop keeps arrays only."""
    zeros: Node = broadcast_to(0, shape=x.shape, dtype=_total_dtype(x))
    return zeros


def _total_dtype(x: Node) -> str:
    return "float64" if x.dtype == NUMBER else x.dtype


def _in_place(gradients: Sequence[Node], inputs: Sequence[Node]) -> list[Node | None]:
    """Give each input that has a gradient the next one, the others None."""
    rest = iter(gradients)
    return [next(rest) if _has_gradient(x) else None for x in inputs]


def _scan_gradient(
    g: Sequence[Node], out: Node, *inputs: Node, pullback: _Pullback
) -> tuple[Node | None, ...]:
    body, memories, sequences = out["body"], out["memories"], out["sequences"]
    _, over, fixed = _scan_parts(inputs, memories, sequences)
    g_last, g_stacked = g[:memories], g[memories:]
    before = _items(out)[memories : 2 * memories]
    totals = [_zeros(x) for x in fixed if _has_gradient(x)]
    backward = _scan_backward(body, memories, sequences, pullback)
    time_reversed = [reverse(x, axis=0) for x in (*before, *over, *g_stacked)]
    kept = memories + len(totals)
    results = _items(
        scan(
            *g_last,
            *totals,
            *time_reversed,
            *fixed,
            body=backward,
            memories=kept,
            sequences=len(time_reversed),
        )
    )
    d_over = [reverse(x, axis=0) for x in results[2 * kept :]]
    return (*results[:memories], *_in_place(d_over, over), *_in_place(results[memories:kept], fixed))


def _scan_backward(body: Graph, memories: int, sequences: int, pullback: _Pullback) -> Graph:
    """Write the body of the loop that runs backwards: from the gradient after a step to that before it."""
    start, over, fixed = _scan_parts(body.leaves(INPUT), memories, sequences)
    learnt = [x for x in fixed if _has_gradient(x)]
    emitted = list(body.outputs.values())[memories:]
    backward = Graph(f"{body.title}_backward")
    with backward:

        def declare(prefix: str, like: Sequence[Node]) -> list[Node]:
            return [backward.input(f"{prefix}{i}", x.shape, x.dtype) for i, x in enumerate(like)]

        d_after = declare("d_after_", start)
        totals = [backward.input(f"total_{i}", x.shape, _total_dtype(x)) for i, x in enumerate(learnt)]
        now = declare("before_", start) + declare("x_", over)
        d_before, d_emitted = declare("d_before_", start), declare("d_emitted_", emitted)
        now += declare("fixed_", fixed)
        pulled = pullback(backward.include(body, now), [*d_after, *d_emitted], now)
        d_now = [_zeros(x) if p is None else p for p, x in zip(pulled, now, strict=True)]
        d_start, d_over, d_fixed = _scan_parts(d_now, memories, sequences)
        outputs = [a + b if _has_gradient(b) else a for a, b in zip(d_start, d_before, strict=True)]
        d_learnt = [d for d, x in zip(d_fixed, fixed, strict=True) if _has_gradient(x)]
        outputs += [a + b for a, b in zip(totals, d_learnt, strict=True)]
        outputs += [d for d, x in zip(d_over, over, strict=True) if _has_gradient(x)]
        backward.outputs = {(str(i),): node for i, node in enumerate(outputs)}
    return backward


scan = primitive(
    "scan",
    numpy="body(x)",
    shape=_scan_shape,
    gradient=_scan_gradient,
    samples=[],
    source="for t in range(steps): memories, emitted[t] = body(memories, sequences[t], fixed)",
)
