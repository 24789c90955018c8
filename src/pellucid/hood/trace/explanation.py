"""One batch on its way through a network and back, as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, final

import numpy as np

from pellucid.engines import State, engine_for
from pellucid.errors import ShapeError, UnknownNameError
from pellucid.graph import INPUT, Node, Path, Size
from pellucid.hood.numbers import number_text
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table
from pellucid.hood.trace.entries import Entries, Entry, placed
from pellucid.hood.trace.trace import Trace, trace_of
from pellucid.hood.trace.updates import Update, title_of, updates_of, worked_out

__all__ = ["Explanation", "Section", "explain"]

_ALL: Final = 8  # so many numbers of an array are shown; of more, the largest
_LARGEST: Final = 4
_EXAMPLES: Final = 2  # of so many examples at most every number is shown
_WIDTH: Final = 100


@final
class Section:
    """The lines of one part of a model: each number under its heading.

    Attributes:
        title: the heading, as in the printed program.
        entries: the numbers that are shown.
        folded: for each line of which not all numbers are shown, how many are not.
    """

    __slots__ = ("entries", "folded", "title")

    def __init__(self, title: str, entries: list[Entry], folded: dict[str, int]) -> None:
        self.title = title
        self.entries = entries
        self.folded = folded

    def __str__(self) -> str:
        lines = [self.title]
        for entry in self.entries:
            lines += _lines(entry)
        return "\n".join([*lines, *[f"  {text}" for text in self._left_out()]])

    def html(self) -> str:
        """Return the section as HTML."""
        from html import escape

        head = escape(self.title).replace("\n", "<br/>")
        rows = [
            f"<tr><td>{escape(entry.name)}</td><td>= {escape(entry.formula)}</td>"
            f"<td>= {escape(entry.numbers)}</td><td>= {number_text(entry.value)}</td></tr>"
            for entry in self.entries
        ]
        rows += [f'<tr><td colspan="4">{escape(text)}</td></tr>' for text in self._left_out()]
        return f"<h4>{head}</h4><table>{''.join(rows)}</table>"

    def _left_out(self) -> list[str]:
        return [f"... and {count} more of {name}" for name, count in self.folded.items()]


def _lines(entry: Entry) -> list[str]:
    """Write an entry in one line, or its parts below each other."""
    whole = f"  {entry}"
    if len(whole) <= _WIDTH:
        return [whole]
    from textwrap import wrap

    margin = " " * (len(entry.name) + 3)
    lines = []
    for part in entry.parts:
        wrapped = wrap(part, max(40, _WIDTH - len(margin) - 2), break_long_words=False)
        lines += [f"{margin}= {wrapped[0]}", *[f"{margin}  {rest}" for rest in wrapped[1:]]]
    return [f"  {entry.name} {lines[0].strip()}", *lines[1:]]


@final
class Explanation(Report):
    """Every number between an input and the answer, and with the right answer all of the way back.

    Attributes:
        prediction: the answers.
        loss: how wrong they are; None if nobody said what is right.
        loss_after: the loss of the same batch with the weights after this step.
        values: the numbers of every line of the printed program, by its name there.
        updates: what the step makes of each weight.
        sections: what is shown of all this.
    """

    __slots__ = (
        "_entries",
        "_lines",
        "_trace",
        "_worked",
        "loss",
        "loss_after",
        "opened",
        "sections",
        "updates",
    )

    def __init__(self, opened: Opened, trace: Trace, after: State) -> None:
        self.opened = opened
        self._trace = trace
        self._entries = Entries(trace, opened.features, opened.answers)
        self._lines = {trace.names[line]: line for line in trace.lines}
        self.sections = [self._section(title, lines) for title, lines in trace.sections()]
        self.loss: float | None = None
        self.loss_after: float | None = None
        self.updates: list[Update] = []
        self._worked: tuple[str, list[Entry]] | None = None
        if len(opened.arrays) > 1:
            self.loss = float(trace.value(opened.graph.outputs["loss",]))
            self.loss_after = _loss_after(opened, after)
            self.updates = updates_of(opened, trace, after)
            self._worked = self._example_of_update(after)

    @property
    def prediction(self) -> np.ndarray:
        """The answers."""
        return self._trace.value(self.opened.graph.outputs["prediction",])

    @property
    def values(self) -> dict[str, np.ndarray]:
        """The numbers of every line of the printed program, by its name there."""
        return {name: self._trace.value(line) for name, line in self._lines.items()}

    def entry(self, name: str, *place: int) -> Entry:
        """Explain one number.

        Args:
            name: what its array is called: "z1".
            place: where it stands there: the example first, then the unit.
        Raises:
            UnknownNameError: if nothing is called so.
            ShapeError: if there is no such place.
        """
        return self._entries.entry(self._line(name, place), place)

    def terms(self, name: str, *place: int) -> list[tuple[str, float]]:
        """Return what one number is the sum of: each term in words and as a number, the largest first.

        Args:
            name: what its array is called: "z1".
            place: where it stands there: the example first, then the unit.
        Raises:
            UnknownNameError: if nothing is called so.
            ShapeError: if there is no such place.
        """
        return self._entries.terms(self._line(name, place), place)

    def _line(self, name: str, place: tuple[int, ...]) -> Node:
        if name not in self._lines:
            raise UnknownNameError("line", name, self._lines)
        _check_place(place, self._trace.value(self._lines[name]).shape, name)
        return self._lines[name]

    def parts(self) -> list[str | Part]:
        """Return the examples, the sections, and what the step has changed."""
        count = len(self.opened.arrays[0])
        what = "1 example" if count == 1 else f"{count} examples"
        first = f" (shown: the first {_EXAMPLES})" if count > _EXAMPLES else ""
        shown: list[str | Part] = [f"{self.opened.blueprint.title!r}, {what} followed through it{first}"]
        given = self._given()
        if given:
            shown.append(given)
        shown += self.sections
        if self._worked is not None:
            title, lines = self._worked
            shown += [Section(title, lines, {}), self._table()]
            shown.append(
                f"The loss of this batch was {number_text(self.loss or 0)}; "
                f"after this step it is {number_text(self.loss_after or 0)}."
            )
        return shown

    # ------------------------------------------------------------ parts
    def _given(self) -> str:
        """Say what goes in, where that is a row of numbers."""
        lines = []
        for node in self.opened.graph.leaves(INPUT):
            array = self._trace.value(node)
            if array.ndim <= 2 and array.size <= _EXAMPLES * _ALL:
                numbers = [
                    f"{self._entries.label(node, place)} = {self._said(array[place])}"
                    for place in np.ndindex(*array.shape)
                ]
                lines.append(", ".join(numbers))
        return "\n".join(lines)

    def _said(self, number: Any) -> str:
        """Write what goes in; a label with the name of its class."""
        answers = self.opened.answers
        if np.issubdtype(number.dtype, np.integer) and 0 <= number < len(answers):
            return f"{number} ({answers[number]})"
        return number_text(float(number))

    def _section(self, title: str, lines: Sequence[Node]) -> Section:
        entries: list[Entry] = []
        folded: dict[str, int] = {}
        for line in lines:
            array = self._trace.value(line)
            places = _shown(array, batched=bool(line.shape) and isinstance(line.shape[0], Size))
            entries += [self._entries.entry(line, place) for place in places]
            if len(places) < array.size:
                folded[self._trace.names[line]] = array.size - len(places)
        return Section(title, entries, folded)

    def _example_of_update(self, after: State) -> tuple[str, list[Entry]] | None:
        """Work out the update of the number whose gradient is the largest."""
        found = [each for each in self.updates if each.gradient.size]
        if not found:
            return None
        chosen = max(found, key=lambda each: float(np.max(np.abs(each.gradient))))
        place = _largest(chosen.gradient, 1)[0]
        label = placed(chosen.name, place, chosen.gradient.shape)
        lines = worked_out(self.opened, self._trace, after, chosen.path, place)
        return f"update: {title_of(self.opened)}, here of {label}, which w stands for", lines

    def _table(self) -> Table:
        table = Table("weight", "before", "gradient", "after")
        for update in self.updates:
            places = _shown(update.gradient, batched=False)
            for place in places:
                numbers = [update.before[place], update.gradient[place], update.after[place]]
                label = placed(update.name, place, update.gradient.shape)
                table.add(label, *[number_text(float(number), digits=5) for number in numbers])
            if len(places) < update.gradient.size:
                table.add(f"... {update.gradient.size - len(places)} more of {update.name}", "", "", "")
        return table


def explain(opened: Opened) -> Explanation:
    """Follow examples through a network, and with the right answers back."""
    with np.errstate(all="ignore"):  # a number that is none is shown as such
        trace, after = trace_of(opened)
        return Explanation(opened, trace, after)


def _loss_after(opened: Opened, after: State) -> float:
    """Return the loss of the same batch with the new weights, and all else as it was."""
    state = opened.state | {"weights": after["weights"]}
    loss: dict[Path, Node] = {("loss",): opened.graph.outputs["loss",]}
    seen, _ = engine_for(opened.blueprint).observe(opened.arrays, state, loss)
    return float(seen["loss",])


def _shown(array: np.ndarray, batched: bool) -> list[tuple[int, ...]]:
    """Return the places that are shown: all of few, of many the largest of the first examples."""
    if array.size <= (_ALL * _EXAMPLES if batched and len(array) <= _EXAMPLES else _ALL):
        return list(np.ndindex(*array.shape))
    if not batched:
        return _largest(array, _LARGEST)
    count = min(len(array), _EXAMPLES)
    return [(number, *place) for number in range(count) for place in _of_example(array[number])]


def _of_example(array: np.ndarray) -> list[tuple[int, ...]]:
    return list(np.ndindex(*array.shape)) if array.size <= _ALL else _largest(array, _LARGEST)


def _largest(array: np.ndarray, count: int) -> list[tuple[int, ...]]:
    """Return the places of the largest numbers, whatever their sign, in the order of the array."""
    sizes = np.nan_to_num(np.abs(np.asarray(array, np.float64)), nan=np.inf)
    flat = np.sort(np.argsort(-sizes, axis=None, kind="stable")[:count])
    return [tuple([int(index) for index in np.unravel_index(number, array.shape)]) for number in flat]


def _check_place(place: tuple[int, ...], shape: tuple[int, ...], name: str) -> None:
    if len(place) != len(shape) or not all(0 <= i < size for i, size in zip(place, shape, strict=True)):
        raise ShapeError(
            f"{name} has no such place",
            expected=f"{len(shape)} whole numbers below {shape}" if shape else "no place: it is one number",
            received=str(place),
        )
