"""The compiled loop over examples: batches, epochs, slices, order, wrong indices."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.engines.native.plan import STATE, Buffer, Instruction, Op, View
from pellucid.ops.formulas import random_bits

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

from .plans import BATCH, R, batch_of, digits, looped, plan, scalars


class TestLoop:
    def test_batches_in_order_and_results_of_each_epoch(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=3, results=(0, 3))
        assert loop.advance(1e9, 10) is None
        assert (loop.epoch, loop.batch, loop.batches) == (3, 0, 5)
        np.testing.assert_array_equal(loop.history(), [[12345, 24690]] * 3)
        assert [loop.history(first).shape for first in (1, 3, 9)] == [(2, 2), (0, 2), (0, 2)]

    def test_the_order_of_examples_is_that_of_the_reference(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 8.0)], epochs=4, shuffle=True, first=2)
        loop.advance(1e9, 4)
        orders = [
            np.argsort(random_bits(7, 7, "shuffle", [epoch])[0], kind="stable") + 1 for epoch in range(2, 6)
        ]
        assert loop.history()[:, 0].tolist() == [int("".join(map(str, order))) for order in orders]

    def test_slices_of_batches_and_epochs(self):
        program = _native.Program(digits())
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=3)
        places = []
        for epochs, batches in [(1, 2), (1, 1), (3, 4), (1, 99), (5, 99)]:
            loop.advance(1e9, epochs, batches)
            places.append((loop.epoch, loop.batch))
        assert places == [(0, 2), (0, 3), (1, 2), (2, 0), (3, 0)]
        np.testing.assert_array_equal(loop.history(), [[12345]] * 3)
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
        np.testing.assert_array_equal(loop.history(), [[12345, 24690]])

    def test_an_epoch_that_has_begun_goes_on_with_its_sums(self):
        program = _native.Program(digits())
        program.set(0, 12)
        loop = looped(program, [np.arange(1.0, 6.0)], epochs=2, skip=2)
        assert (loop.epoch, loop.batch, loop.rows()) == (0, 2, [2])
        loop.advance(1e9, 2)
        np.testing.assert_array_equal(loop.history(), [[12345], [12345]])

    @pytest.mark.parametrize("skip", [-1, 5])
    def test_no_more_batches_are_done_than_there_are(self, skip):
        with pytest.raises(ValueError, match=f"of the first epoch, {skip} batches cannot be done: it has 5"):
            looped(_native.Program(digits()), [np.arange(1.0, 6.0)], skip=skip)

    def test_a_smaller_last_batch(self):
        program = _native.Program(
            plan(
                [scalars(Op("multiply", R, R, R + 1), Op("add", R, R, R + 2))],
                [batch_of(1)],
                (0,),
                (0, 10, 0),
                sizes=((2, BATCH),),
            )
        )
        loop = looped(program, [np.zeros((8, 1), np.float32)], batch_size=3)
        loop.advance(1e9)
        assert loop.history().tolist() == [[332]]

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
        assert loop.history()[0, 0] == numbers[:, -1].sum(dtype=float)

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
        assert loop.history().tolist() == [[12345]]


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
