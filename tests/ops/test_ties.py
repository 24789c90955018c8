"""What happens where two numbers are equally large: the rules that engines and other libraries must share."""

from __future__ import annotations

import numpy as np

from pellucid import ops
from pellucid.graph import Graph
from pellucid.testing import evaluate
from pellucid.transforms.gradient import gradient

from .running import run


def slopes(function, *values):
    """The gradient of the sum of a function's numbers, for each array of floating-point numbers."""
    graph = Graph()
    arrays = {f"x{place}": np.array(value) for place, value in enumerate(values)}
    with graph:
        nodes = [graph.input(name, array.shape, array.dtype.name) for name, array in arrays.items()]
        result = function(*nodes)
        total = ops.reduce_sum(result, axes=tuple(range(len(result.shape))))
        targets = [node for node in nodes if node.dtype == "float64"]
        graph.outputs = {(str(place),): d for place, d in enumerate(gradient(total, targets))}
    return [d.tolist() for d in evaluate(graph, arrays).values()]


def test_relu_has_slope_0_at_0():
    assert slopes(lambda x: ops.maximum(x, 0), [-1.0, 0.0, 1.0]) == [[0.0, 0.0, 1.0]]


def test_maximum_and_minimum_send_a_tie_to_the_second():
    assert slopes(ops.maximum, [1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) == [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    assert slopes(ops.minimum, [1.0, 2.0, 3.0], [2.0, 2.0, 2.0]) == [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]


def test_reduce_max_shares_between_equals():
    [d_x] = slopes(lambda x: ops.reduce_max(x, axes=(1,)), [[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    np.testing.assert_allclose(d_x, [[0, 1 / 2, 1 / 2], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-15)


def test_argmax_takes_the_first():
    assert run(ops.argmax, [[2.0, 5.0, 5.0], [0.0, 0.0, 0.0]]).tolist() == [1, 0]


def test_absolute_and_sign_are_flat_at_0():
    assert slopes(ops.absolute, [-2.0, 0.0, 2.0]) == [[-1.0, 0.0, 1.0]]
    assert slopes(ops.sign, [-2.0, 0.0, 2.0]) == [[0.0, 0.0, 0.0]]


def test_clip_has_slope_1_at_its_bounds():
    assert slopes(lambda x: ops.clip(x, low=0.0, high=1.0), [-1.0, 0.0, 0.5, 1.0, 2.0]) == [[0, 1, 1, 1, 0]]


def test_a_gradient_that_is_not_chosen_may_be_infinite():
    """Relu's gradient is a choice, not a product with a mask: infinity times 0 would be NaN."""
    assert slopes(lambda x: ops.maximum(x, 0) * np.inf, [-1.0, 1.0]) == [[0.0, np.inf]]


def test_rows_that_are_used_twice_get_both_gradients():
    assert slopes(ops.gather, [[1.0, 2.0], [3.0, 4.0]], [0, 0]) == [[[2.0, 2.0], [0.0, 0.0]]]


def test_stop_gradient_holds_its_value_constant():
    assert slopes(lambda x: x * ops.stop_gradient(x), [3.0]) == [[3.0]]
