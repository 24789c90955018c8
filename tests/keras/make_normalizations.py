"""Make the golden numbers of normalizations, as `make_golden.py` does for the rest.

Run it with `KERAS_BACKEND=jax python -m tests.keras.make_normalizations`.
"""

from __future__ import annotations

import json

import numpy as np

from .make_golden import HERE, comparable_defaults, made_with, trained_combinations
from .normalizations import NORMALIZATION_COMBINATIONS, NORMALIZATION_INTERFACES, normalization_arrays


def main() -> None:
    versions = made_with()
    arrays = normalization_arrays()
    numbers = {f"examples/{name}": array for name, array in arrays.items()}
    numbers |= trained_combinations(NORMALIZATION_COMBINATIONS, arrays)
    np.savez_compressed(HERE / "normalizations.npz", **numbers)
    facts = {
        "made with": versions,
        "defaults": {interface: comparable_defaults(interface) for interface in NORMALIZATION_INTERFACES},
    }
    (HERE / "normalizations.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
