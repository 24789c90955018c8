"""What is worked out along with a sum walks through its operands as the sum does."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.ops import reduce_sum, reverse, slice_axis, transpose

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .agreement import compare

OPERANDS = {
    "of its shape": ((3, 5), lambda y: y),
    "a row": ((5,), lambda y: y),
    "a number": ((1,), lambda y: y),
    "a column": ((3, 1), lambda y: y),
    "turned round": ((5, 3), lambda y: transpose(y, axes=(1, 0))),
    "backwards": ((3, 5), lambda y: reverse(y, axis=0)),
    "a part": ((3, 7), lambda y: slice_axis(y, axis=1, start=1, stop=6)),
}


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", OPERANDS)
def test_a_sum_and_another_operand(name, axis):
    shape, view = OPERANDS[name]
    whole = [3, 5]
    whole.insert(axis, 4)
    random = np.random.default_rng(axis)
    x, y = random.normal(size=whole), random.normal(size=shape)
    compare(lambda x, y: reduce_sum(x, axes=(axis,)) * 2 + view(y), x, y)
