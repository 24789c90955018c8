"""From drafts to instructions: axes, views and programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pellucid.engines.native.drafts import Draft
from pellucid.engines.native.extents import contiguous, fixed, product, times
from pellucid.engines.native.loops import Loop
from pellucid.engines.native.memory import Memory
from pellucid.engines.native.places import Place, broadcast_strides, own_place
from pellucid.engines.native.placing import Placing
from pellucid.engines.native.plan import Extent, Instruction, Op, View
from pellucid.engines.native.program import Operand, ProgramWriter
from pellucid.engines.native.scalars import arithmetic, replacement
from pellucid.engines.native.updates import Updates
from pellucid.engines.native.values import Shape, Value
from pellucid.errors import GraphError

__all__ = ["Writer"]


class _Seen:
    """A place as an instruction walks along it."""

    __slots__ = ("place", "strides")

    def __init__(self, place: Place, strides: Sequence[Extent]) -> None:
        self.place = place
        self.strides = list(strides)


class Writer:
    """Writes the instructions of drafts.

    Args:
        placing: the drafts.
        memory: gives buffers and registers to values.
    """

    def __init__(self, placing: Placing, memory: Memory) -> None:
        self._placing = placing
        self._memory = memory
        self._kinds: dict[str, Callable[[Draft], list[Instruction]]] = {
            "elementwise": self._elementwise,
            "rows": self._rows,
            "matmul": self._matmul,
            "reduce": self._reduce,
            "total": self._total,
            "copy": self._copy,
            "fill": self._fill,
            "transpose": self._transpose,
            "concatenate": self._concatenate,
            "padded": self._padded,
            "turned": self._turned,
            "pool": self._pool,
            "gather": self._gather,
            "scatter_add": self._scatter_add,
            "random": self._random,
            "load_register": self._load_register,
            "store_register": self._store_register,
            "scan": self._scan,
        }

    def write(self, updates: Updates) -> list[Instruction]:
        """Return the instructions of all drafts, and what puts new numbers in the place of the old."""
        numbers = self._placing.numbers
        instructions: list[Instruction] = []
        level = 0
        for draft in updates.order:
            while level < draft.level:
                instructions += arithmetic(self._memory, numbers.get(level, ()))
                level += 1
            instructions += self._kinds[draft.kind](draft)
        for rest in range(level, max(numbers, default=0) + 1):
            instructions += arithmetic(self._memory, numbers.get(rest, ()))
        return instructions + self._replaced(updates.commits)

    def _replaced(self, changes: Mapping[Value, Value]) -> list[Instruction]:
        """Put new numbers in the place of the old."""
        instructions = []
        for old, new in changes.items():
            if not old.single:
                to = own_place(old)
                instructions.append(self._moved(_Seen(to, to.strides), self._placing.place(new)))
        return instructions + replacement(
            self._memory, {old: new for old, new in changes.items() if old.single}
        )

    # ------------------------------------------------------------ programs
    def _program(self, draft: Draft, first: int) -> tuple[tuple[Op, ...], list[_Seen], Value | None]:
        """Write the program, and how it walks along its tensors on the axes of the draft's shape."""
        writer = ProgramWriter(draft, first, self._memory.register, self._placing.locate, self._memory.home)
        ops = writer.write()
        return ops, [self._operand(draft, operand) for operand in writer.operands], writer.start

    def _operand(self, draft: Draft, operand: Operand) -> _Seen:
        value = operand.value
        narrow = not operand.wide or draft.shape[-1] == 1
        if draft.kind == "rows" and value.shape == draft.narrow and narrow:
            place = self._placing.locate(value)
            return _Seen(place, (*place.strides, 0))
        return self._walked(value, draft.shape)

    def _walked(self, value: Value, shape: Shape) -> _Seen:
        place = self._placing.locate(value)
        return _Seen(place, broadcast_strides(place, shape))

    def _view(self, seen: _Seen) -> View:
        return self._memory.view(seen.place, seen.strides)

    def _elementwise(self, draft: Draft) -> list[Instruction]:
        ops, seen, _ = self._program(draft, 0)
        extents = list(draft.shape)
        self._collapse_all(extents, seen)
        _lengthen(extents, seen, 2)
        return [self._instruction("elementwise", extents, seen, ops, draft.lanes)]

    def _rows(self, draft: Draft) -> list[Instruction]:
        ops, seen, _ = self._program(draft, 0)
        extents = list(draft.shape)
        _collapse(extents, seen, 0, len(extents) - 1)
        _lengthen(extents, seen, 2)
        return [self._instruction("rows", extents, seen, ops, draft.lanes)]

    def _matmul(self, draft: Draft) -> list[Instruction]:
        ops, program, start = self._program(draft, 3)
        left, right = draft.places
        form = draft.contraction
        if form is None:
            raise GraphError("a product without axes cannot be written")
        in_panels = self._memory.in_panels(right.owner)
        a = _Seen(left, form.a)
        b = _Seen(right, form.b_rows if in_panels and form.b_rows is not None else form.b)
        c = self._walked(start, draft.shape) if start is not None else _Seen(left, [0] * len(draft.shape))
        summed = len(form.extents) - form.outer - 2
        for each in (c, *program):
            along = self._row_strides(each, draft.shape)
            moves = [times(target.steps, along[target.axis]) for target in form.targets]
            each.strides = [*moves, *[0] * summed]
        extents = list(form.extents)
        _collapse(extents, [a, b, c, *program], 0 if form.zeros is None else form.outer - 2, form.outer)
        outer = form.outer + len(extents) - len(form.extents)
        # The same right side for all: more rows of one product.
        if outer and form.zeros is None and b.strides[outer - 1] == 0:
            _collapse(extents, [a, b, c, *program], outer - 1, outer + 1)
            outer = form.outer + len(extents) - len(form.extents)
        options: tuple[int, ...] = (outer, summed - 1, int(start is not None))
        if form.zeros is not None:
            options += (1, form.zeros.step, form.zeros.first, form.zeros.last)
        return [self._instruction("matmul", extents, [a, b, c, *program], ops, draft.lanes, options)]

    def _row_strides(self, seen: _Seen, shape: Shape) -> Sequence[Extent]:
        """In panels strides count rows; the last axis is the columns."""
        return (*contiguous(shape[:-1]), 1) if self._memory.in_panels(seen.place.owner) else seen.strides

    def _reduce(self, draft: Draft) -> list[Instruction]:
        ops, program, _ = self._program(draft, 1)
        how, *blocks = draft.options
        outer, _, columns = blocks
        source = _Seen(draft.places[0], contiguous(tuple(blocks)))
        whole = contiguous((outer, columns))
        for each in program:
            if len(draft.shape) == 1:
                stride = each.strides[0]
                each.strides = [0, 0, stride] if columns != 1 else [stride, 0, 1]
            else:  # placing saw to it that these lie in one piece, or are repeated on every outer axis
                each.strides = [whole[0] if each.place.shape == draft.shape else 0, 0, 1]
        return [self._instruction("reduce", blocks, [source, *program], ops, draft.lanes, (how,))]

    # ------------------------------------------------------------ kernels without a program
    def _own(self, draft: Draft) -> _Seen:
        place = own_place(next(iter(draft.stored)))
        return _Seen(place, place.strides)

    def _total(self, draft: Draft) -> list[Instruction]:
        source = draft.places[0]
        extents, seen = list(source.shape), [_Seen(source, source.strides)]
        self._collapse_all(extents, seen)
        register = self._memory.register(draft.made)
        return [self._instruction("total", extents, seen, (), draft.lanes, (draft.options[0], register))]

    def _copy(self, draft: Draft) -> list[Instruction]:
        to = self._own(draft)
        return [self._moved(to, draft.places[0])]

    def _moved(self, to: _Seen, source: Place) -> Instruction:
        extents, seen = list(to.place.shape), [to, _Seen(source, source.strides)]
        self._collapse_all(extents, seen)
        return self._instruction("copy", extents, seen)

    def _fill(self, draft: Draft) -> list[Instruction]:
        value = next(iter(draft.stored))
        return [self._filled(self._own(draft), self._memory.register(value.inputs[0]))]

    def _filled(self, to: _Seen, register: int) -> Instruction:
        extents = list(to.place.shape)
        _collapse(extents, [to], 0, len(extents))
        return self._instruction("fill", extents, [to], options=(register,))

    def _transpose(self, draft: Draft) -> list[Instruction]:
        to, source = self._own(draft), draft.places[0]
        seen = [to, _Seen(source, source.strides)]
        if self._memory.in_panels(to.place.owner):
            to.strides[-2] = 1
        if self._memory.in_panels(source.owner):
            seen[1].strides[-1] = 1
        return [self._instruction("transpose", to.place.shape, seen)]

    def _concatenate(self, draft: Draft) -> list[Instruction]:
        to, axis = self._own(draft).place, fixed(draft.options[0])
        instructions: list[Instruction] = []
        start = 0
        for source in draft.places:
            instructions.append(self._moved(_part(to, source.shape, axis, start), source))
            start += fixed(source.shape[axis])
        return instructions

    def _padded(self, draft: Draft) -> list[Instruction]:
        """Zeros everywhere, then the array over them, where it is not cut off."""
        to, source = self._own(draft), draft.places[0]
        value = to.place.owner
        filled = self._filled(self._own(draft), self._memory.constant(0.0))
        extents, own, other = list(source.shape), list(to.strides), list(source.strides)
        own_offset: list[Extent] = []
        other_offset = list(source.offset)
        for axis, (before, step) in enumerate(
            zip(value.attributes["before"], value.attributes["spread"], strict=True)
        ):
            if before == 0 and step == 1 and value.shape[axis] == source.shape[axis]:
                continue
            first = max(0, -(before // step))  # the first that is not cut off
            last = min(fixed(source.shape[axis]) - 1, (fixed(value.shape[axis]) - 1 - before) // step)
            extents[axis] = max(0, last - first + 1)
            own_offset.append(times(before + first * step, own[axis]))
            other_offset.append(times(first, other[axis]))
            own[axis] = times(step, own[axis])
        seen = _Seen(to.place._replace(shape=tuple(extents), offset=tuple(own_offset)), own)
        cut = source._replace(shape=tuple(extents), offset=tuple(other_offset))
        return [filled, self._moved(seen, cut)]

    def _turned(self, draft: Draft) -> list[Instruction]:
        """Every matrix of a kernel transposed, the window turned round."""
        to, source = self._own(draft).place, draft.places[0]
        groups = fixed(draft.options[0])
        *window, channels, filters = [fixed(size) for size in source.shape]
        seen = []
        for place in (to, source):
            panels = self._memory.in_panels(place.owner)
            rows = contiguous(place.shape[:-1]) if panels else place.strides[:-1]
            seen.append([*rows, 1])
        own, other = seen
        k = len(window)
        offset = tuple([times(extent - 1, other[axis]) for axis, extent in enumerate(window)])
        extents: list[Extent] = [*window, groups, filters // groups, channels]
        own = [*own[:k], channels, own[k], 1]
        other = [*[times(-1, stride) for stride in other[:k]], filters // groups, 1, other[k]]
        views = [_Seen(to, own), _Seen(source._replace(offset=offset), other)]
        _collapse(extents, views, k - 1, k + 1)
        return [self._instruction("transpose", extents, views)]

    def _pool(self, draft: Draft) -> list[Instruction]:
        places = [*map(own_place, draft.stored), *draft.places]
        seen = [_Seen(place, (product(place.shape[1:]), 1)) for place in places]
        count, channels = places[0].shape[0], places[0].shape[-1]
        return [self._instruction("pool", (count, channels), seen, lanes=draft.lanes, options=draft.options)]

    def _gather(self, draft: Draft) -> list[Instruction]:
        to, (table, labels) = self._own(draft).place, draft.places
        return [self._by_label("gather", draft, to, table, labels)]

    def _scatter_add(self, draft: Draft) -> list[Instruction]:
        to, (rows, labels) = self._own(draft).place, draft.places
        return [self._by_label("scatter_add", draft, to, rows, labels)]

    def _by_label(self, kind: str, draft: Draft, to: Place, source: Place, labels: Place) -> Instruction:
        count = product(labels.shape)
        width = product(source.shape[1:] if kind == "gather" else to.shape[1:])
        seen = [_Seen(to, (width, 1)), _Seen(source, (width, 1)), _Seen(labels, (1, 0))]
        return self._instruction(kind, (count, width), seen, options=draft.options)

    def _random(self, draft: Draft) -> list[Instruction]:
        value = draft.made
        to = self._own(draft)
        extents = list(to.place.shape)
        _collapse(extents, [to], 0, len(extents))
        registers = [self._memory.register(number) for number in value.inputs]
        return [self._instruction("random", extents, [to], options=(*registers, *draft.options))]

    def _load_register(self, draft: Draft) -> list[Instruction]:
        register = self._memory.register(draft.made)
        return [self._instruction("load_register", (1,), [_Seen(draft.places[0], (0,))], options=(register,))]

    def _store_register(self, draft: Draft) -> list[Instruction]:
        to = self._own(draft).place
        register = self._memory.register(to.owner.inputs[0])
        return [self._instruction("store_register", (1,), [_Seen(to, (0,))], options=(register,))]

    # ------------------------------------------------------------ loops over time
    def _scan(self, draft: Draft) -> list[Instruction]:
        loop: Loop = draft.loop
        for value, other in loop.same.items():
            self._memory.alias(value, other)
        body = Writer(loop.placing, self._memory).write(loop.updates)
        head = Instruction("loop", (loop.steps,), (), options=(loop.number, len(body), 0))
        return [*self._replaced(loop.starts), head, *body]

    # ------------------------------------------------------------ help
    def _instruction(
        self,
        kind: str,
        extents: Sequence[Extent],
        seen: Sequence[_Seen],
        program: tuple[Op, ...] = (),
        lanes: str = "float32",
        options: Sequence[Extent] = (),
    ) -> Instruction:
        views = tuple([self._view(each) for each in seen])
        numbers = tuple([fixed(option) for option in options])
        return Instruction(kind, tuple(extents), views, program, lanes, numbers)

    def _collapse_all(self, extents: list[Extent], seen: Sequence[_Seen]) -> None:
        """Make as few axes as possible; where something lies in panels, rows and columns."""
        in_panels = [self._memory.in_panels(each.place.owner) for each in seen]
        _collapse(extents, seen, 0, len(extents) - any(in_panels))
        for each, panelled in zip(seen, in_panels, strict=True):
            if panelled:
                each.strides = [1, 1]


def _part(place: Place, shape: Shape, axis: int, start: Extent) -> _Seen:
    """The part of a place that begins at start on an axis."""
    distance = times(start, place.strides[axis])
    return _Seen(place._replace(shape=shape, offset=(distance,)), place.strides)


def _collapse(extents: list[Extent], seen: Sequence[_Seen], first: int, last: int) -> None:
    """Make one axis of neighbours wherever all walk through both as through one."""
    axis = last - 2
    while axis >= first:
        inner = extents[axis + 1]
        merges = extents[axis] == 1 or inner == 1
        if not merges:
            merges = all(each.strides[axis] == times(each.strides[axis + 1], inner) for each in seen)
        if merges:
            kept = axis if inner == 1 and extents[axis] != 1 else axis + 1
            extents[axis : axis + 2] = [times(extents[axis], inner)]
            for each in seen:
                each.strides[axis : axis + 2] = [each.strides[kept]]
        axis -= 1


def _lengthen(extents: list[Extent], seen: Sequence[_Seen], axes: int) -> None:
    while len(extents) < axes:
        extents.insert(0, 1)
        for each in seen:
            each.strides.insert(0, 0)
