"""Networks of the other layers take the course that they take in Keras; so do the layers' defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pellucid as keras

from .combinations import Combination
from .images import IMAGE_COMBINATIONS, IMAGE_INTERFACES
from .normalizations import NORMALIZATION_COMBINATIONS, NORMALIZATION_INTERFACES
from .surface import defaults
from .test_agreement import AVERAGE, VALUE
from .training import build_model, numbers_below, train

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

COMBINATIONS = {"images": IMAGE_COMBINATIONS, "normalizations": NORMALIZATION_COMBINATIONS}
INTERFACES = {"images": IMAGE_INTERFACES, "normalizations": NORMALIZATION_INTERFACES}


def numbers_of(table: str) -> dict[str, np.ndarray]:
    with np.load(HERE / f"{table}.npz", allow_pickle=False) as file:
        return dict(file)


NUMBERS = {table: numbers_of(table) for table in COMBINATIONS}
DEFAULTS = {table: json.loads((HERE / f"{table}.json").read_text())["defaults"] for table in INTERFACES}


@pytest.mark.parametrize("table", COMBINATIONS)
def test_every_row_of_the_table_has_golden_numbers_and_no_other(table: str):
    recorded = {name.split("/")[1] for name in NUMBERS[table] if name.startswith("combination/")}
    assert sorted(combination.name for combination in COMBINATIONS[table]) == sorted(recorded)


@pytest.mark.parametrize(
    ("table", "combination"),
    [
        pytest.param(table, combination, id=combination.name)
        for table, combinations in COMBINATIONS.items()
        for combination in combinations
    ],
)
def test_training_follows_keras(table: str, combination: Combination):
    golden = numbers_below(NUMBERS[table], f"combination/{combination.name}/")
    model = build_model(keras, combination)
    model.set_weights(list(numbers_below(golden, "initial ").values()))
    trained = train(keras, model, combination, numbers_below(NUMBERS[table], "examples/"))

    assert list(trained["names"]) == list(golden["names"])
    for quantity in ("history", "evaluation"):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **AVERAGE, err_msg=quantity)
    for quantity in ("prediction", *(name for name in golden if name.startswith("final "))):
        np.testing.assert_allclose(trained[quantity], golden[quantity], **VALUE, err_msg=quantity)


@pytest.mark.parametrize(
    ("table", "interface"),
    [(table, interface) for table, interfaces in INTERFACES.items() for interface in interfaces],
)
def test_arguments_have_the_defaults_and_the_order_of_keras(table: str, interface: str):
    golden = DEFAULTS[table][interface]
    here = json.loads(json.dumps(defaults(keras, interface)))  # tuples are lists there
    shared = [(name, plain(value)) for name, value in here.items() if name in golden]
    assert shared
    assert shared == [(name, plain(golden[name])) for name in golden if name in here]


def plain(value: Any) -> Any:
    """Write (2, 2) as 2, which says the same."""
    return value[0] if isinstance(value, list) and value and value == value[:1] * len(value) else value
