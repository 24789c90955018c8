"""Arithmetic with the single numbers of a plan: its registers."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.engines.native.plan import STATE, Buffer, Instruction, Op, View

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

from .plans import R, batch_of, plan, scalars

NAN = float("nan")


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("add", (2, 3), 5),
        ("subtract", (2, 3), -1),
        ("divide", (1, 4), 0.25),
        ("divide", (1, 0), float("inf")),
        ("power", (0.9, 3), 0.9**3),
        ("sqrt", (-1,), NAN),
        ("sign", (-3,), -1),
        ("sign", (NAN,), NAN),
        ("floor", (-1.5,), -2),
        ("maximum", (NAN, 1), NAN),
        ("maximum", (1, NAN), NAN),
        ("minimum", (NAN, 1), NAN),
        ("minimum", (2, 1), 1),
        ("greater", (2, 1), 1),
        ("greater_equal", (NAN, 1), 0),
        ("equal", (3, 3), 1),
        ("logical_and", (1, 0), 0),
        ("logical_not", (0,), 1),
        ("truth", (-2,), 1),
        ("select", (0, 5, 6), 6),
        ("mask_greater", (2, 7, 1), 7),
        ("multiply_add", (2, 3, 4), 10),
        ("multiply_subtract", (2, 3, 4), 2),
        ("subtract_multiply", (2, 3, 4), -2),
        ("sigmoid", (0,), 0.5),
        ("softplus", (800,), 800),
    ],
)
def test_arithmetic_with_single_numbers(name, operands, expected):
    codes = [R + 1 + i for i in range(len(operands))]
    program = _native.Program(plan([scalars(Op(name, R, *codes))], registers=(0, *operands), symbols=()))
    program.apply([], [])
    np.testing.assert_equal(program.get(0), float(expected))


@pytest.mark.parametrize(
    ("lanes", "expected"), [("float64", 10 / 3), ("float32", float(np.float32(10 / 3))), ("int64", 3.0)]
)
def test_single_numbers_are_rounded_to_the_lanes(lanes, expected):
    program = _native.Program(
        plan([scalars(Op("divide", R, R + 1, R + 2), lanes=lanes)], registers=(0, 10, 3), symbols=())
    )
    program.apply([], [])
    assert program.get(0) == expected


def test_numbers_go_from_memory_to_registers_and_back():
    program = _native.Program(
        plan(
            [
                Instruction("load_register", (1,), (View(0, (0,), (2,)),), options=(0,)),
                Instruction("store_register", (1,), (View(1, (0,), (1,)),), options=(0,)),
            ],
            [Buffer("int32", 1, 4, role=STATE), Buffer("uint8", 1, 2, role=STATE)],
            registers=(0,),
            symbols=(),
        )
    )
    program.write(0, np.array([1, 2, 300, 4], np.int32))
    program.apply([], [])
    out = np.zeros(2, np.uint8)
    program.read(1, out)
    assert (program.get(0), out.tolist()) == (300.0, [0, 255])


def test_registers_that_hold_a_size():
    program = _native.Program(
        plan([scalars(Op("add", R, R, R + 1))], [batch_of(1)], (0,), (0, 0), sizes=((1, (3, 0)),))
    )
    program.call([np.zeros((7, 1), np.float32)], [], 5)
    assert program.get(0) == 3 * 5 + 3 * 2
