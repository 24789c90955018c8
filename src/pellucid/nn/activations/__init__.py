"""Activations: functions from the weighted sums of a layer to its output.

Each takes a value of a graph and builds upon it; given an array or a list, it returns an array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.nn.activations._registry import registry
from pellucid.nn.activations.bent import (
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    leaky_relu,
    linear,
    relu,
    relu6,
    soft_shrink,
    sparse_plus,
    sparse_sigmoid,
    threshold,
)
from pellucid.nn.activations.rows import glu, log_softmax, softmax, sparsemax
from pellucid.nn.activations.smooth import (
    celu,
    elu,
    exponential,
    gelu,
    log_sigmoid,
    mish,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    squareplus,
    swish,
    tanh,
    tanh_shrink,
)

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
    "title",
]


def get(identifier: Any) -> Callable[..., Any]:
    """Return the activation that is meant by a name, configuration or function; `linear` for None.

    Raises:
        UnknownNameError: if no activation has this name.
        ArgumentError: if it is none of these.
    """
    found: Callable[..., Any] = linear if identifier is None else registry.get(identifier)
    return found


def serialize(activation: Callable[..., Any]) -> Any:
    """Write an activation down as data: the ones here by their names; `deserialize` makes it again.

    Raises:
        UnsupportedError: if it is a lambda.
    """
    return registry.serialize(activation)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Callable[..., Any]:
    """Return the activation that `serialize` wrote down.

    Args:
        config: a name, or {"class_name": ..., "config": ...}.
        custom_objects: the user's own activations by name.
    Raises:
        UnknownNameError: if no activation has this name.
        ArgumentError: if this is no such configuration.
    """
    found: Callable[..., Any] = registry.deserialize(config, custom_objects)
    return found


def title(activation: Callable[..., Any]) -> str:
    """Say in a heading what a layer does to its weighted sums: "relu"."""
    name: str = getattr(activation, "__name__", type(activation).__name__)
    return name if name.isidentifier() else "custom activation"
