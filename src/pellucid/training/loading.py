"""Models from files."""

from __future__ import annotations

import os
from typing import Any

from pellucid.errors import ModelFileError, PellucidError, UnknownNameError
from pellucid.training.model import Model
from pellucid.training.sequential import Sequential

__all__ = ["load_model", "save_model"]

_KINDS = {"Sequential": Sequential}


def load_model(
    filepath: str | os.PathLike[str], custom_objects: dict[str, Any] | None = None, compile: bool = True
) -> Model:
    """Make the model that a file describes, with its weights; training goes on where it was.

    Nothing in the file can run, and every size is checked before memory is taken for it.

    Args:
        filepath: the file that `model.save` wrote.
        custom_objects: your own layers, losses and functions, by their names.
        compile: whether to compile it as it was.
    Raises:
        ModelFileError: if the file is damaged, or not a model file.
        UnknownNameError: if it names a layer or a function that is not known.
    """
    from pellucid.training._files import compile_options, read_model_file

    described = read_model_file(filepath)
    try:
        kind = _KINDS[described["model"]["class_name"]]
        model = kind.from_config(described["model"]["config"], custom_objects)
        if compile and described["compile"] is not None:
            model.compile(**compile_options(described["compile"], custom_objects))
        model.load_state(filepath, described["state"])
        model.notes = described["notes"]
    except UnknownNameError as error:
        error.add_note("If it is your own, try load_model(..., custom_objects={its name: what it is}).")
        raise
    except ModelFileError:
        raise
    except (PellucidError, KeyError, TypeError, ValueError, AttributeError) as error:
        # The arguments in the file, of whatever kind they are, went to constructors.
        raise ModelFileError(
            f"{os.fspath(filepath)!r} is damaged",
            expected="the description of a model",
            received=f"one with a mistake ({error})",
        ) from error
    return model


def save_model(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Save a model; see Model.save."""
    model.save(filepath, overwrite)
