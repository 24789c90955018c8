"""Checks of the last layer, the loss and the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.glance import mismatch
from pellucid.hood.numbers import number_text
from pellucid.nn.losses import BinaryCrossentropy
from pellucid.nn.metrics import BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy

__all__ = ["class_numbers_as_quantities", "head_and_loss", "metric", "range_of_the_head"]

_HEAD: Final = "head and loss"
_ENOUGH: Final = 20  # examples, to say what answers look like
_RANGES: Final = {
    "sigmoid": (0.0, 1.0, "from 0 to 1"),
    "softmax": (0.0, 1.0, "from 0 to 1"),
    "tanh": (-1.0, 1.0, "from -1 to 1"),
    "relu": (0.0, np.inf, "from 0 up"),
    "softplus": (0.0, np.inf, "above 0"),
    "exp": (0.0, np.inf, "above 0"),
}
_MOST_CLASSES: Final = 20


def head_and_loss(examination: Examination) -> Iterator[Finding]:
    """The last layer gives what the loss does not understand."""
    word = mismatch(examination.loss, examination.predict.outputs["prediction",])
    if word:
        loss, head = examination.loss, examination.head
        facts = {
            "layer": examination.last_layer,
            "units": examination.units,
            "head": head,
            "kind": head if head == "linear" else f"a {head}",
            "loss": loss.title,
            "name": type(loss).__name__,
        }
        wrong, remedy, code = (text.format(**facts) for text in _WORDS[word])
        yield Finding(_HEAD, wrong, remedy, code)
    elif _one_of_several(examination):
        units = examination.units
        yield Finding(
            _HEAD,
            f"Every row of y has exactly one 1: {units} classes that exclude each other. Binary "
            f"cross-entropy asks {units} questions that have nothing to do with each other.",
            "Let the classes share one probability.",
            f'layers.Dense({units}, activation="softmax")\nloss="categorical_crossentropy"',
            "risk",
        )


def _one_of_several(examination: Examination) -> bool:
    y = examination.y[examination.rows]
    if not isinstance(examination.loss, BinaryCrossentropy) or examination.units < 3 or y.ndim != 2:
        return False
    return len(y) >= _ENOUGH and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


class _Words(NamedTuple):
    """What a mismatch means, what to do, and how that is written; facts stand in braces."""

    wrong: str
    remedy: str
    code: str


_WORDS: Final = {
    "softmax of one": _Words(
        "The last layer, {layer!r}, is a softmax over a single unit. Its answer is 1 for every example, "
        "whatever the weights are: one probability alone must be all of it.",
        "Use a sigmoid for a yes or no, and no activation for a quantity.",
        'layers.Dense(1, activation="sigmoid")  # yes or no\nlayers.Dense(1)  # a quantity',
    ),
    "twice": _Words(
        "The last layer, {layer!r}, squashes what has been squashed before: softmax or sigmoid come twice. "
        "The answers can hardly differ, and the gradient is small.",
        "Leave one of them out.",
        'layers.Dense({units}, activation="{head}")  # and nothing behind it',
    ),
    "one unit": _Words(
        "The loss, {loss}, chooses between classes, but the last layer, {layer!r}, has a single unit: there "
        "is nothing to choose.",
        "Take one unit for each class, or the loss for a yes or no.",
        'layers.Dense(1, activation="sigmoid")\nloss="binary_crossentropy"',
    ),
    "logits wanted": _Words(
        "The loss, {loss}, says from_logits=True, so it squashes the numbers itself; but the last layer, "
        "{layer!r}, is {kind} already.",
        "Leave its activation out, or from_logits.",
        "layers.Dense({units})  # and from_logits=True in the loss",
    ),
    "softmax of many": _Words(
        "The last layer, {layer!r}, is a softmax over {units} classes that exclude each other, and binary "
        "cross-entropy asks {units} questions that have nothing to do with each other.",
        "Take the loss for classes.",
        'loss="categorical_crossentropy"  # "sparse_categorical_crossentropy" for class numbers',
    ),
    "sigmoid wanted": _Words(
        "The loss, {loss}, takes the logarithm of a probability, but the last layer, {layer!r}, is {kind}: "
        "its answers are no probabilities, and where one leaves 0 to 1 there is no gradient.",
        "Give the last layer a sigmoid, or let the loss apply it.",
        'layers.Dense({units}, activation="sigmoid")\n'
        "# or, without activation: loss=losses.BinaryCrossentropy(from_logits=True)",
    ),
    "softmax wanted": _Words(
        "The loss, {loss}, takes the logarithm of the true class's probability, but the last layer, "
        "{layer!r}, is {kind}: its answers are no probabilities that add up to 1.",
        "Give the last layer a softmax, or let the loss apply it.",
        'layers.Dense({units}, activation="softmax")\n'
        "# or, without activation: loss=losses.{name}(from_logits=True)",
    ),
}


# ------------------------------------------------------------ against the answers
def range_of_the_head(examination: Examination) -> Iterator[Finding]:
    """Answers lie where the last layer cannot reach."""
    if examination.head not in _RANGES or not examination.numeric:
        return
    low, high, words = _RANGES[examination.head]
    answers = examination.quantities
    slack = 1e-3 if np.isinf(high) else 0.01 * (high - low)
    share = float(((answers < low - slack) | (answers > high + slack)).mean())
    if share >= 0.01:
        span = f"{number_text(answers.min())} to {number_text(answers.max())}"
        yield Finding(
            "range of the head",
            f"The last layer, {examination.last_layer!r}, is a {examination.head}: it gives numbers "
            f"{words}. The answers go from {span}, and {share:.0%} of them lie outside: the network can "
            "never say them.",
            "Leave the activation of the last layer out.",
            f"layers.Dense({examination.units})",
        )


def metric(examination: Examination) -> Iterator[Finding]:
    """Accuracy is asked for where answers are quantities, which are never hit exactly."""
    kinds = BinaryAccuracy | CategoricalAccuracy | SparseCategoricalAccuracy
    names = [metric.name for metric in examination.opened.metrics if isinstance(metric, kinds)]
    if not names or not examination.numeric:
        return
    whole = float((examination.quantities % 1 == 0).mean())
    if whole < 0.5:
        yield Finding(
            "metric",
            f"The metric {names[0]!r} counts how often an answer is exactly right. Here answers are "
            f"quantities, such as {number_text(examination.quantities[0, 0])}: it says nothing.",
            "Ask for the typical error instead.",
            'metrics=["mae"]',
            "risk",
        )


def class_numbers_as_quantities(examination: Examination) -> Iterator[Finding]:
    """Class numbers are learnt as if class 2 were twice class 1."""
    if not examination.numeric or examination.units != 1 or examination.head == "sigmoid":
        return
    found, counts = np.unique(examination.quantities, return_counts=True)
    classes = len(found)
    if not 3 <= classes <= _MOST_CLASSES or counts.sum() < 10 * classes:
        return
    if found[0] not in (0, 1) or not np.array_equal(found, found[0] + np.arange(classes)):
        return
    kinds = BinaryAccuracy | CategoricalAccuracy | SparseCategoricalAccuracy
    counted = any(isinstance(metric, kinds) for metric in examination.opened.metrics)
    whole = len(examination.rows) == len(examination.x)
    if counted or (whole and counts.max() - counts.min() <= 1):
        less = "" if found[0] == 0 else "  # and y - 1, since classes are counted from 0"
        yield Finding(
            "class numbers as quantities",
            f"y holds {classes} different whole numbers, from {found[0]:g} to {found[-1]:g}, which look "
            f"like class numbers; {examination.loss.title} takes class 2 to be twice class 1.",
            "If they are classes, let the network choose among them.",
            f'layers.Dense({classes}, activation="softmax")\nloss="sparse_categorical_crossentropy"{less}',
        )
