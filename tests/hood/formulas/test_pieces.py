"""Networks made of straight lines: every piece says what the network answers there."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from tests.engines.models import ACTIVATIONS

import pellucid as keras
from pellucid.hood.formulas import pieces
from pellucid.hood.formulas.cells import Interval, Polygon
from pellucid.layers import AveragePooling1D, Conv1D, Dense, Flatten, GlobalMaxPooling1D, MaxPooling1D

from .evaluating import evaluate_rule, inside

pytestmark = pytest.mark.slow

STRAIGHT = {
    "hard_shrink",
    "hard_sigmoid",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "relu",
    "relu6",
    "soft_shrink",
    "sparse_sigmoid",
    "sparsemax",
}


def network(inputs, *layers, seed=3):
    keras.utils.set_random_seed(seed)
    return keras.Sequential([keras.Input(inputs), *layers])


def hidden(units, activation):
    return Dense(units, activation, bias_initializer=keras.initializers.RandomNormal(stddev=1.0))


def examples(count, inputs):
    random = np.random.default_rng(0)
    sizes = np.repeat([0.3, 3, 300], count // 3)[:, None]
    return (random.normal(size=(len(sizes), inputs)) * sizes).astype(np.float32)


def holds(where, x):
    """Whether an example lies in a cell or on its border."""
    if isinstance(where, Interval):
        return where.low <= x[0] <= where.high
    if isinstance(where, Polygon):
        lines = np.array([edge.line for edge in where.edges if not edge.line[3]]).reshape(-1, 4)
        return bool((lines[:, 0] * x[0] + lines[:, 1] * x[1] + lines[:, 2] >= -1e-9).all())
    return True


def check(model, x):
    """Compare what the pieces say of examples with the answers; return how many pieces there are."""
    found = model.formula().pieces
    expected = model.predict(x, verbose=0).reshape(len(x), -1)
    for example, answer in zip(x.reshape(len(x), -1).astype(float), expected, strict=True):
        holding = [piece for piece in found if holds(piece.where, example)]
        assert len(holding) == 1  # a random example lies on no border
        (piece,) = holding
        said = piece.coefficients @ example + piece.intercepts
        np.testing.assert_allclose(said, answer, rtol=1e-4, atol=1e-4 * np.abs(example).max())
    return len(found)


# ------------------------------------------------------------ by hand
def test_a_unit_of_one_input_bends_once():
    model = network((1,), Dense(1, "relu"), Dense(1))
    model.set_weights([[[2]], [-3], [[5]], [7]])
    # 5 max(2 x - 3, 0) + 7
    left, right = model.formula().pieces
    assert (left.where.low, left.where.high, right.where.low, right.where.high) == (-np.inf, 1.5, 1.5, np.inf)
    assert (left.coefficients, left.intercepts) == ([[0]], [7])
    assert (right.coefficients, right.intercepts) == ([[10]], [-8])
    assert "    for x < 1.5:   y = 7\n    for x >= 1.5:  y = 10 * x - 8\n" in str(model.formula())


def test_two_units_of_two_inputs_cut_the_plane_into_four():
    model = network((2,), Dense(2, "relu"), Dense(1, use_bias=False))
    model.set_weights([[[1, 0], [0, 1]], [0, -1], [[1], [10]]])
    # max(x1, 0) + 10 max(x2 - 1, 0)
    formula = model.formula()
    slopes = sorted((*piece.coefficients[0], *piece.intercepts) for piece in formula.pieces)
    assert slopes == [(0, 0, 0), (0, 10, -10), (1, 0, 0), (1, 10, -10)]
    (upper,) = [piece for piece in formula.pieces if piece.coefficients.tolist() == [[1, 10]]]
    assert [near for near, far in upper.where.corners if far == (0, 0)] == [(0, 1)]
    assert "y = x1 + 10 * x2 - 10" in str(formula)


def test_bends_that_cancel_are_no_bends():
    model = network((1,), Dense(2, "relu"), Dense(1, use_bias=False))
    model.set_weights([[[1, -1]], [0, 0], [[1], [-1]]])
    # max(x, 0) - max(-x, 0) = x
    (rule,) = model.formula().rules
    assert (rule.coefficients, rule.intercept) == ((1,), 0)


def test_a_unit_that_counts_for_nothing_cuts_nothing():
    model = network((2,), Dense(3, "relu"), Dense(1, use_bias=False))
    model.set_weights([[[1, 0, 1], [0, 1, -1]], [0, 0, 1], [[1], [2], [0]]])
    assert len(model.formula().pieces) == 4
    model.set_weights([[[1, 0, 1], [0, 1, -1]], [0, 0, 1], [[1], [0], [0]]])
    assert len(model.formula().pieces) == 2


def test_lines_through_one_point():
    model = network((2,), Dense(3, "relu"), Dense(1, use_bias=False))
    model.set_weights([[[1, 0, 1], [0, 1, -1]], [0, 0, 0], [[1], [2], [4]]])
    assert len(model.formula().pieces) == 6
    check(model, examples(30, 2))


def test_parallel_lines():
    model = network((2,), Dense(3, "relu"), Dense(1, use_bias=False))
    model.set_weights([[[1, 2, -3], [1, 2, -3]], [0, 1, 3], [[1], [1], [1]]])
    # they lie where x1 + x2 is 0, -1 / 2 and 1
    assert len(model.formula().pieces) == 4
    check(model, examples(30, 2))


@pytest.mark.parametrize(
    ("activation", "answers"),
    [("hard_shrink", [-2, 0, 0, 0, 2]), ("soft_shrink", [-1.5, 0, 0, 0, 1.5])],
)
def test_at_the_bend_itself(activation, answers):
    """Where a function jumps, it is said which side the border belongs to."""
    model = network((1,), Dense(1, activation, kernel_initializer="ones"))
    x = [-2, -0.5, 0, 0.5, 2]
    assert model.predict(x, verbose=0).ravel().tolist() == answers
    text = str(model.formula())
    rows = re.findall(r"for (.*?):  +y = (.*)", text)
    for number, answer in zip(x, answers, strict=True):
        values = [evaluate_rule(rule, {"x": number}) for place, rule in rows if inside(place, {"x": number})]
        assert values == [answer]


# ------------------------------------------------------------ whatever the bends are
@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_of_every_activation(activation, inputs):
    model = network((inputs,), hidden(4, activation), hidden(4, activation), Dense(2))
    formula = model.formula()
    assert bool(formula.pieces) == (activation in STRAIGHT)
    assert bool(formula.rules) == (len(formula.pieces) == 1)
    if formula.pieces:
        check(model, examples(120, inputs))


@pytest.mark.parametrize("inputs", [1, 2])
def test_the_text_says_it_too(inputs):
    model = network((inputs,), hidden(5, "relu"), Dense(1))
    x = examples(60, inputs)
    expected = model.predict(x, verbose=0).ravel()
    text = str(model.formula()).replace(":\n        y", ":  y")
    rows = re.findall(r"for (.*?): +y = (.*)", text)
    assert len(rows) == len(model.formula().pieces)
    names = ["x"] if inputs == 1 else ["x1", "x2"]
    for example, answer in zip(x.tolist(), expected, strict=True):
        numbers = dict(zip(names, example, strict=True))
        values = [evaluate_rule(rule, numbers) for place, rule in rows if inside(place, numbers)]
        assert values
        np.testing.assert_allclose(values, answer, rtol=1e-2, atol=1e-2 * max(1.0, *map(abs, example)))


def test_neighbours_agree_where_they_meet():
    found = network((1,), hidden(6, "relu"), hidden(6, "relu"), Dense(1)).formula().pieces
    assert len(found) > 6
    for left, right in pairwise(found):
        border = [left.where.high]
        assert left.where.high == right.where.low
        np.testing.assert_allclose(
            left.coefficients @ border + left.intercepts,
            right.coefficients @ border + right.intercepts,
            atol=1e-9,
        )


def test_corners_lie_on_the_pieces_around_them():
    found = network((2,), hidden(6, "relu"), hidden(4, "relu"), Dense(1)).formula().pieces
    for piece in found:
        for near, far in piece.where.corners:
            if far != (0, 0):
                continue
            around = [other for other in found if holds(other.where, near)]
            values = [(other.coefficients @ near + other.intercepts).item() for other in around]
            assert len(around) >= 2
            np.testing.assert_allclose(values, values[0], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        ((2, 1), [Conv1D(3, 2, padding="same", activation="relu"), MaxPooling1D(2), Flatten(), Dense(1)]),
        ((2, 1), [Conv1D(2, 1, activation="relu"), GlobalMaxPooling1D(), Dense(2)]),
        ((1, 2), [Dense(3, "relu"), AveragePooling1D(1), Flatten(), Dense(1)]),
        ((2, 1), [Conv1D(3, 2, padding="same"), MaxPooling1D(2, strides=1, padding="same"), Flatten()]),
    ],
    ids=["max pooling", "global", "averages", "overlapping windows"],
)
def test_layers_for_series(shape, layers):
    model = network(shape, *layers)
    assert check(model, examples(60, 2).reshape(-1, *shape)) > 1


# ------------------------------------------------------------ many, and none
def test_a_linear_network_of_many_inputs_is_one_piece():
    layers = [Conv1D(3, 4, padding="same"), AveragePooling1D(2), Flatten(), Dense(2), Dense(3)]
    model = network((10, 5), *layers)
    random = np.random.default_rng(0)
    x = random.normal(size=(9, 10, 5)).astype(np.float32)
    assert check(model, x) == 1
    text = str(model.formula())
    assert "prediction = x @ M + c, with M: 50 x 3" in text


def test_of_many_pieces_the_largest_are_shown():
    model = network((2,), hidden(8, "relu"), hidden(8, "relu"), Dense(1))
    formula = model.formula()
    text = str(formula)
    assert f"It is linear in each of {len(formula.pieces)} pieces" in text
    assert "These are the 20 largest; all of them are in `pieces`." in text
    assert text.count("\n    for ") == 20


def test_too_many_pieces_are_not_listed(monkeypatch):
    monkeypatch.setattr(pieces, "MOST", 10)
    model = network((2,), hidden(8, "relu"), Dense(1))
    formula = model.formula()
    assert formula.pieces == ()
    assert "It is made of more than 10 linear pieces: too many to list." in str(formula)


def test_bends_of_three_inputs_are_not_taken_apart():
    formula = network((3,), hidden(2, "relu"), Dense(1)).formula()
    assert (formula.pieces, formula.rules) == ((), ())
    assert formula.obstacle.startswith("It is not linear, and has too many inputs")


def test_of_many_answers_some_are_shown():
    formula = network((1,), hidden(2, "relu"), Dense(30)).formula()
    assert len(formula.rules_of(formula.pieces[0])) == 30
    assert str(formula).count("and 10 more answers") == len(formula.pieces)
    formula = network((1, 1), Dense(5000)).formula()
    assert formula.obstacle == "It has too many inputs or answers for a formula of each."


def test_what_is_too_large_is_not_multiplied_out():
    formula = network((70, 70), Flatten(), Dense(1)).formula()
    assert (formula.pieces, formula.obstacle) == ((), "It is too large to be multiplied out.")


def test_numbers_that_are_none():
    model = network((1,), Dense(2, "relu"), Dense(1))
    model.set_weights([[[np.nan, np.inf]], [0, 0], [[1], [1]], [0]])
    assert "nan" in str(model.formula())
