"""How many threads the compiled engine may use. No result hangs on it."""

from __future__ import annotations

from pellucid.engines.choice import engine_name
from pellucid.errors import ArgumentError, UsageError

__all__ = ["set_threads", "threads"]

_MOST = 256


def threads() -> int:
    """Return how many threads may work together: as many as there are processors, unless told otherwise."""
    if engine_name() != "native":
        return 1
    from pellucid.engines.native import _native

    return _native.threads()


def set_threads(most: int | None) -> None:
    """Say how many threads may work together.

    Args:
        most: from 1 on; None for as many as there are processors.
    Raises:
        ArgumentError: for anything else.
        UsageError: if the engine is NumPy, whose threads are its own matter.
    """
    if most is not None and (type(most) is not int or not 1 <= most <= _MOST):
        raise ArgumentError(
            "this many threads cannot be used",
            expected=f"a whole number from 1 to {_MOST}, or None for one on each processor",
            received=repr(most),
        )
    if engine_name() != "native":
        raise UsageError(
            "the NumPy engine has no threads of its own",
            attempt="the environment variable OPENBLAS_NUM_THREADS, which NumPy looks at when it is imported",
        )
    from pellucid.engines.native import _native

    _native.set_threads(0 if most is None else most)
