"""The names of the columns that a model was taught with: they travel in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pellucid.errors import ModelFileError, UnsupportedError

if TYPE_CHECKING:
    from pellucid.training.model import Model

__all__ = ["load", "named"]


def load(path: str) -> tuple[Model, tuple[str, ...], str]:
    """Read a model that `pellucid fit` saved.

    Returns:
        The model, the names of its inputs, and the name of its answer.
    Raises:
        ModelFileError: if it is no model file, or does not say what its columns are called.
    """
    from pellucid.training.loading import load_model

    model = load_model(path)
    columns, target = model.feature_names, model.answer_names
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


def named(path: str) -> tuple[Model, tuple[str, ...], tuple[str, ...]]:
    """Read any model that takes a row of numbers.

    Returns:
        The model, the names of its inputs (x1, x2, ... if it does not know them) and of its answers.
    Raises:
        ModelFileError: if it is no model file.
        UnsupportedError: if its inputs are no rows of numbers.
    """
    from pellucid.training.loading import load_model

    model = load_model(path)
    opened = model.opened()
    if not opened.features:
        raise UnsupportedError(
            f"{path!r} does not take a row of numbers",
            expected="a model whose inputs are columns",
            received=f"one for inputs of the shape {model.known_shape()}",
            attempt="the same in Python",
        )
    return model, opened.features, opened.answers
