"""Checks of y."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.numbers import number_text

__all__ = ["class_never_occurs", "constant_answers", "contradictory_labels", "rare_class"]

_EACH: Final = 5  # examples for each class, on average, before the lack of one is strange
_RARE: Final = 0.01  # of the examples
_MOST_CLASSES: Final = 10
_EXAMPLES: Final = 200
_DOUBLE: Final = 0.05  # of the examples


def constant_answers(examination: Examination) -> Iterator[Finding]:
    """All answers are the same."""
    y = examination.y
    if len(y) < _EACH or np.ptp(y[examination.rows], axis=0).any() or (y != y[0]).any():
        return
    classes = examination.classes
    what = f"class {classes.flat[0]}" if classes is not None and classes.ndim == 1 else number_text(y.flat[0])
    yield Finding(
        "constant answers",
        f"All {len(y)} answers are the same, {what}: there is nothing to learn but that.",
        "Look at where y comes from: a filter or a join may have kept one kind only.",
        "print(np.unique(y, return_counts=True))",
    )


# ------------------------------------------------------------ classes
def class_never_occurs(examination: Examination) -> Iterator[Finding]:
    """A unit of the last layer stands for a class of which there is no example."""
    counts = _counts(examination)
    if counts is None or counts.sum() < max(20, _EACH * len(counts)) or (counts > 0).sum() < 2:
        return
    missing = np.flatnonzero(counts == 0)
    if not len(missing):
        return
    names = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
    there, units = len(counts) - len(missing), len(counts)
    remedy, code = "Take one unit for each class that there is.", f"layers.Dense({there}, ...)"
    if missing[0] == 0 and len(missing) == 1:
        remedy, code = (
            "Perhaps they are counted from 1; classes begin with 0.",
            f"y = y - 1\nlayers.Dense({there}, ...)",
        )
    yield Finding(
        "class never occurs",
        f"The last layer has {units} units, for classes 0 to {units - 1}, but of class {names} there is no "
        f"example among {counts.sum()}.",
        remedy,
        code,
        "risk",
    )


def _counts(examination: Examination) -> np.ndarray | None:
    """Return the number of examples of each class; None if there are no classes to count."""
    classes = examination.classes
    if classes is None or not np.issubdtype(classes.dtype, np.integer):
        return None
    return np.bincount(classes.reshape(-1), minlength=max(2, examination.units))


def rare_class(examination: Examination) -> Iterator[Finding]:
    """Of one class there are hardly any examples, and nothing makes up for it."""
    counts = _counts(examination)
    if counts is None or examination.weighted or len(counts) > _MOST_CLASSES:
        return
    there = np.flatnonzero(counts)
    total = int(counts.sum())
    if len(there) < 2 or total < _EXAMPLES:
        return
    rarest = int(there[counts[there].argmin()])
    if counts[rarest] < _RARE * total:
        often = total / (len(there) * counts[there])
        weights = ", ".join([f"{label}: {number_text(w, 2)}" for label, w in zip(there, often, strict=True)])
        yield Finding(
            "rare class",
            f"Class {rarest} has {counts[rarest]} of {total} examples, {counts[rarest] / total:.2%}. A "
            f"network that never answers {rarest} is right in {1 - counts[rarest] / total:.1%} of all "
            "cases, and will learn just that.",
            "Let the examples of rare classes count more, and look at how many of them are found.",
            f"model.fit(x, y, class_weight={{{weights}}})",
            "risk",
        )


def contradictory_labels(examination: Examination) -> Iterator[Finding]:
    """The same example is there twice, with different labels."""
    labels = examination.labels
    if labels is None or len(labels) < 20 or not examination.distinct:
        return
    keys = [row.tobytes() for row in examination.x[examination.rows]]
    said: dict[bytes, set[int]] = {}
    for key, label in zip(keys, labels.tolist(), strict=True):
        said.setdefault(key, set()).add(label)
    torn = [place for place, key in enumerate(keys) if len(said[key]) > 1]
    if len(torn) < _DOUBLE * len(keys):
        return
    key, label = keys[torn[0]], labels[torn[0]]
    twin = next(place for place in torn if keys[place] == key and labels[place] != label)
    rows = examination.rows[[torn[0], twin]]
    yield Finding(
        "contradictory labels",
        f"{len(torn)} of {len(keys)} rows looked at are there more than once with different labels; rows "
        f"{rows[0]} and {rows[1]} of x are equal, and their labels are {label} and {labels[twin]}.",
        "Look at how rows and labels were joined, and keep one of each.",
        "_, kept = np.unique(x, axis=0, return_index=True)\nx, y = x[kept], y[kept]",
    )
