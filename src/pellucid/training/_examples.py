"""From numbers to examples that fit a model and its loss: inputs, targets, and what each example counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, DataError, ShapeError
from pellucid.graph import Node
from pellucid.nn._arguments import number, whole
from pellucid.nn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss
from pellucid.training._arrays import cast, first_place, numbers, place_text

__all__ = ["check_lengths", "check_not_empty", "inputs", "sample_weights", "split", "targets"]

_Shape = tuple[int, ...]


# ------------------------------------------------------------ x
def inputs(x: Any, shape: _Shape | None, dtype: str, name: str = "x") -> np.ndarray:
    """Bring x to the shape (examples, *shape); one number for each example may come without its brackets.

    Raises:
        ShapeError: if the examples have another shape.
        DataError: if they are not finite numbers.
    """
    array = _listed(x, name)
    if array.ndim == 1 and shape in (None, (1,)):
        array = array[:, None]
    if shape is not None and array.shape == (0,):
        array = array.reshape(0, *shape)
    if shape is not None and array.shape[1:] != shape:
        attempt = ""
        if array.shape == shape:
            attempt = f"[{name}], a list of one example"
        elif array.ndim == 2 and array.shape[:1] == shape:
            attempt = f"{name}.T, if the examples are its columns"
        raise ShapeError(
            f"{name} does not fit the model",
            expected=f"examples of the shape {shape}",
            received=_received(array),
            attempt=attempt,
        )
    return cast(array, dtype, name)


def _listed(values: Any, name: str) -> np.ndarray:
    array = numbers(values, name)
    if array.ndim == 0:
        raise ShapeError(
            f"{name} is a single number", expected="a list", received=repr(values), attempt=f"[{values!r}]"
        )
    return array


def _received(array: np.ndarray) -> str:
    if array.ndim == 1:
        return f"{len(array)} single numbers"
    return f"{len(array)} of the shape {array.shape[1:]}"


# ------------------------------------------------------------ y
def targets(y: Any, loss: Loss, prediction: Node, name: str = "y") -> np.ndarray:
    """Bring y to what the loss compares with the prediction.

    Raises:
        ShapeError: if there is not one target for each output.
        DataError: if labels are not among the classes, or probabilities not between 0 and 1.
    """
    array = _listed(y, name)
    shape = tuple([size for size in prediction.shape[1:] if isinstance(size, int)])
    if loss.labels:
        return _labels(array, shape, name)
    if array.ndim == len(shape) and shape[-1] == 1:
        array = array[..., None]
    if array.shape == (0,):
        array = array.reshape(0, *shape)
    if array.shape[1:] != shape:
        raise ShapeError(
            f"{name} does not fit the model",
            expected=f"targets of the shape {shape}",
            received=_received(array),
            attempt=_advice_on_shape(array, shape, loss),
        )
    array = cast(array, prediction.dtype, name)
    if isinstance(loss, BinaryCrossentropy | CategoricalCrossentropy):
        _check_probabilities(array, name)
    if isinstance(loss, CategoricalCrossentropy):
        _check_choices(array, name)
    return array


def _advice_on_shape(array: np.ndarray, shape: _Shape, loss: Loss) -> str:
    single = array.shape[1:] in (shape[:-1], (*shape[:-1], 1))
    if isinstance(loss, CategoricalCrossentropy) and single:
        return "loss='sparse_categorical_crossentropy' for labels that are whole numbers"
    if array.ndim > 2 or len(shape) > 1:
        return ""
    units = 1 if array.ndim == 1 else array.shape[1]
    return f"{units} unit{'s' * (units > 1)} in the last layer"


def _labels(array: np.ndarray, shape: _Shape, name: str) -> np.ndarray:
    classes = shape[-1]
    if array.ndim == len(shape) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.shape[1:] != shape[:-1]:
        one_hot = array.shape[1:] == shape
        raise ShapeError(
            f"{name} does not fit the loss",
            expected="one whole number for each example",
            received=_received(array),
            attempt="loss='categorical_crossentropy' for one-hot rows" if one_hot else "",
        )
    wrong = (array % 1 != 0) | (array < 0) | (array >= classes)
    if wrong.any():
        place = first_place(wrong)
        raise DataError(
            f"{name} holds a label that is no class",
            expected=f"whole numbers from 0 to {classes - 1}",
            received=f"{array[place]}{place_text(place)}",
            attempt=_advice_on_labels(array, classes, name),
        )
    return array.astype(np.int64)


def _advice_on_labels(array: np.ndarray, classes: int, name: str) -> str:
    if (array % 1 != 0).any():
        return f"loss='mean_squared_error' if {name} is a quantity"
    if array.min() == 1 and array.max() == classes:
        return f"{name} - 1, since classes are counted from 0"
    if classes == 1:
        return "loss='binary_crossentropy' for one yes or no"
    return "as many units in the last layer as there are classes"


def _check_probabilities(array: np.ndarray, name: str) -> None:
    outside = (array < 0) | (array > 1)
    if outside.any():
        place = first_place(outside)
        signs = bool((np.abs(array) == 1).all())
        raise DataError(
            f"{name} holds what is no probability",
            expected="numbers from 0 to 1",
            received=f"{array[place]:g}{place_text(place)}",
            attempt=f"({name} + 1) / 2 to make -1 and 1 into 0 and 1" if signs else "labels 0 and 1",
        )


def _check_choices(array: np.ndarray, name: str) -> None:
    sums = array.sum(axis=-1)
    wrong = np.abs(sums - 1) > 1e-3  # more than rounding makes of probabilities
    if wrong.any():
        place = first_place(wrong)
        raise DataError(
            f"a row of {name} is no choice between classes",
            expected="numbers that add up to 1",
            received=f"{sums[place]:g}{place_text(place)}",
            attempt="loss='binary_crossentropy' for several labels at once",
        )


# ------------------------------------------------------------ weights
def sample_weights(
    sample_weight: Any, class_weight: Any, y: np.ndarray, prediction: Node
) -> np.ndarray | None:
    """Return one weight for each example, or None if all count the same.

    Raises:
        ArgumentError: if both kinds of weights are given.
        ShapeError: if there are not as many weights as examples.
    """
    if sample_weight is not None and class_weight is not None:
        raise ArgumentError("sample_weight and class_weight exclude each other", attempt="one of the two")
    if class_weight is not None:
        return _weights_by_class(class_weight, y, prediction)
    if sample_weight is None:
        return None
    given = numbers(sample_weight, "sample_weight")
    if given.size != len(y) or given.shape[:1] != (len(y),):
        raise ShapeError(
            "sample_weight does not fit",
            expected=f"one number for each of {len(y)} examples",
            received=_received(given) if given.ndim else "a single number",
        )
    return cast(given.ravel(), prediction.dtype, "sample_weight")


def _weights_by_class(class_weight: Any, y: np.ndarray, prediction: Node) -> np.ndarray:
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            "class_weight cannot be used",
            expected="a dictionary of weights by class, such as {0: 1.0, 1: 5.0}",
            received=repr(class_weight),
        )
    if y.dtype.kind != "i":
        y = y.argmax(axis=-1) if y.shape[-1] > 1 else y[..., 0]
    if y.ndim > 1:
        raise ArgumentError(
            "class_weight needs one class for each example",
            expected="labels of the shape (examples,)",
            received=f"labels of the shape {y.shape}",
            attempt="sample_weight",
        )
    weights = np.ones(len(y), prediction.dtype)
    for label, weight in class_weight.items():
        chosen = whole("a class in class_weight", label)
        weights[y == chosen] = number(
            "a weight in class_weight", weight, "a number, at least 0", lambda weight: weight >= 0
        )
    return weights


# ------------------------------------------------------------ all together
def check_lengths(x: np.ndarray, y: np.ndarray, names: tuple[str, str] = ("x", "y")) -> None:
    """Raise unless there are examples, and as many of the one as of the other."""
    if len(x) != len(y):
        raise ShapeError(
            f"{names[0]} and {names[1]} must hold the same examples",
            expected="the same number of each",
            received=f"{len(x)} and {len(y)}",
        )
    check_not_empty(x, names[0])


def check_not_empty(x: np.ndarray, name: str) -> None:
    """Raise unless there are examples."""
    if len(x) == 0:
        raise DataError(f"{name} holds no examples", expected="at least one", received="none")


def split(arrays: list[np.ndarray], share: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Cut off the last share of the examples for validation."""
    share = number(
        "validation_split", share, "a number above 0 and below 1, or 0 for none", lambda part: 0 < part < 1
    )
    count = len(arrays[0])
    first = int(count * (1 - share))
    if first in (0, count):
        raise ArgumentError(
            f"validation_split={share} leaves nothing on one side",
            expected="at least one example to learn from and one to validate with",
            received=f"{count} in all",
        )
    return [array[:first] for array in arrays], [array[first:] for array in arrays]
