"""Partial dependence: the answer while one input, or two, go through a range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, final

import numpy as np

from pellucid.errors import ArgumentError
from pellucid.hood.explanations.curves import Curves, Surface
from pellucid.hood.explanations.places import Places
from pellucid.hood.explanations.question import Question, ask
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report
from pellucid.nn._arrays import as_numbers

__all__ = ["PartialDependence", "partial_dependence"]

_VALUES: Final = 25  # that one input goes through, unless they are given
_VALUES_OF_TWO: Final = 9


@final
class PartialDependence(Report):
    """How the answer depends on one input, or on two, while the others stay as they are in some examples.

    Attributes:
        inputs: the names of the inputs that go through a range: one, or two.
        grid: for each of them, the values that it takes.
        answers: the names of the answers.
        individual: the answers, example by example: (examples, values, answers), or for two inputs (examples,
            values of the first, values of the second, answers).
    """

    __slots__ = ("_title", "answers", "grid", "individual", "inputs")

    def __init__(
        self,
        title: str,
        inputs: tuple[str, ...],
        grid: tuple[np.ndarray, ...],
        answers: tuple[str, ...],
        individual: np.ndarray,
    ) -> None:
        self._title = title
        self.inputs = inputs
        self.grid = grid
        self.answers = answers
        self.individual = individual

    @property
    def mean(self) -> np.ndarray:
        """The answers on average over the examples: (values, answers), or a table of these for two inputs."""
        mean: np.ndarray = self.individual.mean(axis=0)
        return mean

    def parts(self) -> list[str | Part]:
        """Return the heading, the curves or the table, and how to read them."""
        count = len(self.individual)
        examples = "1 example" if count == 1 else f"{count} examples"
        names = " and ".join(map(repr, self.inputs))
        answers = repr(self.answers[0]) if len(self.answers) == 1 else "the answers"
        verb = "depends" if len(self.answers) == 1 else "depend"
        heading = f"How {answers} of {self._title!r} {verb} on {names}: the mean over {examples}"
        others = (
            "All other inputs stay as they are in the examples, also where such an example would never occur."
        )
        if len(self.inputs) == 2:
            return [heading, Surface(self.inputs, self.grid, self.mean[..., 0]), others]
        return [heading, Curves(self.inputs[0], self.grid[0], self.answers, self.individual), others]


def partial_dependence(opened: Opened, feature: Any, grid: Any, answer: Any) -> PartialDependence:
    """Let one input, or two, go through a range in every example, and predict."""
    question = ask(opened, answer)
    numbers = _inputs(question.inputs, feature)
    every = range(question.answers.count)
    chosen = list(every) if answer is None else [int(question.chosen[0])]
    if len(numbers) == 2 and len(chosen) > 1:
        raise ArgumentError(
            "the answers make one table each",
            expected="the one that is wanted",
            received="none",
            attempt=f"answer={question.answers.names[0]!r}" if question.answers.names else "answer=...",
        )
    grids = _grids(question, numbers, grid)
    names = tuple([question.inputs.name(number) for number in numbers])
    answers = tuple([question.answers.name(number) for number in chosen])
    found = _predicted(question, numbers, grids)[..., chosen]
    return PartialDependence(question.title, names, grids, answers, found)


def _inputs(inputs: Places, feature: Any) -> list[int]:
    """Find the input, or the two, that a user names."""
    row = len(inputs.shape) == 1
    pair = isinstance(feature, tuple | list) and (row or any(isinstance(each, tuple) for each in feature))
    if not pair:
        return [inputs.number(feature)]
    numbers = [inputs.number(each) for each in feature]
    if len(numbers) != 2 or numbers[0] == numbers[1]:
        raise ArgumentError(
            "partial dependence is of one input, or of two",
            expected="two different ones",
            received=repr(feature),
        )
    return numbers


def _grids(question: Question, numbers: Sequence[int], grid: Any) -> tuple[np.ndarray, ...]:
    """Return the values that each input takes."""
    if grid is None:
        return tuple(
            [_range(question, number, _VALUES_OF_TWO if len(numbers) == 2 else _VALUES) for number in numbers]
        )
    given = [grid] if len(numbers) == 1 else list(grid)
    found = []
    for values in given:
        array = as_numbers(values).astype(np.float64)
        if array.ndim != 1 or not array.size or not np.isfinite(array).all():
            raise ArgumentError(
                "this grid cannot be used", expected="a list of finite numbers", received=repr(values)
            )
        found.append(np.unique(array))
    if len(found) != len(numbers):
        raise ArgumentError(
            "the grid does not fit", expected="a list of numbers for each input", received=f"{len(found)}"
        )
    return tuple(found)


def _range(question: Question, number: int, most: int) -> np.ndarray:
    """Return the values that an input has in the examples; equal steps between, where there are many."""
    values = np.unique(question.x.reshape(len(question.x), -1)[:, number])
    if len(values) == 1:
        raise ArgumentError(
            f"{question.inputs.name(number)!r} is the same in all examples, so that its range is not known",
            expected="the values that it shall take",
            received="none",
            attempt="grid=np.linspace(lowest, highest, 25)",
        )
    return values if len(values) <= most else np.linspace(values[0], values[-1], most)


def _predicted(question: Question, numbers: Sequence[int], grids: Sequence[np.ndarray]) -> np.ndarray:
    """Predict every example with all combinations of values."""
    x = question.x.reshape(len(question.x), -1)
    cells = np.stack([axis.ravel() for axis in np.meshgrid(*grids, indexing="ij")], axis=1)
    block = max(1, question.function.at_once // len(x))
    parts = []
    for first in range(0, len(cells), block):
        part = cells[first : first + block]
        rows = np.repeat(x[None], len(part), axis=0)
        rows[:, :, list(numbers)] = part[:, None]
        found = question.function.values(rows.reshape(-1, *question.x.shape[1:]))
        parts.append(found.reshape(len(part), len(x), -1))
    together = np.concatenate(parts).swapaxes(0, 1)
    return together.reshape(len(x), *map(len, grids), -1)
