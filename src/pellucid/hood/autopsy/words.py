"""An operation and what it is applied to, in the words of the program that the model prints."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from pellucid.engines import Blueprint
from pellucid.engines.numpy.expressions import written
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import Program
from pellucid.graph import INPUT, Leaf
from pellucid.hood.autopsy.search import Breach, operands_of
from pellucid.ops import Primitive

__all__ = ["Operand", "Words", "words_of"]


@final
class Operand(NamedTuple):
    """What an operation is applied to.

    Attributes:
        name: as the printed program writes it.
        value: the number where the operation broke; None if more than one goes into it.
        smallest: the smallest of all.
        largest: the largest of all.
        shape: its shape.
    """

    name: str
    value: float | None
    smallest: float
    largest: float
    shape: tuple[int, ...]


@final
class Words(NamedTuple):
    """An operation in words.

    Attributes:
        formula: "np.log(a2)".
        name: what its result is called; "" if it is a part of a longer line.
        origins: where the names in it come from: "a2 = np.maximum(z2, 0)".
        operands: what it is applied to.
    """

    formula: str
    name: str
    origins: list[str]
    operands: list[Operand]


def words_of(blueprint: Blueprint, breach: Breach, place: tuple[int, ...]) -> Words:
    """Write an operation that broke at a place of its result."""
    if breach.caller is None:
        (writer,) = Program(blueprint).functions.writers["train_step"]
    else:
        body = breach.graph
        arguments = {leaf: leaf["name"] for leaf in body.leaves(INPUT)}
        writer = FunctionWriter(body, body.live(), body.outputs.values(), given=arguments, numbers={})
        writer.assign_names()
    node = breach.node
    if isinstance(node.op, Leaf):
        return Words(
            writer.text(node), "", [], [_operand(writer.text(node), breach.result, breach.result, place)]
        )
    operands = [
        _operand(writer.text(x), value, breach.result if _each_alone(breach) else None, place)
        for x, value in zip(operands_of(node), breach.operands, strict=True)
        if value.size
    ]
    assigned = set(writer.lines)
    lines = dict.fromkeys([read for read in writer.reads(node) if read in assigned])
    origins = [f"{writer.names[line]} = {writer.formula(line)}" for line in reversed(lines)]
    return Words(written(writer.tree(node)), writer.names.get(node, ""), origins, operands)


def _each_alone(breach: Breach) -> bool:
    """Whether each number of the result comes from one number of each operand."""
    op = breach.node.op
    return isinstance(op, Primitive) and op.elementwise


def _operand(name: str, value: np.ndarray, result: np.ndarray | None, place: tuple[int, ...]) -> Operand:
    there = None if result is None else float(np.broadcast_to(value, result.shape)[place])
    return Operand(name, there, float(np.min(value)), float(np.max(value)), value.shape)
