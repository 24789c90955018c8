"""The checks find what is wrong: a judge that passes everything would pass the other tests too."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.errors import CheckError, GraphError, ShapeError, UnknownNameError
from pellucid.graph import BATCH, NUMBER, TIME, Graph, Size
from pellucid.ops import PRIMITIVES, Primitive, Sample
from pellucid.testing import check_gradient, check_op, evaluate


def cube(**changes):
    """A correct primitive, x ** 3, or one with something wrong."""
    fields = {
        "shape": lambda x: (x.shape, x.dtype),
        "numpy": "x * x * x",
        "gradient": lambda g, out, x: (g * (3 * x * x),),
        "samples": [Sample([[1.0, -2.0], [0.5, 3.0]])],
        "source": "",
        "number": "x ** 3",
        "elementwise": True,
    }
    return Primitive("cube", **{**fields, **changes})


# ------------------------------------------------------------ check_op
def test_a_correct_primitive_passes():
    check_op(cube())
    assert "cube" not in PRIMITIVES


def constant_slope(g, out, x):
    """The right slope, held constant: only the second order is wrong."""
    return (g * ops.stop_gradient(3 * x * x),)


WRONG = {
    "slope": (
        {"gradient": lambda g, out, x: (g * (2 * x * x),)},
        r"the first gradient with respect to x0 is wrong at \(0, 0\): expected .* by central differences",
    ),
    "slope at one place": (
        {"gradient": lambda g, out, x: (g * ops.select(x > 2, 26.9, 3 * x * x),)},
        r"wrong at \(1, 1\)",
    ),
    "no slope": ({"gradient": lambda g, out, x: (None,)}, "the first gradient"),
    "not a number": (
        {"gradient": lambda g, out, x: (g * (3 * x * x) * (0 * x / (x - 1) + 1),)},
        r"wrong at \(0, 0\)",
    ),
    "second order": ({"gradient": constant_slope}, "the second gradient with respect to x0"),
    "shape": (
        {"numpy": "x[0]"},
        r"result of 'cube' .* is not what the graph says: expected float32 \(2, 2\), received float32 \(2,\)",
    ),
    "dtype": ({"numpy": "x.astype(np.float32) ** 3"}, r"expected float64 \(2, 2\), received float32 "),
    "wider dtype": ({"numpy": "x * np.float64(1)"}, r"expected float32 \(2, 2\), received float64 \(2, 2\)"),
    "number": ({"number": "x ** 2"}, "'cube' has another formula for numbers, 'x \\*\\* 2', than for arrays"),
    "kind of number": ({"number": "np.float64(x)"}, "expected a Python number, received float64"),
    "samples": ({"samples": []}, "'cube' has no samples: expected one, or a source"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.filterwarnings("ignore:invalid value")  # 0 / 0 in "not a number"
def test_what_is_wrong_is_found(wrong):
    changes, sentence = WRONG[wrong]
    with pytest.raises(CheckError, match=sentence):
        check_op(cube(**changes))


def test_a_missing_rule_is_found():
    with pytest.raises(GraphError, match=r"'cube' .* has no gradient"):
        check_op(cube(gradient=None))


def test_a_reason_may_stand_for_samples():
    check_op(cube(samples=[], source="nothing to see"))


def test_a_failed_check_is_an_assertion():
    with pytest.raises(AssertionError):
        check_op(cube(samples=[]))


# ------------------------------------------------------------ check_gradient
def test_whole_numbers_and_truth_values_are_passed_on():
    check_gradient(lambda x, i, t: ops.select(t, ops.gather(x, i), 0), [[1.0, 2.0]], [0, 0], [True, False])


def test_arrays_are_left_as_they_were():
    array = np.array([1.0, 2.0], "float32")
    check_gradient(ops.tanh, array)
    assert array.tolist() == [1, 2]
    assert array.dtype == np.float32


def test_there_must_be_something_to_differentiate():
    with pytest.raises(CheckError, match="there is nothing to differentiate"):
        check_gradient(lambda i: ops.cast(i, dtype="float64"), [1, 2])


def test_an_empty_array_has_a_gradient():
    check_gradient(ops.tanh, np.zeros((0, 3)))


def test_a_kink_is_seen():
    """At 0 the slope of relu is 0 by rule, and 1/2 by differences."""
    with pytest.raises(
        CheckError, match=r"wrong at \(1,\): expected 0.\d+ by central differences, received 0.0"
    ):
        check_gradient(lambda x: ops.maximum(x, 0), [1.0, 0.0])


# ------------------------------------------------------------ evaluate
@pytest.fixture
def graph():
    graph = Graph()
    with graph:
        x, m = graph.input("x", (BATCH, 2), "float64"), graph.state(("weights", "m"), (2,), "float64")
        graph.outputs = {("y",): x * m, ("weights", "m"): m + 1}
    return graph


STATE = {("weights", "m"): np.array([1.0, 2.0])}


def test_outputs_come_by_their_path_and_can_be_state(graph):
    x = np.ones((3, 2))
    first = evaluate(graph, {"x": x}, STATE)
    assert first["y",].tolist() == [[1, 2]] * 3
    assert evaluate(graph, {"x": x}, first)["y",].tolist() == [[2, 3]] * 3


def test_what_is_not_needed_need_not_be_given(graph):
    graph.outputs = {("weights", "m"): graph.outputs["weights", "m"]}
    assert evaluate(graph, {}, STATE)["weights", "m"].tolist() == [2, 3]


def test_a_missing_input_or_state_is_named(graph):
    with pytest.raises(GraphError, match=r"the input 'x' is missing: expected float64 \(batch, 2\)"):
        evaluate(graph, {}, STATE)
    with pytest.raises(GraphError, match=r"the state 'weights/m' is missing: expected float64 \(2,\)"):
        evaluate(graph, {"x": np.ones((3, 2))})


def test_an_unknown_input_is_named(graph):
    with pytest.raises(UnknownNameError, match=r"no input is called 'X': .*; try 'x'"):
        evaluate(graph, {"X": np.ones((3, 2))}, STATE)


@pytest.mark.parametrize(
    ("value", "received"),
    [
        (np.ones((3, 3)), r"float64 \(3, 3\)"),
        (np.ones(2), r"float64 \(2,\)"),
        (np.ones((3, 2), "f"), r"float32 \(3, 2\)"),
        ([[1.0, 2.0]], "a Python list"),
        (1.0, "1.0, a Python float"),
    ],
)
def test_an_input_of_another_kind_is_named(graph, value, received):
    with pytest.raises(
        (CheckError, ShapeError), match=f"the input 'x' is not what the graph says: .*{received}"
    ):
        evaluate(graph, {"x": value}, STATE)


def test_symbolic_sizes_are_one_number_in_a_run():
    graph = Graph()
    with graph:
        x, y = graph.input("x", (BATCH,), "float64"), graph.input("y", (Size(2, ("batch",)),), "float64")
        graph.outputs = {("x",): x, ("y",): y, ("n",): graph.size(BATCH)}
    assert evaluate(graph, {"x": np.ones(3), "y": np.ones(6)})["n",] == 3
    for counts in ((3, 5), (3, 7), (3, 8)):
        arrays = {name: np.ones(count) for name, count in zip("xy", counts, strict=True)}
        with pytest.raises(CheckError, match=rf"expected float64 \(6,\), received float64 \({counts[1]},\)"):
            evaluate(graph, arrays)


def test_a_size_that_nothing_settles_is_named():
    graph = Graph()
    with graph:
        graph.outputs = {("t",): graph.size(TIME)}
    with pytest.raises(ShapeError, match="the size 'time' is unknown: expected an input whose shape has it"):
        evaluate(graph, {})


@pytest.mark.parametrize("value", [np.float64(1), True, None, np.array(1)], ids=repr)
def test_a_number_is_pythons_own(value):
    graph = Graph()
    with graph:
        rate = graph.state(("rate",), (), NUMBER)
        graph.outputs = {("rate",): rate}
    assert evaluate(graph, {}, {("rate",): 0.5}) == {("rate",): 0.5}
    with pytest.raises(
        CheckError, match="the state 'rate' is not what the graph says: expected a Python number"
    ):
        evaluate(graph, {}, {("rate",): value})
