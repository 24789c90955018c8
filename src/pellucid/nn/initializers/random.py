"""Initializers that draw random numbers: from the model's seed, unless they are given a seed of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.engines.recipe import SEED, Recipe
from pellucid.errors import ArgumentError, DtypeError, ShapeError
from pellucid.nn import _initial
from pellucid.nn.initializers.base import Kind, Sizes, Written, real, recipe_with, registry
from pellucid.nn.settings import fresh_seed

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
]

_fans: Callable[[Sizes], tuple[int, int]] = _initial.fans


class _Random(Written):
    """The base of all here."""

    def __init__(self, seed: int | None) -> None:
        whole = isinstance(seed, int) and not isinstance(seed, bool)
        if seed is not None and not (whole and 0 <= seed < 2**64):
            raise ArgumentError(
                "this seed cannot be used", expected="a whole number from 0 to 2**64 - 1", received=repr(seed)
            )
        self.seed = seed

    def own_seed(self) -> int:
        return fresh_seed() if self.seed is None else self.seed

    def draw(
        self, function: Callable[..., Any], shape: Sizes, kind: Kind, stream: str, **options: float
    ) -> Recipe:
        """Write the call of a function that draws random numbers."""
        if kind not in (np.float32, np.float64):
            raise DtypeError(
                "random weights have fractions", expected="float32 or float64", received=kind.__name__
            )
        seed = SEED if self.seed is None else self.seed
        return recipe_with(function, shape, seed, stream, kind=kind, **options)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}


@registry.register("random_uniform", "uniform")
class RandomUniform(_Random):
    """Draw numbers that are all equally likely.

    Args:
        minval: the least of them.
        maxval: the largest of them.
        seed: a seed of its own.
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval = real("minval", minval)
        self.maxval = real("maxval", maxval)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        return self.draw(_initial.uniform, shape, kind, stream, low=self.minval, high=self.maxval)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "minval": self.minval, "maxval": self.maxval}


class _Normal(_Random):
    """The base of the two normal distributions."""

    function: Callable[..., Any]

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = real("mean", mean)
        self.stddev = real("stddev", stddev, least=0)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        return self.draw(self.function, shape, kind, stream, mean=self.mean, deviation=self.stddev)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "mean": self.mean, "stddev": self.stddev}


@registry.register("random_normal", "normal")
class RandomNormal(_Normal):
    """Draw from a normal distribution.

    Args:
        mean: its middle.
        stddev: its standard deviation, at least 0.
        seed: a seed of its own.
    Source:
        Box & Muller 1958.
    """

    function = staticmethod(_initial.normal)


@registry.register("truncated_normal")
class TruncatedNormal(_Normal):
    """Draw from a normal distribution, and again what lies beyond two standard deviations.

    Args:
        mean: the middle of the distribution.
        stddev: its standard deviation before its ends are cut off, at least 0.
        seed: a seed of its own.
    """

    function = staticmethod(_initial.truncated_normal)


@registry.register("orthogonal", "OrthogonalInitializer")
class Orthogonal(_Random):
    """Draw a matrix with orthogonal columns, or rows if it is wide; all axes but the last make up its rows.

    Formula:
        W^T W = gain^2 I
    Args:
        gain: the length of each column.
        seed: a seed of its own.
    Raises:
        ShapeError: if the weight has fewer than two axes.
    Source:
        Saxe, McClelland & Ganguli 2014.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = real("gain", gain)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        if len(shape) < 2:
            raise ShapeError("only a matrix is orthogonal", expected="two axes or more", received=str(shape))
        options = {} if self.gain == 1 else {"gain": self.gain}
        return self.draw(_initial.orthogonal, shape, kind, stream, **options)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "gain": self.gain}


# ------------------------------------------------------------ variance scaling
class _Scaling(_Random):
    """The base of those whose variance depends on the number of connections."""

    def __init__(
        self,
        scale: float,
        mode: str,
        distribution: str,
        seed: int | None,
        input_axes: Sequence[int] | None,
        output_axes: Sequence[int] | None,
    ) -> None:
        super().__init__(seed)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.input_axes = None if input_axes is None else list(input_axes)
        self.output_axes = None if output_axes is None else list(output_axes)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        variance = self.scale / self._connections(shape)
        if self.distribution == "uniform":
            limit = (3 * variance) ** 0.5
            return self.draw(_initial.uniform, shape, kind, stream, low=-limit, high=limit)
        if self.distribution == "untruncated_normal":
            return self.draw(_initial.normal, shape, kind, stream, mean=0, deviation=variance**0.5)
        return self.draw(_initial.bounded_normal, shape, kind, stream, variance=variance)

    def _connections(self, shape: Sizes) -> float:
        inputs, outputs = _fans(shape)
        if self.input_axes is not None and self.output_axes is not None:
            inputs, outputs = _product(shape, self.input_axes), _product(shape, self.output_axes)
        return {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "input_axes": self.input_axes, "output_axes": self.output_axes}


def _product(shape: Sizes, axes: Sequence[int]) -> int:
    if any(not -len(shape) <= axis < len(shape) for axis in axes):
        raise ShapeError("a weight has not these axes", expected=f"axes of {shape}", received=str(axes))
    return max(1, math.prod(shape[axis] for axis in axes))


@registry.register("variance_scaling")
class VarianceScaling(_Scaling):
    """Draw numbers with a variance that keeps the size of what flows through the layer.

    Formula:
        variance = scale / n
    Args:
        scale: above 0.
        mode: what n counts: inputs of each output ("fan_in"), outputs for each input ("fan_out"), or the mean
            of both ("fan_avg").
        distribution: "truncated_normal" (without what lies beyond two standard deviations), also called
            "normal"; "untruncated_normal"; "uniform".
        seed: a seed of its own.
        input_axes: the axes of the weight that are inputs; all but the last, unless given.
        output_axes: the axes that are outputs.
    Raises:
        ArgumentError: if an argument is none of these.
    Source:
        Glorot & Bengio 2010; He et al. 2015.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        if real("scale", scale) <= 0:
            raise ArgumentError("this scale cannot be used", expected="more than 0", received=repr(scale))
        distribution = "truncated_normal" if distribution == "normal" else distribution
        _choice("mode", mode, "fan_in", "fan_out", "fan_avg")
        _choice("distribution", distribution, "truncated_normal", "untruncated_normal", "uniform")
        super().__init__(scale, mode, distribution, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        own = {"scale": self.scale, "mode": self.mode, "distribution": self.distribution}
        return own | super().get_config()


def _choice(name: str, value: str, *choices: str) -> None:
    if value not in choices:
        expected = " or ".join(map(repr, choices))
        raise ArgumentError(f"this {name} cannot be used", expected=expected, received=repr(value))


class _Named(_Scaling):
    """The base of the variance scalings that have a name of their own."""

    settings: tuple[float, str, str]
    function: Callable[..., Any]

    def __init__(
        self,
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.settings, seed, input_axes, output_axes)

    def written(self, shape: Sizes, kind: Kind, stream: str) -> Recipe:
        if self.input_axes is None or self.output_axes is None:
            return self.draw(self.function, shape, kind, stream)
        return super().written(shape, kind, stream)


@registry.register("glorot_uniform")
class GlorotUniform(_Named):
    """Draw from -limit to limit; also called Xavier's.

    Formula:
        limit = sqrt(6 / (inputs + outputs))
    Source:
        Glorot & Bengio 2010, eq. 16.
    """

    settings = (1.0, "fan_avg", "uniform")
    function = staticmethod(_initial.glorot_uniform)


@registry.register("glorot_normal")
class GlorotNormal(_Named):
    """Draw from a normal distribution without its ends; also called Xavier's.

    Formula:
        variance = 2 / (inputs + outputs)
    Source:
        Glorot & Bengio 2010, eq. 12.
    """

    settings = (1.0, "fan_avg", "truncated_normal")
    function = staticmethod(_initial.glorot_normal)


@registry.register("he_uniform")
class HeUniform(_Named):
    """Draw from -limit to limit, for layers with relu.

    Formula:
        limit = sqrt(6 / inputs)
    Source:
        He, Zhang, Ren & Sun 2015, eq. 10.
    """

    settings = (2.0, "fan_in", "uniform")
    function = staticmethod(_initial.he_uniform)


@registry.register("he_normal")
class HeNormal(_Named):
    """Draw from a normal distribution without its ends, for layers with relu.

    Formula:
        variance = 2 / inputs
    Source:
        He, Zhang, Ren & Sun 2015, eq. 10.
    """

    settings = (2.0, "fan_in", "truncated_normal")
    function = staticmethod(_initial.he_normal)


@registry.register("lecun_uniform")
class LecunUniform(_Named):
    """Draw from -limit to limit.

    Formula:
        limit = sqrt(3 / inputs)
    Source:
        LeCun, Bottou, Orr & Müller 1998, eq. 16.
    """

    settings = (1.0, "fan_in", "uniform")
    function = staticmethod(_initial.lecun_uniform)


@registry.register("lecun_normal")
class LecunNormal(_Named):
    """Draw from a normal distribution without its ends.

    Formula:
        variance = 1 / inputs
    Source:
        LeCun, Bottou, Orr & Müller 1998, eq. 16.
    """

    settings = (1.0, "fan_in", "truncated_normal")
    function = staticmethod(_initial.lecun_normal)
