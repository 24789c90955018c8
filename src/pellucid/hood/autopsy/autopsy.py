"""What is said of a run that broke."""

from __future__ import annotations

from typing import Final, NamedTuple, final

import numpy as np

from pellucid.graph import Phase
from pellucid.hood.autopsy.words import Operand
from pellucid.hood.numbers import number_text
from pellucid.hood.report import Part, Report
from pellucid.hood.tables import Table

__all__ = ["Autopsy", "Cause"]

_LISTED: Final = 8  # rows that are named one by one
_WIDTH: Final = 100  # of a line of advice
_NO_LAYERS: Final = ("loss", "optimizer")
_WAYS: Final[dict[str, str]] = {"forward": " on the way forward", "backward": " on the way back"}


@final
class Cause(NamedTuple):
    """The first operation that broke.

    Attributes:
        layer: the layer whose operation it is, or whose weight is updated; or "loss", "optimizer".
        weight: in an update, the path of the weight; else "".
        phase: on which way: "forward", "loss", "backward", "update".
        operation: its standard name: "log".
        formula: how the printed program writes it: "np.log(a2)".
        name: what its result is called there; "" if it is a part of a longer line.
        origins: where the names in it come from: "a2 = np.maximum(z2, 0)".
        line: the line of the user's code that it is from; "" if it is from a layer of the library.
        operands: what it was applied to.
        result: what came out: nan, inf or -inf.
        place: where in the result.
        rows: the examples to blame, as places in x; all of the batch if it is not down to some of them, none
            if it has nothing to do with them.
        remedy: what to do about it.
    """

    layer: str
    weight: str
    phase: Phase
    operation: str
    formula: str
    name: str
    origins: list[str]
    line: str
    operands: list[Operand]
    result: float
    place: tuple[int, ...]
    rows: np.ndarray
    remedy: str


@final
class Autopsy(Report):
    """Why training stopped; printed, it says so in a few sentences.

    Attributes:
        step: the step that broke, counted from 1; `history.at(step - 1)` is the last good one.
        epoch: the number of its epoch, as callbacks are told it.
        batch: which batch of the epoch it is, counted from 1.
        batches: how many there are.
        batch_rows: the examples of this batch, as places in x.
        symptom: what became of it: "the loss became nan".
        cause: the first operation that broke; None if its parts, worked out one by one, are all finite.
    """

    __slots__ = ("batch", "batch_rows", "batches", "cause", "epoch", "step", "symptom")

    def __init__(
        self,
        step: int,
        epoch: int,
        batch: int,
        batches: int,
        batch_rows: np.ndarray,
        symptom: str,
        cause: Cause | None,
    ) -> None:
        self.step = step
        self.epoch = epoch
        self.batch = batch
        self.batches = batches
        self.batch_rows = batch_rows
        self.symptom = symptom
        self.cause = cause

    @property
    def rows(self) -> np.ndarray:
        """The examples to blame, as places in x."""
        return self.batch_rows if self.cause is None else self.cause.rows

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        what = "" if self.cause is None else f": {self.cause.formula} {self._part()} gave {self.cause.result}"
        return (
            f"{self.symptom} in step {self.step}{what}. Training has stopped, and the model is as it was "
            "before this step; history.autopsy says more."
        )

    def parts(self) -> list[str | Part]:
        """Return what broke, where, with which numbers, and what to do."""
        from textwrap import fill

        where = f"epoch {self.epoch + 1}, batch {self.batch} of {self.batches}"
        parts: list[str | Part] = [f"In step {self.step} ({where}) {self.symptom}."]
        cause = self.cause
        if cause is None:
            parts.append(
                "Worked out one by one, its operations give finite numbers: rounding made the difference."
            )
        else:
            line = f" ({cause.line})" if cause.line else ""
            name = f"{cause.name} = " if cause.name else ""
            place = f" at {list(cause.place)}" if cause.place else ""
            broken = f"{name}{cause.formula}  ->  {cause.result}{place}"
            origins = [f"    where {origin}" for origin in cause.origins]
            parts.append("\n".join([f"What broke first, {self._part()}{line}:", f"    {broken}", *origins]))
            parts += [self._rows(), _table(cause.operands), fill(cause.remedy, _WIDTH)]
        parts.append(f"The model is as it was after step {self.step - 1}.")
        return parts

    def _part(self) -> str:
        """Return where it broke: "in the loss", "in 'dense_1' on the way back"."""
        cause = self.cause
        if cause is None:
            return ""
        if cause.weight and cause.phase == "update":
            return f"in the update of {cause.weight!r}"
        part = f"the {cause.layer}" if cause.layer in _NO_LAYERS else repr(cause.layer)
        return f"in {part}{_WAYS.get(cause.phase, '')}"

    def _rows(self) -> str:
        rows, all_rows = self.rows, len(self.batch_rows)
        if not len(rows):
            return "It has nothing to do with the rows of the batch."
        listed = ", ".join(map(str, rows[:_LISTED])) + ", ..." * (len(rows) > _LISTED)
        if len(rows) == all_rows > 1:
            return f"It concerns all {all_rows} rows of the batch: {listed} of x."
        return (
            f"{'Rows' if len(rows) > 1 else 'Row'} {listed} of x: {len(rows)} of the {all_rows} in the batch."
        )


def _table(operands: list[Operand]) -> Table:
    table = Table("operand", "there", "smallest", "largest", "shape")
    for operand in operands:
        there = "" if operand.value is None else number_text(operand.value)
        shape = "x".join(map(str, operand.shape)) or "1"
        table.add(operand.name, there, number_text(operand.smallest), number_text(operand.largest), shape)
    return table
