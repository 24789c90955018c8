"""The one neuron on which most numbers here are worked out, and how to look at a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import keras

__all__ = ["gradients", "neuron"]


def neuron(optimizer: Any, loss: str = "mean_squared_error", **options: Any) -> Any:
    """Make a model with one weight w, which starts at 1, and the prediction w x.

    Args:
        optimizer: how it learns.
        loss: what it learns by.
        options: more for its layer.
    """
    layer = keras.layers.Dense(1, use_bias=False, input_dim=1, dtype="float64", **options)
    model = keras.Sequential([layer])
    model.compile(optimizer=optimizer, loss=loss)
    model.set_weights([[[1.0]]])
    return model


def gradients(
    layers: Sequence[Any], loss: Any, weights: Sequence[Any], x: Any, y: Any, **fit: Any
) -> list[np.ndarray]:
    """Return the gradient of a batch: what gradient descent with a learning rate of 1 subtracts."""
    model = keras.Sequential(layers)
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=1.0), loss=loss)
    model.set_weights(weights)
    model.fit(x, y, batch_size=len(x), epochs=1, shuffle=False, verbose=0, **fit)
    return [
        np.asarray(before, float) - after for before, after in zip(weights, model.get_weights(), strict=True)
    ]
