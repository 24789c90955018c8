"""Modules that Keras has under a name of its own: pellucid.layers, pellucid.keras.layers.

An alias is the module itself under a second name, so classes are the same whichever way they were imported.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from pellucid.compat.spellings import accept

__all__ = ["MODULES", "Aliases", "install", "load"]

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
    """Finds pellucid.layers and pellucid.keras.layers for the import statement.

    It stands before Python's own finders. These would look into the folder of the module behind an alias, and
    load what is there a second time, with classes that are not the same: pellucid.keras.errors.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a name that is an alias; None for all others."""
        if not name.startswith("pellucid."):
            return None
        package, _, last = name.rpartition(".")
        room = sys.modules[package].__name__
        actual = MODULES.get(last, "") if room == "pellucid" else ""
        if not actual and room != package and PathFinder.find_spec(f"{room}.{last}", path):
            actual = f"{room}.{last}"
        if actual in ("", name):
            return None
        return ModuleSpec(name, self, origin=actual)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that has this second name."""
        module = load(str(spec.origin))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Let the module, which ran under its own name, keep the spec of that name."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state


def load(name: str) -> ModuleType:
    """Return a public module, which takes the old names of arguments too."""
    return accept(import_module(name))


def install() -> None:
    """Let the import statement find the aliases."""
    if not any(isinstance(finder, Aliases) for finder in sys.meta_path):
        sys.meta_path.insert(0, Aliases())
