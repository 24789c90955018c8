"""Examples as the plots need them: which are drawn, which class each belongs to, what the model answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.errors import DataError, ShapeError, UnsupportedError
from pellucid.graph import Graph, Node, Path
from pellucid.hood.opened import Opened

__all__ = ["Answers", "answers_of", "outputs_for", "predictions_for", "two_inputs"]

_AT_ONCE: Final = 4096  # examples
_LOGITS: Final = ("softplus", "log_sum_exp")  # what a loss does with answers that are no probabilities yet


class Answers(NamedTuple):
    """What the answers of a model are.

    Attributes:
        kind: "two classes": one number, the probability of the second. "classes": a probability for each.
            "numbers": no classes.
        names: what the classes, or the numbers, are called.
        logits: whether the probabilities have yet to be made of the answers, by the sigmoid or by softmax.
        labels: the right class of each example; None where there are none.
    """

    kind: Literal["two classes", "classes", "numbers"]
    names: tuple[str, ...]
    logits: bool
    labels: np.ndarray | None

    def probabilities(self, predictions: np.ndarray) -> np.ndarray:
        """Return how probable each class is by the answers, one column for each."""
        answers = predictions.astype(np.float64)
        if self.kind == "two classes":
            second = np.exp(-np.logaddexp(0, -answers)) if self.logits else answers
            return np.hstack([1 - second, second])
        if self.logits:
            grown = np.exp(answers - answers.max(axis=1, keepdims=True))
            return np.asarray(grown / grown.sum(axis=1, keepdims=True))
        return answers


def answers_of(opened: Opened) -> Answers:
    """Find out whether a model tells classes apart: by the right answers, or else by its last operation.

    Raises:
        UnsupportedError: if its answer to one example is not a row of numbers.
    """
    prediction = opened.blueprint.predict.outputs["prediction",]
    if len(prediction.shape) != 2:
        raise UnsupportedError(
            "this picture is for models whose answer is a row of numbers",
            received=f"answers of the shape {prediction.shape[1:]}",
        )
    count = int(str(prediction.shape[1]))
    kind = _kind(opened, prediction, count)
    if kind == "numbers":
        return Answers(kind, opened.answers, logits=False, labels=None)
    y = opened.arrays[1] if len(opened.arrays) > 1 else None
    labels = None if y is None else y if y.ndim == 1 else y[:, 0] if count == 1 else y.argmax(axis=1)
    names = _class_names(opened.answers)
    return Answers(kind, names, _are_logits(opened), None if labels is None else labels.astype(np.int64))


def _kind(opened: Opened, prediction: Node, count: int) -> Literal["two classes", "classes", "numbers"]:
    if len(opened.arrays) < 2:
        if (prediction.op.name, count) == ("sigmoid", 1):
            return "two classes"
        return "classes" if prediction.op.name == "softmax" and count > 1 else "numbers"
    y = opened.arrays[1]
    if y.ndim == 1:
        return "classes"
    if not np.isin(y, (0, 1)).all():
        return "numbers"
    if count == 1:
        return "two classes"
    return "classes" if (y.sum(axis=1) == 1).all() else "numbers"


def _class_names(answers: Sequence[str]) -> tuple[str, ...]:
    """Name the classes; those without names of their own by their numbers, which are what y holds."""
    if len(answers) == 1:
        return (f"{answers[0]} = 0", f"{answers[0]} = 1")
    unnamed = tuple(answers) == tuple([f"y{number + 1}" for number in range(len(answers))])
    return tuple(map(str, range(len(answers)))) if unnamed else tuple(answers)


def _are_logits(opened: Opened) -> bool:
    """Whether the loss itself makes probabilities of the answers."""
    if opened.blueprint.training is None:
        return False
    step = opened.training.step
    prediction = step.outputs["prediction",]
    users = [node for node in step.live([step.outputs["loss",]]) if node.op.name in _LOGITS]
    return any(operand is prediction for node in users for operand in node.inputs)


# ------------------------------------------------------------ the engine is asked
def outputs_for(opened: Opened, x: np.ndarray, outputs: dict[Path, Node]) -> dict[Path, np.ndarray]:
    """Return what nodes of the prediction are for some examples."""
    graph = opened.blueprint.predict
    with np.errstate(all="ignore"):  # what is no number is drawn as none
        worked_out = evaluation_of(graph.asked_for(outputs))({"x": x.astype(_dtype(graph))}, opened.entries)
    return {path: np.asarray(value) for path, value in worked_out.items()}


def predictions_for(opened: Opened) -> np.ndarray:
    """Return the answer to every example, some thousand at a time.

    Raises:
        DataError: if there are no examples.
    """
    x, graph = opened.arrays[0], opened.blueprint.predict
    if not len(x):
        raise DataError("there are no examples to draw", expected="at least one", received="none")
    evaluation = evaluation_of(graph.asked_for({("prediction",): graph.outputs["prediction",]}))
    with np.errstate(all="ignore"):
        parts = [
            evaluation({"x": x[first : first + _AT_ONCE]}, opened.entries)["prediction",]
            for first in range(0, len(x), _AT_ONCE)
        ]
    return np.concatenate([np.asarray(part) for part in parts])


def _dtype(graph: Graph) -> str:
    return next(node.dtype for node in graph.notes if node.op.name == "input")


def two_inputs(opened: Opened, what: str) -> np.ndarray:
    """Return the examples as points of the plane.

    Args:
        opened: the model.
        what: what is to be drawn, as the beginning of a sentence.
    Raises:
        ShapeError: if the model has more or fewer than two inputs.
    """
    x = opened.arrays[0]
    if x.shape[1:] != (2,):
        raise ShapeError(f"{what} of models with two inputs", expected="(2,)", received=str(x.shape[1:]))
    return x
