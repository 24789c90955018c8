"""An activation as a layer of its own."""

from __future__ import annotations

from typing import Any

from pellucid.graph import Node, current_graph, named
from pellucid.nn import activations
from pellucid.nn.layers.base import Layer, activation_title

__all__ = ["Activation"]


class Activation(Layer):
    """Apply an activation to every number, or to every row for softmax.

    Formula:
        a = activation(x)
    Shape:
        x: (batch, ...)
        returns: the same
    Args:
        activation: name or function.
    """

    def __init__(self, activation: Any, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def call(self, inputs: Node) -> Node:
        output = self.activation(inputs)
        return inputs if output is inputs else named("a", output, current_graph().owner(inputs))

    @property
    def title(self) -> str:
        return activation_title(self.activation)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"activation": activations.serialize(self.activation)}
