"""Models as files: the architecture as JSON, the numbers as arrays, and nothing that can run."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, ModelFileError
from pellucid.nn import _arguments, losses, metrics, optimizers
from pellucid.training import _safetensors
from pellucid.training._session import Session
from pellucid.training.base import BaseModel

__all__ = ["check_destination", "compile_options", "read_model_file", "restore", "save_model"]

_FORMAT = "pellucid 1"
_FOREIGN_ENDINGS = (".h5", ".hdf5", ".keras", ".onnx", ".pb", ".tflite")


def check_destination(path: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Refuse a path that no model can be saved under, before work is spent on the model.

    Raises:
        ArgumentError: if its ending is that of another format, or the file is not to be overwritten.
        MissingFileError: if there is no such folder.
        ModelFileError: if it is a folder, or in one that may not be changed.
    """
    name = _name_of(path)
    ending = os.path.splitext(name)[1].lower()
    if ending in _FOREIGN_ENDINGS:
        raise ArgumentError(
            f"{name!r} has the ending of another format",
            expected="a name that ends in .safetensors",
            received=ending,
            attempt=repr(os.path.splitext(name)[0] + ".safetensors"),
        )
    if not overwrite and os.path.exists(name):
        raise ArgumentError(f"{name!r} is there already", attempt="another name, or overwrite=True")
    folder = os.path.dirname(name) or os.curdir
    if not os.path.isdir(folder):
        raise _safetensors.MissingFileError(
            f"{name!r} cannot be written", expected="an existing folder", received=repr(folder)
        )
    if os.path.isdir(name) or not os.access(folder, os.W_OK):
        raise ModelFileError(
            f"{name!r} cannot be written",
            expected="a file in a folder that may be changed",
            received="a folder" if os.path.isdir(name) else f"{folder!r}, which may not",
        )


def _name_of(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike):
        raise ArgumentError(
            "this is no path", expected="a text such as 'model.safetensors'", received=repr(path)
        )
    return os.fspath(path)


def save_model(model: BaseModel, session: Session, path: str | os.PathLike[str], overwrite: bool) -> None:
    """Write a model, with what training goes on from."""
    import json

    check_destination(path, overwrite)
    tensors = {f"weights/{weight.path}": weight.value for weight in model.weights}
    numbers: dict[str, Any] = {}
    for slot, value in session.slots.items():
        if isinstance(value, dict) and all(isinstance(array, np.ndarray) for array in value.values()):
            tensors |= {f"{slot}/{path}": array for path, array in value.items()}
        else:
            numbers[slot] = value
    metadata = {
        "format": _FORMAT,
        "model": json.dumps({"class_name": type(model).__name__, "config": model.get_config()}),
        "compile": json.dumps(_compile_config(model)),
        "state": json.dumps(numbers | {"seed": model.seed}),
        "notes": json.dumps(model.notes),
    }
    _safetensors.write(path, tensors, metadata)


def _compile_config(model: BaseModel) -> dict[str, Any] | None:
    """Return what compile was given, as data."""
    if model.optimizer is None or model.chosen_loss is None:
        return None
    kept = [
        [metric if isinstance(metric, str) else metrics.serialize(metric) for metric in wanted]
        for wanted in model.chosen_metrics
    ]
    return {
        "optimizer": optimizers.serialize(model.optimizer),
        "loss": losses.serialize(model.chosen_loss),
        "metrics": kept[0],
        "weighted_metrics": kept[1],
    }


def compile_options(config: dict[str, Any], custom_objects: dict[str, Any] | None) -> dict[str, Any]:
    """Return the arguments of compile that compile_config wrote down."""

    def made(metric: Any) -> Any:
        return metric if isinstance(metric, str) else metrics.deserialize(metric, custom_objects)

    return {
        "optimizer": optimizers.deserialize(config["optimizer"], custom_objects),
        "loss": losses.deserialize(config["loss"], custom_objects),
        "metrics": [made(metric) for metric in config["metrics"]],
        "weighted_metrics": [made(metric) for metric in config["weighted_metrics"]],
    }


def read_model_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the descriptions in a model file: "model", "compile", "state", "notes".

    Raises:
        ModelFileError: if the file is damaged, or not a model file.
    """
    import json

    header = _safetensors.read_header(_name_of(path))
    if header.metadata.get("format") != _FORMAT:
        raise ModelFileError(
            f"{os.fspath(path)!r} is not a model of Pellucid",
            expected=f"the format {_FORMAT!r}",
            received=repr(header.metadata.get("format", "none")),
        )
    try:
        described = {
            name: json.loads(header.metadata[name]) for name in ("model", "compile", "state", "notes")
        }
    except (KeyError, ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{os.fspath(path)!r} is damaged", expected="a description of a model", received=str(error)
        ) from None
    notes = described["notes"]
    if not isinstance(notes, dict) or not all(isinstance(text, str) for text in notes.values()):
        raise ModelFileError(
            f"{os.fspath(path)!r} is damaged", expected="notes that are texts", received=f"{notes!r:.60}"
        )
    return described


def restore(model: BaseModel, session: Session, path: str | os.PathLike[str], state: dict[str, Any]) -> None:
    """Put the arrays of a file into a model of the same architecture; training goes on if it is compiled.

    Raises:
        ModelFileError: if the arrays are not those of the model; nothing is read then.
        ArgumentError: if the numbers beside them are impossible.
    """
    weights = {weight.path: (weight.shape, weight.dtype) for weight in model.weights}
    slots = model.optimizer.slots if model.optimizer is not None and "optimizer" in state else ()
    required = {f"weights/{path}": form for path, form in weights.items()}
    for weight in model.trainable_weights:
        required |= {f"{slot}/{weight.path}": weights[weight.path] for slot in slots}

    def check(header: _safetensors.Header) -> None:
        """Allow also what an optimizer keeps for weights that are not trained at present."""
        owners = {name: name.partition("/")[2] for name in header.entries}
        kept = {name: weights[owner] for name, owner in owners.items() if owner in weights}
        header.require(kept | required)

    seed = _arguments.seed(state["seed"])
    continued = _continued_state(state, seed) if slots or "optimizer" in state else {}
    tensors, _ = _safetensors.read(path, check)
    model.seed = seed
    for weight in model.weights:
        weight.value = tensors[f"weights/{weight.path}"]
    if model.optimizer is not None and continued:
        for slot in slots:
            of_slot = {path: tensors.get(f"{slot}/{path}") for path in weights}
            continued[slot] = {path: array for path, array in of_slot.items() if array is not None}
        session.resume(continued)


def _continued_state(state: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return the numbers that training goes on from, each of them checked."""
    optimizer = state["optimizer"]
    return {
        "seed": seed,
        "epoch": _arguments.whole("epoch", state["epoch"]),
        "optimizer": {
            "step": _arguments.whole("step", optimizer["step"]),
            "learning_rate": _arguments.size("learning_rate", optimizer["learning_rate"]),
        },
        "metrics": {},
    }
