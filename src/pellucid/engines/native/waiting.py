"""Where threads have to wait for each other, and how long each buffer is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pellucid.engines.native.plan import CHUNK, TENSOR, Instruction
from pellucid.engines.native.pooling import MAX_ENTRIES

__all__ = ["Lives", "lives", "local_buffers", "with_waits", "written_by"]

_WRITE_FIRST = frozenset("copy fill transpose gather scatter_add random pool store_register".split())


class Lives(NamedTuple):
    """How long buffers are needed.

    Attributes:
        first, last: for each buffer, the instructions between which its numbers are needed.
        local: those that every thread has for itself, in a loop over chunks.
        chunk: the symbol for the examples of a chunk.
    """

    first: list[int]
    last: list[int]
    local: frozenset[int]
    chunk: int


def written_by(instruction: Instruction) -> set[int]:
    """Return the buffers that an instruction writes."""
    if instruction.kind == "scalars":
        return set()
    views = instruction.views
    numbers = {op.to - TENSOR for op in instruction.program if TENSOR <= op.to < TENSOR + len(views)}
    if instruction.kind in _WRITE_FIRST:
        numbers.add(0)
    if instruction.kind == "pool" and instruction.options[0] == MAX_ENTRIES:
        numbers.add(1)
    return {views[number].buffer for number in numbers}


def _bodies(instructions: Sequence[Instruction]) -> list[range]:
    """The instructions of each loop over chunks, the loop itself among them."""
    return [
        range(number, each.options[1])
        for number, each in enumerate(instructions)
        if each.kind == "loop" and each.options[0] == CHUNK
    ]


def local_buffers(instructions: Sequence[Instruction], global_ones: Iterable[int]) -> frozenset[int]:
    """Return the buffers that only one loop over chunks uses: every thread can have its own."""
    where: dict[int, set[int]] = {}
    inside = {number: body.start for body in _bodies(instructions) for number in body}
    for number, instruction in enumerate(instructions):
        for view in instruction.views:
            where.setdefault(view.buffer, set()).add(inside.get(number, -1))
    wanted = set(global_ones)
    inner = [buffer for buffer, places in where.items() if len(places) == 1 and -1 not in places]
    return frozenset(inner) - wanted


def _at_loops(instructions: Sequence[Instruction]) -> set[int]:
    """The instructions before which loops over time need a wait.

    A round reads what the round before has written, and overwrites what others may still read. A loop without
    rounds never comes to the waits inside of it, so one stands before it in any case.
    """
    numbers: set[int] = set()
    for number, each in enumerate(instructions):
        if each.kind == "loop" and each.options[0] != CHUNK:
            body = instructions[number + 1 : each.options[1]]
            if any(written_by(inner) for inner in body):
                numbers.add(number + 1)
            if not isinstance(each.extents[0], int) or each.extents[0] == 0:
                numbers.add(number)
    return numbers


def with_waits(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Let all threads wait before an instruction only if it touches what another since the last wait wrote.

    A loop over chunks is one piece of work: inside of it nobody waits.
    """
    always = _at_loops(instructions)
    result: list[Instruction] = []
    read: set[int] = set()
    written: set[int] = set()
    bodies = {body.start: body for body in _bodies(instructions)}
    inside = -1
    for number, instruction in enumerate(instructions):
        if number <= inside:
            result.append(instruction._replace(alone=False))
            continue
        body = bodies.get(number, range(number, number + 1))
        inside = body.stop - 1
        touches = {view.buffer for each in body for view in instructions[each].views}
        writes = set().union(*[written_by(instructions[each]) for each in body])
        alone = number in always or not (touches.isdisjoint(written) and writes.isdisjoint(read))
        if alone:
            read, written = set(), set()
        read |= touches
        written |= writes
        result.append(instruction if instruction.alone == alone else instruction._replace(alone=alone))
    return result


def lives(
    instructions: Sequence[Instruction],
    buffers: int,
    given: Iterable[int],
    kept: Iterable[int],
    local: frozenset[int],
    chunk: int,
) -> Lives:
    """Return how long each buffer is needed.

    Between two waits threads are not in step: a buffer used there belongs to its numbers all that time.

    Args:
        instructions: in their order, with their waits.
        buffers: how many there are.
        given: buffers that hold numbers before the first instruction.
        kept: buffers whose numbers are wanted after the last.
        local: buffers that every thread has for itself.
        chunk: the symbol for the examples of a chunk.
    """
    starts = [number for number, each in enumerate(instructions) if each.alone or number == 0]
    begin, end = [], []
    for start, stop in zip(starts, [*starts[1:], len(instructions)], strict=False):
        begin += [start] * (stop - start)
        end += [stop - 1] * (stop - start)
    first, last = [0] * buffers, [0] * buffers
    seen: set[int] = set(given)
    for number, instruction in enumerate(instructions):
        for view in instruction.views:
            buffer = view.buffer
            if buffer not in seen:
                seen.add(buffer)
                first[buffer] = number if buffer in local else begin[number]
            last[buffer] = number if buffer in local else end[number]
    for buffer in kept:
        last[buffer] = max(len(instructions) - 1, 0)
    return Lives(first, last, local, chunk)
