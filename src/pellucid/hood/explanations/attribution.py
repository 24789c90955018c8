"""What each input adds to an answer."""

from __future__ import annotations

from typing import Final, final

import numpy as np

from pellucid.hood.explanations.heatmap import Heatmap
from pellucid.hood.explanations.places import Places
from pellucid.hood.explanations.question import Compared, Question
from pellucid.hood.numbers import number_text
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table

__all__ = ["Attribution"]

_IN_FULL: Final = 3  # examples that are shown one by one
_ROWS: Final = 12  # inputs in a table
_WIDTH: Final = 20  # signs in the longest bar
_ROUNDING: Final = 1e-9  # of the numbers that are added up


@final
class Attribution(Report):
    """How much each input adds to an answer; printed, it is a table for each example, or one of all.

    Attributes:
        method: how it was found.
        x: the examples, as the network sees them.
        baseline: for each example, what it is compared with; the mean, where that is several examples.
        values: for each input of each example, what it adds.
        answers: for each example, which answer is explained.
        prediction: the answers to the examples.
        reference: the answers to what they are compared with; their mean, where that is several.
        standard_error: of each value, where they come from a sample; else None.
        note: how far the numbers can be trusted.
    """

    __slots__ = (
        "_compared",
        "_inputs",
        "_of",
        "_title",
        "answers",
        "baseline",
        "method",
        "note",
        "prediction",
        "reference",
        "standard_error",
        "values",
        "x",
    )

    def __init__(
        self,
        method: str,
        question: Question,
        compared: Compared,
        values: np.ndarray,
        prediction: np.ndarray,
        reference: np.ndarray,
        note: str,
        standard_error: np.ndarray | None = None,
    ) -> None:
        self.method = method
        self.x = question.x
        self.baseline = np.broadcast_to(compared.examples, self.x.shape)
        self.values = values
        self.answers = question.names
        self.prediction = prediction
        self.reference = reference
        self.standard_error = standard_error
        self.note = note
        self._title = question.title
        self._of = question.of
        self._inputs: Places = question.inputs
        self._compared = compared.words

    @property
    def total(self) -> np.ndarray:
        """What all inputs add together, for each example."""
        found: np.ndarray = self.values.reshape(len(self.values), -1).sum(axis=1)
        return found

    @property
    def expected(self) -> np.ndarray:
        """What they should add together: the answer, less the answer to what it is compared with."""
        found: np.ndarray = self.prediction - self.reference
        return found

    @property
    def error(self) -> np.ndarray:
        """How far the total is from what it should be, for each example."""
        found: np.ndarray = np.abs(self.total - self.expected)
        return found

    @property
    def importance(self) -> np.ndarray:
        """How much each input adds or takes away, on average over the examples."""
        found: np.ndarray = np.abs(self.values).mean(axis=0)
        return found

    # ------------------------------------------------------------ shown
    def parts(self) -> list[str | Part]:
        """Return the heading, the tables, and what their numbers are worth."""
        heading = f"{self.method} of {self._title!r}: what each input adds to the {self._of}"
        shown: list[str | Part] = [f"{heading}\nCompared with {self._compared}."]
        if len(self.x) > _IN_FULL:
            shown += [f"On average over {len(self.x)} examples:", self._overall()]
        else:
            for example in range(len(self.x)):
                image = [Heatmap(self.values[example])] if self.x.ndim in (3, 4) else []
                shown += [self._sentence(example), *image, self._table(example), self._sum(example)]
        return [*shown, self._verdict()]

    def _sentence(self, example: int) -> str:
        start = f"Example {example}: " if len(self.x) > 1 else ""
        prediction, reference = (number_text(number[example]) for number in (self.prediction, self.reference))
        of = "the logit of " if self._of == "logit" else ""
        answer = f"{of}{self.answers[example]!r} is {prediction}"
        return f"{start}{answer}, and {reference} for what it is compared with."

    def _table(self, example: int) -> Table:
        columns = [numbers[example].ravel() for numbers in (self.x, self.baseline, self.values)]
        heading = [self._inputs.kind, "value", "compared with", "adds"]
        if self.standard_error is not None:
            columns.append(self.standard_error[example].ravel())
            heading.append("give or take")
        table = Table(*heading, "")
        values = columns[2]
        largest = float(np.abs(values).max(initial=0.0))
        order = _largest_first(values)
        for place in order[:_ROWS]:
            x, baseline, value, *error = (float(column[place]) for column in columns)
            numbers = [number_text(x), number_text(baseline), _signed(value), *map(number_text, error)]
            table.add(self._inputs.name(place), *numbers, _bar(value, largest))
        rest = order[_ROWS:]
        if len(rest):
            blank = [""] * (len(columns) - 3)
            table.add(f"{len(rest)} others", "", "", _signed(float(values[rest].sum())), *blank, "")
        return table

    def _overall(self) -> Table:
        table = Table(self._inputs.kind, "adds or takes away", "")
        importance = self.importance.ravel()
        largest = float(importance.max(initial=0.0))
        order = _largest_first(importance)
        for place in order[:_ROWS]:
            size = float(importance[place])
            bar = "=" * len(_bar(size, largest))
            table.add(self._inputs.name(place), number_text(size), bar)
        rest = order[_ROWS:]
        if len(rest):
            table.add(f"{len(rest)} others", number_text(float(importance[rest].sum())), "")
        return table

    def _sum(self, example: int) -> str:
        numbers = (self.total, self.expected, self.prediction, self.reference)
        together, expected, prediction, reference = (number_text(number[example]) for number in numbers)
        difference = f"{prediction} {'+' if reference.startswith('-') else '-'} {reference.removeprefix('-')}"
        if self._is_rounding(example):
            return f"Together: {difference} = {together}."
        gap = number_text(self.error[example], digits=2)
        return f"Together: {together}. It should be {difference} = {expected}; {gap} is missing or too much."

    def _is_rounding(self, example: int) -> bool:
        scale = (
            np.abs(self.values[example]).sum() + abs(self.prediction[example]) + abs(self.reference[example])
        )
        return bool(self.error[example] <= _ROUNDING * scale)

    def _verdict(self) -> str:
        if len(self.x) <= _IN_FULL:
            return self.note
        off = int(np.argmax(self.error))
        if all(self._is_rounding(example) for example in range(len(self.x))):
            return f"For every example they add up to what they should.\n{self.note}"
        gap = number_text(self.error[off], digits=2)
        return f"They add up to what they should but for {gap} at most, in example {off}.\n{self.note}"


def _largest_first(values: np.ndarray) -> np.ndarray:
    return np.argsort(-np.abs(values), kind="stable")


def _signed(value: float) -> str:
    text = number_text(value)
    return text if text.startswith("-") or not value else f"+{text}"


def _bar(value: float, largest: float) -> str:
    """Draw how large a value is, beside the largest one."""
    if not np.isfinite(value) or not largest:
        return ""
    return ("+" if value > 0 else "-") * round(_WIDTH * abs(value) / largest)
