"""Random numbers: the generator's published answers, and what a stream depends on."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.graph import BATCH, NUMBER, Graph
from pellucid.ops.formulas import number_of, random_bits, random_uniform, threefry
from pellucid.testing import evaluate

from .running import run

# counter, key, answer: the known-answer vectors of Random123 for threefry2x32 with 20 rounds
ANSWERS = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]


@pytest.mark.parametrize(("counter", "key", "answer"), ANSWERS, ids=["zeros", "ones", "digits of pi"])
def test_threefry_gives_the_published_answers(counter, key, answer):
    a, b = threefry(np.array([counter[0]], np.uint32), np.array([counter[1]], np.uint32), *key)
    assert (a.dtype, b.dtype) == (np.uint32, np.uint32)
    assert (int(a[0]), int(b[0])) == answer


def test_bits_do_not_depend_on_how_many_are_asked_for():
    many = random_bits(1000, 7, "shuffle", [3])
    for count in (0, 1, 2, 3, 500, 999):
        assert np.array_equal(random_bits(count, 7, "shuffle", [3]), many[:, :count])


def test_bits_do_not_depend_on_which_steps_are_asked_for_together():
    together = random_bits(9, 7, "shuffle", [0, 5, 2**32 - 1])
    for row, step in zip(together, [0, 5, 2**32 - 1], strict=True):
        assert np.array_equal(random_bits(9, 7, "shuffle", [step])[0], row)


def test_numbers_do_not_depend_on_their_arrangement():
    flat = random_uniform((12,), 7, "weights")
    assert np.array_equal(random_uniform((3, 4), 7, "weights"), flat.reshape(3, 4))
    assert random_uniform((), 7, "weights") == flat[0]
    assert random_uniform((0, 4), 7, "weights").shape == (0, 4)


@pytest.mark.parametrize(
    "other", [{"seed": 8}, {"seed": 7 + 2**32}, {"seed": -7}, {"stream": "b"}, {"step": 1}], ids=str
)
def test_another_seed_stream_or_step_gives_other_numbers(other):
    usual = {"seed": 7, "stream": "a", "step": 0}
    same = random_uniform((100,), **usual) == random_uniform((100,), **{**usual, **other})
    assert not same.any()


def test_streams_have_numbers_of_their_own():
    names = [f"{purpose}/dense_{i}" for purpose in ("kernel", "bias", "dropout") for i in range(100)]
    numbers = {number_of(name) for name in names}
    assert len(numbers) == len(names)
    assert all(0 <= number < 2**32 for number in numbers)


def test_numbers_are_uniform_multiples():
    numbers = run(ops.random_uniform, 0, 0, shape=(64, 256), stream="test")
    assert numbers.dtype == np.float32
    assert np.array_equal(numbers * 2**24, np.floor(numbers * 2**24))
    assert numbers.min() >= 0
    assert numbers.max() < 1
    # The mean of 2 ** 14 such numbers has a standard deviation of 1 / sqrt(12 * 2 ** 14) = 0.0023.
    assert abs(numbers.mean() - 0.5) < 0.01
    counts = np.histogram(numbers, bins=16, range=(0, 1))[0]
    assert np.all(abs(counts - 1024) < 5 * 31)  # sqrt(2 ** 14 * 1/16 * 15/16) = 31


def test_the_primitive_is_its_formula():
    expected = random_uniform((2, 3), 7, "dropout/hidden", 5)
    assert np.array_equal(run(ops.random_uniform, 7, 5, shape=(2, 3), stream="dropout/hidden"), expected)


def test_the_shape_may_be_symbolic_and_the_seed_state():
    graph = Graph()
    with graph:
        graph.input("x", (BATCH, 2), "float64")
        seed, step = (graph.state((name,), (), NUMBER) for name in ("seed", "step"))
        graph.outputs = {("chance",): ops.random_uniform(seed, step, shape=(BATCH, 2), stream="dropout")}
    result = evaluate(graph, {"x": np.zeros((5, 2))}, {("seed",): 3, ("step",): 4})["chance",]
    assert np.array_equal(result, random_uniform((5, 2), 3, "dropout", 4))
