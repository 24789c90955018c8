"""What a changed input shall bring about: another class, or the other side of a target."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.errors import ArgumentError
from pellucid.hood.explanations.function import NetworkFunction
from pellucid.hood.explanations.places import Places
from pellucid.hood.numbers import number_text
from pellucid.hood.opened import Opened
from pellucid.nn._arguments import number

__all__ = ["Goal", "Margins", "Wanted", "wanted"]

_EVEN: Final = 0.5  # the probability on whose other side the answer is another


class Margins(NamedTuple):
    """Sums of the answers, and how large they must be: enough = rows answers - least is at least 0.

    Attributes:
        rows: (sums, answers).
        least: (sums,).
    """

    rows: np.ndarray
    least: np.ndarray


class Goal(NamedTuple):
    """What is wanted of one example.

    Attributes:
        alternatives: each of them would do.
        answer: the number of the answer that changes, or with classes that is the largest now.
        target: the number whose other side is wanted; NaN where another class is.
        rising: whether the answer must rise to it.
        name: the number of the class that is wanted; -1 for any other.
    """

    alternatives: list[Margins]
    answer: int
    target: float
    rising: bool
    name: int

    def reached(self, predictions: np.ndarray) -> np.ndarray:
        """Whether predictions, one in each row, are what is wanted."""
        if not math.isnan(self.target):
            answers = predictions[:, self.answer]
            reached: np.ndarray = ((answers >= self.target) == self.rising) & np.isfinite(answers)
        else:
            largest = predictions.argmax(axis=1)
            reached = largest != self.answer if self.name < 0 else largest == self.name
        return reached


class Wanted(NamedTuple):
    """What is wanted of all examples.

    Attributes:
        function: the network; before its softmax or sigmoid, where that changes no goal.
        answers: the names of the answers.
        target: the number whose other side is wanted; NaN where another class is.
        answer: the number of the answer, of which the target is meant, or which shall be the largest; -1 if
            none was named.
    """

    function: NetworkFunction
    answers: Places
    target: float
    answer: int

    def goal(self, prediction: np.ndarray) -> Goal:
        """Return the goal for an example with this prediction."""
        count = self.answers.count
        if not math.isnan(self.target):
            rising = bool(prediction[self.answer] < self.target)
            row = np.zeros((1, count))
            row[0, self.answer] = 1 if rising else -1
            margins = Margins(row, row[:, self.answer] * self._before_head(self.target))
            return Goal([margins], self.answer, self.target, rising, self.answer)
        now, unit = int(prediction.argmax()), np.eye(count)
        if self.answer >= 0:
            others = [other for other in range(count) if other != self.answer]
            alternatives = [Margins(unit[self.answer] - unit[others], np.zeros(count - 1))]
        else:
            alternatives = [
                Margins((unit[other] - unit[now])[None], np.zeros(1))
                for other in range(count)
                if other != now
            ]
        return Goal(alternatives, now, math.nan, False, self.answer)

    def _before_head(self, target: float) -> float:
        """Return what must go into a sigmoid for the target to come out."""
        return math.log(target / (1 - target)) if self.function.head == "sigmoid" else target

    def words(self, prediction: np.ndarray, goal: Goal, short: bool = False) -> str:
        """Say what is predicted, as far as the goal speaks of it; if short, without a name that is known."""
        shown = int(prediction.argmax()) if math.isnan(goal.target) else goal.answer
        number = number_text(float(prediction[shown]))
        return number if short and not math.isnan(goal.target) else f"{self.answers.name(shown)!r} ({number})"


def wanted(opened: Opened, answer: Any, target: Any) -> Wanted:
    """Find out what a user wants.

    Raises:
        ArgumentError: if that is not said, or cannot be.
        UnknownNameError: if no answer has this name.
    """
    function = NetworkFunction(opened)
    answers = Places("answer", opened.answers, function.outputs)
    chosen = -1 if answer is None else answers.number(answer)
    if target is None and function.head == "sigmoid":
        target = _EVEN
    if target is None:
        if answers.count == 1 or len(answers.shape) > 1:
            raise ArgumentError(
                "these answers are no classes",
                expected="the number that one of them shall reach",
                received="none",
                attempt="target=...",
            )
        return Wanted(NetworkFunction(opened, logits=True), answers, math.nan, chosen)
    if chosen < 0 and answers.count > 1:
        raise ArgumentError(
            "there are several answers",
            expected="the one to change",
            received="none",
            attempt=_first(answers),
        )
    probability = function.head != ""
    expected = "a number above 0 and below 1" if probability else "a finite number"
    aim = number("target", target, expected, lambda value: not probability or 0 < value < 1)
    return Wanted(NetworkFunction(opened, logits=function.head == "sigmoid"), answers, aim, max(chosen, 0))


def _first(answers: Places) -> str:
    return f"answer={answers.names[0]!r}" if answers.names else "answer=..."
