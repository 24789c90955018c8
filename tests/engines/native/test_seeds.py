"""Seeds of up to 64 bits: the same random numbers and the same orders as the reference."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .runs import alike, bits, engines, examples, trained

SEEDS = [0, 2**32, 2**53, 2**53 + 1, 2**63, 2**64 - 1]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["dropout-float64", "dropout-float32", "adam-float64"])
def test_dropout_and_order_as_in_the_reference(name, seed):
    reference, native = engines(name)
    arrays = examples(name, 40)
    tolerance = (1e-3, 1e-5) if name.endswith("32") else (1e-9, 1e-11)
    for right, mine in zip(
        trained(reference, arrays, 7, 3, seed=seed), trained(native, arrays, 7, 3, seed=seed), strict=True
    ):
        alike(mine, right, *tolerance)


def test_neighbours_are_told_apart():
    """A double does not know 2**53 + 1, and rounds 2**64 - 1 up to 2**64."""
    native, arrays = engines("dropout-float64")[1], examples("dropout-float64", 40)
    state = native.initial_state(1)
    found = []
    for seed in SEEDS:
        run = native.run(arrays, {**state, "seed": seed}, 7, 1, shuffle=False)
        run.advance(60.0)
        found.append(run.history[0]["loss"])
    assert len(set(found)) == len(SEEDS)


def test_a_state_keeps_its_seed_and_counts_exactly():
    native, arrays = engines("dropout-float64")[1], examples("dropout-float64", 40)
    state, _ = trained(native, arrays, 7, 3, seed=2**64 - 1)
    assert (state["seed"], type(state["seed"])) == (2**64 - 1, int)
    assert (state["epoch"], type(state["epoch"])) == (3, int)
    assert (state["optimizer"]["step"], type(state["optimizer"]["step"])) == (18, int)
    assert bits(state["weights"]) != bits(native.initial_state(2**64 - 1)["weights"])
    assert all(isinstance(array, np.ndarray) for array in state["weights"].values())
