"""Optimizers: one file each, over the common base."""

from __future__ import annotations

from typing import Any

from pellucid.nn._serialize import Registry
from pellucid.nn.optimizers.adam import Adam
from pellucid.nn.optimizers.base import Optimizer
from pellucid.nn.optimizers.rmsprop import RMSprop
from pellucid.nn.optimizers.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "deserialize", "get", "serialize"]

_registry = Registry("optimizer")
_registry.register("adam")(Adam)
_registry.register("rmsprop")(RMSprop)
_registry.register("sgd")(SGD)


def get(identifier: Any) -> Optimizer:
    """Return the optimizer that a name, an optimizer or a configuration stands for.

    Raises:
        UnknownNameError: if no optimizer has this name; it offers the nearest.
    """
    return _registry.instance(identifier, Optimizer)


def serialize(optimizer: Optimizer) -> Any:
    """Return the class and configuration of an optimizer."""
    return _registry.serialize(optimizer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Optimizer:
    """Make an optimizer from what serialize returned.

    Args:
        config: the class and configuration, or a name.
        custom_objects: the user's own classes and functions, by name.
    """
    return get(_registry.deserialize(config, custom_objects))
