"""From the same weights and the same order of examples, training takes the course that it takes in Keras."""

from __future__ import annotations

import numpy as np
import pytest

import pellucid as keras

from .combinations import COMBINATIONS, Combination
from .golden import EXAMPLES, NUMBERS
from .training import build_model, numbers_below, train

pytestmark = pytest.mark.slow

# A loss or a metric is an average far from zero: a relative tolerance says all.
AVERAGE = {"rtol": 1e-4, "atol": 0.0}
# A weight or a prediction may happen to lie near zero, where its own size says nothing about the
# error that it carries. They are of size 1, so 1e-5 is a tenth of what such a one is allowed; Keras
# with another backend, or in float64, differs by up to 4e-6 there (README.md).
VALUE = {"rtol": 1e-4, "atol": 1e-5}


def test_every_row_of_the_table_has_golden_numbers_and_no_other():
    recorded = {name.split("/")[1] for name in NUMBERS if name.startswith("combination/")}
    names = [combination.name for combination in COMBINATIONS]
    assert sorted(names) == sorted(recorded)


@pytest.mark.filterwarnings("ignore::pellucid.errors.TrainingWarning")  # some have a strange head
@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda combination: combination.name)
def test_training_follows_keras(combination: Combination):
    golden = numbers_below(NUMBERS, f"combination/{combination.name}/")
    model = build_model(keras, combination)
    model.set_weights(list(numbers_below(golden, "initial ").values()))
    trained = train(keras, model, combination, EXAMPLES)

    assert list(trained["names"]) == list(golden["names"])
    for quantity in ("history", "evaluation"):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **AVERAGE, err_msg=quantity)
    for quantity in ("prediction", *(name for name in golden if name.startswith("final "))):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **VALUE, err_msg=quantity)
