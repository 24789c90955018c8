"""What a linear network computes, as one formula: its layers multiplied out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np

from pellucid.errors import ArgumentError, ShapeError
from pellucid.nn import activations
from pellucid.nn.layers import Activation, Dense, Dropout, Flatten, InputLayer, Layer, Normalization
from pellucid.training.model import Model

__all__ = ["Rule", "linear_rule"]

DIGITS = 4  # at least so many significant digits has a number in a formula
NEGLIGIBLE = 1e-6  # of the largest term's usual size: what is smaller is left out
NOTICEABLE = 1e-3  # of the largest term's usual size: what the digits left out may change
LINE = 88  # characters


@final
class Rule:
    """An answer as a sum of inputs, each times a number, and one number more.

    Formula:
        output = coefficients[0] * inputs[0] + coefficients[1] * inputs[1] + ... + intercept
    Attributes:
        output: what the answer is called.
        inputs: what the inputs are called.
        coefficients: for each input its number, with all its digits.
        intercept: the number that is added in the end.
    Example:
        >>> print(Rule("fahrenheit", ["celsius"], [1.8], 32.0))
        fahrenheit = 1.8 * celsius + 32
    """

    __slots__ = ("_means", "_spreads", "coefficients", "inputs", "intercept", "output")

    def __init__(
        self,
        output: str,
        inputs: Sequence[str],
        coefficients: Sequence[float],
        intercept: float,
        means: Sequence[float] | None = None,
        spreads: Sequence[float] | None = None,
    ) -> None:
        self.output = output
        self.inputs = tuple(inputs)
        self.coefficients = tuple([float(number) for number in coefficients])
        self.intercept = float(intercept)
        self._means = None if means is None else tuple(means)
        self._spreads = None if spreads is None else tuple(spreads)
        if len(self.inputs) != len(self.coefficients):
            raise ShapeError(
                "a rule has a number for each input",
                expected=f"{len(self.inputs)} coefficients",
                received=str(len(self.coefficients)),
            )
