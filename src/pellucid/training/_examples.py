"""From what users have, lists and arrays of any kind, to the arrays that an engine takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, DataError, ShapeError, UnsupportedError
from pellucid.graph import Node
from pellucid.nn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss

__all__ = ["check_lengths", "check_not_empty", "inputs", "numbers", "sample_weights", "split", "targets"]

_Shape = tuple[int, ...]


def numbers(values: Any, name: str) -> np.ndarray:
    """Make an array of finite numbers.

    Raises:
        DataError: if there is text, NaN or infinity among them, or the rows differ in length.
    """
    if isinstance(values, Mapping):
        raise UnsupportedError(f"{name} is a dictionary: a Sequential model has one input and one output")
    try:
        array = np.asarray(values)
    except ValueError:
        raise DataError(
            f"{name} is not a table", expected="rows of equal length", received="different ones"
        ) from None
    if array.dtype.kind not in "fiub":
        array = _from_objects(array, name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = tuple(int(axis[0]) for axis in np.nonzero(~np.isfinite(array)))
        raise DataError(
            f"{name} cannot be learnt from",
            expected="finite numbers",
            received=f"{array[place]} at {_at(place)}",
            attempt="to fill or leave out such rows",
        )
    return array


def _from_objects(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind == "O":
        for place, value in np.ndenumerate(array):
            if value is None or isinstance(value, str | bytes) or not np.isscalar(value):
                raise _not_a_number(name, value, place)
        return array.astype(np.float64)
    place = (0,) * array.ndim
    raise _not_a_number(name, array[place] if array.size else array.dtype, place)


def _not_a_number(name: str, value: object, place: tuple[int, ...]) -> DataError:
    plain = value.item() if isinstance(value, np.generic) else value
    return DataError(
        f"{name} cannot be learnt from",
        expected="numbers",
        received=f"{plain!r} at {_at(place)}",
        attempt="to turn text into numbers first, such as one column for each word",
    )


def _at(place: tuple[int, ...]) -> str:
    names = ("row", "column")
    return (
        ", ".join(
            f"{names[axis] if axis < 2 else f'axis {axis}'} {index}" for axis, index in enumerate(place)
        )
        or "once"
    )


def inputs(x: Any, shape: _Shape | None, dtype: str, name: str = "x") -> np.ndarray:
    """Bring x to the shape (examples, *shape); one number for each example may come without its brackets.

    Raises:
        ShapeError: if the examples have another shape.
    """
    array = numbers(x, name)
    if array.ndim == 0:
        raise ShapeError(f"{name} needs examples", expected="a list", received=repr(x), attempt=f"[{x!r}]")
    if array.ndim == 1 and shape in (None, (1,)):
        array = array[:, None]
    if shape is not None and array.shape[1:] != shape:
        wrapped = array.ndim == len(shape) and array.shape == shape
        raise ShapeError(
            f"{name} does not fit the model",
            expected=f"examples of the shape {shape}",
            received=_received(array),
            attempt=f"[{name}], a list of one example" if wrapped else "",
        )
    return np.ascontiguousarray(array, dtype)


def _received(array: np.ndarray) -> str:
    if array.ndim == 1:
        return f"{len(array)} single numbers"
    return f"{len(array)} of the shape {array.shape[1:]}"


def targets(y: Any, loss: Loss, prediction: Node, name: str = "y") -> np.ndarray:
    """Bring y to what the loss compares with the prediction.

    Raises:
        ShapeError: if there is not one target for each output.
        DataError: if labels are not among the classes, or probabilities not between 0 and 1.
    """
    array = numbers(y, name)
    shape = tuple(size for size in prediction.shape[1:] if isinstance(size, int))
    if loss.labels:
        return _labels(array, shape, loss, name)
    if array.ndim == len(shape) and shape[-1] == 1:
        array = array[..., None]
    if array.shape[1:] != shape:
        sparse = isinstance(loss, CategoricalCrossentropy) and array.ndim == len(shape)
        raise ShapeError(
            f"{name} does not fit the model",
            expected=f"targets of the shape {shape}",
            received=_received(array),
            attempt="loss='sparse_categorical_crossentropy' for labels that are whole numbers"
            if sparse
            else "",
        )
    array = np.ascontiguousarray(array, prediction.dtype)
    _check_probabilities(array, loss, name)
    return array


def _labels(array: np.ndarray, shape: _Shape, loss: Loss, name: str) -> np.ndarray:
    classes = shape[-1]
    if array.ndim == len(shape) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.shape[1:] != shape[:-1]:
        one_hot = array.shape[1:] == shape
        raise ShapeError(
            f"{name} does not fit the model",
            expected="one whole number for each example",
            received=_received(array),
            attempt="loss='categorical_crossentropy' for one-hot rows" if one_hot else "",
        )
    labels = array.astype(np.int64)
    wrong = (labels != array) | (labels < 0) | (labels >= classes)
    if wrong.any():
        place = tuple(int(axis[0]) for axis in np.nonzero(wrong))
        raise DataError(
            f"{name} holds a label that is no class",
            expected=f"whole numbers from 0 to {classes - 1}",
            received=f"{array[place]} at {_at(place)}",
            attempt="as many units in the last layer as there are classes",
        )
    return labels


def _check_probabilities(array: np.ndarray, loss: Loss, name: str) -> None:
    if not isinstance(loss, BinaryCrossentropy | CategoricalCrossentropy):
        return
    outside = (array < 0) | (array > 1)
    if outside.any():
        place = tuple(int(axis[0]) for axis in np.nonzero(outside))
        raise DataError(
            f"{name} holds what is no probability",
            expected="numbers from 0 to 1",
            received=f"{array[place]} at {_at(place)}",
            attempt="labels 0 and 1",
        )
    if isinstance(loss, CategoricalCrossentropy):
        sums = array.sum(axis=-1)
        if (np.abs(sums - 1) > 1e-3).any():
            row = int(np.argmax((np.abs(sums - 1) > 1e-3).ravel()))
            raise DataError(
                f"a row of {name} is no choice between classes",
                expected="numbers that add up to 1",
                received=f"{sums.ravel()[row]:g} in row {row}",
                attempt="loss='binary_crossentropy' for several labels at once",
            )


def sample_weights(
    sample_weight: Any, class_weight: Mapping[Any, float] | None, y: np.ndarray, dtype: str
) -> np.ndarray | None:
    """Return one weight for each example, or None if all count the same.

    Raises:
        ArgumentError: if both kinds of weights are given.
        ShapeError: if there are not as many weights as examples.
    """
    if sample_weight is not None and class_weight is not None:
        raise ArgumentError("sample_weight and class_weight exclude each other", attempt="one of the two")
    if class_weight is not None:
        classes = y if y.dtype.kind == "i" else y.argmax(axis=-1) if y.shape[-1] > 1 else y[..., 0]
        weights = np.ones(len(y))
        for label, weight in class_weight.items():
            weights[classes.reshape(len(y), -1)[:, 0] == label] = weight
        return weights.astype(dtype)
    if sample_weight is None:
        return None
    given = numbers(sample_weight, "sample_weight")
    if given.size != len(y) or given.shape[:1] != (len(y),):
        raise ShapeError(
            "sample_weight does not fit", expected=f"{len(y)} numbers", received=str(given.shape)
        )
    return np.ascontiguousarray(given.ravel(), dtype)


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
    count = len(arrays[0])
    if isinstance(share, bool) or not 0 < share < 1:
        raise ArgumentError(
            "validation_split is a share", expected="above 0 and below 1", received=repr(share)
        )
    first = int(count * (1 - share))
    if first in (0, count):
        raise ArgumentError(
            f"validation_split={share} leaves nothing on one side",
            received=f"{count} examples",
            expected="at least one to learn from and one to validate with",
        )
    return [array[:first] for array in arrays], [array[first:] for array in arrays]
