"""keras.models: the kinds of models, and how to get them from files."""

from __future__ import annotations

from pellucid.training.loading import load_model, save_model
from pellucid.training.model import Model
from pellucid.training.sequential import Sequential

__all__ = ["Model", "Sequential", "load_model", "save_model"]
