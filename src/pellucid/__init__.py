"""Pellucid: give it examples, it finds the rule, and shows every number it used.

The names here are Keras's, so `import pellucid as keras`, `from pellucid import keras` and
`import pellucid as tf` (for `tf.keras.layers.Dense`) all work. Nothing is loaded before it is used.
"""

from __future__ import annotations

from typing import Any

from pellucid.compat.aliases import MODULES, install, load

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "config",
    "datasets",
    "errors",
    "initializers",
    "keras",
    "layers",
    "logging",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "random",
    "regularizers",
    "utils",
]

__version__ = "0.1.0"

_OBJECTS = {"Input": "layers", "Model": "models", "Sequential": "models"}

install()


def __getattr__(name: str) -> Any:
    """Load a part of the library when it is first asked for."""
    if name in _OBJECTS:
        value = getattr(__getattr__(_OBJECTS[name]), name)
    elif name in MODULES:
        value = load(MODULES[name])
    else:
        raise AttributeError(f"module 'pellucid' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
