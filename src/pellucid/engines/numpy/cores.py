"""Large matrix products on one core, so that the number of cores does not change how they are rounded.

OpenBLAS, which comes with NumPy, shares a large product among the cores and then adds up in another order
than one core does. On a busy machine its threads also wait for each other longer than they work. Other
libraries that NumPy may be built with are left alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

__all__ = ["ENVIRONMENT", "LARGE", "one_core"]

# OpenBLAS computes a product of up to 2 ** 18 multiplications on one core: with batches of up to 256
# examples, those are all products with weights of up to 1024 numbers.
LARGE = 1024

ENVIRONMENT = 'os.environ["OPENBLAS_NUM_THREADS"] = "1"'  # the same, said before NumPy is loaded


@contextmanager
def one_core() -> Iterator[None]:
    """Let matrix products run on one core meanwhile."""
    set_threads, threads = _controls()
    before = threads()
    set_threads(1)
    try:
        yield
    finally:
        set_threads(before)


@cache
def _controls() -> tuple[Callable[[int], Any], Callable[[], int]]:
    """Find how OpenBLAS is told, and asked, how many cores it may use; without it, do nothing."""
    import ctypes

    home = os.path.dirname(np.__file__)
    for folder in (f"{home}.libs", os.path.join(home, ".dylibs")):  # where NumPy's wheels keep it
        for file in os.listdir(folder) if os.path.isdir(folder) else ():
            if "openblas" not in file:
                continue
            library = ctypes.CDLL(os.path.join(folder, file))
            for width in ("64_", ""):
                try:
                    return (
                        library[f"scipy_openblas_set_num_threads{width}"],
                        library[f"scipy_openblas_get_num_threads{width}"],
                    )
                except AttributeError:
                    continue
    return (lambda count: None), (lambda: 1)
