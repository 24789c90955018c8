"""Every layer, loss and optimizer that there is: the doctor can look at all of them, and blames few."""

from __future__ import annotations

import pytest
from tests.engines.models import CASES, each_case

pytestmark = pytest.mark.slow

BLAMED = {
    "last-exponential": "range of the head",  # answers on both sides of 0, which such a head cannot give
    "last-relu": "range of the head",
    "last-sigmoid": "range of the head",
    "last-softmax": "range of the head",
    "last-softplus": "range of the head",
    "last-sparsemax": "range of the head",
    "last-tanh": "range of the head",
    "pictures-float64": "range of the head",
    "categorical-probabilities": "head and loss",  # sigmoids where one of several classes is true
    "sparse-probabilities": "head and loss",
    "one-unit": "metric",
    "assigned": "learning rate too high",  # layers that change their own weights, until nothing is left
}
NAMES = each_case()


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_looked_at(name):
    case = CASES[name]
    model = case.model()
    x, y, *weights = case.examples(model, 40)
    options = {"sample_weight": weights[0]} if weights else {}
    found = {finding.kind for finding in model.check(x, y, validation_split=0.25, **options).findings}
    reasons = {kind for beginning, kind in BLAMED.items() if name.startswith(beginning)}
    assert found <= reasons
    x, y, *weights = case.examples(model, 1)
    assert str(model.check(x, y))
