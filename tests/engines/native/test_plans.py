"""The compiled side on plans written by hand: what it makes of them, and which it refuses."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from pellucid.engines.native.plan import (
    LOCAL,
    PANELS,
    REGISTER,
    STATE,
    TENSOR,
    Buffer,
    Instruction,
    Op,
    Plan,
    Step,
    View,
)
from pellucid.ops.formulas import random_bits

_native = pytest.importorskip(
    "pellucid.engines.native._native", reason="the extension is not compiled here; `make native` does it"
)

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
    """Appends every example, a digit, to the number in register 0; the epilogue puts its double into register 3."""
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


def looped(program, arrays, batch_size=1, epochs=1, shuffle=False, resets=(0,), results=(0,), first=0):
    return _native.Loop(
        program, arrays, batch_size, epochs, shuffle, 7, first, list(resets), list(results)
    )


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
            Instruction("loop", (BATCH,), (), options=(0, 4, 1, partitions, 1, rows, 0)),
            square,
            add,
            Instruction(
                "reduce", (partitions, columns), (View(2, (columns, 1)), View(3, (0, 1))), (Op("copy", T + 1, 0),), options=(0,)
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


# ------------------------------------------------------------ results
class TestCall:
    def test_whole_blocks_and_the_rest_of_the_examples(self):
        x = np.arange(-9, 12, dtype=np.float32).reshape(7, 3)
        y = np.full_like(x, -1)
        assert _native.Program(doubled()).call([x], [(1, y)], 3) is None
        np.testing.assert_array_equal(y, np.maximum(2 * x + 1, 0))

    def test_no_examples(self):
        empty = np.empty((0, 3), np.float32)
        assert _native.Program(doubled()).call([empty], [(1, empty.copy())], 4) is None

    def test_more_batch_sizes_than_are_kept(self):
        program = _native.Program(doubled())
        for count in [*range(1, 30), 5]:
            x = np.full((count, 3), count, np.float32)
            y = np.zeros_like(x)
            program.call([x], [(1, y)], 64)
            assert (y == 2 * count + 1).all()

    @pytest.mark.parametrize(
        ("array", "sentence"),
        [
            (np.zeros((4, 2), np.float32), "4 examples of 2 numbers of float32 instead of 4 of 3 of float32"),
            (np.zeros((4, 3)), "4 examples of 3 numbers of float64 instead of 4 of 3 of float32"),
            (np.zeros((4, 3), np.float16), "format 'e', which no plan has"),
            (np.zeros((3, 4), np.float32).T, "not C-contiguous"),
            (np.zeros((4, 3), ">f4"), "format '>f', which no plan has"),
        ],
    )
    def test_an_array_of_another_form_is_refused(self, array, sentence):
        with pytest.raises(ValueError, match=sentence):
            _native.Program(doubled()).call([array], [], 4)

    def test_an_output_for_another_number_of_examples_is_refused(self):
        x = np.zeros((4, 3), np.float32)
        with pytest.raises(ValueError, match="5 examples of 3 numbers of float32 instead of 4"):
            _native.Program(doubled()).call([x], [(1, np.zeros((5, 3), np.float32))], 4)

    def test_an_output_that_cannot_be_written_is_refused(self):
        x = np.zeros((4, 3), np.float32)
        y = x.copy()
        y.flags.writeable = False
        with pytest.raises(ValueError, match="read-only"):
            _native.Program(doubled()).call([x], [(1, y)], 4)


class TestApply:
    def test_whole_arrays_and_sizes_by_name(self):
        """A matrix of batch x time numbers, and its transpose by strides that hang on a size."""
        time = (1, 1)
        transposed = elementwise(
            (time, BATCH), (View(0, (1, time)), View(1, (BATCH, 1))), Op("load", 0, T), Op("store", T + 1, 0)
        )
        program = _native.Program(
            plan(
                [transposed],
                [Buffer("float32", BATCH, time), Buffer("float32", time, BATCH)],
                inputs=(0,),
                symbols=("batch", "time"),
            )
        )
        for rows, columns in [(2, 3), (5, 1), (0, 4), (3, 70)]:
            x = np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
            y = np.empty((columns, rows), np.float32)
            program.apply([x], [(1, y)], [rows, columns])
            np.testing.assert_array_equal(y, x.T)

    def test_the_values_of_all_sizes_are_wanted(self):
        x = np.zeros((4, 3), np.float32)
        program = _native.Program(doubled())
        with pytest.raises(ValueError, match=r"symbol 0 \(batch\) is missing"):
            program.apply([x], [], [])
        with pytest.raises(ValueError, match="2 sizes for 1 symbols"):
            program.apply([x], [], [4, 4])

    def test_a_loop_over_time_goes_round_in_order(self):
        """Running sums: row t is row t - 1 plus the input's row t."""
        add = elementwise(
            (1, 4),
            (View(0, (0, 1), (), (Step(2, 4),)), View(1, (0, 1), (), (Step(2, 4),)), View(1, (0, 1), (4,), (Step(2, 4),))),
            Op("add", T + 2, T, T + 1),
        )
        program = _native.Program(
            plan(
                [Instruction("loop", (BATCH,), (), options=(2, 2, 0)), add],
                [batch_of(4), Buffer("float32", 9, 4)],
                inputs=(0,),
            )
        )
        x = np.random.default_rng(0).integers(0, 9, (8, 4)).astype(np.float32)
        y = np.empty((9, 4), np.float32)
        program.apply([x], [(1, y)], [8])
        np.testing.assert_array_equal(y[1:] - y[0], np.cumsum(x, axis=0))


class TestProducts:
    @pytest.mark.parametrize("layout", ["rows", "panels"])
    @pytest.mark.parametrize(("inputs", "units"), [(3, 2), (8, 20), (70, 33), (5, 64)])
    def test_a_dense_layer(self, layout, inputs, units):
        """y = max(x W + b, 0), with whole numbers, so that every sum is exact."""
        wide = layout == PANELS
        product = Instruction(
            "matmul",
            (BATCH, units, inputs),
            (
                View(0, (inputs, 0, 1)),
                View(1, (0, 1, 1 if wide else units)),
                View(2, (0, 1, 0)),
                View(3, (units, 1, 0)),
            ),
            (Op("maximum", T + 3, 0, R),),
            options=(0, 0, 1),
        )
        program = _native.Program(
            plan(
                [product],
                [
                    batch_of(inputs),
                    Buffer("float32", inputs, units, layout, STATE),
                    Buffer("float32", 1, units, role=STATE),
                    batch_of(units),
                ],
                inputs=(0,),
                registers=(0,),
            )
        )
        random = np.random.default_rng(units)
        x, w, b = (
            random.integers(-4, 5, shape).astype(np.float32) for shape in [(13, inputs), (inputs, units), units]
        )
        program.write(1, w)
        program.write(2, b)
        y = np.empty((13, units), np.float32)
        program.call([x], [(3, y)], 6)
        np.testing.assert_array_equal(y, np.maximum(x @ w + b, 0))


class TestState:
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    @pytest.mark.parametrize("shape", [(1, 1), (4, 31), (3, 32), (5, 65), (2, 200), (0, 7), (3, 0)])
    @pytest.mark.parametrize("layout", ["rows", "panels"])
    def test_numbers_go_in_and_come_out_as_they_were(self, layout, shape, dtype):
        program = _native.Program(plan([], [Buffer(dtype, *shape, layout, STATE)]))
        out = np.full(shape, -1, dtype)
        program.read(0, out)
        assert (out == 0).all()
        numbers = np.arange(np.prod(shape), dtype=dtype).reshape(shape)
        program.write(0, numbers)
        program.read(0, out)
        np.testing.assert_array_equal(out, numbers)

    def test_registers(self):
        program = _native.Program(plan([], registers=(1.5, 2)))
        program.set(1, 7)
        assert (program.get(0), program.get(1)) == (1.5, 7.0)
        with pytest.raises(ValueError, match="no register 2: there are 2"):
            program.get(2)

    def test_what_is_no_state_is_refused(self):
        program = _native.Program(doubled())
        with pytest.raises(ValueError, match="buffer 0 is no state"):
            program.write(0, np.zeros(3, np.float32))

    def test_arrays_of_another_size_or_dtype_are_refused(self):
        program = _native.Program(plan([], [Buffer("float32", 2, 3, role=STATE)]))
        for array in (np.zeros(5, np.float32), np.zeros((2, 3))):
            with pytest.raises(ValueError, match="buffer 0 has 6 numbers of float32"):
                program.write(0, array)


# ------------------------------------------------------------ single numbers
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


# ------------------------------------------------------------ loops
class TestLoop:
    def test_batches_in_order_and_results_of_each_epoch(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=3, results=(0, 3))
        assert loop.advance(1e9, 10) is None
        assert (loop.epoch, loop.batch, loop.batches) == (3, 0, 5)
        np.testing.assert_array_equal(loop.history, [[12345, 24690]] * 3)

    def test_the_order_of_examples_is_that_of_the_reference(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 8.0)], epochs=4, shuffle=True, first=2)
        loop.advance(1e9, 4)
        orders = [
            np.argsort(random_bits(7, 7, "shuffle", [epoch])[0], kind="stable") + 1 for epoch in range(2, 6)
        ]
        assert loop.history[:, 0].tolist() == [int("".join(map(str, order))) for order in orders]

    def test_slices_of_batches_and_epochs(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=3)
        places = []
        for epochs, batches in [(1, 2), (1, 1), (3, 4), (1, 99), (5, 99)]:
            loop.advance(1e9, epochs, batches)
            places.append((loop.epoch, loop.batch))
        assert places == [(0, 2), (0, 3), (1, 2), (2, 0), (3, 0)]
        np.testing.assert_array_equal(loop.history, [[12345]] * 3)
        loop.advance(1e9)
        assert loop.epoch == 3

    def test_without_time_there_is_one_batch(self):
        loop = looped(_native.Program(digits()), [np.arange(1.0, 6.0)], epochs=3)
        loop.advance(0.0, 3)
        assert (loop.epoch, loop.batch) == (0, 1)
        loop.advance(-1.0, 3)
        assert (loop.epoch, loop.batch) == (0, 2)

    def test_results_in_the_midst_of_an_epoch(self):
        loop = looped(_native.Program(digits()), [np.arange(1.0, 6.0)], results=(0, 3))
        loop.advance(1e9, 1, 3)
        assert loop.results() == [123, 246]
        loop.advance(1e9)
        np.testing.assert_array_equal(loop.history, [[12345, 24690]])

    def test_a_smaller_last_batch(self):
        program = _native.Program(
            plan([scalars(Op("multiply", R, R, R + 1), Op("add", R, R, R + 2))], [batch_of(1)], (0,), (0, 10, 0),
                 sizes=((2, BATCH),))
        )
        loop = looped(program, [np.zeros((8, 1), np.float32)], batch_size=3)
        loop.advance(1e9)
        assert loop.history.tolist() == [[332]]

    @pytest.mark.parametrize("width", [1, 2, 3, 4, 7, 8, 16, 100])
    @pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
    def test_examples_of_every_width_are_picked(self, dtype, width):
        """The sum over all batches of the first number of each is that of all examples."""
        program = _native.Program(
            plan(
                [
                    Instruction("load_register", (1,), (View(0, (0,), (width - 1,)),), options=(1,)),
                    scalars(Op("add", R, R, R + 1)),
                ],
                [Buffer(dtype, BATCH, width)],
                (0,),
                (0, 0),
            )
        )
        numbers = np.random.default_rng(width).integers(0, 100, (17, width)).astype(dtype)
        loop = looped(program, [numbers], shuffle=True)
        loop.advance(1e9)
        assert loop.history[0, 0] == numbers[:, -1].sum(dtype=float)

    def test_arrays_that_do_not_fit_are_refused(self):
        program = _native.Program(digits())
        with pytest.raises(ValueError, match="needs examples"):
            looped(program, [np.zeros(0)])
        with pytest.raises(ValueError, match="2 inputs instead of 1"):
            looped(program, [np.zeros(3), np.zeros(3)])
        with pytest.raises(ValueError, match="1 example or more, not 0"):
            looped(program, [np.zeros(3)], batch_size=0)
        with pytest.raises(ValueError, match="no register 9"):
            looped(program, [np.zeros(3)], results=(9,))

    def test_the_arrays_live_as_long_as_the_loop(self):
        loop = looped(_native.Program(digits()), [np.arange(1.0, 6.0).copy()])
        np.zeros(5)
        loop.advance(1e9)
        assert loop.history.tolist() == [[12345]]


def test_an_index_out_of_range_names_the_example():
    """Two labels for each example; the fifth example's second one is 9, of a table of 4 rows."""
    program = _native.Program(
        plan(
            [
                Instruction(
                    "gather", ((2, 0), 3), (View(1, (3, 1)), View(2, (3, 1)), View(0, (1, 0))), options=(4,)
                )
            ],
            [Buffer("int32", BATCH, 2), Buffer("float32", (2, 0), 3), Buffer("float32", 4, 3, role=STATE)],
            (0,),
        )
    )
    labels = np.zeros((8, 2), np.int32)
    labels[5, 1] = 9
    for threads in (1, 2):
        program.threads = threads
        assert program.call([labels], [], 3) == (5, 9, 4)
        loop = looped(program, [labels], batch_size=3, shuffle=True, resets=(), results=())
        assert loop.advance(1e9) == (5, 9, 4)
        assert loop.fault == (5, 9, 4)
        with pytest.raises(ValueError, match="cannot go on"):
            loop.advance(1e9)
    labels[5, 1] = 3
    assert program.call([labels], [], 3) is None


# ------------------------------------------------------------ threads
class TestThreads:
    def test_the_same_bits_on_any_number(self):
        x = np.random.default_rng(1).normal(size=(1000, 5)).astype(np.float32)
        found = []
        for threads in (1, 2, 3, 7):
            program = _native.Program(sums_of_chunks(rows=16))
            program.threads = threads
            y = np.empty((1, 5), np.float32)
            program.apply([x], [(3, y)], [1000])
            found.append(y.tobytes())
        assert len(set(found)) == 1
        np.testing.assert_allclose(np.frombuffer(found[0], np.float32), (x * x).sum(0), rtol=1e-5)

    @pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 31, 32, 33, 100])
    def test_chunks_whole_and_not(self, count):
        x = np.random.default_rng(count).integers(-3, 4, (count, 5)).astype(np.float32)
        program = _native.Program(sums_of_chunks())
        program.threads = 2
        y = np.empty((1, 5), np.float32)
        program.apply([x], [(3, y)], [count])
        np.testing.assert_array_equal(y[0], (x * x).sum(0))

    def test_a_loop_on_several_threads(self):
        program = _native.Program(digits())
        program.threads = 3
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=40, shuffle=True, results=(0, 3))
        other = looped(_native.Program(digits()), [np.arange(1.0, 6.0)], epochs=40, shuffle=True, results=(0, 3))
        while loop.epoch < 40:
            loop.advance(1e9, 7, 33)
        other.advance(1e9, 40)
        np.testing.assert_array_equal(loop.history, other.history)

    def test_python_threads_at_once(self):
        """Each on a program of its own, and all on one: runs are serialised, results are the same."""
        x = np.random.default_rng(2).normal(size=(999, 3)).astype(np.float32)
        shared = _native.Program(doubled())
        shared.threads = 2
        wrong = []

        def work(program):
            for _ in range(50):
                y = np.empty_like(x)
                program.call([x], [(1, y)], 64)
                if not np.allclose(y, np.maximum(2 * x + 1, 0)):
                    wrong.append(y)

        own = [_native.Program(doubled()) for _ in range(2)]
        for program in own:
            program.threads = 2
        workers = [threading.Thread(target=work, args=(program,)) for program in (shared, shared, *own)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not wrong

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_a_child_process_has_threads_of_its_own(self):
        program = _native.Program(doubled())
        program.threads = 2
        x = np.ones((100, 3), np.float32)
        y = np.empty_like(x)
        program.call([x], [(1, y)], 50)
        child = os.fork()
        if child == 0:
            y[:] = 0
            program.call([x], [(1, y)], 50)
            os._exit(0 if (y == 3).all() else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        program.call([x], [(1, y)], 50)
        assert (y == 3).all()

    def test_the_setting_for_all(self):
        most = _native.threads()
        try:
            _native.set_threads(1)
            assert _native.threads() == 1
            _native.set_threads(0)
            assert _native.threads() == most == len(os.sched_getaffinity(0))
        finally:
            _native.set_threads(0)
        with pytest.raises(ValueError, match="cannot be -1"):
            _native.set_threads(-1)


# ------------------------------------------------------------ refused plans
def _changed(**changes):
    """The plan of `doubled` with an instruction that is not as it should be."""
    base = doubled()
    return base._replace(instructions=(base.instructions[0]._replace(**changes),))


ROW = View(0, (3, 1))
OTHER = View(1, (3, 1))
REFUSED = {
    "an unknown kind": (_changed(kind="compose"), "instruction 0: no kind of instruction .* 'compose'"),
    "an unknown operation": (_changed(program=(Op("plus", 0, T, T),)), "no operation .* 'plus'"),
    "an unknown dtype": (_changed(lanes="float16"), "no dtype .* 'float16'"),
    "a buffer that does not exist": (_changed(views=(ROW, View(2, (3, 1)))), "no buffer 2, there are 2"),
    "strides for other axes": (_changed(views=(ROW, View(1, (1,)))), "1 strides for 2 axes"),
    "too few axes": (_changed(extents=(BATCH,)), r"instruction 0 \(elementwise\): it has 1 axes"),
    "a view beyond its buffer": (_changed(views=(ROW, View(1, (4, 1)))), "from 0 to 14, outside of its 12 numbers"),
    "a view before its buffer": (_changed(views=(ROW, View(1, (-3, 1)))), "from -9 to 2, outside"),
    "a view that begins too late": (_changed(views=(ROW, View(1, (3, 1), (1,)))), "from 1 to 12, outside"),
    "another dtype in place": (_changed(lanes="float64"), "is float32 instead of float64"),
    "strides that are too wide in place": (_changed(views=(ROW, View(1, (3, 0)))), "stride along axis 1"),
    "a slot that is empty": (_changed(program=(Op("add", T + 1, 0, T),)), "'add' works on 0, which is nothing"),
    "a slot that does not exist": (_changed(program=(Op("add", 16, T, T), Op("add", 15, T, T + 2))), "works on 18"),
    "a tensor that does not exist": (_changed(program=(Op("copy", T + 2, T),)), "writes to 18"),
    "a register that does not exist": (_changed(program=(Op("add", T, T, R + 3),)), "no register 3"),
    "an operation of rows": (_changed(program=(Op("row_sum", 0, T),)), "'row_sum' is for programs of rows"),
    "a load from a slot": (
        _changed(program=(Op("load", 0, T), Op("load", 1, 0))), "'load' cannot work on 0"),
    "no program": (_changed(program=()), "it has no program"),
    "a step without a loop": (_changed(views=(ROW, View(1, (3, 1), (), (Step(2, 3),)))), "loop 2, which is not around"),
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
    "panels of whole numbers": (plan([], [Buffer("int32", 3, 3, PANELS, STATE)]), "panels: they are for floating"),
    "an input that is state": (
        plan([], [Buffer("float32", 3, 3, role=STATE)], (0,)), "buffer 0 takes an input"),
    "a loop that never ends": (plan([Instruction("loop", (2,), (), options=(2, 9, 0))]), "it ends at 9"),
    "a loop inside of itself": (
        plan([Instruction("loop", (2,), (), options=(2, 2, 0)), Instruction("loop", (2,), (), options=(2, 2, 0))]),
        "loop 2 is inside of itself",
    ),
    "a loop with the number of chunks": (plan([Instruction("loop", (2,), (), options=(0, 1, 0))]), "the number 0"),
    "chunks inside of a loop": (
        plan(
            [
                Instruction("loop", (2,), (), options=(2, 2, 0)),
                Instruction("loop", (BATCH,), (), options=(0, 2, 1, 8, 1, 4, 0)),
            ],
            symbols=("batch", "chunk"),
        ),
        "loop 0 is inside of another loop",
    ),
    "chunks of no rows": (
        plan([Instruction("loop", (BATCH,), (), options=(0, 1, 1, 8, 1, 0, 0))], symbols=("batch", "chunk")),
        "8 partitions of chunks of 0 rows",
    ),
    "a register that chunks leave behind": (
        plan(
            [
                Instruction("loop", (BATCH,), (), options=(0, 2, 1, 8, 1, 4, 0)),
                scalars(Op("add", R, R, R)),
            ],
            registers=(1,),
            symbols=("batch", "chunk"),
        ),
        "register 0 is changed in a chunk",
    ),
    "an epilogue inside of a loop": (
        plan([Instruction("loop", (2,), (), options=(2, 2, 0)), scalars(Op("copy", R, R))], registers=(0,), epilogue=1),
        "after the beginning of the epilogue",
    ),
    "something else": ((1, 2, 3), "a plan has to be a tuple of 7"),
}  # fmt: skip


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
