"""Networks with normalizations, padding and upsampling take the course that they take in Keras."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import pellucid as keras

from .combinations import Combination
from .normalizations import NORMALIZATION_COMBINATIONS, NORMALIZATION_INTERFACES
from .surface import defaults
from .test_agreement import AVERAGE, VALUE
from .training import build_model, numbers_below, train

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

with np.load(HERE / "normalizations.npz", allow_pickle=False) as file:
    NUMBERS = dict(file)
DEFAULTS = json.loads((HERE / "normalizations.json").read_text())["defaults"]


def test_every_row_of_the_table_has_golden_numbers_and_no_other():
    recorded = {name.split("/")[1] for name in NUMBERS if name.startswith("combination/")}
    assert sorted(combination.name for combination in NORMALIZATION_COMBINATIONS) == sorted(recorded)


@pytest.mark.parametrize("combination", NORMALIZATION_COMBINATIONS, ids=lambda combination: combination.name)
def test_training_follows_keras(combination: Combination):
    golden = numbers_below(NUMBERS, f"combination/{combination.name}/")
    model = build_model(keras, combination)
    model.set_weights(list(numbers_below(golden, "initial ").values()))
    trained = train(keras, model, combination, numbers_below(NUMBERS, "examples/"))

    assert list(trained["names"]) == list(golden["names"])
    for quantity in ("history", "evaluation"):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **AVERAGE, err_msg=quantity)
    for quantity in ("prediction", *(name for name in golden if name.startswith("final "))):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **VALUE, err_msg=quantity)


@pytest.mark.parametrize("interface", NORMALIZATION_INTERFACES)
def test_arguments_have_the_defaults_and_the_order_of_keras(interface: str):
    golden = DEFAULTS[interface]
    here = json.loads(json.dumps(defaults(keras, interface)))  # tuples are lists there
    shared = [(name, value) for name, value in here.items() if name in golden]
    assert shared
    assert shared == [(name, golden[name]) for name in golden if name in here]
