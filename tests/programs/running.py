"""Run one of the programs in this folder as its author would."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt

from pellucid import keras

__all__ = ["run"]


def run(name: str, seed: int = 1) -> SimpleNamespace:
    """Run a program from beginning to end.

    Args:
        name: the name of its file, without .py.
        seed: the seed of the first model it makes.
    Returns:
        All names that it leaves behind; `curves` are the lines it plotted, one array of heights for each.
    """
    keras.utils.set_random_seed(seed)
    try:
        names = runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))
        axes = [axis for number in plt.get_fignums() for axis in plt.figure(number).axes]
        return SimpleNamespace(**names, curves=[line.get_ydata() for axis in axes for line in axis.lines])
    finally:
        plt.close("all")
