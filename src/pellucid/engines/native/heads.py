"""What is no element-wise arithmetic: products, reductions, and numbers moved from place to place.

Each function here says which kernel does the work and what it reads. To teach the engine a primitive that is
neither element-wise nor made of others, enter it here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pellucid.engines.native import loops, pooling, windows
from pellucid.engines.native.contraction import product_of_matrices
from pellucid.engines.native.extents import product
from pellucid.engines.native.places import own_place
from pellucid.engines.native.plan import Extent
from pellucid.engines.native.values import Value

if TYPE_CHECKING:
    from pellucid.engines.native.placing import Placing

__all__ = ["HEADS", "REDUCTIONS"]

REDUCTIONS = {"sum": 0, "mean": 1, "max": 2, "count_true": 3}
"""The numbers by which the compiled side knows them."""


# ------------------------------------------------------------ products
def _matmul(placing: Placing, value: Value) -> None:
    x, y = value.inputs
    right = placing.locate(y)
    if right.strides[-1] != 1:
        turned = right.strides[-2] == 1
        right = own_place(placing.arranged(right, "transpose" if turned else "copy"))
    left = placing.locate(x)
    draft = placing.new_draft("matmul", value, [left, right])
    draft.contraction = product_of_matrices(left, right, value.shape)


# ------------------------------------------------------------ reductions
def _reduce(placing: Placing, value: Value) -> None:
    first, last, how = (value.attributes[name] for name in ("first", "last", "how"))
    source = placing.whole(value.inputs[0])
    shape = source.shape
    blocks = tuple(product(part) for part in (shape[:first], shape[first:last], shape[last:]))
    placing.new_draft("reduce", value, [source], options=(REDUCTIONS[how], *blocks))


def _total(placing: Placing, value: Value) -> None:
    source = placing.locate(value.inputs[0])
    placing.new_draft("total", value, [source], options=(REDUCTIONS[value.attributes["how"]],))


def _take(placing: Placing, value: Value) -> None:
    """The one number of an array as a single number."""
    placing.new_draft("load_register", value, [placing.locate(value.inputs[0])])


# ------------------------------------------------------------ numbers moved
def _gather(placing: Placing, value: Value) -> None:
    table, labels = value.inputs
    rows: Extent = table.shape[0]
    placing.new_draft("gather", value, [placing.whole(table), placing.whole(labels)], options=(rows,))


def _gather_gradient(placing: Placing, value: Value) -> None:
    rows, labels = value.inputs
    placing.new_draft(
        "scatter_add", value, [placing.whole(rows), placing.whole(labels)], options=(value.shape[0],)
    )


def _concatenate(placing: Placing, value: Value) -> None:
    parts = [placing.locate(part) for part in value.inputs]
    placing.new_draft("concatenate", value, parts, options=(value.attributes["axis"],))


def _random_uniform(placing: Placing, value: Value) -> None:
    name = value.attributes["stream"]
    number = 0
    for letter in name:
        number = (31 * number + ord(letter)) % 2**32
    placing.new_draft("random", value, [], value.inputs, options=(number, pow(31, len(name), 2**32)))


HEADS: dict[str, Callable[[Any, Value], None]] = {
    "matmul": _matmul,
    "reduce": _reduce,
    "total": _total,
    "take": _take,
    "gather": _gather,
    "gather_gradient": _gather_gradient,
    "concatenate": _concatenate,
    "random_uniform": _random_uniform,
    "padded": windows.place_padded,
    "turned": windows.place_turned,
    "convolve": windows.place_convolution,
    "convolve_kernel": windows.place_kernel_gradient,
    "pool": pooling.place_pool,
    "pool_entries": pooling.place_entries,
    "scan": loops.place_scan,
    "item": loops.place_item,
}
"""For each operation that has a kernel of its own: how its draft begins."""
