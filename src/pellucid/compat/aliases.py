"""Modules that Keras has under a name of its own: pellucid.layers, pellucid.keras.layers.

An alias is the module itself under a second name, so classes are the same whichever way they were imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["MODULES", "Aliases", "install"]

MODULES = {
    "activations": "pellucid.nn.activations",
    "backend": "pellucid.compat.backend",
    "callbacks": "pellucid.training.callbacks",
    "config": "pellucid.compat.backend",
    "datasets": "pellucid.data.datasets",
    "errors": "pellucid.errors",
    "initializers": "pellucid.nn.initializers",
    "keras": "pellucid",
    "layers": "pellucid.nn.layers",
    "logging": "pellucid.compat.logging",
    "losses": "pellucid.nn.losses",
    "metrics": "pellucid.nn.metrics",
    "models": "pellucid.compat.models",
    "nn": "pellucid.nn",
    "optimizers": "pellucid.nn.optimizers",
    "random": "pellucid.compat.random",
    "regularizers": "pellucid.nn.regularizers",
    "utils": "pellucid.compat.utils",
}
"""Where each public module lives, by the name Keras or TensorFlow has for it."""


class Aliases:
    """Finds pellucid.layers and pellucid.keras.layers for the import statement."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a name that is an alias; None for all others."""
        room, _, rest = name.partition(".")
        rest = rest.removeprefix("keras.")
        if room != "pellucid" or rest not in MODULES or MODULES[rest] == name:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that has this second name."""
        return import_module(MODULES[spec.name.partition(".")[2].removeprefix("keras.")])

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module ran under its own name."""


def install() -> None:
    """Let the import statement find the aliases."""
    if not any(isinstance(finder, Aliases) for finder in sys.meta_path):
        sys.meta_path.append(Aliases())
