"""A model, its examples, and what the checks want to know about them, each thing worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple, final

import numpy as np

from pellucid.engines import evaluation_of
from pellucid.errors import UnknownNameError, UsageError
from pellucid.graph import Graph, Node, Path
from pellucid.hood.doctor.glance import activation_of, head_of
from pellucid.hood.opened import Opened
from pellucid.nn._arguments import whole
from pellucid.nn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)

__all__ = ["QUICK", "THOROUGH", "Depth", "Examination", "Plan", "flat", "plan_of", "some"]

_FITTING: Final = (
    "batch_size",
    "callbacks",
    "class_weight",
    "epochs",
    "initial_epoch",
    "sample_weight",
    "shuffle",
    "validation_batch_size",
    "validation_data",
    "validation_split",
    "verbose",
)
_COUNTED: Final = 1_000_000  # examples whose classes are counted


class Depth(NamedTuple):
    """How closely examples are looked at.

    Attributes:
        rows: how many of them at most.
        forward: how many are sent through the network.
        numbers: how many numbers there may be in either.
    """

    rows: int
    forward: int
    numbers: int

    def within(self, array: np.ndarray, rows: int) -> np.ndarray:
        """Choose so many rows of an array, or fewer if they are long."""
        return some(len(array), max(1, min(rows, self.numbers // max(1, int(np.prod(array.shape[1:]))))))


THOROUGH: Final = Depth(rows=2000, forward=256, numbers=4_000_000)
QUICK: Final = Depth(rows=1000, forward=64, numbers=400_000)


class Plan(NamedTuple):
    """What fit is to be told.

    Attributes:
        batch_size: examples per step.
        epochs: how often all examples are shown; None if that is not known.
        shuffle: whether every epoch takes them in a new order.
        split: whether those to judge with, if there are any, were the last of the examples.
        held_out: the arrays to judge with.
    """

    batch_size: int = 32
    epochs: int | None = None
    shuffle: bool = True
    split: bool = False
    held_out: tuple[np.ndarray, ...] = ()


def plan_of(fitting: Mapping[str, Any]) -> Plan:
    """Return what fit is to be told.

    Args:
        fitting: arguments of fit, by their names.
    Raises:
        UnknownNameError: if fit takes no such argument.
        ArgumentError: if one cannot be used.
    """
    for name in fitting:
        if name not in _FITTING:
            raise UnknownNameError("argument of fit", name, _FITTING)
    size, epochs = fitting.get("batch_size"), fitting.get("epochs")
    return Plan(
        batch_size=32 if size is None else whole("batch_size", size, least=1),
        epochs=None
        if epochs is None
        else whole("epochs", epochs) - whole("initial_epoch", fitting.get("initial_epoch", 0)),
        shuffle=bool(fitting.get("shuffle", True)),
        split=bool(fitting.get("validation_split")) and fitting.get("validation_data") is None,
    )


@final
class Examination:
    """What the checks are given.

    Args:
        opened: the model and the examples to learn from.
        plan: what fit is to be told.
        depth: how closely to look.
    Raises:
        UsageError: if the model is not compiled, or there are no answers.
    """

    def __init__(self, opened: Opened, plan: Plan, depth: Depth = THOROUGH) -> None:
        if opened.loss is None or opened.optimizer is None or len(opened.arrays) < 2:
            raise UsageError(
                "there is nothing to check",
                expected="a compiled model, x and y",
                attempt="model.compile(...)",
            )
        self.opened = opened
        self.plan = plan
        self.depth = depth
        self.loss: Loss = opened.loss
        self.optimizer = opened.optimizer
        self.x, self.y = opened.arrays[:2]

    # ------------------------------------------------------------ the network
    @property
    def step(self) -> Graph:
        """The graph of a step of training."""
        return self.opened.training.step

    @property
    def predict(self) -> Graph:
        """The graph of a prediction."""
        return self.opened.blueprint.predict

    @property
    def weighted(self) -> bool:
        """Whether some examples count more than others."""
        return len(self.opened.arrays) > 2

    @property
    def updates(self) -> int | None:
        """How often fit will change the weights, if it is known how many epochs there will be."""
        epochs = self.plan.epochs
        return None if epochs is None else epochs * -(-len(self.x) // self.plan.batch_size)

    @cached_property
    def head(self) -> str:
        """The activation of the last layer: "softmax", "linear"."""
        return activation_of(head_of(self.predict.outputs["prediction",]))

    @property
    def units(self) -> int:
        """How many numbers a prediction has."""
        return int(self.predict.outputs["prediction",].shape[-1])  # type: ignore[arg-type]

    @cached_property
    def last_layer(self) -> str:
        """The name of the layer that makes the prediction."""
        return self.predict.notes[head_of(self.predict.outputs["prediction",])].scope.name

    def values(self, nodes: Mapping[Path, Node]) -> dict[Path, Any]:
        """Work out some nodes of a step, for a few of the examples."""
        rows = self.depth.within(self.x, self.depth.forward)
        few = self.opened._replace(arrays=[array[rows] for array in self.opened.arrays])
        with np.errstate(all="ignore"):
            return evaluation_of(self.step.asked_for(dict(nodes)))(few.given, few.entries)

    # ------------------------------------------------------------ the examples
    @cached_property
    def rows(self) -> np.ndarray:
        """The numbers of the examples that are looked at closely, in ascending order."""
        return self.depth.within(self.x, self.depth.rows)

    @cached_property
    def table(self) -> np.ndarray:
        """The inputs of these, one row of float64 for each."""
        return flat(self.x[self.rows])

    @cached_property
    def quantities(self) -> np.ndarray:
        """The answers of these, one row of float64 for each."""
        return flat(self.y[self.rows])

    @property
    def tabular(self) -> bool:
        """Whether an example is a row of a table, each column of it a thing of its own."""
        return self.x.ndim == 2 and self.x.shape[1] < _WIDE

    @cached_property
    def distinct(self) -> bool:
        """Whether no two examples should be equal by chance, going by how often each column repeats itself.

        Formula:
            pairs of rows * product over columns of (share of pairs that are equal there) < 0.001
        """
        count = len(self.table)
        pairs = count * (count - 1) / 2
        alike = pairs
        for column in self.table.T[:: 1 + self.table.shape[1] // _WIDE]:
            _, counts = np.unique(column, return_counts=True)
            alike *= float((counts * (counts - 1)).sum()) / 2 / pairs if pairs else 0.0
        return alike < _BY_CHANCE

    def feature(self, column: int) -> str:
        """Return what a column of x is called."""
        names = self.opened.features
        return repr(names[column]) if column < len(names) else f"number {column}"

    # ------------------------------------------------------------ the classes
    @cached_property
    def classes(self) -> np.ndarray | None:
        """The number of the class of each example, or of each place of it; None if there are no classes.

        Of very many examples, every second, third, ... is taken.
        """
        return self.class_numbers(self.y[:: 1 + len(self.y) // _COUNTED])

    @cached_property
    def labels(self) -> np.ndarray | None:
        """The class of each example that is looked at closely; None where there is not one for each."""
        labels = self.class_numbers(self.y[self.rows])
        return labels if labels is not None and labels.ndim == 1 else None

    def class_numbers(self, y: np.ndarray) -> np.ndarray | None:
        """Return the number of the class for each of these answers; None if there are no classes."""
        if isinstance(self.loss, SparseCategoricalCrossentropy):
            return y
        if isinstance(self.loss, CategoricalCrossentropy):
            return np.asarray(np.argmax(y, axis=-1))
        yes_or_no = isinstance(self.loss, BinaryCrossentropy) or self.head == "sigmoid"
        if self.units == 1 and yes_or_no and bool(((y == 0) | (y == 1)).all()):
            return y[..., 0].astype(np.int64)
        return None

    @property
    def numeric(self) -> bool:
        """Whether the answers are quantities."""
        return isinstance(self.loss, MeanSquaredError | MeanAbsoluteError) and self.classes is None


_WIDE: Final = 64  # columns: what has more is a picture, a text, a series
_BY_CHANCE: Final = 1e-3  # pairs of rows


def some(count: int, most: int) -> np.ndarray:
    """Return so many row numbers of a table, in ascending order; the same ones at every call."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False, shuffle=False))


def flat(array: np.ndarray) -> np.ndarray:
    """Return a row of float64 for each example."""
    return np.ascontiguousarray(array.reshape(len(array), -1), np.float64)
