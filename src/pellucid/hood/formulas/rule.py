"""What a linear network computes, as one formula: its layers multiplied out."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeAlias, final

import numpy as np

from pellucid.errors import ShapeError
from pellucid.hood.numbers import number_text
from pellucid.nn import activations
from pellucid.nn.layers import Activation, Dense, Dropout, Flatten, Layer, Normalization

__all__ = ["Network", "Rule", "linear_rule"]

_NOTICEABLE: Final = 1e-3  # the digits left out change the answer by less than this part of its deviation
_NEGLIGIBLE: Final = 1e-6  # a term that changes it by less than this part is left out
_LONGEST_LINE: Final = 88  # characters

_Step: TypeAlias = "tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]"


@final
class Rule:
    """An answer as a sum: each input times a number, and one number more.

    Formula:
        output = coefficients[0] * inputs[0] + coefficients[1] * inputs[1] + ... + intercept
    Args:
        output: what the answer is called.
        inputs: what the inputs are called.
        coefficients: the number of each input; a formula leaves out an input whose number is 0.
        intercept: the number that is added in the end.
        tolerances: how far each number may be off when it is printed, that of the intercept last; without
            them, four significant digits are printed.
    Raises:
        ShapeError: if there is not one coefficient, and not one tolerance, for each input.
    Example:
        >>> print(Rule("fahrenheit", ["celsius"], [1.8], 32.0))
        fahrenheit = 1.8 * celsius + 32
    """

    __slots__ = ("_tolerances", "coefficients", "inputs", "intercept", "output")

    def __init__(
        self,
        output: str,
        inputs: Sequence[str],
        coefficients: Sequence[float],
        intercept: float,
        tolerances: Sequence[float] | None = None,
    ) -> None:
        self.output = output
        self.inputs = tuple(inputs)
        self.coefficients = tuple([float(number) for number in coefficients])
        self.intercept = float(intercept)
        count = len(self.inputs)
        self._tolerances = (math.inf,) * (count + 1) if tolerances is None else tuple(tolerances)
        if (len(self.coefficients), len(self._tolerances)) != (count, count + 1):
            raise ShapeError(
                "the numbers of a rule do not fit its inputs",
                expected=f"{count} coefficients, and {count + 1} tolerances if any",
                received=f"{len(self.coefficients)} and {len(self._tolerances)}",
            )

    def __str__(self) -> str:
        head = f"{_label(self.output)} ="
        first, *others = self._terms()
        sign = "-" if first.startswith("- ") else ""
        terms = [f" {sign}{first[2:]}", *[f" {term}" for term in others]]
        line = head + "".join(terms)
        if len(line) <= _LONGEST_LINE:
            return line
        return head + ("\n" + " " * (len(head) - 2)).join(terms)

    def __repr__(self) -> str:
        return f"<Rule {self}>"

    def _terms(self) -> list[str]:
        """Write every term with its sign in front: "+ 1.8 * celsius"."""
        terms = []
        for name, number, tolerance in zip(
            self.inputs, self.coefficients, self._tolerances[:-1], strict=True
        ):
            if number:
                text = number_text(abs(number), tolerance=tolerance)
                factor = "" if text == "1" else f"{text} * "
                terms.append(f"{_sign(number)} {factor}{_label(name)}")
        if self.intercept or not terms:
            text = number_text(abs(self.intercept), tolerance=self._tolerances[-1])
            terms.append(f"{_sign(self.intercept)} {text}")
        return terms


class Network(Protocol):
    """What a rule needs of a model."""

    @property
    def name(self) -> str: ...
    @property
    def layers(self) -> list[Layer]: ...
    def known_shape(self) -> tuple[int, ...]: ...


def linear_rule(model: Network, inputs: Sequence[str], output: str) -> Rule | None:
    """Multiply out a network whose layers are all linear.

    Where the network scales its inputs and its answer with `Normalization`, that says how large they usually
    are. Then numbers have as many digits as it takes for the formula to give the network's answers, and what
    rounding has left of a number is 0.

    Args:
        model: the network; its input is one number for each name, its output a single number.
        inputs: what the inputs are called.
        output: what the answer is called.
    Returns:
        The rule, or None if a layer is not linear.
    Raises:
        ShapeError: if there are not as many names as inputs, or several outputs.
        UsageError: if the model does not know its input yet.
    """
    value = np.zeros((1, *model.known_shape()))
    if value.size != len(inputs):
        raise ShapeError(
            f"the names do not fit the inputs of {model.name!r}",
            expected=f"{value.size} names",
            received=str(len(inputs)),
        )
    layers, backwards = model.layers, []
    for layer in layers:
        step = _through(layer, value)
        if step is None:
            return None
        value, backward = step
        backwards.append(backward)
    if value.size != 1:
        raise ShapeError(f"a rule of {model.name!r} has one answer", expected="1", received=f"{value.size}")
    slopes = np.ones_like(value)  # of the answer, with respect to what goes into the layer above
    for backward in reversed(backwards):
        slopes = backward(slopes)
    return _rounded(output, inputs, slopes.reshape(-1), value.item(), layers)


# ------------------------------------------------------------ one layer
def _through(layer: Layer, x: np.ndarray) -> _Step | None:
    """Give what a layer makes of x, and how it takes slopes back; None if it is not linear.

    The classes themselves are meant: what a class of the user's own does, it alone knows.
    """
    kind = type(layer)
    if isinstance(layer, Dense) and kind is Dense and layer.activation is activations.linear:
        weights: list[Any] = [weight.value.astype(np.float64) for weight in layer.weights]
        kernel = weights[0]
        return sum(weights[1:], x @ kernel), lambda slopes: slopes @ kernel.T
    if isinstance(layer, Normalization) and kind is Normalization:
        mean, deviation = _numbers_of(layer, x.shape)
        if layer.invert:
            return mean + deviation * x, lambda slopes: slopes * deviation
        return (x - mean) / deviation, lambda slopes: slopes / deviation
    if kind is Flatten:
        return x.reshape(len(x), -1), lambda slopes: slopes.reshape(x.shape)
    if kind is Dropout or (
        isinstance(layer, Activation) and kind is Activation and layer.activation is activations.linear
    ):
        return x, lambda slopes: slopes
    return None


def _numbers_of(layer: Normalization, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean and the deviation that a layer scales with, lined up with its inputs."""
    kept = {axis % len(shape) for axis in layer.axis}
    sizes = [size if axis in kept else 1 for axis, size in enumerate(shape)]
    mean, variance = (weight.value.astype(np.float64).reshape(sizes) for weight in layer.weights)
    return mean, np.maximum(np.sqrt(variance), layer.epsilon)


# ------------------------------------------------------------ digits
def _rounded(
    output: str, inputs: Sequence[str], slopes: np.ndarray, intercept: float, layers: Sequence[Layer]
) -> Rule:
    """Make the rule; with how large inputs and answer usually are, say which digits matter."""
    first, last = (layers[0], layers[-1]) if layers else (None, None)
    if not isinstance(first, Normalization) or not isinstance(last, Normalization) or not last.invert:
        return Rule(output, inputs, slopes.tolist(), intercept)
    mean, deviation = (
        np.broadcast_to(numbers, (1, *slopes.shape)).reshape(-1)
        for numbers in _numbers_of(first, (1, *slopes.shape))
    )
    spread = float(_numbers_of(last, (1, 1))[1].item())
    slopes = np.where(np.abs(slopes) * deviation < _NEGLIGIBLE * spread, 0, slopes)
    if abs(intercept) < _NEGLIGIBLE * spread:
        intercept = 0.0
    largest = np.abs(mean) + 2 * deviation  # of the usual inputs
    tolerances = [*(_NOTICEABLE * spread / largest).tolist(), _NOTICEABLE * spread]
    return Rule(output, inputs, slopes.tolist(), intercept, tolerances)


def _sign(number: float) -> str:
    return "-" if number < 0 else "+"


def _label(name: str) -> str:
    """Put a name in quotes that would be taken for more than a name."""
    if re.fullmatch(r"[^\W\d]\w*( \w+)*", name):
        return name
    return f'"{name}"' if name.isprintable() and '"' not in name else repr(name)
