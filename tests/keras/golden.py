"""The numbers that Keras gave, as `make_golden.py` recorded them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .training import numbers_below

__all__ = ["EXAMPLES", "FACTS", "NUMBERS"]

HERE = Path(__file__).parent

with np.load(HERE / "golden.npz", allow_pickle=False) as file:
    NUMBERS = dict(file)
FACTS = json.loads((HERE / "golden.json").read_text())
EXAMPLES = numbers_below(NUMBERS, "examples/")
