"""Small models and examples that the tests of this folder share."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from pellucid.layers import Dense, Dropout
from pellucid.models import Sequential
from pellucid.utils import set_random_seed

__all__ = ["X", "Y", "classifier", "deep", "line", "state_of", "yes_or_no"]

X = np.random.default_rng(5).normal(size=(12, 2))
Y = X @ [[1.0], [-2.0]] + 0.5


def line(
    w: float = 0.0, b: float = 0.0, optimizer: Any = "sgd", loss: Any = "mse", **options: Any
) -> Sequential:
    """A single unit with one input, in float64, with these weights: its numbers are easily worked out."""
    model = Sequential([Dense(1, input_shape=[1], dtype="float64")])
    model.set_weights([[[w]], [b]])
    model.compile(optimizer, loss, **options)
    return model


def deep(optimizer: Any = "adam", seed: int = 1, **options: Any) -> Sequential:
    """Two inputs, one output, and everything in between whose state training goes on from."""
    set_random_seed(seed)
    model = Sequential([Dense(6, activation="tanh", input_shape=[2]), Dropout(0.25), Dense(1)])
    model.compile(optimizer, "mse", **options)
    return model


def classifier(loss: Any = "sparse_categorical_crossentropy", **options: Any) -> Sequential:
    """Two inputs, three classes."""
    model = Sequential([Dense(3, activation="softmax", input_shape=[2])])
    model.compile("sgd", loss, **options)
    return model


def yes_or_no(**options: Any) -> Sequential:
    """Two inputs, one probability."""
    model = Sequential([Dense(1, activation="sigmoid", input_shape=[2])])
    model.compile("sgd", "binary_crossentropy", **options)
    return model


def state_of(model: Sequential, folder: Any) -> dict[str, Any]:
    """All that a model is and remembers: its file to the last byte, its history and its compilation."""
    path = folder / "state.safetensors"
    model.save(path)
    history = model.history and (model.history, deepcopy(model.history.history), list(model.history.epoch))
    return {
        "file": path.read_bytes(),
        "shape": model.example_shape,
        "built": model.built,
        "history": history,
        "compiled": (model.optimizer, model.loss, model.chosen_metrics, model.compilations),
    }
