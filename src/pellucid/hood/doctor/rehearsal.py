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
_LEAST_STEPS: Final = 20
_EXAMPLES: Final = 2000
_SECONDS: Final = 1.0
_CURVED: Final = 256  # examples whose loss is looked at for its curvature
_TURNS: Final = 12  # of the power iteration


class Rehearsal(NamedTuple):
    """What became of the loss in a few steps.

    Attributes:
        steps: how many.
        examples: how many examples there were.
        before: the loss at the beginning, without dropout.
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
        What became of the loss; None if the time was up too soon to say.
    """
    opened = examination.opened
    size = min(examination.plan.batch_size, len(examination.x))
    rows = some(len(examination.x), max(1, min(_EXAMPLES, _STEPS * size)))
    arrays = [array[rows] for array in opened.arrays]
    state = _copied(opened.state)
    state["optimizer"]["learning_rate"] *= factor
    loss = _Loss(examination, arrays)
    before = loss(state["weights"])
    epochs = -(-_STEPS // -(-len(rows) // size))
    with np.errstate(all="ignore"):
        run = engine_for(opened.blueprint).run(arrays, state, size, epochs, True)
        run.advance(_SECONDS, epochs=epochs, batches=_STEPS)
        steps = run.epoch * run.batches + (0 if run.finished else run.batch)
        run.settle()
    if steps < _LEAST_STEPS and not run.finished:
        return None
    return Rehearsal(steps, len(rows), before, loss(state["weights"]))


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


class _Loss:
    """The loss over examples, without dropout, as a function of the weights."""

    def __init__(self, examination: Examination, arrays: list[np.ndarray]) -> None:
        graph = examination.opened.training.evaluate()
        opened = examination.opened._replace(arrays=arrays)
        self._given, self._entries = opened.given, opened.entries
        self._evaluation = evaluation_of(graph.asked_for({("loss",): graph.outputs["loss",]}))

    def __call__(self, weights: dict[str, np.ndarray]) -> float:
        state = self._entries | {("weights", path): array for path, array in weights.items()}
        with np.errstate(all="ignore"):
            loss = float(self._evaluation(self._given, state)["loss",])
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
