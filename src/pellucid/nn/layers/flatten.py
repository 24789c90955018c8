"""From any shape to rows."""

from __future__ import annotations

from pellucid.errors import ShapeError
from pellucid.graph import Node, current_graph, named, product
from pellucid.nn.layers.base import Layer
from pellucid.ops import reshape

__all__ = ["Flatten"]


class Flatten(Layer):
    """Write each example as one row of numbers.

    Shape:
        x: (batch, ...)
        returns: (batch, product of the other sizes); (batch, 1) for x of shape (batch,)
    """

    def call(self, inputs: Node) -> Node:
        if not inputs.shape:
            raise ShapeError(
                f"{self.name!r} needs examples", expected="(batch, ...)", received="a single number"
            )
        rows: Node = reshape(inputs, shape=(inputs.shape[0], product(inputs.shape[1:])))
        return inputs if rows.shape == inputs.shape else named("flat", rows, current_graph().owner(inputs))
