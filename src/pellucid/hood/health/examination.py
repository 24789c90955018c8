"""The engine is asked for everything that says how a network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, final

import numpy as np

from pellucid.engines import Blueprint
from pellucid.errors import DataError
from pellucid.hood.health.distribution import distribution_of
from pellucid.hood.health.layer import LayerHealth, WeightHealth
from pellucid.hood.health.questions import Answers, Questions
from pellucid.hood.health.report import Health
from pellucid.hood.layers import LayerNodes
from pellucid.hood.opened import Opened
from pellucid.hood.samples import spread

__all__ = ["Examination", "examine"]

_MOST: Final = 500  # examples; of more, so many at equal distances
_TINY: Final = 0.01  # of a gradient: where less comes through, an activation is flat
_NEARLY_ALL: Final = 0.95  # of the places of a unit


def examine(opened: Opened) -> Health:
    """Say how a network is at present."""
    return Examination(opened)(opened)


@final
class Examination:
    """An examination of a model, prepared once for any number of moments of its training.

    All it finds is of one step of training with the examples as its batch: dropout and batch normalization do
    there what they do while the model learns.

    Args:
        opened: the model at any moment.
    Attributes:
        blueprint: the graphs that it is prepared for.
    """

    __slots__ = ("_questions", "blueprint")

    def __init__(self, opened: Opened) -> None:
        self.blueprint: Blueprint = opened.blueprint
        self._questions = Questions(opened)

    def __call__(self, opened: Opened) -> Health:
        """Say how the network is at this moment.

        Raises:
            DataError: if there are no examples.
        """
        total = len(opened.arrays[0])
        if not total:
            raise DataError("there are no examples to look at", expected="at least one", received="none")
        looked_at = spread(total, _MOST)
        given = {name: array[looked_at] for name, array in opened.given.items()}
        with np.errstate(all="ignore"):  # what overflows is reported
            answers = self._questions(given, opened.entries)
            weights = {
                path: _weight(path, opened.state["weights"][path], answers)
                for path in opened.blueprint.weights
            }
            layers = [_layer(layer, answers, weights) for layer in self._questions.layers]
        return Health(opened.blueprint.title, layers, len(looked_at), total)


# ------------------------------------------------------------ what comes of it
def _weight(path: str, values: np.ndarray, answers: Answers) -> WeightHealth:
    weight = np.asarray(values, np.float64)
    here = WeightHealth(path, distribution_of(weight), _length(weight))
    if ("gradient", path) not in answers:
        return here
    gradient = answers["gradient", path]
    return here._replace(
        gradient=distribution_of(gradient),
        gradient_length=_length(gradient),
        update_length=_length(np.asarray(answers["updated", path], np.float64) - weight),
    )


def _layer(layer: LayerNodes, answers: Answers, weights: Mapping[str, WeightHealth]) -> LayerHealth:
    output = np.asarray(answers["output", layer.name])
    units = output.reshape(len(output), -1, output.shape[-1] if output.ndim > 1 else 1)
    signal, slopes = answers.get(("signal", layer.name)), answers.get(("slope", layer.name))
    dead, saturated = _unmoved(units, slopes)
    return LayerHealth(
        layer.name,
        layer.title,
        units.shape[-1],
        tuple([weight for path, weight in weights.items() if path.rpartition("/")[0] == layer.name]),
        distribution_of(output),
        None if signal is None else distribution_of(signal),
        0.0 if signal is None else _length(signal),
        dead,
        saturated,
        slopes is not None,
    )


def _length(array: np.ndarray) -> float:
    return float(np.linalg.norm(np.asarray(array, np.float64)))


def _unmoved(units: np.ndarray, slopes: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the dead and of the saturated units, which are the last axis."""
    if slopes is None:
        return np.zeros(0, int), np.zeros(0, int)
    steepness = np.abs(slopes.reshape(units.shape))
    dead = ((units == 0) & (steepness == 0)).all(axis=(0, 1))
    flat = (steepness < _TINY) & (units != 0)
    saturated = (flat.mean(axis=(0, 1)) >= _NEARLY_ALL) & ~dead
    return np.flatnonzero(dead), np.flatnonzero(saturated)
