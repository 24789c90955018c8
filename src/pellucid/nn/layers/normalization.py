"""Columns of any size brought to one scale, and answers brought back from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, DataError, ShapeError
from pellucid.graph import Node, lift, named
from pellucid.nn import _arguments
from pellucid.nn._arrays import as_numbers
from pellucid.nn.initializers import Initializer, Values
from pellucid.nn.layers._axes import as_axes, beside, counted_sizes, from_front
from pellucid.nn.layers.base import Layer
from pellucid.nn.variable import Variable
from pellucid.ops import maximum, sqrt

__all__ = ["Normalization"]


class Normalization(Layer):
    """Bring each feature to mean 0 and deviation 1, or bring what has them back to the feature's own scale.

    Where the numbers come from is either said at once, with mean and variance, or found in examples, with
    `adapt`. Training leaves them alone.

    Formula:
        x_scaled = (x - x_mean) / x_deviation           without invert
        y = y_mean + y_deviation y_scaled               with invert
        deviation = max(sqrt(variance), epsilon)
    Shape:
        x: (batch, ...)
        mean, variance: the sizes of the axes in axis; () for None
        returns: the same as x
    Args:
        axis: the axis, or axes, whose every place is a feature of its own; None to treat all numbers alike.
        mean: the mean of each feature, or one for all.
        variance: the variance of each feature, or one for all.
        invert: whether to go back, from mean 0 and deviation 1.
        epsilon: the least deviation, at least 0: a feature that never varies cannot be divided by its 0.
    Raises:
        ArgumentError: if one of mean and variance is given without the other, or an argument is impossible.
        ShapeError: if mean, variance and inputs do not fit each other.
    Example:
        >>> scale = Normalization()
        >>> scale.adapt([[0.0, 7.0], [2.0, 9.0]])
        >>> scale(np.array([[2.0, 8.0]]))
        array([[1., 0.]], dtype=float32)
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (mean is None) != (variance is None):
            raise ArgumentError(
                "mean and variance belong together",
                expected="both or neither",
                received="mean alone" if variance is None else "variance alone",
            )
        self.axis = () if axis is None else as_axes(axis)
        self.invert = bool(invert)
        self.epsilon = _arguments.size("epsilon", epsilon)
        self._given = None if mean is None else (as_numbers(mean), _variance(variance))

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        sizes = counted_sizes(self.name, self._kept(input_shape), input_shape)
        self.mean = self._add("mean", sizes)
        self.variance = self._add("variance", sizes)

    def _add(self, name: str, sizes: tuple[Any, ...]) -> Variable:
        """Make one of the two weights; called as in the formula, it needs no number beside its inverse."""
        start: Initializer | str = "zeros" if name == "mean" else "ones"
        if self._given is not None:
            start = self._values(self._given[name == "variance"], sizes)
        hint = f"{'y' if self.invert else 'x'}_{name}"
        return self.add_weight(sizes, start, name=name, trainable=False, hint=hint)

    def _values(self, numbers: np.ndarray, sizes: tuple[int, ...]) -> Initializer:
        try:
            return Values(np.broadcast_to(numbers, sizes))
        except ValueError:
            raise ShapeError(
                f"mean and variance do not fit {self.name!r}",
                expected=f"one number, or the shape {sizes}",
                received=f"the shape {numbers.shape}",
            ) from None

    def adapt(self, data: Any) -> None:
        """Take mean and variance from examples; before fit, which trains on what they make of its inputs.

        Args:
            data: examples as the layer will get them, or with invert, as it shall give them back. Single
                numbers may come without their brackets.
        Raises:
            DataError: if these are not finite numbers, or there are none.
            ShapeError: if they do not fit the inputs of the model.
        """
        examples = as_numbers(data).astype(np.float64, copy=False)
        if examples.ndim == 1 and self.axis == (-1,):
            examples = examples[:, None]
        if not examples.size:
            raise DataError("there is nothing to adapt to", expected="at least one example", received="none")
        kept = self._kept(examples.shape)
        others = tuple(set(range(examples.ndim)) - set(kept))
        with np.errstate(over="ignore", invalid="ignore"):
            found = examples.mean(axis=others), examples.var(axis=others)
        if not all(np.isfinite(numbers).all() for numbers in found):
            raise DataError(
                "the examples cannot be adapted to",
                expected="finite numbers whose squares are finite",
                received="NaN, infinity or larger ones",
            )
        if not self.weights:  # asking makes them, if the model knows its input
            self.build((None, *examples.shape[1:]))
            self.built = True
            if self.declared_shape is None and examples.ndim > 1:
                self.declared_shape = examples.shape[1:]
        for weight, numbers in zip((self.mean, self.variance), found, strict=True):
            if numbers.shape != weight.shape:
                raise self._misfit(weight.shape, numbers.shape)
        for weight, numbers in zip((self.mean, self.variance), found, strict=True):
            weight.assign(numbers)
            # The printed program starts from these numbers too.
            weight.recipe = Values(weight.value).recipe(weight.shape, weight.dtype)

    def call(self, inputs: Node) -> Node:
        kept = self._kept(inputs.shape)
        sizes = tuple([inputs.shape[axis] for axis in kept])
        if sizes != self.mean.shape:
            raise self._misfit(self.mean.shape, sizes)
        mean, variance = (
            beside(lift(weight), kept, len(inputs.shape)) for weight in (self.mean, self.variance)
        )
        deviation = sqrt(variance) if self.epsilon == 0 else maximum(sqrt(variance), self.epsilon)
        if self.invert:
            return named("restored", mean + named("y_deviation", deviation) * inputs)
        return named("x_scaled", (inputs - mean) / named("x_deviation", deviation))

    def _kept(self, shape: Sequence[Any]) -> tuple[int, ...]:
        """Return the axes of features, counted from the front."""
        return from_front(self.name, self.axis, shape)

    def _misfit(self, expected: Sequence[Any], received: Sequence[Any]) -> ShapeError:
        return ShapeError(
            f"{self.name!r} cannot take these examples",
            expected=f"features of the shape {tuple(expected)}",
            received=f"{tuple(received)}",
        )

    @property
    def title(self) -> str:
        return "back from mean 0 and deviation 1" if self.invert else "to mean 0 and deviation 1"

    def get_config(self) -> dict[str, Any]:
        known = (self.mean.value, self.variance.value) if self.built else self._given or (None, None)
        mean, variance = (None if numbers is None else numbers.tolist() for numbers in known)
        axis = None if self.axis == () else self.axis[0] if len(self.axis) == 1 else list(self.axis)
        return super().get_config() | {
            "axis": axis,
            "mean": mean,
            "variance": variance,
            "invert": self.invert,
            "epsilon": self.epsilon,
        }


def _variance(value: Any) -> np.ndarray:
    numbers = as_numbers(value)
    if (numbers < 0).any():
        raise ArgumentError(
            "a variance cannot be negative", expected="at least 0", received=str(numbers.min())
        )
    return numbers
