"""Which activation functions are compared with Keras, and where."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["ACTIVATION_CASES", "ActivationCase", "activation_layer", "signs"]

# Everywhere that something happens: both sides of zero and of every kink, the kinks, the tails.
POINTS = np.array(
    [0.0, 1e-6, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 7, 10, 20, 50, 80, 1e3, 1e4]
)
NUMBERS = np.concatenate([-POINTS[:0:-1], POINTS])[:, np.newaxis]
# One row is one example, for the functions that look at their neighbours too.
ROWS = np.array(
    [
        [0.5, -1.25, 2.0, 0.0, 0.75, -0.25],
        [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        [0.3, 0.2, 0.1, 0.0, -0.1, -0.2],
        [30.0, -30.0, 29.0, 0.0, 28.5, 10.0],
        [1e4, -1e4, 0.0, 9999.5, 1.0, -1.0],
        [-1e4, -1e4, -1e4, -9999.0, -1e4, -1e4],
    ]
)
# Away from the kinks, which lie at 0, 0.5, 1, 2, 3 and 6.
SLOPE_POINTS = np.array(
    [-7.3, -4.2, -2.6, -1.7, -1.2, -0.8, -0.3, -0.1, 0.2, 0.4, 0.7, 0.9, 1.3, 2.3, 3.4, 6.6]
)
SLOPE_ROW = np.roll(SLOPE_POINTS * 0.06, 5)


class ActivationCase(NamedTuple):
    """One function of `keras.activations`, with what it is called with beside x."""

    function: str
    arguments: dict[str, Any]
    by_row: bool = False

    @property
    def label(self) -> str:
        return self.function + "".join(f", {name}={value}" for name, value in self.arguments.items())

    @property
    def inputs(self) -> np.ndarray:
        return (ROWS if self.by_row else NUMBERS).astype(np.float32)

    @property
    def slope_inputs(self) -> np.ndarray:
        return (SLOPE_ROW if self.by_row else SLOPE_POINTS).astype(np.float32)


def activation_layer(keras: Any, case: ActivationCase) -> Any:
    """Return the layer as a user would write it: by name where there is nothing more to say."""
    if not case.arguments:
        return keras.layers.Activation(case.function)
    function = getattr(keras.activations, case.function)
    return keras.layers.Activation(lambda x: function(x, **case.arguments))


def signs(count: int) -> np.ndarray:
    """Return 1, -1, 1, ...: the weights of the outputs in the sum whose slope is recorded."""
    return np.resize(np.array([1, -1], np.float32), count)


PLAIN = """
    celu elu exponential gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid mish relu relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus
    sparse_sigmoid squareplus swish tanh tanh_shrink
"""
ACTIVATION_CASES = (
    *(ActivationCase(name, {}) for name in PLAIN.split()),
    ActivationCase("celu", {"alpha": 0.5}),
    ActivationCase("elu", {"alpha": 0.5}),
    ActivationCase("gelu", {"approximate": True}),
    ActivationCase("hard_shrink", {"threshold": 2.0}),
    ActivationCase("leaky_relu", {"negative_slope": 0.01}),
    ActivationCase("relu", {"negative_slope": 0.1, "max_value": 6.0, "threshold": 0.5}),
    ActivationCase("relu", {"max_value": 2.0}),
    ActivationCase("relu", {"threshold": 1.0}),
    ActivationCase("soft_shrink", {"threshold": 2.0}),
    ActivationCase("squareplus", {"b": 1}),
    ActivationCase("threshold", {"threshold": 0.5, "default_value": -2.0}),
    # Not sparsemax, which Keras 3.15 gets wrong; `test_activations.py` works it out by hand.
    *(ActivationCase(name, {}, by_row=True) for name in ("glu", "log_softmax", "softmax")),
)
