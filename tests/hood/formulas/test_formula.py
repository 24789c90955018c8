"""model.formula(): what it says is what the model answers."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

from .evaluating import evaluate_layers

pytestmark = pytest.mark.slow

NAMES = each_case()


def letters(model):
    """Return the weights by the letters that its program and its formula call them."""
    predict = model.numpy_source().partition("def train_step")[0]
    weights = {weight.path: weight.numpy() for weight in model.weights}
    return {
        name: weights[path]
        for name, path in re.findall(r'^    (\w+) = weights\["(.*)"\]', predict, re.MULTILINE)
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_text_gives_the_answers(name):
    case = CASES[name]
    model = case.model()
    x = case.examples(model, 4)[0]
    formula, weights = model.formula(), letters(model)
    expected = model.predict(x, verbose=0)
    for example, answer in zip(x, expected, strict=True):
        found = evaluate_layers(formula, weights, example[None])
        # Numbers are printed with four digits.
        np.testing.assert_allclose(
            found.ravel(), answer.ravel(), rtol=5e-3, atol=5e-3 * np.abs(expected).max()
        )
