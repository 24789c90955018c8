from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pellucid import ops
from pellucid.errors import (
    ArgumentError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
)
from pellucid.graph import BATCH, Graph
from pellucid.nn import activations
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms import gradient

LN2, LN3 = math.log(2), math.log(3)
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772

# exp(ln 3) = 3, so that sigmoid(ln 3) = 3/4, tanh(ln 3) = (3 - 1/3) / (3 + 1/3) = 4/5 and so on.
BY_HAND = [
    ("celu", {}, [-LN2, 0, 2], [-0.5, 0, 2]),
    ("celu", {"alpha": 2.0}, [-2 * LN2, 3], [-1, 3]),  # 2 (exp(-ln 2) - 1)
    ("elu", {}, [-LN2, 0, 2], [-0.5, 0, 2]),
    ("elu", {"alpha": 2.0}, [-LN2, 3], [-1, 3]),
    ("exponential", {}, [0, LN3], [1, 3]),
    ("gelu", {}, [-1, 0, 1], [-0.15865525393145707, 0, 0.8413447460685429]),  # 1 standard deviation: 68.27%
    ("gelu", {"approximate": True}, [-1, 0, 1], [-0.15880800939172324, 0, 0.8411919906082768]),
    ("glu", {}, [1, 2, 0, LN3], [0.5, 1.5]),
    ("hard_shrink", {}, [-2, -0.5, 0.25, 0.75], [-2, 0, 0, 0.75]),
    ("hard_shrink", {"threshold": 1.0}, [-2, 0.75], [-2, 0]),
    ("hard_sigmoid", {}, [-4, -1.5, 0, 1.5, 4], [0, 0.25, 0.5, 0.75, 1]),
    ("hard_silu", {}, [-4, -1.5, 0, 1.5, 4], [0, -0.375, 0, 1.125, 4]),
    ("hard_swish", {}, [-1.5, 4], [-0.375, 4]),
    ("hard_tanh", {}, [-4, -0.5, 0.5, 4], [-1, -0.5, 0.5, 1]),
    ("leaky_relu", {}, [-2, 0, 3], [-0.4, 0, 3]),
    ("leaky_relu", {"negative_slope": 0.5}, [-2, 3], [-1, 3]),
    ("linear", {}, [-2, 0, 3], [-2, 0, 3]),
    ("log_sigmoid", {}, [0, LN3], [-LN2, math.log(0.75)]),
    ("log_softmax", {}, [0, LN3], [math.log(0.25), math.log(0.75)]),
    ("mish", {}, [0, LN3], [0, LN3 * 15 / 17]),  # tanh(ln 4) = (4 - 1/4) / (4 + 1/4)
    ("relu", {}, [-2, 0, 3], [0, 0, 3]),
    ("relu", {"negative_slope": 0.5}, [-2, 3], [-1, 3]),
    ("relu", {"max_value": 2.0}, [-2, 1, 3], [0, 1, 2]),
    ("relu", {"threshold": 1.0}, [-2, 1, 3], [0, 0, 3]),
    ("relu", {"negative_slope": 0.5, "max_value": 2.0, "threshold": 1.0}, [-2, 1, 1.5, 3], [-1.5, 0, 1.5, 2]),
    ("relu6", {}, [-2, 3, 7], [0, 3, 6]),
    ("selu", {}, [-LN2, 2], [-SCALE * ALPHA / 2, 2 * SCALE]),
    ("sigmoid", {}, [-LN3, 0, LN3], [0.25, 0.5, 0.75]),
    ("silu", {}, [-LN3, 0, LN3], [-0.25 * LN3, 0, 0.75 * LN3]),
    ("soft_shrink", {}, [-2, -0.25, 0.5, 2], [-1.5, 0, 0, 1.5]),
    ("soft_shrink", {"threshold": 1.0}, [-2, 0.75], [-1, 0]),
    ("softmax", {}, [0, LN3], [0.25, 0.75]),
    ("softplus", {}, [0, LN3], [LN2, math.log(4)]),
    ("softsign", {}, [-1, 0, 3], [-0.5, 0, 0.75]),
    ("sparse_plus", {}, [-2, -1, 0, 1, 3], [0, 0, 0.25, 1, 3]),
    ("sparse_sigmoid", {}, [-2, -0.5, 0, 1, 3], [0, 0.25, 0.5, 1, 1]),
    ("sparsemax", {}, [1, 0.5, -1], [0.75, 0.25, 0]),  # t = (1 + 0.5 - 1) / 2
    ("sparsemax", {}, [7, 7, 7, 7], [0.25, 0.25, 0.25, 0.25]),
    ("sparsemax", {}, [2, 0.5], [1, 0]),
    ("squareplus", {}, [-1.5, 0, 1.5], [0.5, 1, 2]),  # sqrt(2.25 + 4) = 2.5
    ("squareplus", {"b": 9}, [-4, 0, 4], [0.5, 1.5, 4.5]),
    ("swish", {}, [LN3], [0.75 * LN3]),
    ("tanh", {}, [-LN3, 0, LN3], [-0.8, 0, 0.8]),
    ("tanh_shrink", {}, [0, LN3], [0, LN3 - 0.8]),
    ("threshold", {"threshold": 1.0, "default_value": -7.0}, [0, 1, 2], [-7, -7, 2]),
]
CASES = [pytest.param(name, options, id=f"{name} {options or ''}".strip()) for name, options, *_ in BY_HAND]
EVERY = sorted({name for name, *_ in BY_HAND})
BY_NUMBER = sorted(set(EVERY) - {"glu", "log_softmax", "softmax", "sparsemax", "threshold"})


def slopes(function, x):
    """The derivative of the sum of the results with respect to each number of x."""
    x = np.asarray(x)
    with Graph() as graph:
        z = graph.input("x", x.shape, x.dtype.name)
        y = function(z)
        graph.outputs["slopes",] = gradient(ops.reduce_sum(y, axes=tuple(range(len(y.shape)))), [z])[0]
    return evaluate(graph, {"x": x})["slopes",]


def test_there_is_every_activation_of_keras():
    keras = [
        "celu",
        "elu",
        "exponential",
        "gelu",
        "glu",
        "hard_shrink",
        "hard_sigmoid",
        "hard_silu",
        "hard_swish",
        "hard_tanh",
        "leaky_relu",
        "linear",
        "log_sigmoid",
        "log_softmax",
        "mish",
        "relu",
        "relu6",
        "selu",
        "sigmoid",
        "silu",
        "soft_shrink",
        "softmax",
        "softplus",
        "softsign",
        "sparse_plus",
        "sparse_sigmoid",
        "sparsemax",
        "squareplus",
        "swish",
        "tanh",
        "tanh_shrink",
        "threshold",
    ]
    assert keras == EVERY
    for name in keras:
        assert activations.get(name) is getattr(activations, name)


@pytest.mark.parametrize(("name", "options", "x", "y"), BY_HAND)
def test_values_worked_out_by_hand(name, options, x, y):
    result = getattr(activations, name)(np.array(x, float), **options)
    np.testing.assert_allclose(result, y, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_gradients_against_differences(name, options):
    """Away from the bends, at 0, 0.5, 1, 2, 3 and 6; close together where only the largest count."""
    x = np.array([-7.3, -4.2, -2.6, -1.7, -1.2, -0.8, -0.3, 0.2, 0.7, 1.3, 2.3, 3.4, 6.6, 9.1])
    x = x / 20 if name == "sparsemax" else x
    check_gradient(lambda node: getattr(activations, name)(node, **options), x)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_result_has_the_dtype_of_x(name, options, dtype):
    x = np.array([[-2.0, -0.5, 0.0, 3.0]], dtype)
    result = getattr(activations, name)(x, **options)
    assert result.dtype == dtype
    assert slopes(lambda node: getattr(activations, name)(node, **options), x).dtype == dtype


# ------------------------------------------------------------ bends and ends
@pytest.mark.parametrize(
    ("name", "options", "x", "slope"),
    [
        ("relu", {}, 0, 0),
        ("relu", {"max_value": 6.0}, 0, 0),
        ("relu6", {}, 0, 0),
        ("relu6", {}, 6, 0),
        ("leaky_relu", {}, 0, 0.2),
        ("relu", {"negative_slope": 0.2}, 0, 0.2),
        ("elu", {"alpha": 2.0}, 0, 2),
        ("celu", {"alpha": 2.0}, 0, 1),
        ("selu", {}, 0, SCALE * ALPHA),
        ("soft_shrink", {}, 0.5, 0),
        ("hard_shrink", {}, 0.5, 0),
        ("sparse_plus", {}, 1, 1),
        ("sparse_plus", {}, -1, 0),
    ],
)
def test_slopes_where_two_pieces_meet(name, options, x, slope):
    found = slopes(lambda node: getattr(activations, name)(node, **options), [float(x)])
    np.testing.assert_allclose(found, [slope])


# What each tends to far out, and its slope: 1 stands for x itself.
ENDS = {
    "celu": (-1, 0, "x", 1),
    "elu": (-1, 0, "x", 1),
    "exponential": (0, 0, np.inf, np.inf),
    "gelu": (0, 0, "x", 1),
    "hard_shrink": ("x", 1, "x", 1),
    "hard_sigmoid": (0, 0, 1, 0),
    "hard_silu": (0, 0, "x", 1),
    "hard_swish": (0, 0, "x", 1),
    "hard_tanh": (-1, 0, 1, 0),
    "leaky_relu": ("0.2 x", 0.2, "x", 1),
    "linear": ("x", 1, "x", 1),
    "log_sigmoid": ("x", 1, 0, 0),
    "mish": (0, 0, "x", 1),
    "relu": (0, 0, "x", 1),
    "relu6": (0, 0, 6, 0),
    "selu": (-SCALE * ALPHA, 0, "selu", SCALE),
    "sigmoid": (0, 0, 1, 0),
    "silu": (0, 0, "x", 1),
    "soft_shrink": ("x", 1, "x", 1),
    "softplus": (0, 0, "x", 1),
    "softsign": (-1, 0, 1, 0),
    "sparse_plus": (0, 0, "x", 1),
    "sparse_sigmoid": (0, 0, 1, 0),
    "squareplus": (0, 0, "x", 1),
    "swish": (0, 0, "x", 1),
    "tanh": (-1, 0, 1, 0),
    "tanh_shrink": ("x", 1, "x", 1),
}


@pytest.mark.parametrize("name", BY_NUMBER)
@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 1e8), ("float32", 1e20), ("float32", 3e38), ("float64", 1e300)]
)
def test_huge_numbers_have_a_value_and_a_slope(name, dtype, size):
    meant = {"x": 1, "0.2 x": 0.2, "selu": SCALE}
    low, slope_low, high, slope_high = ENDS[name]
    ends = [sign * size * meant[end] if end in meant else end for sign, end in ((-1, low), (1, high))]
    x = np.array([-size, size], dtype)
    function = getattr(activations, name)
    with np.errstate(all="ignore"):  # exp, squares and scale x may overflow on the way; the results must hold
        np.testing.assert_allclose(function(x), np.array(ends, dtype), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(slopes(function, x), [slope_low, slope_high], rtol=1e-6, atol=1e-7)


def test_huge_numbers_in_the_approximate_gelu():
    x = np.array([-3e38, -1e20, 1e20, 3e38], np.float32)
    np.testing.assert_array_equal(activations.gelu(x, approximate=True), [0, 0, x[2], x[3]])
    found = slopes(lambda node: activations.gelu(node, approximate=True), x)
    np.testing.assert_array_equal(found, [0, 0, 1, 1])


@pytest.mark.parametrize("name", ["softmax", "sparsemax"])
def test_probabilities_of_huge_numbers(name):
    x = np.array([[1e30, -1e30, 0], [-1e30, -1e30, -1e30]], np.float32)
    result = getattr(activations, name)(x)
    np.testing.assert_allclose(result, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)


@pytest.mark.parametrize("name", ["softmax", "sparsemax"])
def test_what_is_masked_by_minus_infinity_has_no_probability(name):
    x = np.array([-np.inf, 0.0, -np.inf, 0.0])
    np.testing.assert_allclose(getattr(activations, name)(x), [0, 0.5, 0, 0.5])


# ------------------------------------------------------------ rows
@given(
    arrays.arrays(
        np.float64,
        st.tuples(st.integers(1, 4), st.integers(1, 6)),
        elements=st.floats(-3, 3).map(lambda number: round(number, 2)),  # so that there are ties
    )
)
def test_sparsemax_equals_the_algorithm_that_sorts(x):
    """Martins & Astudillo 2016, algorithm 1."""
    ordered = -np.sort(-x, axis=1)
    sums = np.cumsum(ordered, axis=1)
    places = np.arange(1, x.shape[1] + 1)
    count = np.max(places * (1 + places * ordered > sums + 1e-12), axis=1, keepdims=True)
    t = (np.take_along_axis(sums, count - 1, axis=1) - 1) / count
    np.testing.assert_allclose(activations.sparsemax(x), np.maximum(x - t, 0), atol=1e-9)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "glu"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_any_axis(name, axis):
    x = np.random.default_rng(0).normal(size=(2, 4, 6))
    function = getattr(activations, name)
    expected = np.moveaxis(function(np.moveaxis(x, axis, -1)), -1, axis)
    np.testing.assert_allclose(function(x, axis=axis), expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sparsemax", "glu"])
@pytest.mark.parametrize(
    ("shape", "axis"), [((2, 4), 2), ((2, 4), -3), ((), -1), ((2, 4), None), ((2, 4), 1.0)]
)
def test_an_axis_that_is_not_there(name, shape, axis):
    with pytest.raises(ArgumentError, match="there is no such axis"):
        getattr(activations, name)(np.zeros(shape), axis=axis)


def test_only_an_even_axis_has_halves():
    with pytest.raises(ShapeError, match="an even size, received 3"):
        activations.glu(np.zeros((2, 3)))
    with Graph() as graph, pytest.raises(ShapeError, match="an even size, received batch"):
        activations.glu(graph.input("x", (BATCH, 4), "float32"), axis=0)


@pytest.mark.parametrize(
    ("name", "options"),
    [("squareplus", {"b": 0}), ("celu", {"alpha": 0}), ("soft_shrink", {"threshold": -1})],
)
def test_parameters_without_meaning(name, options):
    with pytest.raises(ArgumentError, match="cannot be used"):
        getattr(activations, name)(np.zeros(3), **options)


# ------------------------------------------------------------ names and configurations
def custom(x):
    return x * 2


def test_get():
    assert activations.get(None) is activations.linear
    assert activations.get("relu") is activations.relu
    assert activations.get(custom) is custom
    assert activations.get({"class_name": "function", "config": "elu"}) is activations.elu


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no activation is called 'rellu'.*try 'relu'"):
        activations.get("rellu")


@pytest.mark.parametrize("identifier", [3, 2.5, [], {"config": {}}, {"class_name": 3}], ids=repr)
def test_what_is_no_activation(identifier):
    with pytest.raises(ArgumentError, match="this is no activation"):
        activations.get(identifier)


@pytest.mark.parametrize("name", EVERY)
def test_written_down_and_made_again(name):
    function = getattr(activations, name)
    written = activations.serialize(function)
    assert written == {"swish": "silu", "hard_swish": "hard_silu"}.get(name, name)
    assert activations.deserialize(written) is function


def test_a_function_of_the_users():
    written = activations.serialize(custom)
    assert written == {"class_name": "function", "config": "custom"}
    assert activations.deserialize(written, {"custom": custom}) is custom
    with pytest.raises(UnknownNameError, match="'custom'"):
        activations.deserialize(written)


def test_a_users_function_with_the_name_of_ours_is_not_taken_for_it():
    def relu(x):
        return x

    assert activations.serialize(relu) == {"class_name": "function", "config": "relu"}


def test_a_lambda_cannot_be_written_down():
    with pytest.raises(UnsupportedError, match="a function with a name"):
        activations.serialize(lambda x: x)


def test_titles():
    assert activations.title(activations.swish) == "silu"
    assert activations.title(custom) == "custom"
    assert activations.title(lambda x: x) == "custom activation"
