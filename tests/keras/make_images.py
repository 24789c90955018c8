"""Make the golden numbers of `images.py`: `KERAS_BACKEND=jax python -m tests.keras.make_images`."""

from __future__ import annotations

import json

import numpy as np

from .images import IMAGE_COMBINATIONS, IMAGE_INTERFACES, picture_arrays
from .make_golden import HERE, comparable_defaults, made_with, trained_combinations


def main() -> None:
    versions = made_with()
    arrays = picture_arrays()
    numbers = {f"examples/{name}": array for name, array in arrays.items()}
    numbers |= trained_combinations(IMAGE_COMBINATIONS, arrays)
    np.savez_compressed(HERE / "images.npz", **numbers)
    facts = {
        "made with": versions,
        "defaults": {interface: comparable_defaults(interface) for interface in IMAGE_INTERFACES},
    }
    (HERE / "images.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
