"""keras.backend and keras.config: what holds for all models."""

from __future__ import annotations

from pellucid.nn.settings import floatx, set_floatx

__all__ = ["backend", "clear_session", "epsilon", "floatx", "image_data_format", "set_floatx"]


def backend() -> str:
    """Return the name of the engine."""
    return "numpy"


def epsilon() -> float:
    """Return the smallest probability whose logarithm is taken."""
    return 1e-7


def image_data_format() -> str:
    """Return where the channels of pictures are unless a layer is told otherwise."""
    return "channels_last"


def clear_session() -> None:
    """Do nothing: models here share no session that could be cleared."""
