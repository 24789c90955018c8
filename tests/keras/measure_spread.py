"""Measure how far the golden numbers are from Keras itself, run in another way.

`KERAS_BACKEND=torch python -m tests.keras.measure_spread [--float64]` trains every row again from
the recorded weights. What it prints is what rounding alone does to a row: it must stay well below
the tolerances of `test_agreement.py`.
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from .combinations import COMBINATIONS, Combination
from .golden import EXAMPLES, NUMBERS
from .training import build_model, numbers_below, train


def spread(combination: Combination) -> np.ndarray:
    """Return the largest relative difference of an average, and by how much a value exceeds 1e-4."""
    golden = numbers_below(NUMBERS, f"combination/{combination.name}/")
    model = build_model(keras, combination)
    model.set_weights(list(numbers_below(golden, "initial ").values()))
    trained = train(keras, model, combination, EXAMPLES)
    averages = values = 0.0
    for name, recorded in golden.items():
        if name in ("history", "evaluation"):
            # Where an accuracy is 0, any difference is a difference in full.
            relative = abs(trained[name] - recorded) / np.where(recorded == 0, 1.0, abs(recorded))
            averages = max(averages, relative.max())
        elif name == "prediction" or name.startswith("final "):
            values = max(values, (abs(trained[name] - recorded) - 1e-4 * abs(recorded)).max())
    return np.array([averages, values])


def main() -> None:
    if "--float64" in sys.argv[1:]:
        keras.config.set_floatx("float64")
    spreads = {combination.name: spread(combination) for combination in COMBINATIONS}
    spreads["worst"] = np.max(list(spreads.values()), axis=0)
    for name, (averages, values) in spreads.items():
        print(f"{name:50} averages: {averages:.1e} relative   values: {values:.1e} beyond 1e-4")


if __name__ == "__main__":
    main()
