"""Instructions in the making: what each computes, and which values are worked out on its tiles."""

from __future__ import annotations

from typing import Any

from pellucid.engines.native.contraction import Contraction
from pellucid.engines.native.places import Place
from pellucid.engines.native.plan import Extent
from pellucid.engines.native.values import ELEMENTWISE, Shape, Value
from pellucid.errors import GraphError
from pellucid.graph import NUMBER

__all__ = ["ANY", "HOSTS", "ROW_OPS", "Draft", "calculating", "lanes_of"]

HOSTS = frozenset(["matmul", "reduce", "elementwise", "rows"])
"""The kinds of instructions that run a program on their tiles."""

ROW_OPS = frozenset(["row_sum", "row_max", "row_argmax", "pick", "one_hot"])

ANY = "any"  # lanes of an operation that works in all alike
_MOST_MEMBERS = 48
_MOST_LIVING = 11  # of the slots; an operation may need some for its operands


class Draft:
    """One instruction before memory is given out.

    Attributes:
        kind: the kind of the instruction.
        shape: the shape of what it works out; of a program of rows, that of its wide values.
        level: how many drafts have to run one after the other up to this one.
        head: the value that its kernel makes, before the program; None where the program is all.
        lanes: the dtype of the program.
        members: the values of the program, each after what it needs.
        places: what the kernel itself reads; of a loop, all that is read from around it.
        loads: what its program reads beside that.
        options: what else the kernel wants to know.
        contraction: of a matrix product, its axes.
        loop: of a loop over time, its `Loop`, which knows the drafts inside.
        stored: the members that others need, and the values that the kernel writes itself.
        watched: members that only whoever looks on wants to see: they are stored where they are, and change
            nothing in how the others are worked out.
        order: where its first value stands in the graph.
    """

    __slots__ = (
        "contraction",
        "head",
        "kind",
        "lanes",
        "level",
        "loads",
        "loop",
        "members",
        "options",
        "order",
        "places",
        "shape",
        "stored",
        "watched",
    )

    def __init__(self, kind: str, value: Value, level: int, lanes: str, shape: Shape | None = None) -> None:
        self.kind = kind
        self.shape = value.shape if shape is None else shape
        self.level = level
        self.lanes = "float32" if lanes == ANY else lanes
        self.head: Value | None = None
        self.members: dict[Value, None] = {}
        self.loads: dict[Value, None] = {}
        self.places: tuple[Place, ...] = ()
        self.options: tuple[Extent, ...] = ()
        self.contraction: Contraction | None = None
        self.loop: Any = None
        self.stored: dict[Value, None] = {}
        self.watched: dict[Value, None] = {}
        self.order = value.order

    @property
    def made(self) -> Value:
        """The value that its kernel makes.

        Raises:
            GraphError: if there is none.
        """
        if self.head is None:
            raise GraphError(f"the instruction {self.kind!r} makes nothing")
        return self.head

    @property
    def narrow(self) -> Shape:
        """The shape of one number for each row."""
        return self.shape[:-1]

    @property
    def column(self) -> Shape:
        """The same as a column beside the rows."""
        return (*self.shape[:-1], 1)

    def core(self, value: Value) -> Value:
        """Look through what only repeats a member along the rows."""
        while self.kind == "rows" and value.op in ("expand_dims", "broadcast"):
            source = value.inputs[0]
            seen_through = self.narrow if value.op == "expand_dims" else self.column  # (n,) alone are columns
            if source.shape not in (seen_through, self.column):
                break
            if value.shape not in (self.shape, self.column):
                break
            value = source
        return value

    def is_column_by_column(self, operand: Value, user: Value) -> bool:
        """Whether an operand repeats its numbers along the rows, though it has as many as there are rows."""
        wide = self.kind == "rows" and user.shape == self.shape and user.op not in ROW_OPS
        return wide and operand.shape == self.narrow

    def holds(self, value: Value) -> bool:
        """Whether a value is worked out here."""
        value = self.core(value)
        return value in self.members or value is self.head

    def has_shape(self, shape: Shape) -> bool:
        """Whether values of this shape can be worked out here."""
        return shape == self.shape or (self.kind == "rows" and shape in (self.narrow, self.column))

    def has_lanes(self, lanes: str) -> bool:
        """Whether the program can calculate with this dtype."""
        return lanes in (self.lanes, ANY)

    def full(self) -> bool:
        """Whether more values would not fit into its slots."""
        members = self.members
        if len(members) >= _MOST_MEMBERS:
            return True
        living = sum(any(user not in members for user in member.users) for member in members)
        return living + (len(self.loads) if self.kind == "rows" else 0) > _MOST_LIVING

    def __repr__(self) -> str:
        return f"<{self.kind} {self.shape} at {self.level}: {', '.join(value.op for value in self.members)}>"


def lanes_of(value: Value) -> str | None:
    """Return the dtype in which an operation calculates; None for what is no part of a tile program."""
    op = value.op
    if op in ("logical_and", "logical_or", "logical_not"):
        return ANY
    if op in ("greater", "greater_equal", "equal"):
        if any(operand.op == "row_argmax" for operand in value.inputs):
            return ANY  # the number of a column is a small whole number: exact in all lanes
        return calculating(next((x.dtype for x in value.inputs if x.dtype != NUMBER), "float64"))
    if op == "cast":
        if not value.dtype.startswith("float"):
            return None
        return value.dtype if not value.inputs[0].dtype.startswith("float") else None
    if op in ROW_OPS:
        return _row_lanes(value)
    if op in ELEMENTWISE:
        return calculating(value.dtype)
    return None


def _row_lanes(value: Value) -> str:
    if value.op == "one_hot":
        return value.dtype if value.dtype.startswith("float") else "float32"
    return calculating(value.inputs[0].dtype)


def calculating(dtype: str) -> str:
    """Return the dtype in which numbers of this one are calculated with."""
    if dtype.startswith("float"):
        return dtype
    if dtype == NUMBER:
        return "float64"
    if dtype == "bool":
        return ANY
    return "uint64" if dtype.startswith("uint") else "int64"
