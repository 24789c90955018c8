"""RMSprop."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, named
from pellucid.nn._arguments import number, share, size
from pellucid.nn.optimizers.base import Optimizer, constant
from pellucid.ops import sqrt

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """RMSprop: the gradient divided by its usual size.

    Formula:
        v <- rho v + (1 - rho) gradient^2
        step = learning_rate gradient / sqrt(v + epsilon)
        centered: mean <- rho mean + (1 - rho) gradient, and v - mean^2 stands in the place of v in step
        without momentum: w <- w - step
        with momentum:    velocity <- momentum velocity + step;  w <- w - velocity
    Args:
        learning_rate: step size per update, above 0.
        rho: how much of v stays at each step.
        momentum: how much of the last step is repeated, from 0 to below 1.
        epsilon: keeps the division from 0.
        centered: whether to take the variance of the gradient in the place of its mean square.
    Source:
        Tieleman & Hinton 2012; Graves 2013 for centered.
    """

    function = "rmsprop"
    title = "RMSprop"

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        name: str = "rmsprop",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho = share("rho", rho)
        self.momentum = number("momentum", momentum, "a number from 0 to 1", lambda part: 0 <= part <= 1)
        self.epsilon = size("epsilon", epsilon)
        self.centered = bool(centered)

    @property
    def slots(self) -> tuple[str, ...]:
        return ("v", *("mean",) * self.centered, *("velocity",) * bool(self.momentum))

    def rule(
        self, w: Node, gradient: Node, kept: dict[str, Node], t: Node, learning_rate: Node
    ) -> tuple[Node, ...]:
        rho, epsilon = constant("rho", self.rho), constant("epsilon", self.epsilon)
        v = spread = named("v", rho * kept["v"] + (1 - rho) * gradient**2)
        results = [v]
        if self.centered:
            mean = named("mean", rho * kept["mean"] + (1 - rho) * gradient)
            results.append(mean)
            spread = v - mean**2
        step = named("step", learning_rate * gradient / sqrt(spread + epsilon))
        if self.momentum:
            step = named("velocity", constant("momentum", self.momentum) * kept["velocity"] + step)
            results.append(step)
        return named("w", w - step), *results

    @property
    def doc(self) -> str:  # type: ignore[override]
        lines = ["v: running mean of the squared gradient."]
        if self.centered:
            lines.append("mean: running mean of the gradient; v - mean ** 2 is its variance (Graves, 2013).")
        if self.momentum:
            lines.append("velocity: a decaying sum of all steps so far.")
        return "\n".join(["One weight's update by RMSprop (Tieleman & Hinton, 2012).", "", *lines])

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
