"""Convolution and its gradients: numbers worked out by hand, the definition, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.graph import BATCH, TIME, Graph, Node, check
from pellucid.ops import (
    convolution,
    convolution_input_gradient,
    convolution_kernel_gradient,
    reduce_mean,
    reduce_sum,
    tanh,
)
from pellucid.testing import check_gradient, evaluate
from pellucid.transforms import gradient, simplify

from .running import run
from .windows import convolution_by_definition, options

OPTIONS = ("strides", "padding", "dilation")
PLAIN = {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilation": (1, 1), "groups": 1}
IMAGE = np.arange(9.0).reshape(1, 3, 3, 1)  # 0 1 2 / 3 4 5 / 6 7 8


def plane(values):
    """One filter's kernel, of one channel, from a table."""
    return np.array(values)[:, :, None, None]


# ------------------------------------------------------------ worked out by hand
@pytest.mark.parametrize(
    ("kernel", "changed", "expected"),
    [
        ([[1.0, 1.0], [1.0, 1.0]], {}, [[0 + 1 + 3 + 4, 1 + 2 + 4 + 5], [3 + 4 + 6 + 7, 4 + 5 + 7 + 8]]),
        ([[1.0, 0.0], [0.0, -1.0]], {}, [[0 - 4, 1 - 5], [3 - 7, 4 - 8]]),  # it is not turned round
        ([[2.0]], {}, [[0, 2, 4], [6, 8, 10], [12, 14, 16]]),
        ([[2.0]], {"strides": (2, 2)}, [[0, 4], [12, 16]]),
        ([[2.0]], {"strides": (2, 1)}, [[0, 2, 4], [12, 14, 16]]),
        ([[1.0, 1.0]], {"strides": (1, 2)}, [[0 + 1], [3 + 4], [6 + 7]]),  # the third column is never seen
        ([[1.0, 10.0]], {"dilation": (1, 2)}, [[0 + 20], [3 + 50], [6 + 80]]),
        (np.ones((3, 3)), {}, [[36]]),
        (
            np.ones((3, 3)),
            {"padding": ((1, 1), (1, 1)), "strides": (2, 2)},
            [[0 + 1 + 3 + 4, 1 + 2 + 4 + 5], [3 + 4 + 6 + 7, 4 + 5 + 7 + 8]],
        ),
        (np.ones((2, 2)), {"padding": ((0, 1), (0, 0)), "strides": (2, 1)}, [[8, 12], [13, 15]]),
        (np.ones((2, 2)), {"padding": ((1, 0), (0, 0)), "strides": (2, 1)}, [[1, 3], [20, 24]]),
        (np.ones((5, 4)), {"padding": ((1, 1), (0, 1))}, [[36]]),  # larger than the image, but for padding
        ([[1.0]], {"padding": ((0, 0), (2, 0)), "strides": (3, 1)}, [[0, 0, 0, 1, 2]]),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_values(kernel, changed, expected):
    z = run(convolution, IMAGE, plane(kernel), **PLAIN | changed)
    assert z[0, :, :, 0].tolist() == expected


def test_every_filter_sees_all_channels():
    """Two channels and three filters at one place: a matrix product."""
    x, w = np.array([[[[1.0, 2.0]]]]), np.array([[[[1.0, 0.0, 3.0], [0.0, 1.0, 10.0]]]])
    assert run(convolution, x, w, **PLAIN).tolist() == [[[[1.0, 2.0, 3.0 + 20.0]]]]


def test_groups_see_their_own_channels_only():
    """Four channels in two groups, one filter for each: 1 + 2, and 10 (3 + 4)."""
    x, w = np.array([[[[1.0, 2.0, 3.0, 4.0]]]]), np.array([[[[1.0, 10.0], [1.0, 10.0]]]])
    assert run(convolution, x, w, **PLAIN | {"groups": 2}).tolist() == [[[[3.0, 70.0]]]]


def test_as_many_groups_as_channels():
    """Depthwise, two filters for each channel: those of the first channel come first."""
    x, w = np.array([[[[1.0, 100.0]]]]), np.array([[[[2.0, 3.0, 4.0, 5.0]]]])
    assert run(convolution, x, w, **PLAIN | {"groups": 2}).tolist() == [[[[2.0, 3.0, 400.0, 500.0]]]]


def test_a_number_that_no_window_reaches_gets_no_gradient():
    """With stride 2, a window of 2 has two places on five rows; the fifth row is never seen."""
    g, w = np.ones((1, 2, 1, 1)), np.ones((2, 2, 1, 1))
    d_x = run(convolution_input_gradient, g, w, size=(5, 2), **PLAIN | {"strides": (2, 1)})
    assert d_x[0, :, :, 0].tolist() == [[1, 1], [1, 1], [1, 1], [1, 1], [0, 0]]


# ------------------------------------------------------------ the definition
@st.composite
def cases(draw):
    """Whole numbers as inputs: sums of their products are exact, in whatever order."""
    chosen, groups = draw(options()), draw(st.sampled_from([1, 1, 2, 3]))
    batch, channels, filters = draw(st.integers(0, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    random = np.random.default_rng(draw(st.integers(0, 100)))
    shapes = [(batch, *chosen.size, channels * groups), (*chosen.window, channels, filters * groups)]
    shapes.append((batch, *chosen.places, filters * groups))
    return chosen, groups, [random.integers(-9, 9, shape).astype("float64") for shape in shapes]


@given(cases())
@settings(max_examples=60, deadline=None)
def test_it_is_what_the_definition_says(case):
    chosen, groups, (x, w, _) = case
    z = run(convolution, x, w, **chosen.named(*OPTIONS), groups=groups)
    assert np.array_equal(z, convolution_by_definition(x, w, chosen, groups))


@given(cases())
@settings(max_examples=60, deadline=None)
def test_the_three_are_gradients_of_each_other(case):
    """The sum of z g is linear in x and in w: it is the sum of x d_x, and that of w d_w."""
    chosen, groups, (x, w, g) = case
    rest = {**chosen.named(*OPTIONS), "groups": groups}
    z = run(convolution, x, w, **rest)
    d_x = run(convolution_input_gradient, g, w, size=chosen.size, **rest)
    d_w = run(convolution_kernel_gradient, x, g, window=chosen.window, **rest)
    assert (d_x.shape, d_w.shape) == (x.shape, w.shape)
    assert (z * g).sum() == (x * d_x).sum() == (w * d_w).sum()


def test_float32_stays_float32():
    x, w = IMAGE.astype("float32"), np.ones((2, 2, 1, 1), "float32")
    assert run(convolution, x, w, **PLAIN).dtype == "float32"


def test_an_input_that_must_not_be_written_to():
    x = IMAGE.copy()
    x.flags.writeable = False
    run(convolution, x, plane([[1.0]]), **PLAIN)
    assert x.tolist() == IMAGE.tolist()


# ------------------------------------------------------------ in a graph
@pytest.mark.slow
def test_gradients_of_a_small_network():
    """Two layers, so that every primitive meets the gradients of the others, first and second order."""
    random = np.random.default_rng(1)
    sizes = ((2, 5, 5, 1), (3, 3, 1, 2), (2,), (2, 2, 1, 2))
    arrays = [random.uniform(-1, 1, size) for size in sizes]

    def network(x: Node, kernel_1: Node, bias: Node, kernel_2: Node) -> Node:
        a = tanh(convolution(x, kernel_1, **PLAIN | {"strides": (2, 1)}) + bias)
        return convolution(a, kernel_2, **PLAIN | {"groups": 2, "padding": ((1, 0), (0, 1))}) ** 2

    check_gradient(network, *arrays)


@pytest.mark.parametrize("form", [check, simplify], ids=["as built", "simplified"])
def test_the_batch_may_be_symbolic(form):
    graph = Graph()
    with graph:
        x, w = graph.input("x", (BATCH, 4, 4, 1), "float32"), graph.input("w", (2, 2, 1, 3), "float32")
        z = convolution(x, w, **PLAIN | {"strides": (2, 2)})
        loss = reduce_mean(z * z, axes=(0, 1, 2, 3))
        d_w, d_x = gradient(loss, [w, x])
        graph.outputs = {("loss",): loss, ("d_w",): d_w, ("d_x",): d_x}
    assert z.shape == (BATCH, 2, 2, 3)
    for batch in (1, 3):
        arrays = {"x": np.ones((batch, 4, 4, 1), "f"), "w": np.ones((2, 2, 1, 3), "f")}
        results = evaluate(form(graph), arrays)
        assert results["loss",] == 16  # each of the equal results is 4
        np.testing.assert_allclose(results["d_w",], 8 / 3, rtol=1e-6)  # 2 z, a third for each filter
        np.testing.assert_allclose(results["d_x",], 8 / (4 * batch), rtol=1e-6)  # 2 z, of 4 batch places


def test_no_examples_at_all():
    graph = Graph()
    with graph:
        x, w = graph.input("x", (BATCH, 3, 3, 2), "float64"), graph.input("w", (2, 2, 1, 2), "float64")
        z = convolution(x, w, **PLAIN | {"groups": 2})
        d_x, d_w = gradient(reduce_sum(z, axes=(0, 1, 2, 3)), [x, w])
        graph.outputs = {("z",): z, ("d_x",): d_x, ("d_w",): d_w}
    results = evaluate(graph, {"x": np.zeros((0, 3, 3, 2)), "w": np.ones((2, 2, 1, 2))})
    assert results["z",].shape == (0, 2, 2, 2)
    assert results["d_x",].shape == (0, 3, 3, 2)
    assert results["d_w",].tolist() == np.zeros((2, 2, 1, 2)).tolist()


# ------------------------------------------------------------ how it is written
@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "convolve(x, y)"),
        ({"strides": (2, 2)}, "convolve(x, y, strides=2)"),
        ({"strides": (2, 1), "padding": ((1, 1), (1, 1))}, "convolve(x, y, strides=(2, 1), padding=1)"),
        (
            {"padding": ((0, 1), (0, 1)), "groups": 2},
            "convolve(x, y, padding=((0, 1), (0, 1)), groups=2)",
        ),
        ({"dilation": (3, 3)}, "convolve(x, y, dilation=3)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_options_that_are_as_usual_are_not_written(changed, text):
    with Graph() as graph:
        x = graph.input("x", (BATCH, 7, 7, 2), "float32")
        w = graph.input("w", (2, 2, 2 // changed.get("groups", 1), 2), "float32")
        assert convolution.numpy(convolution(x, w, **PLAIN | changed)) == text


# ------------------------------------------------------------ what is refused
def refused(x, w, **changed):
    """Return the sentence of the error for arrays of these shapes."""
    with Graph() as graph, pytest.raises((ArgumentError, ShapeError)) as caught:
        convolution(graph.input("x", x, "float32"), graph.input("w", w, "float32"), **PLAIN | changed)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize(
    ("x", "w", "changed", "sentence"),
    [
        (
            (BATCH, 4, 4, 3),
            (2, 2, 1, 3),
            {},
            r"ShapeError: .* so many channels: expected 1 on the last axis, received \(batch, 4, 4, 3\) with",
        ),
        (
            (BATCH, 2, 4, 1),
            (3, 3, 1, 1),
            {},
            r"ShapeError: this window is larger .*: expected at most 2 x 4, received a window of 3 x 3\.",
        ),
        (
            (BATCH, 2, 4, 1),
            (3, 3, 1, 1),
            {"dilation": (2, 2), "padding": ((1, 0), (0, 0))},
            "expected at most 3 x 4 with its padding, received a window of 3 x 3 that spans 5 x 5",
        ),
        ((BATCH, TIME, 4, 1), (2, 2, 1, 1), {}, r"one to three known sizes, .* \(batch, time, 4, 1\)"),
        ((BATCH, 4), (2, 2, 1, 1), {}, r"no window can move over this array: .* received \(batch, 4\)"),
        ((BATCH, 2, 2, 2, 2, 1), (2, 2, 1, 1), {}, "one to three known sizes"),
        ((BATCH, 4, 1), (2, 2, 1, 1), {}, "this kernel cannot move over 1 axes"),
        ((BATCH, 4, 4, 2), (2, 2, 2), {}, "expected 2 sizes of a window, channels / groups, filters"),
        ((BATCH, 0, 4, 1), (1, 1, 1, 1), {}, "expected at most 0 x 4, received a window of 1 x 1"),
        ((BATCH, 4, 4, 0), (1, 1, 0, 1), {}, "groups=1 for 0 channels and 1 filters"),
        ((BATCH, 4, 4, 4), (2, 2, 2, 3), {"groups": 2}, "groups=2 for 4 channels and 3 filters"),
        ((BATCH, 4, 4, 3), (2, 2, 1, 2), {"groups": 2}, "groups=2 for 3 channels and 2 filters"),
        ((BATCH, 4, 4, 2), (2, 2, 2, 2), {"groups": 0}, "ArgumentError: these groups cannot be made"),
        ((BATCH, 4, 4, 1), (0, 2, 1, 1), {}, r"window cannot be used: .* at least 1, received \(0, 2\)"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"strides": (0, 1)}, "strides cannot be used: .* at least 1"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"strides": (1,)}, "a tuple of 2 whole numbers"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"strides": 2}, "strides cannot be used: .* received 2"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"dilation": (1, 1.0)}, "dilation cannot be used"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"padding": ((1, -1), (0, 0))}, r"at least 0, received \(1, -1\)"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"padding": (1, 1)}, "padding cannot be used"),
        ((BATCH, 4, 4, 1), (2, 2, 1, 1), {"padding": ((0, 0),)}, "a tuple of 2 pairs"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict | tuple) else "",
)
def test_refusals(x, w, changed, sentence):
    assert re.search(sentence, refused(x, w, **changed))


def test_gradients_refuse_what_the_window_did_not_make():
    with Graph() as graph:
        x, w = graph.input("x", (BATCH, 4, 4, 1), "float32"), graph.input("w", (2, 2, 1, 3), "float32")
        g = graph.input("g", (BATCH, 3, 2, 3), "float32")
        expected = r"expected \(batch, 3, 3, 3\), received \(batch, 3, 2, 3\)"
        with pytest.raises(ShapeError, match=expected):
            convolution_input_gradient(g, w, size=(4, 4), **PLAIN)
        with pytest.raises(ShapeError, match=expected):
            convolution_kernel_gradient(x, g, window=(2, 2), **PLAIN)
        with pytest.raises(ArgumentError, match="size cannot be used"):
            convolution_input_gradient(g, w, size=(4, 4, 1), **PLAIN)
        with pytest.raises(ArgumentError, match="window cannot be used"):
            convolution_kernel_gradient(x, g, window=(2,), **PLAIN)


@pytest.mark.parametrize(("first", "second"), [("float32", "float64"), ("int64", "int64")])
def test_dtypes(first, second):
    with Graph() as graph:
        x, w = graph.input("x", (1, 4, 4, 1), first), graph.input("w", (2, 2, 1, 1), second)
        with pytest.raises(DtypeError):
            convolution(x, w, **PLAIN)
