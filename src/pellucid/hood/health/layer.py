"""What is known of one layer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pellucid.hood.health.distribution import Distribution

__all__ = ["LayerHealth", "WeightHealth"]


class WeightHealth(NamedTuple):
    """What is known of one weight.

    Attributes:
        path: its path: "dense/kernel".
        values: how its numbers are distributed.
        length: the square root of the sum of their squares.
        gradient: how the gradient of the loss is distributed; None if training leaves the weight alone.
        gradient_length: the length of the gradient.
        update_length: that of the change which the optimizer would make now.
    """

    path: str
    values: Distribution
    length: float
    gradient: Distribution | None = None
    gradient_length: float = 0.0
    update_length: float = 0.0

    @property
    def update_ratio(self) -> float | None:
        """The change as a share of the weight; None if it is not trained."""
        return None if self.gradient is None else _ratio(self.update_length, self.length)


class LayerHealth(NamedTuple):
    """What is known of one layer.

    Attributes:
        name: what the layer is called.
        title: what a heading says about it: "20 units, relu".
        units: how many numbers the last axis of its output has.
        weights: its weights.
        activations: how its outputs are distributed.
        signal: how the gradient of the loss with respect to its outputs is distributed; with respect to what
            its activation is given, where the loss is worked out from that (cross-entropy after softmax).
            None if the loss does not depend on the layer.
        signal_length: the length of that gradient.
        dead: the units that give 0 for every example and let no gradient through.
        saturated: the units that give something, and hardly let a gradient through for nearly all examples.
        judged: whether it has an activation on the way of the gradient: else none can be dead or saturated.
    """

    name: str
    title: str
    units: int
    weights: tuple[WeightHealth, ...]
    activations: Distribution
    signal: Distribution | None
    signal_length: float
    dead: np.ndarray
    saturated: np.ndarray
    judged: bool

    @property
    def trained(self) -> tuple[WeightHealth, ...]:
        """The weights that training changes."""
        return tuple([weight for weight in self.weights if weight.gradient is not None])

    @property
    def update_ratio(self) -> float | None:
        """The change of all its trained weights together as a share of them; None if there are none."""
        trained = self.trained
        if not trained:
            return None
        update = np.hypot.reduce([weight.update_length for weight in trained])
        return _ratio(float(update), float(np.hypot.reduce([weight.length for weight in trained])))

    @property
    def gradient_length(self) -> float | None:
        """The length of the gradient of all its trained weights together; None if there are none."""
        trained = self.trained
        return float(np.hypot.reduce([weight.gradient_length for weight in trained])) if trained else None


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else (np.inf if part else 0.0)
