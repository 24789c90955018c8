"""Every primitive: its rules against its formula, its gradient against differences, values known by hand."""

from __future__ import annotations

import ast
import builtins
import inspect
import math

import numpy as np
import pytest

from pellucid import ops
from pellucid.graph import Graph, Node, operators
from pellucid.ops import PRIMITIVES, Primitive
from pellucid.testing import check_op

from .running import run

LN2 = math.log(2)

ROW = [[[1.0], [4.0], [2.0]]]  # one example, three places, one channel
POOL = {"window": (2,), "strides": (1,), "padding": ((0, 0),)}
SLIDE = {"strides": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}

# Worked out by hand: operation, inputs, attributes, result.
VALUES = [
    (ops.greater, ([1.0, 2.0, 3.0], 2.0), {}, [False, False, True]),
    (ops.greater_equal, ([1.0, 2.0, 3.0], 2.0), {}, [False, True, True]),
    (ops.equal, ([1.0, 2.0, 3.0], 2.0), {}, [False, True, False]),
    (ops.logical_and, ([True, True, False], [True, False, False]), {}, [True, False, False]),
    (ops.logical_or, ([True, True, False], [True, False, False]), {}, [True, True, False]),
    (ops.logical_not, ([True, False],), {}, [False, True]),
    (ops.logical_not, (True,), {}, False),
    (ops.select, ([True, False], [1.0, 2.0], [3.0, 4.0]), {}, [1.0, 4.0]),
    (ops.add, ([1.0, 2.0], [10.0, 20.0]), {}, [11.0, 22.0]),
    (ops.subtract, ([1.0, 2.0], [10.0, 20.0]), {}, [-9.0, -18.0]),
    (ops.multiply, ([1.0, 2.0], [10.0, 20.0]), {}, [10.0, 40.0]),
    (ops.divide, ([1.0, 3.0], [10.0, -2.0]), {}, [0.1, -1.5]),
    (ops.negative, ([1.0, -2.0],), {}, [-1.0, 2.0]),
    (ops.power, ([2.0, 9.0], [10.0, 0.5]), {}, [1024.0, 3.0]),
    (ops.maximum, ([1.0, -2.0], 0.0), {}, [1.0, 0.0]),
    (ops.minimum, ([1.0, -2.0], 0.0), {}, [0.0, -2.0]),
    (ops.clip, ([-3.0, 0.5, 7.0],), {"low": -1.0, "high": 2.0}, [-1.0, 0.5, 2.0]),
    (ops.absolute, ([-3.0, 0.0, 7.0],), {}, [3.0, 0.0, 7.0]),
    (ops.sign, ([-3.0, 0.0, 7.0],), {}, [-1.0, 0.0, 1.0]),
    (ops.floor, ([-1.5, 2.0, 2.9],), {}, [-2.0, 2.0, 2.0]),
    (ops.stop_gradient, ([-1.5, 2.0],), {}, [-1.5, 2.0]),
    (ops.exp, ([0.0, LN2, -LN2],), {}, [1.0, 2.0, 0.5]),
    (ops.expm1, ([0.0, LN2, 1e-18],), {}, [0.0, 1.0, 1e-18]),
    (ops.log, ([1.0, 2.0, 0.5],), {}, [0.0, LN2, -LN2]),
    (ops.sqrt, ([0.0, 9.0, 0.25],), {}, [0.0, 3.0, 0.5]),
    (ops.sin, ([0.0, math.pi / 2, math.pi / 6],), {}, [0.0, 1.0, 0.5]),
    (ops.cos, ([0.0, math.pi, math.pi / 3],), {}, [1.0, -1.0, 0.5]),
    (ops.tanh, ([0.0, LN2],), {}, [0.0, 0.6]),  # (2 - 1/2) / (2 + 1/2)
    (ops.erf, ([0.0, 0.5, -1.0],), {}, [0.0, 0.5204998778130465, -0.8427007929497149]),  # A & S table 7.1
    (ops.sigmoid, ([0.0, LN2, -1000.0, 1000.0],), {}, [0.5, 2 / 3, 0.0, 1.0]),
    (ops.softplus, ([0.0, math.log(3), -1000.0, 1000.0],), {}, [LN2, 2 * LN2, 0.0, 1000.0]),
    (ops.broadcast_to, ([1.0, 2.0],), {"shape": (2, 2), "dtype": "float64"}, [[1.0, 2.0], [1.0, 2.0]]),
    (ops.broadcast_to, (0.5,), {"shape": (2,), "dtype": "float64"}, [0.5, 0.5]),
    (ops.expand_dims, ([1.0, 2.0],), {"axis": 1}, [[1.0], [2.0]]),
    (ops.reduce_sum, ([[1.0, 2.0], [3.0, 4.0]],), {"axes": (0,)}, [4.0, 6.0]),
    (ops.reduce_sum, ([[1.0, 2.0], [3.0, 4.0]],), {"axes": ()}, [[1.0, 2.0], [3.0, 4.0]]),
    (ops.reduce_sum, ([True, True, False],), {"axes": (0,)}, 2),
    (ops.count_true, ([[True, True], [False, True]],), {}, 3),
    (ops.reduce_mean, ([[1.0, 2.0], [3.0, 4.0]],), {"axes": (1,)}, [1.5, 3.5]),
    (ops.reduce_max, ([[1.0, 4.0], [3.0, 2.0]],), {"axes": (0, 1)}, 4.0),
    (ops.argmax, ([[1.0, 4.0], [3.0, 2.0]],), {}, [1, 0]),
    (ops.cast, ([0, 3],), {"dtype": "float64"}, [0.0, 3.0]),
    (ops.softmax, ([[0.0, LN2, 0.0], [1000.0, 1000.0, 0.0]],), {}, [[0.25, 0.5, 0.25], [0.5, 0.5, 0.0]]),
    (ops.log_sum_exp, ([[0.0, LN2, 0.0], [1000.0, 0.0, 0.0]],), {}, [2 * LN2, 1000.0]),
    (ops.pick, ([[1.0, 2.0], [3.0, 4.0]], [1, 0]), {}, [2.0, 3.0]),
    (ops.one_hot, ([2, 0],), {"classes": 3, "dtype": "float64"}, [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
    (ops.reshape, ([[1.0, 2.0], [3.0, 4.0]],), {"shape": (1, 4)}, [[1.0, 2.0, 3.0, 4.0]]),
    (ops.transpose, ([[1.0, 2.0, 3.0]],), {"axes": (1, 0)}, [[1.0], [2.0], [3.0]]),
    (ops.transpose, ([[1.0, 2.0], [3.0, 4.0]],), {"axes": (0, 1)}, [[1.0, 2.0], [3.0, 4.0]]),
    (ops.transpose, ([[[1.0, 2.0], [3.0, 4.0]]],), {"axes": (1, 2, 0)}, [[[1.0], [2.0]], [[3.0], [4.0]]]),
    (ops.slice_axis, ([[1.0, 2.0, 3.0]],), {"axis": 1, "start": 1, "stop": 3}, [[2.0, 3.0]]),
    (ops.slice_gradient, ([[2.0, 3.0]],), {"size": 4, "axis": 1, "start": 1}, [[0.0, 2.0, 3.0, 0.0]]),
    (ops.concatenate, ([[1.0]], [[2.0, 3.0]]), {"axis": 1}, [[1.0, 2.0, 3.0]]),
    (ops.pad, ([[2.0, 3.0]],), {"around": ((1, 0), (0, 1))}, [[0.0, 0.0, 0.0], [2.0, 3.0, 0.0]]),
    (ops.reverse, ([[1.0, 2.0], [3.0, 4.0]],), {"axis": 0}, [[3.0, 4.0], [1.0, 2.0]]),
    (ops.gather, ([[1.0, 2.0], [3.0, 4.0]], [1, 1, 0]), {}, [[3.0, 4.0], [3.0, 4.0], [1.0, 2.0]]),
    (ops.gather_gradient, ([[1.0], [2.0], [4.0]], [2, 0, 2]), {"count": 3}, [[2.0], [0.0], [5.0]]),
    (ops.matmul, ([[1.0, 2.0], [3.0, 4.0]], [[5.0], [6.0]]), {}, [[17.0], [39.0]]),
    (ops.convolution, (ROW, [[[10.0]], [[1.0]]]), SLIDE, [[[14.0], [42.0]]]),
    (
        ops.convolution_input_gradient,
        ([[[1.0], [3.0]]], [[[10.0]], [[1.0]]]),
        {"size": (3,), **SLIDE},
        [[[10.0], [31.0], [3.0]]],  # 1 10, 1 1 + 3 10, 3 1
    ),
    (
        ops.convolution_kernel_gradient,
        (ROW, [[[1.0], [3.0]]]),
        {"window": (2,), **SLIDE},
        [[[13.0]], [[10.0]]],  # 1 1 + 4 3, 4 1 + 2 3
    ),
    (ops.max_pool, (ROW,), POOL, [[[4.0], [4.0]]]),
    (ops.max_pool_gradient, ([[[1.0], [3.0]]], ROW), POOL, [[[0.0], [4.0], [0.0]]]),
    (ops.max_pool_pick, ([[[7.0], [8.0], [9.0]]], ROW), POOL, [[[8.0], [8.0]]]),
    (ops.average_pool, (ROW,), POOL, [[[2.5], [3.0]]]),
    (ops.average_pool_gradient, ([[[1.0], [3.0]]],), {"size": (3,), **POOL}, [[[0.5], [2.0], [1.5]]]),
]
ELSEWHERE = {"item", "call", "scan", "random_uniform"}  # test_control, test_scan_slice, test_randomness


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_rules_agree_with_formula(op):
    """Shape and dtype in float32 and float64; first and second order gradients against differences."""
    check_op(op)


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_there_are_samples_or_a_reason(op):
    assert op.samples or op.source


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "expected"),
    VALUES,
    ids=[f"{place} {row[0].name}" for place, row in enumerate(VALUES)],
)
def test_value(op, inputs, attributes, expected):
    result = run(op, *inputs, **attributes)
    np.testing.assert_allclose(result, expected, rtol=1e-15, atol=1e-16, strict=isinstance(expected, list))


def test_every_primitive_has_a_value_worked_out_by_hand():
    assert {row[0].name for row in VALUES} | ELSEWHERE == set(PRIMITIVES)


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_formula_speaks_of_nothing_unknown(op):
    """A formula is an expression over its inputs, its attributes, its helpers, NumPy and math."""
    texts = (
        [op.numpy] if isinstance(op.numpy, str) else [op.numpy(built(op, sample)) for sample in op.samples]
    )
    texts += [op.number] if op.number is not None else []
    known = {"np", "math", "n", "body", *vars(builtins), *(helper.__name__ for helper in op.helpers)}
    known |= {"x", "y", "z", *(f"x{place}" for place in range(9)), *rule_names(op)}
    for text in texts:
        names = {part.id for part in ast.walk(ast.parse(text, mode="eval")) if isinstance(part, ast.Name)}
        assert names <= known, text


@pytest.mark.parametrize("op", PRIMITIVES.values(), ids=PRIMITIVES)
def test_helpers_are_functions_whose_source_can_be_printed(op):
    for helper in op.helpers:
        assert inspect.getsource(helper).startswith(f"def {helper.__name__}(")
        assert helper.__doc__


def test_operators_are_primitives_of_the_same_name():
    assert operators == {**PRIMITIVES, "part": ops.part}


def test_the_list_knows_each_primitive_by_its_name():
    assert [op.name for op in PRIMITIVES.values()] == list(PRIMITIVES)
    assert repr(PRIMITIVES["tanh"]) == "<primitive tanh>"


def built(op: Primitive, sample: ops.Sample) -> Node:
    """The node of an operation on a sample."""
    with Graph() as graph:
        inputs = [
            value
            if isinstance(value, float | int)
            else graph.input(f"x{place}", np.shape(value), np.asarray(value).dtype.name)
            for place, value in enumerate(sample.inputs)
        ]
        return op(*inputs, **sample.attributes)


def rule_names(op: Primitive) -> set[str]:
    """The names of the attributes that a shape rule takes."""
    parameters = inspect.signature(op.shape).parameters.values()
    attributes = {name for sample in op.samples for name in sample.attributes}
    return attributes | {parameter.name for parameter in parameters if parameter.name == "index"}
