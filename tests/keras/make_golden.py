"""Make the golden numbers with Keras itself: `KERAS_BACKEND=jax python -m tests.keras.make_golden`.

See README.md for the environment to run this in. Nothing that the tests run imports Keras or JAX.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

import jax
import keras
import numpy as np

from .activation_cases import ACTIVATION_CASES, ActivationCase, signs
from .combinations import COMBINATIONS, Combination
from .surface import INITIALIZERS, INTERFACES, defaults, initial_kernel, statistics
from .training import build_model, numbered, train

HERE = Path(__file__).parent


def example_arrays(seed: int = 2) -> dict[str, np.ndarray]:
    """Return 32 examples in every shape that the table asks for, with answers that can be learnt."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(32, 4))
    sequence = random.normal(size=(32, 5, 3))
    values = np.sin(table @ random.normal(size=(4, 3))) + 0.1 * random.normal(size=(32, 3))
    scores = table @ random.normal(size=(4, 3)) + 0.5 * random.normal(size=(32, 3))
    label = scores.argmax(axis=1)
    arrays = {
        "table": table,
        "flat": table[:, 0],
        "picture": random.integers(0, 5, size=(32, 3, 4)),
        "sequence": sequence,
        "value": values[:, :1],
        "value_flat": values[:, 0],
        "values": values,
        "bit": (scores[:, :1] > 0).astype(float),
        "bit_flat": (scores[:, 0] > 0).astype(int),
        "bits": (scores > 0).astype(float),
        "label": label,
        "label_column": label[:, np.newaxis],
        "one_hot": np.eye(3)[label],
        "shares": np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True),
        "step_values": np.cos(sequence[:, :, :2]),
        "step_label": sequence.argmax(axis=2),
        "weight": random.uniform(0.2, 2.0, size=32),
    }
    # 32 bits, so that neither library has to round them.
    return {name: array.astype(f"{array.dtype.kind}4") for name, array in arrays.items()}


def trained_combinations(
    combinations: Iterable[Combination], arrays: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    recorded = {}
    for combination in combinations:
        # A seed of its own for every row: a row that comes or goes leaves the others as they are.
        keras.utils.set_random_seed(crc32(combination.name.encode()))
        model = build_model(keras, combination)
        numbers = numbered("initial", model.get_weights())
        numbers |= train(keras, model, combination, arrays)
        recorded |= {f"combination/{combination.name}/{name}": array for name, array in numbers.items()}
    return recorded


def activation_numbers(case: ActivationCase) -> dict[str, np.ndarray]:
    def function(x: Any) -> Any:
        return getattr(keras.activations, case.function)(x, **case.arguments)

    x = case.inputs
    values = np.asarray(function(x))
    with jax.enable_x64(True):
        exact = np.asarray(function(jax.numpy.asarray(x, np.float64)))
    # Where float32 overflows (exp of 1000) or cancels (squareplus of -10000), Keras's number is an
    # accident that nobody should have to reproduce.
    meant = np.isfinite(values) & np.isclose(values, exact, rtol=1e-5, atol=1e-6)
    rows = meant.all(axis=1)
    if not rows.all():
        print(f"{case.label}: left out x = {x[~rows].tolist()}")
    outputs, pull_back = jax.vjp(function, case.slope_inputs)
    (slopes,) = pull_back(jax.numpy.asarray(signs(len(outputs))))
    return {"x": x[rows], "value": values[rows], "slope": np.asarray(slopes)}


def comparable_defaults(interface: str) -> dict[str, Any]:
    return {name: value for name, value in defaults(keras, interface).items() if name != "name"}


def initializer_statistics() -> dict[str, dict[str, float]]:
    keras.utils.set_random_seed(1)
    return {name: statistics(initial_kernel(keras, given)) for name, given in INITIALIZERS.items()}


def made_with() -> dict[str, str]:
    """Return the versions, of which the backend must be JAX."""
    if keras.backend.backend() != "jax":
        sys.exit("The golden numbers are made with JAX under Keras: set KERAS_BACKEND=jax.")
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "jax": jax.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def main() -> None:
    versions = made_with()
    arrays = example_arrays()
    numbers = {f"examples/{name}": array for name, array in arrays.items()}
    numbers |= trained_combinations(COMBINATIONS, arrays)
    for case in ACTIVATION_CASES:
        recorded = activation_numbers(case)
        numbers |= {f"activation/{case.label}/{name}": array for name, array in recorded.items()}
    np.savez_compressed(HERE / "golden.npz", **numbers)
    facts = {
        "made with": versions,
        "defaults": {interface: comparable_defaults(interface) for interface in INTERFACES},
        "initializers": initializer_statistics(),
    }
    (HERE / "golden.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
