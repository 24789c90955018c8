"""Dropout: noise against learning by heart."""

from __future__ import annotations

from typing import Any

from pellucid.graph import NUMBER, Name, Node, current_graph, named
from pellucid.nn import _arguments
from pellucid.nn.layers.base import Layer
from pellucid.ops import greater_equal, random_uniform, select

__all__ = ["Dropout"]


class Dropout(Layer):
    """While training, set a random part of the inputs to 0 and scale up the others; else do nothing.

    Formula:
        a = x / (1 - rate) where a random number from 0 to 1 is at least rate, else 0
    Shape:
        x: (batch, ...)
        returns: the same
    Args:
        rate: the part that becomes 0, from 0 to below 1.
        seed: a seed of its own, instead of the model's.
    Source:
        Srivastava et al. 2014.
    """

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.rate = _arguments.share("rate", rate)
        self.seed = None if seed is None else _arguments.seed(seed)

    def call(self, inputs: Node, training: bool = False) -> Node:
        if not training or self.rate == 0:
            return inputs
        graph = current_graph()
        seed = graph.state(("seed",), (), NUMBER, Name("seed")) if self.seed is None else self.seed
        step = graph.state(("optimizer", "step"), (), NUMBER)
        chance = random_uniform(seed, step, shape=inputs.shape, stream=f"dropout/{self.name}")
        owner = graph.owner(inputs)
        kept = named("kept", greater_equal(chance, self.rate), owner)
        return named("dropped", select(kept, inputs / (1 - self.rate), 0), owner)

    @property
    def title(self) -> str:
        return f"{self.rate:.0%} of the values become 0"

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"rate": self.rate, "seed": self.seed}
