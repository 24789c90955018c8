"""A few steps of training, on copies; and how sharply the loss curves where training begins."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.engines import engine_for, evaluation_of
from pellucid.graph import Node, Path
from pellucid.hood.doctor.examination import Examination, some
from pellucid.transforms import in_double

__all__ = ["Rehearsal", "curvature", "rehearse"]

_STEPS: Final = 60
_LEAST_STEPS: Final = 20  # if time runs out
_LEAST_PLANNED: Final = 5  # a program that makes fewer is about something else than learning
_SECONDS: Final = 1.0
_CURVED: Final = 256  # examples whose loss is looked at for its curvature
_TURNS: Final = 12  # of the power iteration


class Rehearsal(NamedTuple):
    """What became of the loss in a few steps.

    Attributes:
        steps: how many.
        examples: how many examples there were.
        before: the loss at the beginning, as in training: with batches normalized, and with one dropout.
        after: the loss at the end; infinite if it is no number any more.
    """

    steps: int
    examples: int
    before: float
    after: float

    @property
    def gain(self) -> float:
        """Which share of the loss is gone."""
        return 1 - self.after / self.before if self.before else 0.0


def rehearse(examination: Examination, factor: float = 1.0) -> Rehearsal | None:
    """Train for a few steps on copies of the weights; the model itself stays as it is.

    Args:
        examination: the model and its examples.
        factor: by what to multiply the learning rate.
    Returns:
        What became of the loss; None if so few steps are planned, or done in time, that they say nothing.
    """
    opened = examination.opened
    wanted = min(_STEPS, examination.updates or _STEPS)
    if wanted < _LEAST_PLANNED:
        return None
    rows = examination.depth.within(examination.x, wanted * examination.plan.batch_size)
    size = min(examination.plan.batch_size, len(rows))
    arrays = [array[rows] for array in opened.arrays]
    state = _copied(opened.state)
    state["optimizer"]["learning_rate"] *= factor
    before = _loss(examination, state["weights"])
    epochs = -(-wanted // -(-len(rows) // size))
    with np.errstate(all="ignore"):
        run = engine_for(opened.blueprint).run(arrays, state, size, epochs, True)
        run.advance(_SECONDS, epochs=epochs, batches=wanted)
        steps = run.epoch * run.batches + (0 if run.finished else run.batch)
        run.settle()
    if steps < min(wanted, _LEAST_STEPS):
        return None
    return Rehearsal(steps, len(rows), before, _loss(examination, state["weights"]))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def _loss(examination: Examination, weights: dict[str, np.ndarray]) -> float:
    """Return the loss over a few examples, with these weights; infinite if it is no number."""
    state = examination.opened.state | {"weights": weights}
    opened = examination.opened._replace(state=state)
    again = Examination(opened, examination.plan, examination.depth)
    loss = float(again.values({("loss",): examination.step.outputs["loss",]})["loss",])
    return loss if np.isfinite(loss) else np.inf


def curvature(examination: Examination) -> float:
    """Estimate how sharply the loss curves where training begins: the largest eigenvalue of its Hessian.

    Formula:
        v <- H v / |H v|, with H v = (gradient(w + h v) - gradient(w - h v)) / (2 h)
    Returns:
        The estimate, from below; 0 if there is none.
    Source:
        von Mises & Pollaczek-Geiringer 1929; Pearlmutter 1994 for products with the Hessian.
    """
    opened = examination.opened
    rows = some(len(examination.x), _CURVED)
    few = opened._replace(arrays=[_double(array[rows]) for array in opened.arrays])
    nodes = opened.gradients()
    asked: dict[Path, Node] = {("gradient", path): node for path, node in nodes.items()}
    evaluation = evaluation_of(in_double(examination.step.asked_for(asked)))
    entries = {path: _double(entry) for path, entry in few.entries.items()}
    weights = {path: entries["weights", path] for path in nodes}

    def gradients(h: float, direction: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        moved = {("weights", path): weights[path] + h * direction[path] for path in nodes}
        found = evaluation(few.given, entries | moved)
        return {path: found["gradient", path] for path in nodes}

    random = np.random.default_rng(0)
    direction = _unit({path: random.standard_normal(weights[path].shape) for path in nodes})
    h = 1e-4 * max(1.0, _length(weights) / 10)
    found = 0.0
    for _ in range(_TURNS):
        ahead, behind = gradients(h, direction), gradients(-h, direction)
        turned = {path: (ahead[path] - behind[path]) / (2 * h) for path in nodes}
        found = _length(turned)
        if not np.isfinite(found) or found == 0:
            return 0.0
        direction = _unit(turned)
    return found


def _double(value: Any) -> Any:
    wide = isinstance(value, np.ndarray) and value.dtype == np.float32
    return value.astype(np.float64) if wide else value


def _length(arrays: dict[str, np.ndarray]) -> float:
    return float(np.sqrt(sum([float((array**2).sum()) for array in arrays.values()])))


def _unit(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    length = _length(arrays) or 1.0
    return {path: array / length for path, array in arrays.items()}
