"""Which instruction works out which value.

Element-wise operations hang on the kernel that makes their largest operand, and rows that are looked at as
wholes (softmax, norms) stay together. Everything has a level: an instruction reads only what instructions of
lower levels wrote. So no circle can arise, and all instructions of one level are independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pellucid.engines.native.drafts import ANY, HOSTS, ROW_OPS, Draft, calculating, lanes_of
from pellucid.engines.native.places import VIEWS, Place, own_place
from pellucid.engines.native.plan import TIME, Extent
from pellucid.engines.native.values import ELEMENTWISE, Shape, Value, Values

__all__ = ["Placing"]

_GIVEN = frozenset(["input", "state", "constant", "size", "rest"])
_CHEAP = frozenset("greater greater_equal equal logical_and logical_or logical_not one_hot cast".split())


class Placing:
    """Gives every value its draft.

    Args:
        values: what is worked out.
        heads: how the drafts of operations begin that have a kernel of their own.
        around: of a loop's body, the drafts around the loop.
        given: of a loop's body, where its inputs lie, but for those with memory of their own.

    Attributes:
        depth: how many loops are around.
        drafts: the instructions to be.
        draft_of: for each array that an instruction works out, which one.
        numbers: single numbers by their level: the scalar programs.
        homes: for each value that is put into the memory of another, the place there.
        taken: of a loop's body, the arrays around the loop that it reads.
    """

    def __init__(
        self,
        values: Values,
        heads: Mapping[str, Callable[[Any, Value], None]],
        around: Placing | None = None,
        given: Mapping[Value, Place] = MappingProxyType({}),
    ) -> None:
        self.depth: int = 0 if around is None else around.depth + 1
        self.homes: dict[Value, Place] = {} if around is None else around.homes
        self.taken = {place.owner: None for place in given.values()}
        self._around = around
        self._given = given
        self._heads = heads
        self.drafts: list[Draft] = []
        self.draft_of: dict[Value, Draft] = {}
        self.numbers: dict[int, list[Value]] = {}
        self._places: dict[Value, Place] = {}
        self._rows: dict[Shape, list[Draft]] = {}
        self._lazy: set[Value] = set()
        self._arranged: dict[tuple[object, ...], Value] = {}
        for value in values.found:
            value.lanes = lanes_of(value)
            self._meet(value)

    # ------------------------------------------------------------ every value once
    def _meet(self, value: Value) -> None:
        if value.op in _GIVEN:
            self._meet_given(value)
        elif value.op in self._heads:
            self._heads[value.op](self, value)
        elif value.single:
            self.meet_number(value)
        elif value.op in VIEWS or value.op == "spread":
            pass  # looked through, or made when memory is wanted
        elif value.lanes is None:
            self.new_draft("copy", value, [self.place(value.inputs[0])])
        elif self._is_lazy(value):
            self._lazy.add(value)
        else:
            self._settle(value)

    def _meet_given(self, value: Value) -> None:
        place = self._given.get(value)
        if not value.single:
            self._places[value] = own_place(value) if place is None else place
        elif place is not None:
            self.new_draft("load_register", value, [place])

    def meet_number(self, value: Value) -> None:
        """A single number is worked out as soon as all that it needs is there."""
        value.level = max([self.level(operand) for operand in value.inputs], default=0)
        self.numbers.setdefault(value.level, []).append(value)

    def _is_lazy(self, value: Value) -> bool:
        """Whether to wait for its user, and work it out there."""
        if value.op in _CHEAP and value.users:
            return True
        if len(value.users) != 1 or value.op in ROW_OPS:  # whoever uses these joins their program of rows
            return False
        user = value.users[0]
        return (user.op in ELEMENTWISE or user.op in ROW_OPS) and user.shape == value.shape

    def inside(self, values: Values, given: Mapping[Value, Place]) -> Placing:
        """Return the drafts of a loop's body."""
        return Placing(values, self._heads, self, given)

    # ------------------------------------------------------------ memory
    def settle_place(self, value: Value, place: Place) -> None:
        """Say where the numbers of an array lie."""
        self._places[value] = place

    def place(self, value: Value) -> Place:
        """Return where the numbers of an array lie; from now on they have memory."""
        place = self.locate(value)
        draft = self.draft_of.get(place.owner)
        if draft is not None:
            draft.stored[place.owner] = None
        return place

    def locate(self, value: Value) -> Place:
        """Return where the numbers of an array would lie."""
        place = self._places.get(value)
        if place is None:
            place = self._places[value] = self._find_place(value)
        return place

    def _find_place(self, value: Value) -> Place:
        view = VIEWS.get(value.op)
        if view is not None:
            place = self.locate(value.inputs[0])
            seen = view(value, place)
            if seen is None:  # what does not lie in one piece is copied first
                seen = view(value, own_place(self.arranged(place)))
            return own_place(value) if seen is None else seen
        if value.op == "spread":
            self.new_draft("fill", value, [], value.inputs)
        elif value not in self.draft_of:
            self._settle(value)
        return own_place(value)

    def arranged(self, place: Place, kind: str = "copy") -> Value:
        """Return a value with the same numbers, one after the other."""
        if self._around is not None and self._is_from_around(place):
            around = self._around.arranged(place, kind)
            self.taken[around] = None
            return around
        key = (*place, kind)
        value = self._arranged.get(key)
        if value is None:
            value = Value("arranged", (place.owner,), {}, place.shape, place.owner.dtype)
            value.order = place.owner.order
            self._arranged[key] = value
            self.new_draft(kind, value, [place])
        return value

    def _is_from_around(self, place: Place) -> bool:
        """Whether a place is around the loop, and the same in each round."""
        own = TIME[self.depth - 1]
        return place.owner in self.taken and all(step.loop != own for step in place.steps)

    def whole(self, value: Value) -> Place:
        """Return where the numbers of an array lie, one after the other."""
        place = self.locate(value)
        return place if place.whole else own_place(self.arranged(place))

    def level(self, value: Value) -> int:
        """Return the level at which a value is there."""
        if value.single or value.op in _GIVEN or value in self.draft_of:
            return value.level
        if value.op == "spread":
            return value.inputs[0].level
        return self.locate(value).owner.level

    def watch(self, value: Value) -> None:
        """Let an array be stored that otherwise might only be there while a program runs."""
        draft = self.draft_of.get(value)
        if draft is not None and value not in draft.stored:
            draft.watched[value] = None

    # ------------------------------------------------------------ drafts
    def new_draft(
        self,
        kind: str,
        value: Value,
        reads: Sequence[Place],
        numbers: Sequence[Value] = (),
        options: tuple[Extent, ...] = (),
    ) -> Draft:
        """Begin an instruction that makes a value out of numbers in memory and single numbers."""
        reads = [self._stored(place) for place in reads]
        level = 1 + max(
            [place.owner.level for place in reads] + [number.level for number in numbers], default=0
        )
        draft = Draft(kind, value, level, calculating(value.dtype))
        draft.places, draft.options = tuple(reads), options
        draft.head = value
        if kind not in HOSTS and not value.single:
            draft.stored[value] = None
        self.drafts.append(draft)
        self.draft_of[value] = draft
        value.level = level
        return draft

    def _stored(self, place: Place) -> Place:
        if place.owner in self.draft_of:
            self.draft_of[place.owner].stored[place.owner] = None
        return place

    def _settle(self, value: Value) -> None:
        """Find the draft that works out an element-wise value or something about rows."""
        lanes = value.lanes or ANY
        self._prepare(value, value.shape, lanes)
        draft = self._candidate(value, lanes)
        if draft is None:
            draft = self._program(value, lanes)
        self._add(draft, value)

    def _prepare(self, value: Value, shape: Shape, lanes: str) -> None:
        """Give memory to the lazy operands that cannot go along with their user."""
        for operand in value.inputs:
            if operand in self._lazy and operand not in self.draft_of:
                if self._goes_along(operand, shape, lanes):
                    self._prepare(operand, shape, lanes)
                else:
                    self._settle(operand)

    def _goes_along(self, value: Value, shape: Shape, lanes: str) -> bool:
        if value not in self._lazy or value.shape != shape or value.op in ROW_OPS:
            return False
        return lanes == ANY or value.lanes in (lanes, ANY)

    def _comes_along(self, value: Value, draft: Draft) -> bool:
        """Whether a lazy value is worked out in the draft of its user."""
        if value not in self._lazy or (value.op in ROW_OPS and draft.kind != "rows"):
            return False
        return draft.has_shape(value.shape) and draft.has_lanes(value.lanes or ANY)

    def _candidate(self, value: Value, lanes: str) -> Draft | None:
        """The latest draft among those of the operands, if the value can be worked out there."""
        found = [draft for draft in self._drafts_behind(value) if draft.kind in HOSTS]
        wide = self._wide_shape(value)
        if found:
            latest = max(found, key=lambda draft: draft.level)
            if wide is None:
                suits = latest.has_shape(value.shape)
            else:
                suits = latest.kind == "rows" and latest.shape == wide
            if suits and self._fits(latest, value, lanes):
                return latest
        for draft in self._rows.get(wide, ()) if wide is not None else ():
            if self._fits(draft, value, lanes):
                return draft
        return None

    def _wide_shape(self, value: Value) -> Shape | None:
        if value.op not in ROW_OPS:
            return None
        return value.shape if value.op == "one_hot" else value.inputs[0].shape

    def _drafts_behind(self, value: Value) -> list[Draft]:
        drafts: list[Draft] = []
        for operand in value.inputs:
            if operand.single:
                continue
            source = operand
            while source.op in ("expand_dims", "broadcast"):
                source = source.inputs[0]
            if source in self.draft_of:
                drafts.append(self.draft_of[source])
            elif source in self._lazy:
                drafts += self._drafts_behind(source)
        return drafts

    def _fits(self, draft: Draft, value: Value, lanes: str) -> bool:
        if not draft.has_lanes(lanes) or draft.full():
            return False
        for operand in value.inputs:
            core = draft.core(operand)
            if draft.holds(core):
                if core is operand and draft.is_column_by_column(operand, value):
                    return False
                continue
            if self._comes_along(core, draft):
                if not self._fits(draft, core, core.lanes or ANY):
                    return False
            elif self.level(core) >= draft.level or not self._readable(draft, core, value):
                return False
        return True

    def _readable(self, draft: Draft, operand: Value, user: Value) -> bool:
        """Whether the kernel of a draft can walk along an operand beside its own tiles."""
        if operand.single or operand.op == "spread" or draft.kind == "elementwise":
            return True
        if draft.kind == "rows":
            place = self.locate(operand)
            if draft.has_shape(operand.shape):
                return len(draft.shape) == 2 or place.strides == own_place(operand).strides
            if user.shape != draft.shape and operand.shape != (1,):  # neither one for each row nor one
                return False
            return len(draft.shape) == 2 or len(operand.shape) == 1
        if draft.kind == "reduce" and len(draft.shape) > 1:
            in_one_piece = self.locate(operand).strides == own_place(operand).strides
            return in_one_piece and operand.shape in (draft.shape, draft.options[3:])
        return operand.shape == draft.shape or len(draft.shape) <= 2 or len(operand.shape) == 1

    def _program(self, value: Value, lanes: str) -> Draft:
        """Begin a draft that is nothing but a program."""
        wide = self._wide_shape(value)
        kind = "elementwise" if wide is None else "rows"
        shape = value.shape if wide is None else wide
        draft = Draft(kind, value, 1 + self._level_of_operands(value, shape, lanes), lanes, shape)
        self.drafts.append(draft)
        if wide is not None:
            self._rows.setdefault(wide, []).append(draft)
        return draft

    def _level_of_operands(self, value: Value, shape: Shape, lanes: str) -> int:
        levels = [0]
        for operand in value.inputs:
            if operand not in self.draft_of and self._goes_along(operand, shape, lanes):
                levels.append(self._level_of_operands(operand, shape, lanes))
            else:
                levels.append(self.level(operand))
        return max(levels)

    def _add(self, draft: Draft, value: Value) -> None:
        """Work out a value in a draft, after the lazy operands that it brings along."""
        for operand in value.inputs:
            core = draft.core(operand)
            if core.single or core.op == "spread" or draft.holds(core):
                continue
            if self._comes_along(core, draft):
                self._add(draft, core)
            else:
                self.place(core)
                draft.loads[core] = None
        draft.members[value] = None
        if value not in self.draft_of:
            self.draft_of[value] = draft
            value.level = draft.level
