"""Operations that are done as one give the bits that they give one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.engines.models import engine_of

import pellucid
from pellucid import layers

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native
from pellucid.engines.native.engine import NativeEngine
from pellucid.engines.native.plan import PANELS, REGISTER, TENSOR, Buffer, Op, View
from pellucid.engines.native.plan import ROWS as ROW_BY_ROW

from .plans import elementwise, plan

ROWS = 7
"""Of few numbers, four of these go at once, then two, and then one."""
SPARE = 15
"""A slot that no program here uses."""


def programs(optimizer, activation):
    """Return every program of several operations that runs on the tiles of a product or a sum."""
    model = pellucid.Sequential(
        [
            pellucid.Input((3,)),
            layers.Dense(4, activation=activation),
            layers.Dense(4, activation=activation),
            layers.Dense(2),
        ]
    )
    model.compile(optimizer, "mse")
    step = NativeEngine(engine_of(model, False).blueprint)._compiled("step", 8)
    found = {each.program for each in step.planned.plan.instructions if each.kind in ("matmul", "reduce")}
    return [program for program in found if len(program) > 1]


def results(program, columns, numbers, layout):
    """Run a program on tiles of random numbers; return all its tensors afterwards, and one more."""
    used = sorted({code for op in program for code in (op.to, op.a, op.b, op.c)})
    tensors = [code for code in used if TENSOR <= code < REGISTER]
    registers = [code for code in used if code >= REGISTER]
    names = {code: TENSOR + 1 + i for i, code in enumerate(tensors)}
    names |= {code: REGISTER + i for i, code in enumerate(registers)}
    moved = [Op(op.name, *(names.get(code, code) for code in (op.to, op.a, op.b, op.c))) for op in program]
    row = 1 if layout == PANELS else columns
    views = tuple(View(i, (row, 1)) for i in range(len(tensors) + 1))
    compiled = _native.Program(
        plan(
            [elementwise((ROWS, columns), views, Op("copy", 0, TENSOR), *moved)],
            [Buffer("float32", ROWS, columns, layout, "state") for _ in views],
            registers=np.linspace(0.1, 0.9, max(len(registers), 1)),
            symbols=(),
        )
    )
    for number in range(len(views)):
        compiled.write(number, numbers[number])
    compiled.apply([], [], [])
    outputs = [np.empty((ROWS, columns), np.float32) for _ in views]
    for number, output in enumerate(outputs):
        compiled.read(number, output)
    return outputs


@pytest.mark.parametrize("layout", [ROW_BY_ROW, PANELS])
@pytest.mark.parametrize("columns", [1, 3, 4, 6, 8, 13, 16, 37, 64])
@pytest.mark.parametrize(
    ("optimizer", "activation"), [("adam", "tanh"), ("rmsprop", "sigmoid"), ("sgd", "gelu")]
)
def test_a_phrase_gives_the_bits_of_its_operations(optimizer, activation, columns, layout):
    numbers = np.random.default_rng(columns).uniform(0.01, 1, (12, ROWS, columns)).astype(np.float32)
    found = programs(optimizer, activation)
    assert found
    for program in found:
        # An operation of no consequence after each of them keeps them apart.
        apart = [each for op in program for each in (op, Op("copy", SPARE, op.a))]
        for whole, separate in zip(
            results(program, columns, numbers, layout), results(apart, columns, numbers, layout), strict=True
        ):
            np.testing.assert_array_equal(whole, separate)


SOURCE = Path(pellucid.__file__).parent / "engines/native/cpp/kernels/phrases.cpp"


@pytest.mark.skipif(not SOURCE.exists(), reason="the C++ is not installed with the package")
@pytest.mark.parametrize(
    ("phrase", "optimizer", "activation"),
    [
        ("kAdam", "adam", "relu"),
        ("kRmsprop", "rmsprop", "relu"),
        ("kTanhGradient", "sgd", "tanh"),
        ("kSigmoidGradient", "sgd", "sigmoid"),
    ],
)
def test_the_planner_still_writes_the_phrases(phrase, optimizer, activation):
    text = SOURCE.read_text(encoding="utf-8")
    (body,) = re.findall(rf"constexpr std::array {phrase}{{(.*?)\n}};", text, flags=re.DOTALL)
    wanted = " ".join(re.findall(r"Code::(\w+)", body))
    written = [" ".join(op.name for op in program) for program in programs(optimizer, activation)]
    assert any(wanted in program for program in written), written
