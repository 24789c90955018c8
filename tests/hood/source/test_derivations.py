"""Derivations: a sentence for every primitive, above every gradient, and none that is not so."""

from __future__ import annotations

import io
import math
import re
import tokenize

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.graph import CONSTANT, Graph
from pellucid.hood.source.sentences import SENTENCES, UNBROKEN, Step, said
from pellucid.layers import Dense
from pellucid.ops import PRIMITIVES, broadcast_to, reduce_sum, stop_gradient
from pellucid.testing import evaluation
from pellucid.transforms import gradient

pytestmark = pytest.mark.slow

NAMES = each_case()


def without_comments(text):
    """Return what Python sees of a program."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token[:2] for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL)]


def explained(text):
    """Return, for each gradient in a program, whether a comment stands above it or above what prepares it."""
    found, above = {}, False
    functions = [
        part for part in text.split("\n\n\n") if re.match(r"def (train_step|\w+_backward)\(|    #", part)
    ]
    for line in "\n".join(functions).splitlines():
        text = line.strip()
        if text.startswith("# ") and re.match(r"# (forward|loss|metrics|backward|update): ", text):
            above = False
        elif text.startswith("# "):
            above = True
        elif re.match(r"d_\w+ = ", text):
            found[text] = above
            above = False
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_has_one_and_the_program_stays_the_same(name):
    model = CASES[name].model()
    told = model.numpy_source(derivations=True)
    assert without_comments(told) == without_comments(model.numpy_source())
    gradients = explained(told)
    assert gradients
    assert [line for line, is_explained in gradients.items() if not is_explained] == []
    comments = [line for line in told.splitlines() if line.strip().startswith("#")]
    assert max(map(len, comments)) <= 110


def backward(model):
    told = model.numpy_source(derivations=True)
    return told[told.index("    # backward: loss") : told.index("    # update")]


def test_how_it_reads():
    model = keras.Sequential([keras.Input((3,)), Dense(4, "tanh"), Dense(2)])
    model.compile("sgd", "mse")
    assert (
        backward(model).rstrip()
        == """\
    # backward: loss
    # loss = np.mean(error ** 2): each of the 2 * n numbers counts 1 / (2 * n) in their mean; the slope
    #     of error ** 2 in error is 2 * error.
    # error = prediction - y: a difference hands its gradient on to what stands in front.
    d_prediction = error / n                                # (batch, 2)

    # backward: dense_2
    # prediction = a1 @ W2 + b2: each number of W2 meets one of a1 in every row, and gets back
    #     a1.T @ d_prediction.
    d_W2 = a1.T @ d_prediction                              # (4, 2)
    # prediction = a1 @ W2 + b2: the same b2 serves every example, so that all their gradients add up.
    d_b2 = np.sum(d_prediction, axis=0)                     # (2,)
    # prediction = a1 @ W2 + b2: each number of a1 meets one of W2 in every column, and gets back
    #     d_prediction @ W2.T.
    d_a1 = d_prediction @ W2.T                              # (batch, 4)

    # backward: dense_1
    # a1 = np.tanh(z1): the slope of a1 in z1 is 1 - a1 ** 2.
    d_z1 = d_a1 * (1 - a1 ** 2)                             # (batch, 4)
    # z1 = x @ W1 + b1: each number of W1 meets one of x in every row, and gets back x.T @ d_z1.
    d_W1 = x.T @ d_z1                                       # (3, 4)
    # z1 = x @ W1 + b1: the same b1 serves every example, so that all their gradients add up.
    d_b1 = np.sum(d_z1, axis=0)                             # (4,)"""
    )


def test_what_was_simplified_is_told_step_by_step():
    model = keras.Sequential([keras.Input((3,)), Dense(4, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    text = " ".join(backward(model).split()).replace("# ", "")
    for part in (
        "each of the n numbers counts 1 / n in their mean",
        "what is taken away, pick(z, y), gets the gradient with its sign changed",
        "only the number that the label names moves pick(z, y)",
        "its share of the sum, softmax(z)",
        "z stands in 2 places: all their gradients add up. d_z = (prediction - one_hot(y, 4)) / n",
    ):
        assert part in text


def test_where_the_steps_do_not_lead_to_the_line_nothing_is_said():
    def half(x):
        return x * stop_gradient(x)  # the program does not show what is held constant

    model = keras.Sequential([keras.Input((3,)), Dense(4, half), Dense(2)])
    model.compile("sgd", "mse")
    gradients = explained(backward(model))
    assert {line.split()[0] for line, is_explained in gradients.items() if not is_explained} == {
        "d_z1",
        "d_W1",
        "d_b1",
    }


def test_what_is_not_trained_has_no_derivations():
    model = keras.Sequential([keras.Input((3,)), Dense(1)])
    assert model.numpy_source(derivations=True) == model.numpy_source()


# ------------------------------------------------------------ the sentences
def test_every_primitive_has_a_sentence():
    assert set(SENTENCES) == set(PRIMITIVES)


def samples():
    for op in PRIMITIVES.values():
        for place, sample in enumerate(op.samples):
            yield pytest.param(op, sample, id=f"{op.name}-{place}")


def graph_of(op, sample):
    """Return a graph of one operation, and its node."""
    graph = Graph("sample")
    with graph:
        inputs = []
        for place, value in enumerate(sample.inputs):
            array = np.array(value)
            plain = isinstance(value, int | float)
            inputs.append(value if plain else graph.input(f"x{place}", array.shape, array.dtype.name))
        return graph, op(*inputs, **sample.attributes)


@pytest.mark.parametrize(("op", "sample"), list(samples()))
def test_it_can_be_said_of_every_operand(op, sample):
    _, node = graph_of(op, sample)
    for operand in range(len(node.inputs)):
        text = said(Step(node, operand), ["a", "b", "c"][: len(node.inputs)], "out", "d_out")
        assert text
        assert "{" not in text
        assert text.isprintable() or UNBROKEN in text


NAMED = {
    "np": np,
    "exp": np.exp,
    "log": np.log,
    "cos": np.cos,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "pi": math.pi,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def slopes():
    """Yield each sentence that gives a slope."""
    for op in PRIMITIVES.values():
        for sample in op.samples:
            _, node = graph_of(op, sample)
            for operand in range(len(node.inputs)):
                text = said(Step(node, operand), ["a", "b"][: len(node.inputs)], "out", "d_out")
                if (
                    text.startswith("the slope of")
                    and op.elementwise
                    and node.inputs[operand].op is not CONSTANT
                ):
                    yield pytest.param(op, sample, operand, text, id=f"{op.name}-{operand}")


@pytest.mark.parametrize(("op", "sample", "operand", "text"), list(slopes()))
def test_slopes_are_those_of_the_gradient_rule(op, sample, operand, text):
    graph, node = graph_of(op, sample)
    arrays = {f"x{place}": np.array(value) for place, value in enumerate(sample.inputs)}
    with graph:
        wide = [broadcast_to(part, shape=node.shape, dtype="float64") for part in node.inputs]
        again = op(*wide, **sample.attributes)
        (pulled,) = gradient(reduce_sum(again, axes=tuple(range(len(again.shape)))), [wide[operand]])
        graph.outputs = {("slope",): pulled, ("out",): again}
    values = evaluation.evaluate(graph, {leaf: arrays[leaf] for leaf in arrays if np.ndim(arrays[leaf])})
    expression = text.replace(UNBROKEN, " ").partition(" is ")[2].partition(", the bell")[0]
    expression = expression.replace("the other factor, ", "").replace(" itself", "")
    expression = re.sub(r"the sign of (\w)", r"np.sign(\1)", expression)
    names = dict(zip("ab", arrays.values(), strict=False)) | {"out": values["out",]}
    with np.errstate(all="ignore"):
        slope = eval(expression, NAMED | names)  # noqa: S307 - our own sentences
    np.testing.assert_allclose(np.broadcast_to(slope, node.shape), values["slope",], rtol=1e-9, atol=1e-12)
