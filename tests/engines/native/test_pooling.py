"""The largest number under a window, and its gradient: which entry it is is noted on the way there."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import engine_of

import pellucid
from pellucid import layers
from pellucid.ops import max_pool, maximum, multiply, reduce_sum
from pellucid.transforms.gradient import gradient

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native
from pellucid.engines.native.engine import NativeEngine
from pellucid.engines.native.plan import Buffer, Instruction, View
from pellucid.engines.native.pooling import MAX_ENTRIES, MAX_PUT, POOLS

from .agreement import compare
from .plans import plan

WINDOWS = {
    "squares": ((2, 2), (2, 2), ((0, 0), (0, 0))),
    "that overlap": ((3, 3), (2, 1), ((0, 0), (0, 0))),
    "with gaps": ((1, 2), (3, 3), ((0, 0), (0, 0))),
    "beyond the edge": ((3, 2), (2, 2), ((1, 1), (1, 0))),
    "as large as can be counted": ((16, 16), (1, 1), ((0, 0), (0, 0))),
    "too large to be counted": ((17, 17), (1, 1), ((0, 0), (0, 0))),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("channels", [1, 3, 16, 37])
@pytest.mark.parametrize("name", WINDOWS)
def test_the_gradient_goes_to_the_largest_number(name, channels, dtype):
    window, strides, padding = WINDOWS[name]
    random = np.random.default_rng(channels)
    x = random.integers(-3, 4, (2, 19, 18, channels)).astype(dtype)  # many are equal
    x[0, 3:5, 4:9] = np.nan
    x[1, 7, 2:4] = np.inf
    pooled = [(19 - window[0] + sum(padding[0])) // strides[0] + 1]
    pooled.append((18 - window[1] + sum(padding[1])) // strides[1] + 1)
    weights = random.normal(size=(2, *pooled, channels)).astype(dtype)

    def pushed(x, weights):
        """How a weighted sum of the largest numbers of a ReLU moves with its input."""
        largest = max_pool(maximum(x, 0), window=window, strides=strides, padding=padding)
        return gradient(reduce_sum(multiply(largest, weights), axes=(0, 1, 2, 3)), [x])[0]

    assert np.count_nonzero(compare(pushed, x, weights)) > 0


def test_training_does_not_keep_what_the_largest_numbers_were_taken_from():
    model = pellucid.Sequential(
        [
            pellucid.Input((9, 9, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    step = NativeEngine(engine_of(model).blueprint)._compiled("step", 4)
    instructions = step.planned.plan.instructions
    kinds = {each.options[0] for each in instructions if each.kind == "pool"}
    assert {MAX_ENTRIES, MAX_PUT} <= kinds
    assert POOLS.index("max_pool_gradient") not in kinds


@pytest.mark.parametrize(
    ("dtype", "window", "message"),
    [("float32", 2, "counted in uint8"), ("uint8", 257, "257 numbers, more than 256")],
)
def test_entries_that_cannot_be_counted_are_refused(dtype, window, message):
    options = (MAX_ENTRIES, *(1, 1, 1, 1, 0) * 2, window, 1, window, 1, 0)
    pool = Instruction(
        "pool", (1, 1), (View(0, (1, 1)), View(1, (1, 1)), View(2, (window, 1))), options=options
    )
    buffers = [Buffer("float32", 1, 1), Buffer(dtype, 1, 1), Buffer("float32", 1, window)]
    with pytest.raises(ValueError, match=message):
        _native.Program(plan([pool], buffers, symbols=()))
