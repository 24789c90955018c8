"""Plans written by hand, for the tests of the compiled side."""

from __future__ import annotations

from pellucid.engines.native import _native
from pellucid.engines.native.plan import LOCAL, REGISTER, TENSOR, Buffer, Instruction, Op, Plan, Step, View

__all__ = [
    "BATCH",
    "R",
    "T",
    "batch_of",
    "digits",
    "doubled",
    "elementwise",
    "looped",
    "plan",
    "scalars",
    "sums_of_chunks",
]

BATCH = (1, 0)
R = REGISTER
T = TENSOR


def plan(instructions, buffers=(), inputs=(), registers=(), symbols=("batch",), sizes=(), epilogue=None):
    """A plan whose buffers live from the first to the last instruction."""
    last = max(len(instructions) - 1, 0)
    return Plan(
        symbols=symbols,
        buffers=tuple([buffer._replace(last=last) for buffer in buffers]),
        registers=tuple(map(float, registers)),
        sizes=sizes,
        instructions=tuple(instructions),
        inputs=inputs,
        epilogue=len(instructions) if epilogue is None else epilogue,
    )


def scalars(*ops, lanes="float64"):
    return Instruction("scalars", (), (), ops, lanes)


def elementwise(extents, views, *ops, lanes="float32", alone=True):
    return Instruction("elementwise", extents, views, ops, lanes, alone=alone)


def batch_of(columns, dtype="float32"):
    return Buffer(dtype, BATCH, columns)


def doubled(columns=3):
    """y = max(2 x + 1, 0) for every number of a batch."""
    ops = (Op("multiply_add", 0, T, R, R + 1), Op("maximum", T + 1, 0, R + 2))
    rows = (View(0, (columns, 1)), View(1, (columns, 1)))
    return plan(
        [elementwise((BATCH, columns), rows, *ops)],
        [batch_of(columns), batch_of(columns)],
        inputs=(0,),
        registers=(2, 1, 0),
    )


def digits(**changed):
    """Appends every example, a digit, to register 0; the epilogue puts the double of it into register 3."""
    return plan(
        [
            Instruction("load_register", (1,), (View(0, (0,)),), options=(2,)),
            scalars(Op("multiply", R, R, R + 1), Op("add", R, R, R + 2)),
            scalars(Op("add", R + 3, R, R)),
        ],
        [Buffer("float64", BATCH, 1)],
        inputs=(0,),
        registers=(0, 10, 0, 0),
        epilogue=2,
    )._replace(**changed)


def looped(
    program, arrays, batch_size=1, epochs=1, shuffle=False, resets=(0,), results=(0,), first=0, **more
):
    resets, results = list(resets), list(results)
    return _native.Loop(program, arrays, batch_size, epochs, shuffle, 7, first, resets, results, **more)


def sums_of_chunks(partitions=4, rows=8, columns=5):
    """The sum of x x over a batch, for each column: in chunks, by way of memory of each thread's own."""
    square = elementwise(
        ((1, 1), columns),
        (View(0, (columns, 1), (), (Step(0, rows * columns),)), View(1, (columns, 1))),
        Op("multiply", T + 1, T, T),
        alone=False,
    )
    add = Instruction(
        "reduce",
        ((1, 1), columns),
        (View(1, (columns, 1)), View(2, (0, 1), (), (Step(1, columns),))),
        (Op("add", T + 1, 0, T + 1),),
        options=(0,),
        alone=False,
    )
    return plan(
        [
            Instruction("fill", (partitions * columns,), (View(2, (1,)),), options=(0,)),
            Instruction("loop", (BATCH,), (), options=(0, 4, 1, partitions, 1, rows, 0, 0)),
            square,
            add,
            Instruction(
                "reduce",
                (partitions, columns),
                (View(2, (columns, 1)), View(3, (0, 1))),
                (Op("copy", T + 1, 0),),
                options=(0,),
            ),
        ],
        [
            batch_of(columns),
            Buffer("float32", (1, 1), columns, role=LOCAL),
            Buffer("float32", partitions, columns),
            Buffer("float32", 1, columns),
        ],
        inputs=(0,),
        registers=(0,),
        symbols=("batch", "chunk"),
    )
