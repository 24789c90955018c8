"""keras.backend and keras.config: what holds for all models."""

from __future__ import annotations

import sys
from types import ModuleType

from pellucid import engines
from pellucid.nn.settings import floatx, set_floatx

__all__ = ["backend", "clear_session", "epsilon", "floatx", "image_data_format", "set_floatx", "threads"]

threads: int


def backend() -> str:
    """Return the name of the engine: "native", the compiled one, or "numpy"."""
    return engines.engine_name()


def epsilon() -> float:
    """Return the smallest probability whose logarithm is taken."""
    return 1e-7


def image_data_format() -> str:
    """Return where the channels of pictures are unless a layer is told otherwise."""
    return "channels_last"


def clear_session() -> None:
    """Do nothing: models here share no session that could be cleared."""


class _Settings(ModuleType):
    """This module, with what can be assigned: `config.threads = 2`."""

    @property
    def threads(self) -> int:
        """How many threads may work together; None for one on each processor. No result hangs on it."""
        return engines.threads()

    @threads.setter
    def threads(self, most: int | None) -> None:
        engines.set_threads(most)


_this_module = sys.modules[__name__]
_this_module.__class__ = _Settings
