"""Buffers for arrays and registers for single numbers, and in which form weights lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pellucid.engines.native.drafts import Draft
from pellucid.engines.native.extents import factor_of, product
from pellucid.engines.native.places import Place
from pellucid.engines.native.placing import Placing
from pellucid.engines.native.plan import LOCAL, PANELS, ROWS, STATE, TEMPORARY, Buffer, Extent, View
from pellucid.engines.native.values import Value
from pellucid.engines.native.waiting import Lives

__all__ = ["Memory", "panels"]


class Memory:
    """Gives each value its buffer or register when it is first asked for.

    Args:
        homes: for each value that is put into the memory of another, the place there.
        in_panels: the values that lie in panels.
        watched: the values that are stored only to be seen.

    Attributes:
        values: the values with a buffer, in the order of the buffers.
        registers: what each register holds before the first instruction.
        sizes: the registers that hold sizes.
    """

    def __init__(self, homes: Mapping[Value, Place], in_panels: set[Value], watched: set[Value]) -> None:
        self.values: list[Value] = []
        self.registers: list[float] = []
        self.sizes: list[tuple[int, Extent]] = []
        self._homes = homes
        self._in_panels = in_panels
        self._watched = watched
        self._buffer_of: dict[Value, int] = {}
        self._narrowed: dict[int, Sequence[Extent]] = {}
        self._register_of: dict[Value, int] = {}
        self._constants: dict[str, int] = {}

    def home(self, value: Value) -> Value:
        """Return the value in whose memory a value lies."""
        return self._homes[value].owner if value in self._homes else value

    def in_panels(self, value: Value) -> bool:
        """Whether a value lies in panels."""
        return self.home(value) in self._in_panels

    def buffer(self, value: Value) -> int:
        """Return the buffer of an array."""
        value = self.home(value)
        number = self._buffer_of.get(value)
        if number is None:
            number = self._buffer_of[value] = len(self.values)
            self.values.append(value)
        return number

    def partial(self, extents: Sequence[Extent], parts: int, dtype: str) -> int:
        """Return a new buffer for so many partial sums."""
        return self.buffer(Value("partial", (), {}, (parts, *extents), dtype))

    def narrow(self, number: int, shape: Sequence[Extent]) -> None:
        """Let a buffer hold only so much of its value at a time."""
        self._narrowed[number] = shape

    @property
    def numbers_per_example(self) -> int:
        """How many numbers all buffers hold for each example of the batch, but for what is only watched."""
        sizes = [product(value.shape) for value in self.values if value not in self._watched]
        return sum(factor_of(size) for size in sizes if not isinstance(size, int))

    def has(self, value: Value) -> bool:
        """Whether a value has a buffer or a register of its own."""
        return value in (self._register_of if value.single else self._buffer_of)

    def view(self, place: Place, strides: Sequence[Extent]) -> View:
        """Write how an instruction sees a place."""
        home = self._homes.get(place.owner)
        steps = place.steps if home is None else place.steps + home.steps
        return View(self.buffer(place.owner), tuple(strides), place.offset, steps)

    def described(self, lives: Lives) -> tuple[Buffer, ...]:
        """Write down all buffers."""
        buffers = []
        for number, value in enumerate(self.values):
            local = number in lives.local
            shape = self._narrowed.get(number, value.shape)
            shape = [_in_chunk(extent, lives.chunk) for extent in shape] if local else shape
            role = LOCAL if local else STATE if value.op == "state" else TEMPORARY
            layout = PANELS if value in self._in_panels else ROWS
            first, last = lives.first[number], lives.last[number]
            buffers.append(Buffer(value.dtype, product(shape[:-1]), shape[-1], layout, role, first, last))
        return tuple(buffers)

    # ------------------------------------------------------------ single numbers
    def register(self, value: Value) -> int:
        """Return the register of a single number."""
        number = self._register_of.get(value)
        if number is None:
            if value.op == "constant":
                number = self.constant(value.attributes["value"])
            else:
                number = self._new_register(0.0)
                if value.op == "size":
                    self.sizes.append((number, value.attributes["extent"]))
            self._register_of[value] = number
        return number

    def alias(self, value: Value, other: Value) -> None:
        """Let two values be the same register."""
        self._register_of[value] = self.register(other)

    def spare(self) -> int:
        """Return a new register, with nothing in it."""
        return self._new_register(0.0)

    def constant(self, value: float) -> int:
        """Return a register that always holds this number."""
        text = repr(value)
        if text not in self._constants:
            self._constants[text] = self._new_register(value)
        return self._constants[text]

    def _new_register(self, value: float) -> int:
        self.registers.append(value)
        return len(self.registers) - 1


def _in_chunk(extent: Extent, chunk: int) -> Extent:
    """The same size with the examples of a chunk instead of those of the batch."""
    if isinstance(extent, int):
        return extent
    return (extent[0], *[chunk if symbol == 0 else symbol for symbol in extent[1:]])


# ------------------------------------------------------------ layout
def panels(placing: Placing) -> set[Value]:
    """Return the matrices that lie in panels: right sides of products, and what is updated along with them.

    A matrix that is also used in a way that panels cannot serve stays as it is.
    """
    wanted: set[Value] = set()
    refused: set[Value] = set()
    together: list[list[Value]] = []
    for inner, draft in _all_drafts(placing):
        if draft.loop is None:
            _ask_kernel(draft, wanted, refused)
            together.append(_ask_program(inner, draft, refused))
        else:
            refused |= {inner.locate(start).owner for start in draft.loop.starts.values() if not start.single}
    found = {value for value in wanted if _possible(value)} - refused
    for group in together:
        if any(value in found for value in group):
            found |= {value for value in group if value.op == "state"} - refused
    return found


def _all_drafts(placing: Placing) -> Iterator[tuple[Placing, Draft]]:
    """Yield all drafts, those in loops too, each with those beside it."""
    for draft in placing.drafts:
        yield placing, draft
        if draft.loop is not None:
            yield from _all_drafts(draft.loop.placing)


def _possible(value: Value) -> bool:
    return (
        len(value.shape) >= 2
        and value.dtype.startswith("float")
        and value.op in ("state", "arranged", "turned")
    )


def _is_matrix(place: Place) -> bool:
    """Whether a place is all of its owner's numbers with the owner's columns, which is how panels are cut."""
    return place.whole and place.shape[-1:] == place.owner.shape[-1:]


def _ask_kernel(draft: Draft, wanted: set[Value], refused: set[Value]) -> None:
    for number, place in enumerate(draft.places):
        owner = place.owner
        form = draft.contraction
        if form is not None and number == 1 and _is_matrix(place) and form.b_rows is not None:
            wanted.add(owner)
        elif draft.kind == "transpose" and not place.offset and place.shape[::-1] == owner.shape:
            pass  # a transposition reads and writes panels
        elif draft.kind == "turned" and draft.options == (1,):
            pass
        elif not (draft.kind == "total" and _is_matrix(place)):
            refused.add(owner)


def _ask_program(placing: Placing, draft: Draft, refused: set[Value]) -> list[Value]:
    """Return the matrices that are worked on number by number, as large as the tiles together."""
    places = [placing.locate(operand) for operand in draft.loads]
    matrices = [place for place in places if _is_matrix(place) and place.shape == draft.shape]
    rows = [place for place in places if len(place.shape) == 1]
    if draft.kind in ("matmul", "elementwise") and len(matrices) + len(rows) == len(places):
        refused.update([place.owner for place in rows])
        return [place.owner for place in matrices] if len(draft.shape) > 1 else []
    refused.update([place.owner for place in places])
    return []
