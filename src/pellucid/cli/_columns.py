"""The names of the columns that a model was taught with: they travel in its file, as its notes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pellucid.errors import ModelFileError

if TYPE_CHECKING:
    from pellucid.training.model import Model

__all__ = ["load", "note"]


def note(model: Model, columns: Sequence[str], target: str) -> None:
    """Write down in a model what its inputs and its answer are called."""
    model.notes = {"columns of x": _line(columns), "column of y": _line([target])}


def load(path: str) -> tuple[Model, tuple[str, ...], str]:
    """Read a model that `pellucid fit` saved.

    Returns:
        The model, the names of its inputs, and the name of its answer.
    Raises:
        ModelFileError: if it is no model file, or does not say what its columns are called.
    """
    from pellucid.training.loading import load_model

    model = load_model(path)
    columns, target = (_names(model.notes.get(kind, "")) for kind in ("columns of x", "column of y"))
    if not columns or not target:
        raise ModelFileError(
            f"{path!r} does not say which columns it was taught with",
            expected="a model that `pellucid fit` saved",
            received="one without names",
            attempt="model.predict in Python",
        )
    if (model.known_shape(), model.prediction().shape[1:]) != ((len(columns),), (len(target),)):
        raise ModelFileError(
            f"{path!r} is damaged",
            expected=f"one input for each of {len(columns)} columns, and one answer",
            received=f"inputs of the shape {model.known_shape()}",
        )
    return model, columns, target[0]


def _line(names: Sequence[str]) -> str:
    """Write names as a line of a CSV file, which stays one whatever signs are in them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()


def _names(line: str) -> tuple[str, ...]:
    try:
        return tuple(name for row in csv.reader(io.StringIO(line, newline="")) for name in row)
    except csv.Error:  # nothing that _line has written
        return ()
