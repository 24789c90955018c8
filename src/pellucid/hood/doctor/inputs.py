"""Checks of the columns of x."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.reading import Product, products
from pellucid.hood.numbers import number_text

__all__ = [
    "answer_among_the_features",
    "constant_column",
    "duplicate_column",
    "missing_values",
    "row_number",
    "unscaled_inputs",
]

_LARGE: Final = 100.0  # typical size of a column
_SMALL: Final = 1e-3
_APART: Final = 1000.0  # times as much spread in one column as in another
_FEW_ROWS: Final = 10
_RELATED: Final = 0.2  # of the variance of the answers, that the other columns explain
_ROUNDING: Final = 1e-10  # of 1 - r^2, for columns that differ by rounding alone
_SENTINELS: Final = tuple([sign * number for number in (99, 999, 9999, 99999, 999999) for sign in (-1, 1)])


# ------------------------------------------------------------ scale
def unscaled_inputs(examination: Examination) -> Iterator[Finding]:
    """What the first layer with weights is given is far larger or smaller than 1, or unequal.

    Source:
        LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", 4.3: inputs of mean 0 and deviation 1.
    """
    first = _first_products(examination)
    if not first:
        return
    values = examination.values({("source", product.weight): product.source for product in first})
    for product in first:
        source = np.asarray(values["source", product.weight], np.float64)
        wrong = _scale(examination, product, source)
        if wrong:
            yield Finding("unscaled inputs", wrong, *_scaling(examination), "risk")
            return


def _first_products(examination: Examination) -> list[Product]:
    """Return the products with weights that have none below them."""
    found = products(examination.step)
    nodes = {product.node for product in found}

    def below(product: Product) -> bool:
        waiting, seen = [product.source], set()
        while waiting:
            node = waiting.pop()
            if node in nodes:
                return True
            if node not in seen:
                seen.add(node)
                waiting += node.inputs
        return False

    return [product for product in found if not below(product)]


def _scale(examination: Examination, product: Product, source: np.ndarray) -> str:
    """Say what is wrong with the scale of the numbers that a layer is given; "" if nothing is."""
    columns = source.reshape(-1, source.shape[-1]) if source.ndim == 2 else source.reshape(-1, 1)
    if columns.shape[0] < 2 or not np.isfinite(columns).all():
        return ""
    sizes = np.sqrt((columns**2).mean(axis=0))
    spread = columns.std(axis=0)
    largest = int(sizes.argmax())
    name = "its input"
    if source.ndim == 2 and source.shape[-1] == len(examination.opened.features):
        name = f"feature {examination.feature(largest)}"
    span = f"{number_text(columns[:, largest].min())} to {number_text(columns[:, largest].max())}"
    if sizes[largest] > _LARGE or (source.ndim > 2 and np.abs(columns).max() > _LARGE):
        return (
            f"The layer {product.layer!r} is given large numbers: {name} goes from {span}. Where inputs are "
            "large, the loss is steep in some directions and flat in others, and steps that suit the one "
            "do nothing in the other."
        )
    if 0 < sizes[largest] < _SMALL:
        return f"The layer {product.layer!r} is given tiny numbers, none beyond {span}: it hardly sees them."
    varying = np.flatnonzero(spread > 0)
    if source.ndim != 2 or len(varying) < 2:
        return ""
    least, most = varying[spread[varying].argmin()], varying[spread[varying].argmax()]
    if spread[most] < _APART * spread[least]:
        return ""
    names = [f"feature {examination.feature(int(column))}" for column in (most, least)]
    times = number_text(float(spread[most] / spread[least]), 2)
    return f"Scales differ: {names[0]} varies {times} times as much as {names[1]}, which is hardly seen."


def _scaling(examination: Examination) -> tuple[str, str]:
    x = examination.x
    if x.ndim > 2 and x.min(initial=0) >= 0 and _LARGE < x.max(initial=0) <= 255:
        return "Pixels are best divided by 255, in training and whenever the model is asked.", "x = x / 255"
    return (
        "Bring every column to mean 0 and deviation 1; a layer does it in training and in every prediction.",
        "scale = layers.Normalization()\nscale.adapt(x)\nmodel = Sequential([scale, ...])",
    )


# ------------------------------------------------------------ columns that say nothing
def constant_column(examination: Examination) -> Iterator[Finding]:
    """A column is the same in every row."""
    if not examination.tabular or len(examination.x) < _FEW_ROWS or examination.x.shape[1] < 2:
        return
    table = examination.table
    same = np.flatnonzero(table.min(axis=0) == table.max(axis=0))
    if not 0 < len(same) < table.shape[1] or _like_pixels(table):
        return
    names = ", ".join([examination.feature(int(column)) for column in same[:5]])
    column = "Column" if len(same) == 1 else "Columns"
    values = ", ".join([number_text(float(table[0, column])) for column in same[:5]])
    rows = "all" if len(table) == len(examination.x) else "all of"
    yield Finding(
        "constant column",
        f"{column} {names} of x {'is' if len(same) == 1 else 'are'} {values} in {rows} {len(table)} rows "
        "looked at: nothing can be learnt from that.",
        "Leave it out, unless it varies in examples to come; then the model has never seen it do so.",
        f"x = np.delete(x, {[int(column) for column in same]}, axis=1)",
        "risk",
    )


def _like_pixels(table: np.ndarray) -> bool:
    """Say whether columns look like the places of one picture: many, of one scale, some at the rim empty."""
    highest = table.max(axis=0)
    return table.shape[1] >= 30 and bool(table.min() >= 0) and bool((highest == highest.max()).mean() > 0.3)


def duplicate_column(examination: Examination) -> Iterator[Finding]:
    """Two columns say the same, in the same unit or another."""
    if not examination.tabular or len(examination.x) < _FEW_ROWS or _like_pixels(examination.table):
        return
    table = examination.table
    for first, second in _alike(table):
        if len(np.unique(table[:, first])) == 2 and not np.array_equal(table[:, first], table[:, second]):
            continue  # yes and no of one question, each with a column of its own
        equal = np.array_equal(table[:, first], table[:, second])
        names = examination.feature(first), examination.feature(second)
        how = (
            "are equal"
            if equal
            else "are the same in different units: the one is a multiple of the other, plus a number"
        )
        yield Finding(
            "duplicate column",
            f"Columns {names[0]} and {names[1]} of x {how}, in all {len(table)} rows looked at. What they "
            "say counts twice, and how the weights share it is left to chance.",
            "Keep one of them.",
            f"x = np.delete(x, {second}, axis=1)",
            "risk",
        )
        return


def _alike(table: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of columns that are the same but for a factor and a shift."""
    centred = table - table.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    varying = np.flatnonzero(length > 1e-6 * np.abs(table).max(axis=0, initial=0))
    unit = centred[:, varying] / length[varying]
    close = np.argwhere(np.triu(1 - (unit.T @ unit) ** 2 < _ROUNDING, 1))
    return [(int(varying[first]), int(varying[second])) for first, second in close]


# ------------------------------------------------------------ columns that say too much
def answer_among_the_features(examination: Examination) -> Iterator[Finding]:
    """A column of x is the answer, as it is, in another unit, or under other numbers."""
    if examination.x.ndim != 2 or examination.x.shape[1] < 2 or len(examination.x) < _FEW_ROWS:
        return
    table, labels = examination.table, examination.labels
    if labels is not None:
        column, how = _telling(table, labels), "names the class of every example"
    elif examination.numeric and examination.units == 1:
        column, how = _copied(table, examination.quantities[:, 0])
    else:
        return
    if column is not None:
        yield Finding(
            "answer among the features",
            f"Column {examination.feature(column)} of x {how}, in all {len(table)} rows looked at. The "
            "network will learn to copy it, and fail where the answer is not known yet.",
            "Leave it out.",
            f"x = np.delete(x, {column}, axis=1)",
        )


def _copied(table: np.ndarray, answers: np.ndarray) -> tuple[int | None, str]:
    """Return the column that is the answers, but perhaps for a factor and a shift, and how it is so.

    Where no other column has to do with the answers, a factor is no leak but the rule that is to be found.
    """
    if len(np.unique(answers)) < 3:
        return None, ""
    equal = np.flatnonzero((table == answers[:, None]).all(axis=0))
    if len(equal):
        return int(equal[0]), "is y itself"
    pairs = _alike(np.column_stack([answers, table]))
    column = next((second - 1 for first, second in pairs if first == 0), None)
    if column is None or _explained(np.delete(table, column, axis=1), answers) < _RELATED:
        return None, ""
    return column, "is y, but for a factor and a shift"


def _explained(table: np.ndarray, answers: np.ndarray) -> float:
    """Return which share of the answers' variance a sum of the columns explains."""
    ones = np.ones((len(table), 1))
    scaled = table / np.abs(table).max(axis=0, initial=1e-300)
    rule, *_ = np.linalg.lstsq(np.hstack([scaled, ones]), answers, rcond=None)
    return 1 - float(np.var(answers - np.hstack([scaled, ones]) @ rule) / np.var(answers))


def _telling(table: np.ndarray, labels: np.ndarray) -> int | None:
    """Return a column that has one value for each class, and no other; None if there is none."""
    classes = np.unique(labels)
    if len(classes) < 2 or len(labels) < 2 * _FEW_ROWS:
        return None
    first = np.array([table[labels == label][0] for label in classes])  # (classes, columns)
    for column in range(table.shape[1]):
        values = first[:, column]
        if len(np.unique(values)) == len(classes) and np.array_equal(
            values[np.searchsorted(classes, labels)], table[:, column]
        ):
            return column
    return None


def row_number(examination: Examination) -> Iterator[Finding]:
    """A column counts the rows."""
    x = examination.x
    if not examination.tabular or x.shape[1] < 2 or len(x) < 3 * _FEW_ROWS:
        return
    table = examination.table
    for column in np.flatnonzero((table % 1 == 0).all(axis=0) & (np.ptp(table, axis=0) >= len(table) - 1)):
        numbers = x[:, column]
        low, high = float(numbers.min()), float(numbers.max())
        if high - low <= 1.5 * len(x) and len(np.unique(table[:, column])) == len(table):
            yield Finding(
                "row number",
                f"Column {examination.feature(int(column))} of x counts: whole numbers from {low:g} to "
                f"{high:g}, no two alike in {len(table)} rows. The number of a row or a customer says "
                "nothing about others, but it lets a network learn the examples by heart.",
                "Leave it out. If it is a time, keep it, but scaled.",
                f"x = np.delete(x, {column}, axis=1)",
                "risk",
            )
            return


# ------------------------------------------------------------ numbers that are none
def missing_values(examination: Examination) -> Iterator[Finding]:
    """A number such as -999 stands for what is not known."""
    if not examination.tabular or len(examination.x) < 3 * _FEW_ROWS:
        return
    table = examination.table
    for column, numbers in enumerate(table.T):
        for sentinel in (numbers.min(), numbers.max()):
            there = numbers == sentinel
            if not _is_sentinel(float(sentinel)) or not 3 <= there.sum() <= len(numbers) / 2:
                continue
            rest = numbers[~there]
            gap = np.abs(rest - sentinel).min()
            if gap > 2 * np.ptp(rest):
                yield Finding(
                    "missing values",
                    f"Column {examination.feature(column)} of x is {sentinel:g} in {there.sum()} of "
                    f"{len(numbers)} rows looked at, and from {number_text(rest.min())} to "
                    f"{number_text(rest.max())} in all others: it seems to stand for what is not known. The "
                    "network takes it for a number.",
                    "Fill such places with a typical value, and say in a column of its own that they were "
                    "empty.",
                    f"unknown = x[:, {column}] == {sentinel:g}\n"
                    f"x[unknown, {column}] = np.median(x[~unknown, {column}])\n"
                    "x = np.column_stack([x, unknown])",
                    "risk",
                )
                return


def _is_sentinel(number: float) -> bool:
    return number in _SENTINELS
