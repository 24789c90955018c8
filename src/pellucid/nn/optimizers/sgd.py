"""Gradient descent."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, named
from pellucid.nn._arguments import number
from pellucid.nn.optimizers.base import Optimizer, constant

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Formula:
        without momentum: w <- w - learning_rate gradient
        with momentum:    v <- momentum v - learning_rate gradient;  w <- w + v
        with nesterov:    v as before;  w <- w + momentum v - learning_rate gradient
    Args:
        learning_rate: step size per update, above 0.
        momentum: how much of the last step is repeated, from 0 to below 1.
        nesterov: whether to look ahead along the momentum.
    Source:
        Cauchy 1847; Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013.
    """

    function = "gradient_descent"

    def __init__(
        self,
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str = "SGD",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.momentum = number("momentum", momentum, "a number from 0 to 1", lambda part: 0 <= part <= 1)
        self.nesterov = bool(nesterov)

    @property
    def slots(self) -> tuple[str, ...]:
        return ("velocity",) if self.momentum else ()

    def rule(
        self, w: Node, gradient: Node, kept: dict[str, Node], t: Node, learning_rate: Node
    ) -> tuple[Node, ...]:
        if not self.momentum:
            return (named("w", w - learning_rate * gradient),)
        momentum = constant("momentum", self.momentum)
        if not self.nesterov:
            velocity = named("velocity", momentum * kept["velocity"] - learning_rate * gradient)
            return named("w", w + velocity), velocity
        step = named("step", learning_rate * gradient)
        velocity = named("velocity", momentum * kept["velocity"] - step)
        return named("w", w + momentum * velocity - step), velocity

    @property
    def title(self) -> str:  # type: ignore[override]
        if not self.momentum:
            return "gradient descent"
        return (
            "gradient descent with Nesterov momentum" if self.nesterov else "gradient descent with momentum"
        )

    @property
    def doc(self) -> str:  # type: ignore[override]
        if not self.momentum:
            return "One step downhill: against the gradient."
        paper = "Nesterov, 1983; Sutskever et al., 2013" if self.nesterov else "Polyak, 1964"
        ahead = " It looks one step of velocity ahead." if self.nesterov else ""
        about = f"velocity: a decaying sum of all steps so far.{ahead}"
        return f"One step downhill, with momentum ({paper}).\n\n{about}"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"momentum": self.momentum, "nesterov": self.nesterov}
