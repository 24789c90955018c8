"""What operations refuse, and the sentence that says so: what is wrong, what was expected, what came."""

from __future__ import annotations

import pytest

from pellucid import ops
from pellucid.errors import ArgumentError, DtypeError, GraphError, PellucidError, ShapeError
from pellucid.graph import BATCH, NUMBER, TIME, Graph
from pellucid.ops import PRIMITIVES

FUNCTIONS = (
    "exp expm1 log sqrt sin cos tanh erf sigmoid softplus softmax log_sum_exp floor divide power matmul"
)


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


@pytest.mark.parametrize("name", FUNCTIONS.split())
@pytest.mark.parametrize("dtype", ["bool", "int64", "uint8"])
def test_functions_of_fractions_refuse_other_dtypes(graph, name, dtype):
    op = PRIMITIVES[name]
    x = graph.input("x", (3, 3), dtype)
    with pytest.raises(DtypeError, match=f"numbers that can have fractions: .* received {dtype}"):
        op(*[x] * len(op.samples[0].inputs))


@pytest.mark.parametrize("name", "add subtract multiply maximum minimum greater equal select matmul".split())
def test_two_dtypes_do_not_mix(graph, name):
    x, y = graph.input("x", (2, 2), "float32"), graph.input("y", (2, 2), "float64")
    condition = [graph.input("condition", (2, 2), "bool")] if name == "select" else []
    with pytest.raises(
        DtypeError, match=r"these kinds of numbers do not mix: .* float32 and float64; try cast"
    ):
        PRIMITIVES[name](*condition, x, y)


@pytest.mark.parametrize("name", ["add", "multiply", "negative", "maximum"])
def test_whole_numbers_stay_whole(graph, name):
    op = PRIMITIVES[name]
    x = graph.input("x", (3,), "int64")
    assert op(*[x] * len(op.samples[0].inputs)).dtype == "int64"


@pytest.mark.parametrize("name", ["add", "multiply", "maximum"])
@pytest.mark.parametrize("dtype", ["int64", "bool"])
def test_whole_numbers_and_truth_values_do_not_meet_python_numbers(graph, name, dtype):
    with pytest.raises(DtypeError, match="arithmetic needs numbers that can have fractions"):
        PRIMITIVES[name](graph.input("x", (3,), dtype), 0.5)


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_not", "select"])
def test_logic_takes_truth_values_only(graph, name):
    op = PRIMITIVES[name]
    x = graph.input("x", (3,), "float32")
    with pytest.raises(
        DtypeError, match="logic needs truth values: expected bool, received float32; try x > 0"
    ):
        op(*[x] * len(op.samples[0].inputs))


@pytest.mark.parametrize("name", [op.name for op in PRIMITIVES.values() if op.number is None and op.samples])
def test_operations_without_a_formula_for_numbers_refuse_them(graph, name):
    """A Python number may be broadcast, compared and cast to an array; what is left needs an array."""
    op = PRIMITIVES[name]
    try:
        node = op(*[2.0] * len(op.samples[0].inputs), **op.samples[0].attributes)
    except PellucidError:
        return
    assert node.dtype != NUMBER


SENTENCES = [
    (
        lambda x, **_: ops.sigmoid(2.0),
        DtypeError,
        (
            "'sigmoid' needs an array: received nothing but Python numbers; "
            'try broadcast_to(x, shape=(), dtype="float32").'
        ),
    ),
    (
        lambda x, y, **_: x + y,
        ShapeError,
        (
            "these shapes do not fit together: expected equal sizes, or 1, on every axis from the right, "
            "received (batch, 3) and (2,)."
        ),
    ),
    (
        lambda x, y, **_: x @ y,
        ShapeError,
        (
            "these matrices cannot be multiplied: expected as many columns on the left as rows on the right, "
            "received (batch, 3) @ (2,)."
        ),
    ),
    (
        lambda x, flags, **_: x + flags,
        DtypeError,
        (
            "these kinds of numbers do not mix: expected one dtype, received bool and float32; "
            'try cast(x, dtype="float32").'
        ),
    ),
    (
        lambda x, **_: ops.cast(x, dtype=NUMBER),
        DtypeError,
        "only a single value can become a Python number: received (batch, 3).",
    ),
    (
        lambda x, **_: ops.count_true(x),
        DtypeError,
        "only truth values can be counted: expected bool, received float32; try x > 0.",
    ),
    (
        lambda x, **_: ops.reduce_sum(x, axes=(1, 0)),
        ArgumentError,
        (
            "these axes cannot be used: expected different axes from 0 to 1, in order, "
            "received (1, 0) for the shape (batch, 3)."
        ),
    ),
    (
        lambda x, **_: ops.reduce_mean(x, axes=(-1,)),
        ArgumentError,
        (
            "these axes cannot be used: expected different axes from 0 to 1, in order, "
            "received (-1,) for the shape (batch, 3)."
        ),
    ),
    (
        lambda one, **_: ops.reduce_sum(one, axes=(0,)),
        ArgumentError,
        "these axes cannot be used: expected no axes, received (0,) for the shape ().",
    ),
    (
        lambda none, **_: ops.reduce_max(none, axes=(0,)),
        ShapeError,
        "there must be at least one number: expected axes of size 1 or more, received (0, 3) along (0,).",
    ),
    (
        lambda one, **_: ops.softmax(one),
        ShapeError,
        "a single value has no rows: expected at least one axis, received ().",
    ),
    (
        lambda x, **_: ops.broadcast_to(x, shape=(3,), dtype="float32"),
        ShapeError,
        "a shape only grows by broadcasting: expected (3,), received (batch, 3).",
    ),
    (
        lambda x, **_: ops.broadcast_to(x, shape=(BATCH, 3), dtype="float64"),
        DtypeError,
        "broadcasting keeps the dtype: expected float64, received float32.",
    ),
    (
        lambda x, **_: ops.expand_dims(x, axis=3),
        ArgumentError,
        "there is no such place for an axis: expected 0 to 2, received 3.",
    ),
    (
        lambda x, **_: ops.reshape(x, shape=(BATCH, 4)),
        ShapeError,
        "reshape keeps all numbers: expected 3 * batch of them, received (batch, 4), which holds 4 * batch.",
    ),
    (
        lambda none, **_: ops.reshape(none, shape=(-1, 0)),
        ShapeError,
        "reshape keeps all numbers: expected 0 of them, received (-1, 0), which holds 0.",
    ),
    (
        lambda x, **_: ops.transpose(x, axes=(0, 0)),
        ArgumentError,
        "transpose needs every axis once: expected an order of [0, 1], received (0, 0).",
    ),
    (
        lambda x, **_: ops.slice_axis(x, axis=1, start=1, stop=4),
        ArgumentError,
        "this part does not exist: expected 0 to 3, received 1 to 4.",
    ),
    (
        lambda x, **_: ops.slice_axis(x, axis=2, start=0, stop=1),
        ArgumentError,
        (
            "these axes cannot be used: expected different axes from 0 to 1, in order, "
            "received (2,) for the shape (batch, 3)."
        ),
    ),
    (
        lambda x, **_: ops.slice_gradient(x, size=3, axis=1, start=1),
        ShapeError,
        "this part does not fit: expected an axis of at least 4, received 3.",
    ),
    (
        lambda x, **_: ops.pad(x, around=((0, 0), (1, -1))),
        ArgumentError,
        (
            "this padding cannot be used: expected (before, after), at least 0, for each axis of (batch, 3), "
            "received ((0, 0), (1, -1))."
        ),
    ),
    (
        lambda x, **_: ops.pad(x, around=((1, 0), (0, 0))),
        ShapeError,
        "only an axis of known size can be padded: expected a number, received batch.",
    ),
    (
        lambda x, y, **_: ops.concatenate(x, y, axis=0),
        ShapeError,
        (
            "these shapes cannot be joined along axis 0: "
            "expected a known size on it, and equal sizes on the other axes, received (batch, 3), (2,)."
        ),
    ),
    (
        lambda **_: ops.concatenate(axis=0),
        ArgumentError,
        "there is nothing to join: expected at least one array.",
    ),
    (
        lambda x, **_: ops.reverse(x, axis=-1),
        ArgumentError,
        (
            "these axes cannot be used: expected different axes from 0 to 1, in order, "
            "received (-1,) for the shape (batch, 3)."
        ),
    ),
    (
        lambda x, y, **_: ops.gather(x, y),
        DtypeError,
        "labels are whole numbers: expected int64, received float32.",
    ),
    (
        lambda one, labels, **_: ops.gather(one, labels),
        ArgumentError,
        "these axes cannot be used: expected no axes, received (0,) for the shape ().",
    ),
    (
        lambda y, labels, **_: ops.gather_gradient(y, labels, count=3),
        ShapeError,
        "every row needs one label: expected rows of shape (4,) and more axes, received (2,).",
    ),
    (
        lambda x, **_: ops.pick(x, x),
        DtypeError,
        "labels are whole numbers: expected int64, received float32.",
    ),
    (
        lambda x, labels, **_: ops.pick(x, labels),
        ShapeError,
        (
            "every row needs one label: expected labels of shape (batch,), "
            "received (4,) for a table of shape (batch, 3)."
        ),
    ),
    (
        lambda x, **_: ops.one_hot(x, classes=3, dtype="float32"),
        DtypeError,
        "labels are whole numbers: expected int64, received float32.",
    ),
    (
        lambda x, **_: ops.random_uniform(x, 0, shape=(2,), stream="a"),
        DtypeError,
        "the seed and the step are Python numbers: received float32 and number.",
    ),
    (
        lambda flags, **_: ops.select(flags, 1, 0),
        DtypeError,
        (
            "a choice between two plain numbers has no dtype: expected an array among them, "
            'received two numbers for the shape (batch, 1); try cast(condition, dtype="float32").'
        ),
    ),
    (
        lambda x, **_: ops.reduce_sum(x, axes=[0]),
        GraphError,
        (
            "'reduce_sum' cannot keep its attributes: expected numbers, texts and tuples of them, "
            "received {'axes': [0]}."
        ),
    ),
]


@pytest.mark.parametrize(("build", "error", "sentence"), SENTENCES, ids=[row[2][:50] for row in SENTENCES])
def test_sentence(graph, build, error, sentence):
    values = {
        "x": graph.input("x", (BATCH, 3), "float32"),
        "y": graph.input("y", (2,), "float32"),
        "one": graph.input("one", (), "float32"),
        "none": graph.input("none", (0, 3), "float32"),
        "flags": graph.input("flags", (BATCH, 1), "bool"),
        "labels": graph.input("labels", (4,), "int64"),
    }
    with pytest.raises(error) as caught:
        build(**values)
    assert type(caught.value) is error
    assert str(caught.value) == sentence


def test_batch_and_time_are_different_sizes(graph):
    x, y = graph.input("x", (BATCH, 3), "float32"), graph.input("y", (TIME, 3), "float32")
    with pytest.raises(ShapeError, match=r"received \(batch, 3\) and \(time, 3\)"):
        x + y
