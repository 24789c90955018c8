"""Random programs and their gradients: the compiled engine agrees with the formulas of the primitives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.transforms.random_graphs import LEAVES, arrays_for, programs

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare_outputs


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(graph=programs, seed=st.integers(0, 2**32 - 1))
def test_random_graphs(graph, seed):
    arrays = arrays_for(seed)
    compare_outputs(graph, {"x": arrays["x"]}, {(name,): arrays[name] for name in LEAVES[1:]})
