"""Which engine runs a model: the compiled one where there is one, else the reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pellucid.engines.blueprint import Blueprint
from pellucid.engines.engine import Engine
from pellucid.errors import UnknownNameError
from pellucid.graph import Graph, Path

__all__ = ["engine_for", "engine_name", "evaluation_of"]

_VARIABLE = "PELLUCID_ENGINE"
_NAMES = ("native", "numpy")


@cache
def engine_name() -> str:
    """Return "native" or "numpy".

    The environment variable PELLUCID_ENGINE decides; without it the compiled engine is taken if it was built.

    Raises:
        UnknownNameError: if the variable names no engine.
        ImportError: if it asks for the compiled engine and that was not built.
    """
    wanted = os.environ.get(_VARIABLE)
    if wanted not in (None, *_NAMES):
        raise UnknownNameError("engine", wanted, _NAMES)
    if wanted == "numpy":
        return wanted
    try:
        import_module("pellucid.engines.native._native")
    except ModuleNotFoundError as error:
        if wanted == "native" or error.name != "pellucid.engines.native._native":
            raise
        return "numpy"
    return "native"


def engine_for(blueprint: Blueprint) -> Engine:
    """Return the engine that runs this model."""
    if engine_name() == "native":
        from pellucid.engines.native.engine import NativeEngine

        return NativeEngine(blueprint)
    from pellucid.engines.numpy import NumpyEngine

    return NumpyEngine(blueprint)


def evaluation_of(graph: Graph) -> Callable[[Mapping[str, Any], Mapping[Path, Any]], dict[Path, Any]]:
    """Return the function of a graph: from its inputs by name and the state by path to its outputs by path.

    Args:
        graph: what to work out, simplified.
    """
    if engine_name() == "native":
        from pellucid.engines.native.evaluation import NativeEvaluation

        return NativeEvaluation(graph)
    from pellucid.engines.numpy import NumpyEvaluation

    return NumpyEvaluation(graph)
