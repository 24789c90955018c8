"""Checks of the examples that are learnt from beside those that are judged with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pellucid.hood.doctor.examination import Examination, flat, some
from pellucid.hood.doctor.finding import Finding

__all__ = ["shared_rows", "sorted_rows", "validation_differs"]

_LEAST: Final = 10  # examples on each side
_ASKED: Final = 500  # examples of the validation that are looked for
_AT_ONCE: Final = 100_000  # rows that are searched in one go
_SHARED: Final = 0.02
_OTHER: Final = 0.5  # of the examples, whose class the other side hardly has
_FACTOR: Final = 10.0  # between the spreads of both sides


# ------------------------------------------------------------ the same rows
def shared_rows(examination: Examination) -> Iterator[Finding]:
    """Rows are judged with that were learnt from.

    Source:
        Kaufman, Rosset & Perlich 2012, "Leakage in data mining".
    """
    plan, x = examination.plan, examination.x
    if not plan.held_out or min(len(x), len(plan.held_out[0])) < _LEAST or not examination.distinct:
        return
    asked = plan.held_out[0][some(len(plan.held_out[0]), _ASKED)]
    found = _found(asked, x)
    share = found / len(asked)
    if found < 3 or share < _SHARED:
        return
    remedy, code = (
        "Cut out the rows to judge with, and leave them out of training.",
        "model.fit(x, y, validation_split=0.2)",
    )
    if plan.split or share < 0.95:
        remedy = (
            "Take out copies before parting the rows, and make copies of rare ones in the training part only."
        )
        code = "_, kept = np.unique(x, axis=0, return_index=True)\nx, y = x[kept], y[kept]"
    yield Finding(
        "shared rows",
        f"{found} of {len(asked)} validation rows looked at are in the training data too, number for "
        "number. What has been learnt by heart looks like understanding then.",
        remedy,
        code,
    )


def _found(asked: np.ndarray, rows: np.ndarray) -> int:
    """Count the asked rows that are among others: first by the column that tells most, then in full."""
    asked, rows = asked.reshape(len(asked), -1), rows.reshape(len(rows), -1)
    columns = range(0, asked.shape[1], max(1, asked.shape[1] // 256))
    column = max(columns, key=lambda place: len(np.unique(asked[:, place])))
    wanted = np.unique(asked[:, column])
    there: set[bytes] = set()
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        there |= {row.tobytes() for row in part[np.isin(part[:, column], wanted)]}
    return sum([row.tobytes() in there for row in asked])


# ------------------------------------------------------------ the order of rows
def sorted_rows(examination: Examination) -> Iterator[Finding]:
    """Rows are sorted by their answers, and that decides who is learnt from, or when."""
    plan = examination.plan
    order = "order = np.random.permutation(len(x))\nx, y = x[order], y[order]  # before fit"
    if plan.split and plan.held_out and min(len(examination.x), len(plan.held_out[0])) >= _LEAST:
        wrong = _split_apart(examination, plan.held_out[1])
        if wrong:
            yield Finding("sorted rows", wrong, "Shuffle the rows first, x and y alike.", order)
            return
    classes = examination.classes
    if plan.shuffle or classes is None or classes.ndim != 1 or len(examination.x) < 3 * plan.batch_size:
        return
    changes, kinds = int((classes[1:] != classes[:-1]).sum()), len(np.unique(classes))
    if changes == kinds - 1 > 0:
        yield Finding(
            "sorted rows",
            f"The rows come class by class, {kinds} classes one after the other, and shuffle=False leaves "
            "them so: each batch says that there is one class only.",
            "Let fit shuffle, as it does unless told otherwise.",
            "model.fit(x, y, shuffle=True)",
        )


def _split_apart(examination: Examination, held_out: np.ndarray) -> str:
    """Say how a split has parted what belongs together; "" if it has not."""
    labels, others = examination.labels, examination.class_numbers(held_out)
    if labels is not None and others is not None:
        size = max(examination.units, 2)
        here = np.bincount(labels, minlength=size) / len(labels)
        there = np.bincount(others, minlength=size) / len(others)
        apart = np.abs(here - there).sum() / 2
        if apart > _OTHER:
            most = int((there - here).argmax())
            return (
                f"The rows are sorted by class, and validation_split takes the last ones: class {most} is "
                f"{there[most]:.0%} of the validation rows and {here[most]:.0%} of the training rows."
            )
    if examination.numeric and examination.units == 1:
        y = np.concatenate([examination.quantities[:, 0], flat(held_out)[:, 0]])
        steps = np.diff(y)
        if len(np.unique(y)) > _LEAST and ((steps >= 0).all() or (steps <= 0).all()):
            return (
                "The rows are sorted by their answers, and validation_split takes the last ones: it judges "
                f"by the {'largest' if steps.sum() > 0 else 'smallest'} answers, none of which was learnt "
                "from."
            )
    return ""


# ------------------------------------------------------------ the same scale
def validation_differs(examination: Examination) -> Iterator[Finding]:
    """Both sides were not scaled alike."""
    plan = examination.plan
    if not plan.held_out or min(len(examination.x), len(plan.held_out[0])) < _LEAST:
        return
    pairs = {"x": (examination.x, plan.held_out[0])}
    if examination.numeric:
        pairs["y"] = (examination.y, plan.held_out[1])
    for name, (here, there) in pairs.items():
        wrong = _unlike(here[examination.rows], there[some(len(there), len(examination.rows))])
        if wrong:
            yield Finding(
                "validation differs",
                f"The {name} of the validation rows {wrong}, as if one of both had not been scaled.",
                "Do to both what is done to one, with the numbers of the training rows.",
                f"mean, deviation = {name}.mean(axis=0), {name}.std(axis=0)\n"
                f"{name} = ({name} - mean) / deviation\n"
                f"{name}_val = ({name}_val - mean) / deviation",
            )
            return


def _unlike(here: np.ndarray, there: np.ndarray) -> str:
    """Say how most columns differ; "" if they do not. In a picture all places are alike."""
    shape = (-1, here.shape[1]) if here.ndim == 2 and here.shape[1] < 64 else (-1, 1)
    one, other = (array.reshape(shape).astype(np.float64) for array in (here, there))
    spread, spread_there = one.std(axis=0), other.std(axis=0)
    varying = (spread > 0) & (spread_there > 0)
    if not varying.any():
        return ""
    times = float(np.median(spread_there[varying] / spread[varying]))
    if not 1 / _FACTOR < times < _FACTOR:
        return f"vary {times:.3g} times as much as those of the training rows"
    moved = np.abs(other.mean(axis=0) - one.mean(axis=0))[varying] / spread[varying]
    if np.median(moved) > _FACTOR:
        return f"lie {np.median(moved):.3g} deviations away from those of the training rows"
    return ""
