"""The rows of a model's summary."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.graph import BATCH, Graph, Node
from pellucid.nn.variable import Variable
from pellucid.training._summary import Row, Weights, summary_text
from pellucid.training.base import BaseModel

__all__ = ["summary_of"]


def summary_of(
    model: BaseModel,
    trained: bool,
    line_length: int | None,
    positions: Sequence[float] | None,
    show_trainable: bool,
) -> str:
    """Return the summary of a model as a table; once trained, with the optimizer's numbers."""
    shapes = _output_shapes(model)
    rows = [
        Row(
            layer.name,
            type(layer).__name__,
            shape,
            layer.count_params() if layer.built else None,
            bool(layer.trainable_weights) if layer.weights else None,
        )
        for layer, shape in zip(model.layers, shapes, strict=True)
    ]
    return summary_text(
        model.name,
        rows,
        _counted(model.trainable_weights),
        _counted(model.non_trainable_weights),
        optimizer=_optimizer_weights(model) if trained else None,
        line_length=line_length,
        positions=positions,
        show_trainable=show_trainable,
    )


def _output_shapes(model: BaseModel) -> list[Sequence[int | None] | None]:
    if model.example_shape is None:
        return [None] * len(model.layers)
    model.give_names()
    shapes: list[Sequence[int | None] | None] = []
    with Graph("summary") as graph:
        x: Node = graph.input("x", (BATCH, *model.example_shape), model.layers[0].dtype)
        for layer in model.layers:
            x = layer(x)
            shapes.append([size if isinstance(size, int) else None for size in x.shape])
    return shapes


def _counted(weights: Sequence[Variable]) -> Weights:
    return Weights(
        sum(w.size for w in weights), sum(w.size * (8 if w.dtype.endswith("64") else 4) for w in weights)
    )


def _optimizer_weights(model: BaseModel) -> Weights | None:
    """Keras counts the step and the learning rate among the optimizer's numbers."""
    if model.optimizer is None:
        return None
    slots = len(model.optimizer.slots)
    trained = _counted(model.trainable_weights)
    return Weights(slots * trained.number + 2, slots * trained.size + 12)
