"""Initializers: which numbers the weights of a layer start from.

An initializer makes no numbers itself. It gives the recipe for a weight: a call that makes its numbers from
the model's seed, and that stands in the program printed for the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.engines.recipe import SEED, Recipe
from pellucid.nn.initializers.base import Function, Initializer, Values, registry
from pellucid.nn.initializers.constants import Constant, Identity, Ones, Zeros
from pellucid.nn.initializers.random import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
)

__all__ = [
    "SEED",
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "Recipe",
    "TruncatedNormal",
    "Values",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

IdentityInitializer = identity = Identity
OrthogonalInitializer = orthogonal = Orthogonal
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros


def get(identifier: Any) -> Any:
    """Return the initializer that is meant by a name, configuration, class, function or array; None for None.

    Raises:
        UnknownNameError: if no initializer has this name.
        ArgumentError: if it is none of these.
    """
    if identifier is None:
        return None
    if isinstance(identifier, np.ndarray | np.generic):
        return Values(identifier)
    return _as_initializer(registry.get(identifier))


def serialize(initializer: Initializer | None) -> Any:
    """Write an initializer down as data; `deserialize` makes it again.

    Raises:
        UnsupportedError: if it is a lambda, or an object that cannot describe itself.
    """
    if initializer is None:
        return None
    return registry.serialize(initializer.function if isinstance(initializer, Function) else initializer)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Make an initializer from what `serialize` wrote down.

    Args:
        config: a name, {"class_name": ..., "config": ...}, or None.
        custom_objects: the user's own initializers by name.
    Raises:
        UnknownNameError: if no initializer has this name.
        ArgumentError: if this is no such configuration.
    """
    return None if config is None else _as_initializer(registry.deserialize(config, custom_objects))


def _as_initializer(found: Any) -> Initializer:
    return found if isinstance(found, Initializer) else Function(found)
