"""What values are called: by the layer, by the user's assignment, by the value a gradient belongs to."""

from __future__ import annotations

import linecache

import pytest

from pellucid.graph import BATCH, CONSTANT, Graph, Name, Scope, name_by_assignment, named
from pellucid.ops import absolute, exp, reduce_mean, tanh
from pellucid.transforms.gradient import gradient


@pytest.fixture
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def x(graph):
    return graph.input("x", (BATCH, 3), "float64")


def name_of(graph, node):
    name = graph.notes[node].name
    return None if name is None else str(name)


def test_an_input_is_called_by_its_name(graph, x):
    assert name_of(graph, x) == "x"
    assert name_of(graph, graph.size(BATCH).inputs[1]) == "n"


def test_a_name_takes_its_owner_from_the_scope(graph, x):
    with graph.within(Scope("dense_1")):
        z = named("z", tanh(x))
        a = named("a", exp(x), owner="dense")
    assert graph.notes[z].name == Name("z", "dense_1")
    assert graph.owner(z) == "dense_1"
    assert graph.owner(a) == "dense"
    assert graph.owner(absolute(x)) == ""


def test_a_number_is_not_named_by_those_who_use_it(graph):
    number = graph.constant(2)
    assert named("two", number) is number
    assert name_of(graph, number) is None
    assert name_of(graph, graph.constant(0.9, "beta_1")) == "beta_1"


def test_a_gradient_is_called_by_its_value(graph, x):
    z = named("z", tanh(x))
    loss = named("loss", reduce_mean(exp(z), axes=(0, 1)))
    [d_z] = gradient(loss, [z])
    assert name_of(graph, d_z) == "d_z"
    assert graph.notes[d_z].primal is z
    [d_d_z] = gradient(reduce_mean(d_z * d_z, axes=(0, 1)), [d_z])
    assert name_of(graph, d_d_z) == "d_d_z"


# ------------------------------------------------------------ by assignment
def function_of(text):
    """Make a function of a text, whose lines can be found as those of a file are."""
    file = f"<lines {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {"tanh": tanh, "exp": exp, "named": named, "reduce_mean": reduce_mean}
    exec(compile(text, file, "exec"), names)
    return names["function"]


def names_after(graph, text, *arguments):
    """What the values that a function makes are called."""
    before = len(graph.notes)
    name_by_assignment(function_of(text), *arguments)
    made = list(graph.notes.items())[before:]
    return [None if note.name is None else str(note.name) for node, note in made if node.op is not CONSTANT]


def test_values_are_called_as_the_user_calls_them(graph, x):
    y = graph.input("y", (BATCH, 3), "float64")
    text = """
def function(y_true, y_pred):
    error = y_true - y_pred
    size: object = abs(error)
    small = size * size * size   # the last value made on the line has the name
    return reduce_mean(small, axes=(0, 1))
"""
    assert names_after(graph, text, y, x) == ["error", "size", None, "small", None]


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ("    value = tanh(x)", ["value"]),
        ("    value = named('z', tanh(x))", ["z"]),
        ("    tanh(x) == 1", [None, None]),
        ("    x == tanh(x)", [None, None]),
        ("    print(end=tanh(x) and '') if False else tanh(x)", [None]),
        ("    try: value = tanh(x)\n    finally: pass", [None]),
        ("    values = {}\n    values['a'] = tanh(x)", [None]),
        ("    value = (\n        tanh(x)\n    )", [None]),
        ("    value = tanh(\n        x\n    )", ["value"]),
        ("    x += 1", [None]),
        ("    for _ in range(2):\n        x = tanh(x)", [None, "x"]),
        ("    value = 2", []),
    ],
)
def test_only_a_plain_assignment_gives_a_name(graph, x, lines, names):
    assert names_after(graph, f"def function(x):\n{lines}\n", x) == names


def test_values_made_before_keep_their_names(graph, x):
    named("z", tanh(x))
    assert names_after(graph, "def function(x):\n    value = tanh(x)\n    other = exp(value)\n", x) == [
        "other"
    ]
    assert name_of(graph, tanh(x)) == "z"


def test_a_function_without_source_gives_no_names(graph, x):
    names = {"tanh": tanh}
    exec("def function(x):\n    value = tanh(x)\n    return value", names)
    assert name_of(graph, name_by_assignment(names["function"], x)) is None
