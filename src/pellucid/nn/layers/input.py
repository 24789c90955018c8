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
        batch_size: how many examples there will be; the model takes any other number as well.
        batch_shape: sizes with the batch in front: (None, 3).
    """

    def __init__(
        self,
        shape: Sequence[int] | None = None,
        batch_size: int | None = None,
        batch_shape: Sequence[int | None] | None = None,
        **options: Any,
    ) -> None:
        if shape is not None:
            options["input_shape"] = shape
        if batch_shape is not None:
            options["batch_input_shape"] = batch_shape
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
