"""The text that a graph prints: for people, and complete, since it stands for the graph."""

from __future__ import annotations

from pellucid.graph import BATCH, NUMBER, TIME, Graph, Name, Scope, Size, named
from pellucid.ops import call, item, reduce_mean, reshape, scan
from pellucid.transforms.gradient import gradient

CELSIUS = """\
graph celsius
  given
    x = input                                                           float32 (batch, 1)
    y = input                                                           float32 (batch, 1)
  forward: dense (1 unit, linear)
    W = state weights/dense/kernel                                      float32 (1, 1)
    %3 = matmul(x, W)                                                   float32 (batch, 1)
    b = state weights/dense/bias                                        float32 (1,)
    z = add(%3, b)                                                      float32 (batch, 1)
  loss: loss (mean squared error)
    error = subtract(z, y)                                              float32 (batch, 1)
    %7 = multiply(error, error)                                         float32 (batch, 1)
    loss = reduce_mean(%7, axes=(0, 1))                                 float32 ()
  backward: loss (mean squared error)
    n = size of batch                                                   number
    %10 = multiply(1, n)                                                number
    %11 = divide(1, %10)                                                number
    %12 = broadcast_to(%11, dtype='float32', shape=(batch, 1))          float32 (batch, 1)
    %13 = multiply(%12, error)                                          float32 (batch, 1)
    d_z = add(%13, %13)                                                 float32 (batch, 1)
  backward: dense (1 unit, linear)
    d_b = reduce_sum(d_z, axes=(0,))                                    float32 (1,)
  update: optimizer (SGD)
    learning_rate = 0.1                                                 number
    %17 = multiply(learning_rate, d_b)                                  float32 (1,)
    %18 = subtract(b, %17)                                              float32 (1,)
  results
    loss: loss
    weights/dense/bias: %18"""


def test_a_training_step_of_one_weight():
    graph = Graph("celsius")
    with graph:
        x, y = (graph.input(name, (BATCH, 1), "float32") for name in "xy")
        with graph.within(Scope("dense", "1 unit, linear")):
            weights = graph.state(("weights", "dense/kernel"), (1, 1), "float32", Name("W"))
            product = x @ weights
            bias = graph.state(("weights", "dense/bias"), (1,), "float32", Name("b"))
            z = named("z", product + bias)
        with graph.within(Scope("loss", "mean squared error", "loss")):
            error = named("error", z - y)
            loss = named("loss", reduce_mean(error * error, axes=(0, 1)))
        [slope] = gradient(loss, [bias])
        with graph.within(Scope("optimizer", "SGD", "update")):
            new = bias - graph.constant(0.1, "learning_rate") * slope
        graph.outputs = {("loss",): loss, ("weights", "dense/bias"): new}
    assert str(graph) == CELSIUS


LOOP = """\
graph graph
  given
    x = input                                                           float64 (time, 2)
    m = input start                                                     float64 (2,)
    %2 = scan(m, x, body=sum, memories=1, sequences=1)                  float64 (2,), float64 (time, 2)
      graph sum
        given
          m = input                                                     float64 (2,)
          x = input                                                     float64 (2,)
          %2 = add(m, x)                                                float64 (2,)
        results
          m: %2
    %3 = item(%2, index=0)                                              float64 (2,)
    %4 = scan(%3, x, body=sum, memories=1, sequences=1)                 float64 (2,), float64 (time, 2)
    %5 = item(%4, index=0)                                              float64 (2,)
  results
    last: %5"""


def test_a_graph_inside_a_node_is_written_once():
    body = Graph("sum")
    with body:
        m, x = (body.input(name, (2,), "float64") for name in "mx")
        body.outputs = {("m",): m + x}
    graph = Graph()
    with graph:
        x, last = graph.input("x", (TIME, 2), "float64"), named("m", graph.input("start", (2,), "float64"))
        for _ in range(2):
            last = item(scan(last, x, body=body, memories=1, sequences=1), index=0)
        graph.outputs = {("last",): last}
    assert str(graph) == LOOP


def test_two_values_of_one_name_are_told_apart():
    graph = Graph()
    with graph:
        x = graph.input("x", (), "float64")
        first, second = named("a", x + 1.0), named("a", x + 1)
        graph.outputs = {("sum",): first * second}
    lines = str(graph).splitlines()
    assert [line.split()[0] for line in lines[2:6]] == ["x", "a", "a%2", "%3"]
    assert "%3 = multiply(a, a%2)" in lines[5]
    assert "a = add(x, 1.0)" in lines[3]


def test_dead_nodes_are_not_written_and_no_line_ends_in_blanks():
    graph = Graph("small")
    with graph:
        x = graph.input("x", (BATCH, 4), "float32")
        x + 1
        graph.outputs = {("rows",): reshape(x, shape=(Size(2, ("batch",)), 2))}
    assert "add" not in str(graph)
    assert "reshape(x, shape=(2 * batch, 2))" in str(graph)
    assert all(line == line.rstrip() for line in str(graph).splitlines())


def test_the_text_differs_where_the_graph_does():
    def text(value=1, shape=(2,), dtype="float32", path=("m",), name="x", constant=None):
        graph = Graph()
        with graph:
            x, m = graph.input(name, shape, dtype), graph.state(path, shape, dtype, Name("m"))
            graph.outputs = {("y",): named("x", x + m) * graph.constant(value, constant)}
        return str(graph)

    changes = [
        {},
        {"value": 1.0},
        {"shape": (3,)},
        {"dtype": "float64"},
        {"path": ("v",)},
        {"name": "z"},
        {"constant": "rate"},
        {"value": 2, "constant": "rate"},
    ]
    assert len({text(**change) for change in changes}) == len(changes)


def test_a_call_shows_what_it_computes():
    body = Graph("double")
    with body:
        t = body.input("t", (), NUMBER)
        body.outputs = {("y",): 2 * t}
    graph = Graph()
    with graph:
        graph.outputs = {("y",): item(call(3, body=body), index=0)}
    assert "    %0 = call(3, body=double)" in str(graph)
    assert "          %1 = multiply(2, t)" in str(graph)
