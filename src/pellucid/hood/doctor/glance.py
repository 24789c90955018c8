"""What can be seen from the network alone, in microseconds: whether head and loss belong together."""

from __future__ import annotations

from typing import Final

from pellucid.engines.blueprint import Blueprint
from pellucid.graph import CONSTANT, Node
from pellucid.nn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    SparseCategoricalCrossentropy,
)

__all__ = ["activation_of", "at_a_glance", "head_of", "mismatch", "nothing_trained"]

_LAYOUT: Final = frozenset({"reshape", "expand_dims", "transpose", "cast"})
_LINEAR: Final = frozenset({"add", "subtract", "multiply", "divide", "matmul", "convolution", "negative"})


def head_of(prediction: Node) -> Node:
    """Return the node that makes the numbers of a prediction, below what only arranges them."""
    while prediction.op.name in _LAYOUT:
        prediction = prediction.inputs[0]
    return prediction


def activation_of(node: Node) -> str:
    """Return what a node does to the numbers of a layer: "softmax", "relu", "linear"."""
    name = node.op.name
    if name in _LINEAR:
        return "linear"
    if name == "maximum" and any(part.op is CONSTANT and part["value"] == 0 for part in node.inputs):
        return "relu"
    return name


def mismatch(loss: Loss, prediction: Node) -> str:
    """Say in a word what is wrong with a head and a loss; "" if they belong together.

    A head or a loss of a kind that is not known here is taken to be right.
    """
    head = head_of(prediction)
    kind, units = activation_of(head), prediction.shape[-1]
    if kind == "softmax" and units == 1:
        return "softmax of one"
    if kind in _SQUASHING and activation_of(head_of(head.inputs[0])) in _SQUASHING:
        return "twice"
    if not isinstance(loss, BinaryCrossentropy | CategoricalCrossentropy | SparseCategoricalCrossentropy):
        return ""
    binary = isinstance(loss, BinaryCrossentropy)
    if units == 1 and not binary:
        return "one unit"
    if loss.from_logits:
        return "logits wanted" if kind in _KNOWN - {"linear"} else ""
    if binary and kind == "softmax":  # of two units it is the same as a sigmoid, and the loss as well
        return "" if units == 2 else "softmax of many"
    wanted = "sigmoid" if binary else "softmax"
    return f"{wanted} wanted" if kind in _KNOWN - {wanted} else ""


_SQUASHING: Final = frozenset({"softmax", "sigmoid"})
_KNOWN: Final = frozenset({"linear", "relu", "tanh", *_SQUASHING})


def nothing_trained(blueprint: Blueprint) -> bool:
    """Say whether a network has weights, and a step of training changes none of them."""
    changed = any(path[0] == "weights" for path in blueprint.compiled_training.step.outputs)
    return bool(blueprint.weights) and not changed


def at_a_glance(blueprint: Blueprint, loss: Loss) -> bool:
    """Say whether something is plainly wrong with a network, whatever its examples are."""
    return nothing_trained(blueprint) or bool(mismatch(loss, blueprint.predict.outputs["prediction",]))
