"""Arithmetic with single numbers: programs that work on registers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pellucid.engines.native.memory import Memory
from pellucid.engines.native.plan import REGISTER, Instruction, Op
from pellucid.engines.native.values import Value
from pellucid.graph import NUMBER

__all__ = ["arithmetic", "replacement"]


def arithmetic(memory: Memory, values: Iterable[Value]) -> list[Instruction]:
    """Write how single numbers are worked out: one program for each dtype in a row."""
    instructions: list[Instruction] = []
    lanes = ""
    ops: list[Op] = []
    for value in values:
        wanted = _lanes(value.dtype)
        if wanted != lanes and ops:
            instructions.append(_program(ops, lanes))
            ops = []
        lanes = wanted
        to, *codes = [REGISTER + memory.register(operand) for operand in (value, *value.inputs)]
        a, b, c = (*codes, 0, 0)[:3]
        ops.append(Op(value.op, to, a, b, c))
    return [*instructions, _program(ops, lanes)] if ops else instructions


def replacement(memory: Memory, changes: Mapping[Value, Value]) -> list[Instruction]:
    """Let single numbers have new values, all at once."""
    register = memory.register
    crossing = [new for new in changes.values() if new in changes]
    kept = {new: memory.spare() for new in crossing}
    ops = [Op("copy", REGISTER + kept[new], REGISTER + register(new)) for new in crossing]
    ops += [
        Op("copy", REGISTER + register(old), REGISTER + (kept[new] if new in kept else register(new)))
        for old, new in changes.items()
    ]
    return [_program(ops, "float64")] if ops else []


def _program(ops: list[Op], lanes: str) -> Instruction:
    return Instruction("scalars", (), (), tuple(ops), lanes)


def _lanes(dtype: str) -> str:
    if dtype == NUMBER or dtype == "bool":
        return "float64"
    return dtype if dtype.startswith("float") else "int64"
