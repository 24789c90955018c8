"""How an initial weight is made: a call that a program can print, and that anyone can repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

__all__ = ["SEED", "Recipe", "Seed"]


class Seed:
    """Stands among the arguments of a recipe for the model's seed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "seed"


SEED = Seed()


class Recipe(NamedTuple):
    """A function, and what to call it with.

    The text of a recipe is that call as it stands in a program.

    Attributes:
        function: a function of NumPy, or one whose source a program can carry.
        arguments: numbers, texts, tuples, NumPy's types, SEED; arrays where the numbers were given.
        options: further arguments by name.
    Example:
        >>> recipe = Recipe(glorot_uniform, ((8, 20), SEED, "dense_1/kernel"))
        >>> print(recipe)
        glorot_uniform((8, 20), seed, 'dense_1/kernel')
        >>> recipe.make(seed=7).shape
        (8, 20)
    """

    function: Callable[..., Any]
    arguments: tuple[object, ...]
    options: tuple[tuple[str, object], ...] = ()

    def make(self, seed: int) -> np.ndarray:
        """Make the numbers."""
        arguments = [seed if argument is SEED else argument for argument in self.arguments]
        return np.asarray(self.function(*arguments, **dict(self.options)))

    def __str__(self) -> str:
        parts = [_text(argument) for argument in self.arguments]
        parts += [f"{name}={_text(value)}" for name, value in self.options]
        room = "np." if self.function.__module__.partition(".")[0] == "numpy" else ""
        return f"{room}{self.function.__name__}({', '.join(parts)})"


def _text(value: object) -> str:
    if isinstance(value, type):
        return f"np.{value.__name__}"
    return repr(value.tolist() if isinstance(value, np.ndarray) else value)
