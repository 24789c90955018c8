"""The declaration of what a model is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.errors import ShapeError
from pellucid.graph import Node
from pellucid.nn.layers.base import Layer

__all__ = ["Input", "InputLayer"]


class InputLayer(Layer):
    """Declare the shape of one example; it does nothing else.

    Args:
        shape: sizes without the batch: (3,).
    """

    def __init__(self, shape: Sequence[int] | None = None, **options: Any) -> None:
        options.setdefault("input_shape", shape)
        super().__init__(**options)
        if self.declared_shape is None:
            raise ShapeError("an input needs a shape", expected="sizes such as (3,)", received="none")

    def call(self, inputs: Node) -> Node:
        return inputs


def Input(shape: Sequence[int] | None = None, **options: Any) -> InputLayer:  # noqa: N802 - Keras's name
    """Declare the shape of one example as the first entry of a Sequential.

    Args:
        shape: sizes without the batch: (3,).
        options: those of InputLayer.
    """
    return InputLayer(shape, **options)
