"""What all models start from unless told otherwise: the dtype and the seed."""

from __future__ import annotations

import os

from pellucid.nn import _arguments

__all__ = ["floatx", "fresh_seed", "set_floatx", "set_random_seed"]

_floatx = "float32"
_seed: int | None = None


def floatx() -> str:
    """Return the dtype of new layers: "float32" unless set_floatx said otherwise."""
    return _floatx


def set_floatx(dtype: str) -> None:
    """Choose the dtype of new layers.

    Args:
        dtype: "float32" or "float64".
    """
    global _floatx  # noqa: PLW0603 - the one setting there is
    _floatx = _arguments.floating(dtype)


def set_random_seed(seed: int) -> None:
    """Make everything random that follows the same in every run.

    The next model takes this seed, the one after it the next number, and so on.

    Args:
        seed: a whole number from 0 to 2 ** 64 - 1.
    """
    global _seed  # noqa: PLW0603 - see fresh_seed
    _seed = _arguments.seed(seed)


def fresh_seed() -> int:
    """Return a seed for a new model: the next one after set_random_seed, or one that nobody can foresee."""
    global _seed
    if _seed is None:
        return int.from_bytes(os.urandom(4), "little")
    seed, _seed = _seed, (_seed + 1) % 2**64
    return seed
