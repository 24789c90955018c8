"""What a plan is: the flat list of instructions that the compiled loop runs, as plain data.

A plan knows neither layers nor graphs. Sizes may hang on symbols (how many examples a batch has): one plan
serves batches of every size. The compiled side checks every number of a plan once and then trusts it.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

__all__ = [
    "CHUNK",
    "LOCAL",
    "PANELS",
    "REGISTER",
    "ROWS",
    "STATE",
    "TEMPORARY",
    "TENSOR",
    "TIME",
    "Buffer",
    "Extent",
    "Instruction",
    "Op",
    "Plan",
    "Step",
    "View",
]

Extent: TypeAlias = "int | tuple[int, ...]"
"""A size: a whole number, or (factor, symbol, symbol, ...), the product of a number and symbols by number."""

# How the numbers of a buffer lie.
ROWS, PANELS = "rows", "panels"

# What a buffer is for. The batch's own numbers, what lives for one step, what lives for the whole run, and
# what every thread has a copy of while it works on a chunk of the batch.
TEMPORARY, STATE, LOCAL = "temporary", "state", "local"

# Operands of an op by number: first the slots of a tile, then the instruction's tensors, then registers.
TENSOR, REGISTER = 16, 64

CHUNK = 0
"""The loop over chunks of the batch; the number after it counts their partitions."""

TIME = (2, 3, 4, 5)
"""The loops over time, from the outermost."""


class Buffer(NamedTuple):
    """Memory for an array.

    Attributes:
        dtype: NumPy's name.
        rows: the product of all axes but the last.
        columns: the last axis; 1 for an array of one number.
        layout: ROWS, as NumPy has them; or PANELS, as the matrix product wants its right side: as many
            columns as fit into two vectors lie together, row after row, then the next columns.
        role: TEMPORARY, STATE or LOCAL.
        first, last: the instructions between which the numbers are needed.
    """

    dtype: str
    rows: Extent
    columns: Extent
    layout: str = ROWS
    role: str = TEMPORARY
    first: int = 0
    last: int = 0


class Step(NamedTuple):
    """How far a view moves with each round of a loop."""

    loop: int
    stride: Extent


class View(NamedTuple):
    """How an instruction sees a buffer.

    Attributes:
        buffer: its number.
        strides: how many numbers lie from one to the next along each axis of the instruction; of a buffer in
            panels they count rows, all but the last, which is 1.
        offset: the place of the first number: a sum of sizes; of a buffer in panels, in rows.
        steps: how it moves in loops.
    """

    buffer: int
    strides: tuple[Extent, ...]
    offset: tuple[Extent, ...] = ()
    steps: tuple[Step, ...] = ()

    def moving(self, loop: int, stride: Extent) -> View:
        """Return the view that moves on so far with each round of a loop besides."""
        if stride == 0:
            return self
        return View(self.buffer, self.strides, self.offset, (*self.steps, Step(loop, stride)))


class Op(NamedTuple):
    """One operation of a tile program.

    Attributes:
        name: what is done; see `program.py`.
        to: where the result goes: a slot, or TENSOR + a tensor's number.
        a, b, c: the operands: a slot, TENSOR + a tensor's number, or REGISTER + a register's number.
        wide: whether it works on all columns of the tile; a narrow op has one number for each row. Only
            programs of rows have narrow ops.
    """

    name: str
    to: int
    a: int
    b: int = 0
    c: int = 0
    wide: bool = True


class Instruction(NamedTuple):
    """One line of a plan.

    Attributes:
        kind: its name; `instructions.py` says what each one does with the rest.
        extents: the sizes of its axes.
        views: the buffers it reads and writes; first those that its kind asks for, then the tensors of its
            program.
        program: what happens to every tile of its result.
        lanes: the dtype in which the program calculates: float32, float64, int64, uint64.
        options: whole numbers that its kind asks for.
        alone: whether all threads wait for each other before it.
    """

    kind: str
    extents: tuple[Extent, ...]
    views: tuple[View, ...]
    program: tuple[Op, ...] = ()
    lanes: str = "float32"
    options: tuple[int, ...] = ()
    alone: bool = True


class Plan(NamedTuple):
    """A whole program for the compiled loop.

    Attributes:
        symbols: the names of the sizes that are known when it runs.
        buffers: all memory.
        registers: what each register holds before the first instruction: a single number.
        sizes: registers that hold a size: (register, extent).
        instructions: the flat list.
        inputs: for each input, the buffer that a batch of it is put into.
        epilogue: the number of the first instruction that is run once after an epoch, not in every step.
    """

    symbols: tuple[str, ...]
    buffers: tuple[Buffer, ...]
    registers: tuple[float, ...]
    sizes: tuple[tuple[int, Extent], ...]
    instructions: tuple[Instruction, ...]
    inputs: tuple[int, ...]
    epilogue: int
