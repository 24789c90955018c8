"""Engines: from a model's graphs to running programs.

Every engine takes a `Blueprint` and offers what `numpy.NumpyEngine` offers; that one is the reference.
"""

from pellucid.engines.blueprint import Blueprint, Training

__all__ = ["Blueprint", "Training"]
