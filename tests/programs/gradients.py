"""The gradients that the engine trains with, for comparison with formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid import keras

__all__ = ["gradients"]


def gradients(
    layers: Sequence[Any], loss: str, weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray
) -> list[np.ndarray]:
    """Return the derivative of the mean loss with respect to each weight of a network.

    Gradient descent with a learning rate of 1 subtracts just the gradient, so one step shows it.

    Args:
        layers: those of the network, with dtype="float64".
        loss: its name.
        weights: where to take the derivatives.
        x: examples.
        y: what they should give.
    """
    model = keras.Sequential(layers)
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=1.0), loss=loss)
    model.set_weights(weights)
    model.fit(x, y, batch_size=len(x), epochs=1, verbose=0)
    return [before - after for before, after in zip(weights, model.get_weights(), strict=True)]
