"""The machine that something was timed on, and what else it had to do meanwhile."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

import numpy as np

__all__ = ["busy_seconds", "machine"]

# Names that NumPy has, from 2.0 on, for what a processor can do; the widest first.
VECTORS = {"AVX-512": {"X86_V4", "AVX512F"}, "AVX2 and FMA": {"X86_V3", "FMA3"}, "Neon": {"NEON", "ASIMD"}}


def machine() -> str:
    """Describe where and when the numbers come from."""
    cpuinfo = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else ())
        if line.startswith("model name")
    ]
    processor = models[0] if models else platform.processor() or platform.machine()
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]  # type: ignore[index]
    return (
        f"{processor}, {os.cpu_count()} cores, {_vectors()}, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__} with {blas['name']} {blas['version']}; "
        f"{date.today():%Y-%m-%d}"
    )


def busy_seconds() -> float | None:
    """Return the seconds that all processors together have worked since the start; None if nobody can say.

    What this grew by, less what one's own process worked, was done for other programs.
    """
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    of_all, _, _ = stat.read_text().partition("\n")
    user, nice, system, _idle, _waiting, *interrupts = map(int, of_all.split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _vectors() -> str:
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]  # type: ignore[index]
    known = {*extensions["baseline"], *extensions["found"]}
    return next((name for name, signs in VECTORS.items() if signs & known), "plain vectors")
