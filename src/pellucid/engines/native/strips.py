"""Pooling in strips: what a window moves over is pooled while it lies in the first-level cache.

A convolution's result is often larger than that cache, and all that is wanted of it is the largest number of
each window. So a strip of rows is worked out at a time, as high as a window, and pooled at once. Rows that no
window reaches are never worked out. Every number is the same as without strips.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pellucid.engines.native.extents import factor_of, product, times
from pellucid.engines.native.memory import Memory
from pellucid.engines.native.plan import TIME, Instruction
from pellucid.engines.native.pooling import MAX_ENTRIES, POOLS
from pellucid.engines.native.waiting import written_by

__all__ = ["in_strips"]

_POOLS = (POOLS.index("max_pool"), POOLS.index("average_pool"), MAX_ENTRIES)
_ALL, _ROWS = slice(1, 6), slice(6, 11)  # the options of a pooling for its first axis, and for its second
_LARGE = 8192  # numbers of an example that leave the first-level cache, but for strips


def in_strips(
    body: Sequence[Instruction], memory: Memory, is_passed_on: Callable[[int], bool]
) -> list[Instruction]:
    """Return the instructions of a chunk, with products and poolings in strips where that pays.

    Args:
        body: the instructions.
        memory: knows what lies in the buffers; those of strips become smaller.
        is_passed_on: whether nobody but the next instruction looks at what one has put into a buffer.
    """
    result: list[Instruction] = []
    for instruction in body:
        if instruction.kind == "pool" and result and _suit(result[-1], instruction, memory, is_passed_on):
            result[-1:] = _strips(result[-1], instruction, memory)
        else:
            result.append(instruction)
    return result


def _suit(made: Instruction, pool: Instruction, memory: Memory, is_passed_on: Callable[[int], bool]) -> bool:
    """Whether all that the first of two instructions makes is what the other pools, row after row."""
    size, places, window, stride, before = pool.options[_ROWS]
    source = pool.views[-1].buffer
    value = memory.values[source]
    own = [view for view in made.views if view.buffer == source]
    return (
        made.kind == "matmul"
        and (made.options[0], len(made.options)) == (2, 3)
        and pool.options[0] in _POOLS
        and pool.options[_ALL] == (1, 1, 1, 1, 0)
        and (before == 0 and window <= stride and (places - 1) * stride + window <= size)
        and made.extents[1] == size
        and (value.op != "state" and factor_of(product(value.shape)) > _LARGE)
        and (written_by(made) == {source} and is_passed_on(source))
        and len(own) == 1
        and own[0].strides[0] == times(size, own[0].strides[1])
    )


def _strips(made: Instruction, pool: Instruction, memory: Memory) -> list[Instruction]:
    """A loop over the rows of the result."""
    _, places, window, stride, _ = pool.options[_ROWS]
    source = pool.views[-1].buffer
    count, _, *row = memory.values[source].shape
    memory.narrow(source, (count, window, *row))
    strip = times(window, product(row))
    views = [
        view._replace(strides=(strip, *view.strides[1:]))
        if view.buffer == source
        else view.moving(TIME[0], times(stride, view.strides[1]))
        for view in made.views
    ]
    made = made._replace(extents=(made.extents[0], window, *made.extents[2:]), views=tuple(views))
    width = times(pool.options[_ROWS.stop + 1], pool.extents[1])
    views = [view.moving(TIME[0], width) for view in pool.views[:-1]]
    views.append(pool.views[-1]._replace(strides=(strip, *pool.views[-1].strides[1:])))
    options = (*pool.options[: _ROWS.start], window, 1, window, stride, 0, *pool.options[_ROWS.stop :])
    pool = pool._replace(views=tuple(views), options=options)
    return [Instruction("loop", (places,), (), options=(TIME[0], 2, 0)), made, pool]
