"""The rule of a linear network: multiplied out by hand, and as it is written."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential
from pellucid.errors import ShapeError
from pellucid.hood.formulas.rule import Rule
from pellucid.layers import Activation, Dense, Dropout, Flatten, Normalization


def model_of(*layers, inputs=1):
    return Sequential([Input((inputs,)), *layers])


def rule_of(model, names, answer):
    model.feature_names, model.answer_names = names, answer
    (rule,) = model.formula().rules
    return rule


# ------------------------------------------------------------ multiplied out
def test_one_layer():
    model = model_of(Dense(1), inputs=2)
    model.set_weights([[[3], [-2]], [5]])
    rule = rule_of(model, ["a", "b"], "y")
    assert (rule.inputs, rule.output) == (("a", "b"), "y")
    assert (rule.coefficients, rule.intercept) == ((3, -2), 5)


def test_layers_upon_one_another():
    model = model_of(Dense(2), Dropout(0.5), Activation("linear"), Dense(1, use_bias=False))
    model.set_weights([[[1, 2]], [10, 20], [[3], [4]]])
    rule = rule_of(model, ["x"], "y")
    # 3 (x + 10) + 4 (2 x + 20) = 11 x + 110
    assert (rule.coefficients, rule.intercept) == ((11,), 110)


def test_scaled_inputs_and_answers():
    model = model_of(
        Normalization(mean=[10.0], variance=[4.0]),
        Dense(1),
        Normalization(mean=100.0, variance=25.0, invert=True),
    )
    model.set_weights([*model.get_weights()[:2], [[6]], [7], *model.get_weights()[4:]])
    rule = rule_of(model, ["x"], "y")
    # 100 + 5 (6 (x - 10) / 2 + 7) = 15 x - 15
    assert (rule.coefficients, rule.intercept) == ((15,), -15)


def test_inputs_of_several_axes():
    model = Sequential(
        [
            Input((2, 2)),
            Normalization(axis=1, mean=[1.0, 2.0], variance=[1.0, 4.0]),
            Dense(1),
            Flatten(),
            Dense(1),
        ]
    )
    model.set_weights([[1, 2], [1, 4], [[10], [100]], [0], [[1], [2]], [3]])
    (rule,) = model.formula().rules
    # 10 (a - 1) + 100 (b - 1) + 2 (10 (c - 2) / 2 + 100 (d - 2) / 2) + 3
    assert rule.coefficients == (10, 100, 10, 100)
    assert rule.intercept == -110 - 220 + 3


def test_gives_the_answers_of_the_network():
    random = np.random.default_rng(0)
    x = random.normal(3, 2, size=(20, 4)) * [1, 1e-3, 1e6, 1]
    scale, back = Normalization(dtype="float64"), Normalization(dtype="float64", invert=True)
    scale.adapt(x)
    back.adapt(random.normal(size=20))
    hidden = [Dense(units, dtype="float64") for units in (5, 3, 1)]
    model = Sequential([scale, *hidden, back])
    rule = rule_of(model, list("abcd"), "y")
    np.testing.assert_allclose(
        x @ rule.coefficients + rule.intercept, model.predict(x, verbose=0)[:, 0], rtol=1e-9
    )


@pytest.mark.parametrize("layer", [Dense(1, "tanh"), Activation("relu")], ids=["dense", "activation"])
def test_there_is_none_unless_every_layer_is_linear(layer):
    assert model_of(Dense(1), layer, Dense(1)).formula().rules == ()


def test_layers_of_the_users_own_are_multiplied_out_too():
    class Twice(Dense):
        def call(self, inputs):
            return 2 * super().call(inputs)

    model = model_of(Twice(1))
    model.set_weights([[[3]], [5]])
    (rule,) = model.formula().rules
    assert (rule.coefficients, rule.intercept) == ((6,), 10)


def test_numbers_must_fit_names():
    with pytest.raises(
        ShapeError, match="expected 2 coefficients, and 3 tolerances if any, received 1 and 3"
    ):
        Rule("y", ["a", "b"], [1.0], 0.0)


# ------------------------------------------------------------ what is left out, and how many digits there are
def scaled_model(slopes, intercept, means, deviations, spread):
    """Make a network of a known rule that knows how large its inputs and answers usually are."""
    scale = Normalization(mean=means, variance=np.square(deviations), dtype="float64")
    back = Normalization(mean=intercept, variance=spread**2, invert=True, dtype="float64")
    model = model_of(scale, Dense(1, dtype="float64"), back, inputs=len(slopes))
    kernel = np.multiply(slopes, deviations) / spread
    model.get_layer("dense").set_weights([kernel[:, None], [np.dot(slopes, means) / spread]])
    return model


def test_what_changes_nothing_is_left_out():
    model = scaled_model([2, 1e-9], intercept=1e-9, means=[1, 5], deviations=[3, 1], spread=6)
    rule = rule_of(model, ["a", "b"], "y")
    assert rule.coefficients[1] == rule.intercept == 0
    assert str(rule) == "y = 2 * a"


def test_a_small_number_of_a_large_column_stays():
    model = scaled_model([2, 3e-9], intercept=7, means=[1, 1e9], deviations=[3, 1e9], spread=6)
    assert str(rule_of(model, ["a", "b"], "y")) == "y = 2 * a + 3e-09 * b + 7"


def test_numbers_have_the_digits_that_the_answer_needs():
    # Inputs are about 2000 and answers vary by 1: with four digits, 0.1235, they would be off by 0.1.
    model = scaled_model([0.123456789], intercept=-246.0, means=[2000], deviations=[10], spread=1)
    assert str(rule_of(model, ["year"], "height")) == "height = 0.1234568 * year - 246"


# ------------------------------------------------------------ as it is written
@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Rule("f", ["c"], [1.79794911], 31.952526), "f = 1.798 * c + 31.95"),
        (Rule("y", ["a", "b"], [-3.2, 0], -0.5), "y = -3.2 * a - 0.5"),
        (Rule("y", ["a", "b", "c"], [1, -1, 1], 0), "y = a - b + c"),
        (Rule("y", ["a"], [-1], 0), "y = -a"),
        (Rule("y", ["a"], [0], -2), "y = -2"),
        (Rule("y", ["a"], [0], 0), "y = 0"),
        (Rule("net price", ["floor area"], [2], 0), "net price = 2 * floor area"),
        (Rule("y", ["a*b", "2", 'say "x"'], [2, 3, 4], 0), 'y = 2 * "a*b" + 3 * "2" + 4 * \'say "x"\''),
    ],
    ids=str,
)
def test_is_written_as_a_formula(rule, text):
    assert str(rule) == text
    assert repr(rule) == f"<Rule {text}>"


def test_a_long_one_has_a_line_for_each_term():
    names = [f"a rather long name {letter}" for letter in "abcd"]
    assert str(Rule("price", names, [1.5, -2, 3, 4], -5)) == (
        "price = 1.5 * a rather long name a\n"
        "      - 2 * a rather long name b\n"
        "      + 3 * a rather long name c\n"
        "      + 4 * a rather long name d\n"
        "      - 5"
    )
