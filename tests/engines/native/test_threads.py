"""Threads of the compiled side: the same bits on any number of them, and processes that fork."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

from .plans import digits, doubled, looped, sums_of_chunks


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
        other = looped(
            _native.Program(digits()), [np.arange(1.0, 6.0)], epochs=40, shuffle=True, results=(0, 3)
        )
        while loop.epoch < 40:
            loop.advance(1e9, 7, 33)
        other.advance(1e9, 40)
        np.testing.assert_array_equal(loop.history(), other.history())

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
