"""Plans that are not in order: each is refused with the number of the instruction."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.engines.native.plan import LOCAL, PANELS, STATE, Buffer, Instruction, Op, Step, View

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

from .plans import BATCH, R, T, batch_of, doubled, elementwise, plan, scalars


def _changed(**changes):
    """The plan of `doubled` with an instruction that is not as it should be."""
    base = doubled()
    return base._replace(instructions=(base.instructions[0]._replace(**changes),))


def _product(outer, segments, *zeros):
    """A product whose left side is zero at certain places."""
    axes = outer + 2 + segments + 1
    views = tuple([View(number, (0,) * axes) for number in (0, 0, 0)])
    return plan(
        [
            Instruction(
                "matmul", (1,) * axes, views, (Op("copy", T + 2, 0),), options=(outer, segments, 0, *zeros)
            )
        ],
        [batch_of(3)],
        (0,),
    )


ROW = View(0, (3, 1))
LOOP = Instruction("loop", (2,), (), options=(2, 2, 0))
REFUSED = {
    "an unknown kind": (_changed(kind="compose"), "instruction 0: no kind of instruction .* 'compose'"),
    "an unknown operation": (_changed(program=(Op("plus", 0, T, T),)), "no operation .* 'plus'"),
    "an unknown dtype": (_changed(lanes="float16"), "no dtype .* 'float16'"),
    "a buffer that does not exist": (_changed(views=(ROW, View(2, (3, 1)))), "no buffer 2, there are 2"),
    "strides for other axes": (_changed(views=(ROW, View(1, (1,)))), "1 strides for 2 axes"),
    "too few axes": (_changed(extents=(BATCH,)), r"instruction 0 \(elementwise\): it has 1 axes"),
    "a view beyond its buffer": (_changed(views=(ROW, View(1, (4, 1)))), "from 0 to 14, outside of its 12"),
    "a view before its buffer": (_changed(views=(ROW, View(1, (-3, 1)))), "from -9 to 2, outside"),
    "a view that begins too late": (_changed(views=(ROW, View(1, (3, 1), (1,)))), "from 1 to 12, outside"),
    "another dtype in place": (_changed(lanes="float64"), "is float32 instead of float64"),
    "strides that are too wide in place": (_changed(views=(ROW, View(1, (3, 0)))), "stride along axis 1"),
    "a slot that is empty": (_changed(program=(Op("add", T + 1, 0, T),)), "works on 0, which is nothing"),
    "a slot that does not exist": (_changed(program=(Op("add", 16, T, T), Op("add", 9, T, T + 2))), "on 18"),
    "a tensor that does not exist": (_changed(program=(Op("copy", T + 2, T),)), "writes to 18"),
    "a register that does not exist": (_changed(program=(Op("add", T, T, R + 3),)), "no register 3"),
    "an operation of rows": (_changed(program=(Op("row_sum", 0, T),)), "'row_sum' is for programs of rows"),
    "a load from a slot": (_changed(program=(Op("load", 0, T), Op("load", 1, 0))), "'load' cannot work on 0"),
    "no program": (_changed(program=()), "it has no program"),
    "a step without a loop": (
        _changed(views=(ROW, View(1, (3, 1), (), (Step(2, 3),)))),
        "which is not around",
    ),
    "a size that is not there": (_changed(extents=((1, 1), 3)), "no symbol 1, there are 1"),
    "a negative size": (_changed(extents=((-1, 0), 3)), "axis 0 has the negative size -4"),
    "a size beyond 64 bits": (_changed(extents=((2**62, 0), 3)), "the product of .* is too large"),
    "a stride beyond 64 bits": (_changed(views=(ROW, View(1, (2**62, 1)))), "too large"),
    "an option too many": (_changed(options=(1,)), "1 options instead of 0"),
    "a dead buffer": (
        doubled()._replace(
            instructions=doubled().instructions * 2,
            buffers=(batch_of(3)._replace(last=1), batch_of(3)._replace(last=0)),
            epilogue=2,
        ),
        r"instruction 1 \(elementwise\): buffer 1 lives from 0 to 0 only",
    ),
    "local memory outside of chunks": (
        doubled()._replace(buffers=(batch_of(3), Buffer("float32", BATCH, 3, role=LOCAL))),
        "buffer 1 is local",
    ),
    "state of unknown size": (
        doubled()._replace(buffers=(batch_of(3), Buffer("float32", BATCH, 3, role=STATE))),
        "buffer 1 is state, so its size must be known",
    ),
    "panels of whole numbers": (plan([], [Buffer("int32", 3, 3, PANELS, STATE)]), "they are for floating"),
    "an input that is state": (
        plan([], [Buffer("float32", 3, 3, role=STATE)], (0,)),
        "buffer 0 takes an input",
    ),
    "a loop that never ends": (plan([LOOP._replace(options=(2, 9, 0))]), "it ends at 9"),
    "a loop inside of itself": (
        plan([LOOP, LOOP]),
        "loop 2 is inside of itself",
    ),
    "a loop with the number of chunks": (plan([LOOP._replace(options=(0, 1, 0))]), "the number 0"),
    "chunks inside of a loop": (
        plan(
            [
                LOOP,
                Instruction("loop", (BATCH,), (), options=(0, 2, 1, 8, 1, 4, 0, 0)),
            ],
            symbols=("batch", "chunk"),
        ),
        "loop 0 is inside of another loop",
    ),
    "chunks of no rows": (
        plan(
            [Instruction("loop", (BATCH,), (), options=(0, 1, 1, 8, 1, 0, 0, 0))], symbols=("batch", "chunk")
        ),
        "8 partitions of chunks of 0 rows",
    ),
    "work for partitions without a chunk": (
        plan(
            [
                Instruction("loop", (BATCH,), (), options=(0, 2, 1, 8, 1, 4, 0, 1)),
                scalars(Op("copy", R, R)),
            ],
            registers=(1,),
            symbols=("batch", "chunk"),
        ),
        "is filled with a number, and nothing else",
    ),
    "zeros without a segment": (_product(0, 0, 0, 1, 0, 3), "are no rows of a left side"),
    "zeros that end before they begin": (_product(1, 1, 0, 1, 3, 2), "zero before 3 and from 2 on"),
    "zeros without a step": (_product(1, 1, 0, 0, 1, 2), "in steps of 0"),
    "a register that chunks leave behind": (
        plan(
            [
                Instruction("loop", (BATCH,), (), options=(0, 2, 1, 8, 1, 4, 0, 0)),
                scalars(Op("add", R, R, R)),
            ],
            registers=(1,),
            symbols=("batch", "chunk"),
        ),
        "register 0 is changed in a chunk",
    ),
    "an epilogue inside of a loop": (
        plan([LOOP, scalars(Op("copy", R, R))], registers=(0,), epilogue=1),
        "after the beginning of the epilogue",
    ),
    "something else": ((1, 2, 3), "a plan has to be a tuple of 7"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_plan_that_is_not_in_order_is_refused(what):
    bad, sentence = REFUSED[what]
    with pytest.raises(ValueError, match=sentence):
        _native.Program(bad).apply([np.zeros((4, 3), np.float32)], [], [4])


def test_a_view_that_only_small_batches_leave_is_refused_for_these():
    """The last row but one of a batch: there is none in a batch of one."""
    program = _native.Program(
        plan(
            [elementwise((1, 3), (View(0, (0, 1), ((3, 0), -6)), View(1, (0, 1))), Op("copy", T + 1, T))],
            [batch_of(3), Buffer("float32", 1, 3)],
            (0,),
        )
    )
    y = np.zeros((1, 3), np.float32)
    program.apply([np.arange(12, dtype=np.float32).reshape(4, 3)], [(1, y)], [4])
    assert y.tolist() == [[6, 7, 8]]
    with pytest.raises(ValueError, match="from -3 to -1"):
        program.apply([np.zeros((1, 3), np.float32)], [(1, y)], [1])
