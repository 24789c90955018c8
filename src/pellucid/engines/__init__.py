"""Engines: from a model's graphs to running programs.

Every engine takes a `Blueprint` and keeps the contract of `engine.py`; `numpy/` is the
reference, `native/` the compiled one.
"""

from pellucid.engines.blueprint import Blueprint, Training
from pellucid.engines.choice import engine_for, engine_name, evaluation_of
from pellucid.engines.engine import Engine, Run, State, entries_of
from pellucid.engines.threads import set_threads, threads

__all__ = [
    "Blueprint",
    "Engine",
    "Run",
    "State",
    "Training",
    "engine_for",
    "engine_name",
    "entries_of",
    "evaluation_of",
    "set_threads",
    "threads",
]
