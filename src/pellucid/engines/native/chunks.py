"""Large batches in chunks, so that what is worked out is used while it is near the processor.

What is done row by row is done for one chunk after the other. What adds up over the examples is added up in
partitions, and those at the end. How a batch is cut hangs on its size alone, never on the number of threads,
so the bits of a result do not either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from math import prod

from pellucid.engines.native.extents import contiguous, factor_of, product, times
from pellucid.engines.native.memory import Memory
from pellucid.engines.native.plan import CHUNK, REGISTER, TENSOR, Extent, Instruction, Op, Step, View
from pellucid.engines.native.strips import in_strips
from pellucid.engines.native.waiting import written_by

__all__ = ["PARTITIONS", "Cutter", "rows_of_chunk"]

PARTITIONS = 8
"""So many sums are kept of what is added up over the examples; more threads than that cannot help there."""

_BATCH = 0  # the symbol's number
_PARTITION = 1  # the loop's number
_NEAR = 40_000  # numbers that fit near the processor, together with the weights that they meet
_LARGEST_CHUNK = 1024
_FEWEST_ROWS = 32  # of a product in a chunk: fewer do not pay for reading the weights again
_FEWEST_NUMBERS = 512  # of other work in a chunk
_ADDS_UP = 2  # of a product: it starts from what is there, but in a partition's first chunk from zero
_ROW_BY_ROW = frozenset("matmul elementwise rows reduce copy fill pool".split())


def rows_of_chunk(numbers_per_example: int) -> int:
    """Return how many examples make a chunk."""
    return max(1, min(_LARGEST_CHUNK, _NEAR // max(1, numbers_per_example)))


class Cutter:
    """Cuts a plan's instructions into loops over chunks.

    Args:
        memory: gives buffers to partial sums.
        rows: how many examples make a chunk.
        symbol: the number of the symbol for the examples of the present chunk.
        kept: the buffers that are looked at afterwards.
    """

    def __init__(self, memory: Memory, rows: int, symbol: int, kept: set[int]) -> None:
        self._memory = memory
        self._rows = rows
        self._symbol = symbol
        self._kept = kept
        self._uses: Counter[int] = Counter()
        self._body: list[Instruction] = []
        self._before: list[Instruction] = []
        self._idle: list[Instruction] = []  # what a partition without a chunk does
        self._after: list[Instruction] = []
        self._made: set[object] = set()  # what the body writes
        self._touched: set[object] = set()  # and what it reads or writes
        self._late: set[object] = set()  # what is only there after the loop: buffers, and registers as texts

    def cut(self, instructions: Sequence[Instruction]) -> list[Instruction]:
        """Return the same work in loops."""
        result: list[Instruction] = []
        self._uses.update(view.buffer for each in instructions for view in each.views)
        for together in _with_bodies(instructions):
            axis = self._axis(together[0])
            needs = set().union(*map(_needs, together))
            makes = set().union(*map(_makes, together))
            if axis is not None and not self._late.isdisjoint(needs | makes):
                result += self._close()
            if axis is not None:
                self._include(together[0], axis)
            elif (
                self._late.isdisjoint(needs)
                and self._made.isdisjoint(needs)
                and self._touched.isdisjoint(makes)
            ):
                self._before += together
            else:
                self._after += together
                self._late |= makes
        return result + self._close()

    # ------------------------------------------------------------ what can be cut
    def _axis(self, instruction: Instruction) -> int | None:
        """The axis of the examples, if the work can be done for some of them at a time."""
        axes = [axis for axis, extent in enumerate(instruction.extents) if _has_batch(extent)]
        if len(axes) != 1 or instruction.kind not in _ROW_BY_ROW:
            return None
        (axis,) = axes
        strides = [stride for view in instruction.views for stride in (*view.strides, *view.offset)]
        if any(_has_batch(stride) for stride in strides) and instruction.kind != "reduce":
            return None
        if instruction.extents[axis] != (factor_of(instruction.extents[axis]), _BATCH):
            return None
        return axis if self._pays(instruction, axis) else None

    def _pays(self, instruction: Instruction, axis: int) -> bool:
        sizes = [factor_of(extent) for extent in instruction.extents]
        if instruction.kind == "reduce" and (axis != 1 or instruction.options[0] != 0):
            return False
        if instruction.kind == "pool":
            return True
        if instruction.kind == "matmul":
            outer = instruction.options[0]
            summed = axis > outer + 1
            rows = prod(sizes[outer + 2 :] if summed else sizes[: outer + 1])
            return rows * self._rows >= _FEWEST_ROWS
        return prod(sizes) * self._rows >= _FEWEST_NUMBERS

    # ------------------------------------------------------------ the body
    def _include(self, instruction: Instruction, axis: int) -> None:
        kind = instruction.kind
        adds_up = (kind == "matmul" and axis > instruction.options[0] + 1) or (kind == "reduce" and axis == 1)
        if adds_up:
            instruction, late = self._partial(instruction)
            self._after.append(late)
            self._late |= _makes(late)
        self._made |= _makes(instruction)
        self._touched |= _needs(instruction)
        self._body.append(self._for_chunk(instruction, axis))

    def _for_chunk(self, instruction: Instruction, axis: int) -> Instruction:
        extents = list(instruction.extents)
        factor = factor_of(extents[axis])
        extents[axis] = (factor, self._symbol)
        step = self._rows * factor
        views = [view.moving(CHUNK, times(step, view.strides[axis])) for view in instruction.views]
        return instruction._replace(extents=tuple(extents), views=tuple(views))

    # ------------------------------------------------------------ sums over the examples
    def _partial(self, instruction: Instruction) -> tuple[Instruction, Instruction]:
        """Split a sum into what adds to a partition's part, and what adds the parts and goes on."""
        if instruction.kind == "matmul":
            outer: int = instruction.options[0]
            kept, own = list(range(outer + 2)), 3
        else:
            kept, own = [0, 2], 1
        extents = tuple([instruction.extents[axis] for axis in kept])
        strides = contiguous(extents)
        size = product(extents)
        buffer = self._memory.partial(extents, PARTITIONS, instruction.lanes)
        walked: list[Extent] = [0] * len(instruction.extents)
        for axis, stride in zip(kept, strides, strict=True):
            walked[axis] = stride
        part = View(buffer, tuple(walked), (), (Step(_PARTITION, size),))
        views = instruction.views
        if instruction.kind == "matmul":
            now = instruction._replace(
                views=(*views[:2], part, part),
                program=(Op("copy", TENSOR + 3, 0),),
                options=(*instruction.options[:2], _ADDS_UP),
            )
            self._idle.append(self._zeroed(size, part._replace(strides=(1,))))
        else:
            now = instruction._replace(
                views=(views[0], part), program=(Op("add", TENSOR + 1, 0, TENSOR + 1),)
            )
            self._before.append(self._zeroed(times(PARTITIONS, size), View(buffer, (1,))))
        starts = instruction.kind == "matmul" and instruction.options[2] == 1
        parts = [View(buffer, strides, (times(number, size),)) for number in range(PARTITIONS)]
        rest = [*views[2 : 2 + starts], *views[own:]]
        rest = [view._replace(strides=tuple([view.strides[axis] for axis in kept])) for view in rest]
        late = self._added_up(instruction, extents, parts, rest, own - starts)
        return now, late

    def _added_up(
        self,
        instruction: Instruction,
        extents: tuple[Extent, ...],
        parts: list[View],
        rest: list[View],
        own: int,
    ) -> Instruction:
        """Add the parts in their order; then what the program of the sum did."""
        first = len(parts)
        ops = [Op("add", 0, TENSOR, TENSOR + 1)]
        ops += [Op("add", 0, 0, TENSOR + number) for number in range(2, first)]
        if own < (3 if instruction.kind == "matmul" else 1):
            ops.append(Op("add", 0, 0, TENSOR + first))
        shift = first - own
        ops += [_moved(op, shift) for op in instruction.program]
        return Instruction("elementwise", extents, (*parts, *rest), tuple(ops), instruction.lanes)

    # ------------------------------------------------------------ the loop
    def _close(self) -> list[Instruction]:
        """End the present loop."""
        before, idle, body, after = self._before, self._idle, self._body, self._after
        self._before, self._idle, self._body, self._after = [], [], [], []
        self._made, self._touched, self._late = set(), set(), set()
        if not body:
            return before + after
        body = in_strips(body, self._memory, self._is_passed_on)
        inside = len(idle) + len(body)
        options = (CHUNK, inside, 1, PARTITIONS, self._symbol, self._rows, _BATCH, len(idle))
        loop = Instruction("loop", ((1, _BATCH),), (), options=options)
        return [*before, loop, *idle, *body, *after]

    def _is_passed_on(self, buffer: int) -> bool:
        """Whether nobody but the next instruction looks at what one has made."""
        return self._uses[buffer] == 2 and buffer not in self._kept

    def _zeroed(self, size: Extent, view: View) -> Instruction:
        return Instruction("fill", (size,), (view,), options=(self._memory.constant(0.0),))


def _moved(op: Op, shift: int) -> Op:
    """The same operation on tensors whose numbers are higher by so much."""
    codes = (op.to, op.a, op.b, op.c)
    to, a, b, c = [code + shift if TENSOR <= code < REGISTER else code for code in codes]
    return Op(op.name, to, a, b, c, op.wide)


def _with_bodies(instructions: Sequence[Instruction]) -> Iterator[list[Instruction]]:
    """Yield every instruction, a loop over time together with its body."""
    waiting = iter(instructions)
    for instruction in waiting:
        length = instruction.options[1] if instruction.kind == "loop" else 0
        yield [instruction, *islice(waiting, length)]


def _has_batch(extent: Extent) -> bool:
    return not isinstance(extent, int) and _BATCH in extent[1:]


def _needs(instruction: Instruction) -> set[object]:
    """The buffers and registers that an instruction touches."""
    needs: set[object] = {view.buffer for view in instruction.views}
    for op in instruction.program:
        needs |= {f"register {code}" for code in (op.a, op.b, op.c) if code >= REGISTER}
    if instruction.kind in ("fill", "random", "store_register"):
        needs |= {f"register {REGISTER + option}" for option in instruction.options[:3]}
    return needs


def _makes(instruction: Instruction) -> set[object]:
    """The buffers and registers that an instruction changes."""
    makes: set[object] = set(written_by(instruction))
    if instruction.kind == "scalars":
        makes |= {f"register {op.to}" for op in instruction.program}
    elif instruction.kind == "total":
        makes.add(f"register {REGISTER + instruction.options[1]}")
    elif instruction.kind == "load_register":
        makes.add(f"register {REGISTER + instruction.options[0]}")
    return makes
