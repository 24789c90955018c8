"""Adam."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, named
from pellucid.nn._arguments import share, size
from pellucid.nn.optimizers.base import Optimizer, constant
from pellucid.ops import maximum, sqrt

__all__ = ["Adam"]


class Adam(Optimizer):
    """Adam: step sizes that adapt to each weight.

    Formula:
        rate <- learning_rate sqrt(1 - beta_2^t) / (1 - beta_1^t)
        m <- m + (1 - beta_1) (gradient - m)
        v <- v + (1 - beta_2) (gradient^2 - v)
        w <- w - rate m / (sqrt(v) + epsilon)
        with amsgrad, the largest v so far stands in the place of v in the last line
    Args:
        learning_rate: step size per update, above 0.
        beta_1: how much of m stays at each step.
        beta_2: how much of v stays at each step.
        epsilon: keeps the division from 0.
        amsgrad: whether to divide by the largest v so far.
    Source:
        Kingma & Ba 2015; Reddi et al. 2018 for amsgrad.
    """

    function = "adam"
    title = "Adam"

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str = "adam",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1 = share("beta_1", beta_1)
        self.beta_2 = share("beta_2", beta_2)
        self.epsilon = size("epsilon", epsilon)
        self.amsgrad = bool(amsgrad)

    @property
    def slots(self) -> tuple[str, ...]:
        return ("m", "v", "largest_v") if self.amsgrad else ("m", "v")

    def rule(
        self, w: Node, gradient: Node, kept: dict[str, Node], t: Node, learning_rate: Node
    ) -> tuple[Node, ...]:
        beta_1, beta_2 = constant("beta_1", self.beta_1), constant("beta_2", self.beta_2)
        epsilon = constant("epsilon", self.epsilon)
        m, v = kept["m"], kept["v"]
        rate = named("rate", learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t))
        m = named("m", m + (1 - beta_1) * (gradient - m))
        v = named("v", v + (1 - beta_2) * (gradient**2 - v))
        if not self.amsgrad:
            return named("w", w - rate * m / (sqrt(v) + epsilon)), m, v
        largest_v = named("largest_v", maximum(kept["largest_v"], v))
        return named("w", w - rate * m / (sqrt(largest_v) + epsilon)), m, v, largest_v

    @property
    def doc(self) -> str:  # type: ignore[override]
        more = "\nlargest_v: the largest v so far (Reddi et al., 2018)." if self.amsgrad else ""
        return (
            "One weight's update by Adam (Kingma & Ba, 2015).\n\n"
            "m: running mean of the gradient, v: running mean of its square, t: the number of this step.\n"
            "m and v start at 0 and so are too small at first: the square root and the division in rate"
            " mend that."
            f"{more}"
        )

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
