"""What networks are made of: layers, activations, initializers, regularizers, losses, metrics, optimizers."""

from __future__ import annotations

from typing import Any

__all__ = ["elu", "leaky_relu", "relu", "selu", "sigmoid", "softmax", "softplus", "swish", "tanh"]


def __getattr__(name: str) -> Any:
    """Let tf.nn.relu be the activation of that name."""
    if name not in __all__:
        raise AttributeError(f"module 'pellucid.nn' has no attribute {name!r}")
    from pellucid.nn import activations

    return getattr(activations, name)
