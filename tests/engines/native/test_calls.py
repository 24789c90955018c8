"""Plans written by hand, run on whole arrays and on blocks of examples; and their state."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.engines.native.plan import PANELS, STATE, Buffer, Instruction, Op, Step, View

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

from .plans import BATCH, R, T, batch_of, doubled, elementwise, plan


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
            (
                View(0, (0, 1), (), (Step(2, 4),)),
                View(1, (0, 1), (), (Step(2, 4),)),
                View(1, (0, 1), (4,), (Step(2, 4),)),
            ),
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
            random.integers(-4, 5, shape).astype(np.float32)
            for shape in [(13, inputs), (inputs, units), units]
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
