"""The program that runs on every tile of an instruction: operations, and slots for what lies between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from pellucid.engines.native.drafts import Draft
from pellucid.engines.native.places import Place
from pellucid.engines.native.plan import REGISTER, TENSOR, Op
from pellucid.engines.native.values import Value
from pellucid.errors import GraphError

__all__ = ["Operand", "ProgramWriter"]

_SLOTS = 16
_PRODUCTS = {  # what follows a product, and the operation that does both; whether the product stands first
    ("add", True): "multiply_add",
    ("add", False): "multiply_add",
    ("subtract", True): "multiply_subtract",
    ("subtract", False): "subtract_multiply",
}


class Operand(NamedTuple):
    """A value as a tensor of an instruction.

    Attributes:
        value: what is read or written.
        loaded: whether it is brought into a slot first.
        wide: whether it has a number for each column; else one for each row.
    """

    value: Value
    loaded: bool
    wide: bool = True


_Key: TypeAlias = "tuple[str, Any]"  # ("value", v), ("tensor", number), ("register", number)


class _Line(NamedTuple):
    name: str
    to: _Key
    operands: tuple[_Key, ...]
    wide: bool


class ProgramWriter:
    """Writes the program of one draft.

    Args:
        draft: the instruction.
        first: how many tensors the kernel itself has.
        register: returns the register of a single number.
        locate: returns where a value lies.
        home: returns the value in whose memory a stored value is put: its own, or a state's.

    Attributes:
        operands: the tensors of the program, in their order.
        start: what the sum of a matrix product starts from, instead of zero.
    """

    def __init__(
        self,
        draft: Draft,
        first: int,
        register: Callable[[Value], int],
        locate: Callable[[Value], Place],
        home: Callable[[Value], Value],
    ) -> None:
        self.operands: list[Operand] = []
        self.start: Value | None = None
        self._draft = draft
        self._first = first
        self._register = register
        self._locate = locate
        self._home = home
        self._lines: list[_Line] = []
        self._loaded: dict[tuple[Value, bool], _Key] = {}
        self._names: dict[Value, _Key] = {}
        self._uses = self._count_uses()

    def write(self) -> tuple[Op, ...]:
        """Return the operations."""
        draft = self._draft
        head = draft.head
        if head is not None:
            self._names[head] = ("value", head)
            if head in draft.stored:
                self._store(head)
        for value in draft.members:
            self._member(value)
        if head in draft.watched and self.start is None:
            self._store(head)
        self._write_through()
        return self._with_slots()

    # ------------------------------------------------------------ one value
    def _count_uses(self) -> dict[Value, int]:
        uses: dict[Value, int] = {}
        for value in self._draft.members:
            for operand in value.inputs:
                core = self._draft.core(operand)
                uses[core] = uses.get(core, 0) + 1
        return uses

    def _inner(self, value: Value) -> bool:
        """Whether a member is needed once, and here."""
        return value in self._draft.members and value not in self._draft.stored and self._uses.get(value) == 1

    def _member(self, value: Value) -> None:
        draft = self._draft
        if self._is_start(value):
            self._names[value] = ("value", draft.head)
        elif value.op == "cast":
            self._names[value] = self._key(value.inputs[0], value)
        elif not self._is_part(value):
            name, operands = self._operation(value)
            self._names[value] = ("value", value)
            keys = tuple([self._key(operand, value) for operand in operands])
            self._lines.append(_Line(name, ("value", value), keys, self._is_wide(value)))
        if value in draft.stored or (value in draft.watched and value in self._names):
            self._store(value)

    def _is_start(self, value: Value) -> bool:
        """Whether a matrix product can begin with what is added to it."""
        draft = self._draft
        head = draft.head
        if draft.kind != "matmul" or self.start is not None or value.op != "add" or head not in value.inputs:
            return False
        if self._uses.get(head) != 1 or head in draft.stored:
            return False
        other = value.inputs[value.inputs[0] is head]
        if other.single or other.op == "spread" or draft.holds(other) or not self._in_place(other):
            return False
        self.start = other
        return True

    def _is_part(self, value: Value) -> bool:
        """Whether the one user of a value will do its work along with its own."""
        if not self._inner(value):
            return False
        user = next((user for user in value.users if user in self._draft.members), None)
        return user is not None and (self._product_in(user) is value or self._mask_in(user) is value)

    def _product_in(self, value: Value) -> Value | None:
        """The product that an addition or subtraction does along with itself."""
        if value.op in ("add", "subtract") and not self._is_start_of(value):
            for operand in value.inputs:
                is_product = operand.op in ("multiply", "square") and operand.shape == value.shape
                if is_product and self._inner(operand):
                    return operand
        return None

    def _is_start_of(self, value: Value) -> bool:
        return self.start is not None and self._names.get(value) == ("value", self._draft.head)

    def _mask_in(self, value: Value) -> Value | None:
        """The comparison that a choice between a value and 0 does along with itself."""
        if value.op != "select" or value.inputs[2].attributes.get("value") != 0.0:
            return None
        mask = value.inputs[0]
        return mask if mask.op == "greater" and self._inner(mask) and mask.shape == value.shape else None

    def _operation(self, value: Value) -> tuple[str, tuple[Value, ...]]:
        product = self._product_in(value)
        if product is not None:
            first = value.inputs[0] is product
            factors = product.inputs if product.op == "multiply" else product.inputs * 2
            return _PRODUCTS[value.op, first], (*factors, value.inputs[first])
        mask = self._mask_in(value)
        if mask is not None:
            return "mask_greater", (mask.inputs[0], value.inputs[1], mask.inputs[1])
        if value.op in ("maximum", "minimum"):
            x, y = value.inputs
            if _known(x):
                return f"{value.op}_number", (y, x)
            if _known(y):
                return f"{value.op}_number", (x, y)
        return value.op, value.inputs

    def _is_wide(self, value: Value) -> bool:
        draft = self._draft
        return draft.kind != "rows" or value.shape == draft.shape

    # ------------------------------------------------------------ operands
    def _key(self, operand: Value, user: Value) -> _Key:
        core = self._draft.core(operand)
        if core.op == "spread":
            core = core.inputs[0]
        if core.single:
            return ("register", self._register(core))
        if core in self._names:
            return self._names[core]
        columns = core is operand and self._draft.is_column_by_column(operand, user)
        return self._external(core, columns)

    def _external(self, value: Value, columns: bool) -> _Key:
        if (value, columns) in self._loaded:
            return self._loaded[value, columns]
        draft = self._draft
        if draft.kind == "rows":
            key = self._load(value, columns or self._has_columns(value))
        elif self._in_place(value):
            key = self._tensor(Operand(value, False))
        else:
            key = self._load(value, True)
        self._loaded[value, columns] = key
        return key

    def _in_place(self, value: Value) -> bool:
        """Whether a tensor can be read without bringing it into a slot."""
        draft = self._draft
        if value.dtype != draft.lanes or value.shape[-1] != draft.shape[-1]:
            return False
        place = self._locate(value)
        if draft.kind == "elementwise" and draft.shape[-1] == 1:  # columns will be those of an axis before
            return value.shape == draft.shape and place.whole
        return place.strides[-1] == 1

    def _has_columns(self, value: Value) -> bool:
        """Whether a value differs from column to column."""
        draft = self._draft
        if draft.shape[-1] == 1 or value.shape == draft.shape:
            return True
        return value.shape not in (draft.narrow, draft.column)

    def _tensor(self, operand: Operand) -> _Key:
        home = self._home(operand.value)
        for number, known in enumerate(self.operands):  # old and new numbers of the state are one tensor
            alike = known.value.shape == operand.value.shape and known.wide == operand.wide
            if self._home(known.value) is home and alike:
                return ("tensor", self._first + number)
        self.operands.append(operand)
        return ("tensor", self._first + len(self.operands) - 1)

    def _load(self, value: Value, wide: bool) -> _Key:
        key: _Key = ("value", ("loaded", value, wide))
        self._lines.append(_Line("load", key, (self._tensor(Operand(value, True, wide)),), wide))
        return key

    def _store(self, value: Value) -> None:
        tensor = self._tensor(Operand(value, True, self._is_wide(value)))
        self._lines.append(_Line("store", tensor, (self._names[value],), self._is_wide(value)))

    # ------------------------------------------------------------ straight into memory
    def _write_through(self) -> None:
        """Write results straight into memory where nothing reads the old numbers later; else at the end."""
        if self._draft.kind == "rows":
            return
        late: list[_Line] = []
        for line in [line for line in self._lines if line.name == "store"]:
            place = self._lines.index(line)
            operand = self.operands[line.to[1] - self._first]
            dtype = operand.value.dtype
            converts = dtype != self._draft.lanes or dtype.startswith(("int", "uint"))
            if self._read_after(self._home(operand.value), place):
                self._lines.pop(place)
                late.append(line if converts else line._replace(name="copy"))
            elif not converts:
                self._redirect(place, line)
        self._lines += late

    def _read_after(self, home: Value, place: int) -> bool:
        tensors = {
            ("tensor", self._first + number)
            for number, operand in enumerate(self.operands)
            if self._home(operand.value) is home
        }
        return any(not tensors.isdisjoint(line.operands) for line in self._lines[place + 1 :])

    def _redirect(self, place: int, store: _Line) -> None:
        """Let the operation before a store write there itself, and whoever needs it read there."""
        source = store.operands[0]
        maker = place - 1
        if maker < 0 or self._lines[maker].to != source:
            self._lines[place] = store._replace(name="copy")
            return
        self._lines[maker] = self._lines[maker]._replace(to=store.to)
        self._lines.pop(place)
        for number in range(place, len(self._lines)):
            line = self._lines[number]
            if source in line.operands:
                operands = tuple([store.to if key == source else key for key in line.operands])
                self._lines[number] = _Line(line.name, line.to, operands, line.wide)
        for value, key in self._names.items():
            if key == source:
                self._names[value] = store.to

    # ------------------------------------------------------------ slots
    def _with_slots(self) -> tuple[Op, ...]:
        last = {key: number for number, line in enumerate(self._lines) for key in line.operands}
        free = list(range(_SLOTS - 1, -1, -1))
        slots: dict[_Key, int] = {}
        head = self._draft.head
        if head is not None:
            slots["value", head] = free.pop()
        # In a tile of rows a result must not lie where an operand of another width still is.
        in_place = self._draft.kind != "rows"
        ops = []
        for number, line in enumerate(self._lines):
            codes = [self._code(key, slots) for key in line.operands]
            spent = [
                slots[key] for key in dict.fromkeys(line.operands) if key in slots and last[key] == number
            ]
            free += spent if in_place else []
            if line.to[0] == "value" and line.to not in slots:
                if not free:
                    raise GraphError("a program of the compiled engine has too many values at once")
                slots[line.to] = free.pop()
            free += [] if in_place else spent
            ops.append(Op(line.name, self._code(line.to, slots), *_three(codes), line.wide))
        return tuple(ops)

    @staticmethod
    def _code(key: _Key, slots: dict[_Key, int]) -> int:
        kind, number = key
        if kind == "value":
            return slots[key]
        return (TENSOR if kind == "tensor" else REGISTER) + int(number)


def _three(codes: list[int]) -> tuple[int, int, int]:
    a, b, c = (*codes, 0, 0)[:3]
    return a, b, c


def _known(value: Value) -> bool:
    """Whether a value is a constant, and a number."""
    number = value.attributes.get("value")
    return number is not None and number == number
