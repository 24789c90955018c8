"""Checks of the length of the steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.glance import nothing_trained
from pellucid.hood.doctor.rehearsal import Rehearsal, curvature, rehearse
from pellucid.hood.numbers import number_text
from pellucid.nn.losses import MeanSquaredError
from pellucid.nn.optimizers import SGD, Adam, RMSprop

__all__ = ["few_updates", "steps"]

_FEW_UPDATES: Final = 10
_EXAMPLES: Final = 50
_GROWN: Final = 3.0  # times the loss of the beginning
_USELESS: Final = 0.05  # of the loss; who gains less has gained nothing
_USEFUL: Final = 0.3
_STUCK: Final = 0.02  # of the loss; who gains no more in the whole training stands still
_EPOCHS: Final = 1000  # if nobody has said how many
_USUAL: Final = {SGD: 0.01, Adam: 0.001, RMSprop: 0.001}  # Keras's defaults
_BELOW: Final = 0.1  # of the usual rate; nearer to it, what is slow has other reasons
_LONGER: Final = (100.0, 10_000.0, 1_000_000.0)
_LARGE: Final = 30.0  # typical size of an answer


def few_updates(examination: Examination) -> Iterator[Finding]:
    """The weights are changed only a few times in the whole training."""
    plan, count, updates = examination.plan, len(examination.x), examination.updates
    if updates is None or count < _EXAMPLES or plan.batch_size <= 32:
        return
    if 0 < updates < _FEW_UPDATES:
        yield Finding(
            "few updates",
            f"With {plan.epochs} {'epoch' if plan.epochs == 1 else 'epochs'} and batches of "
            f"{plan.batch_size} for {count} examples, the weights are changed "
            f"{'once' if updates == 1 else f'{updates} times'} in all.",
            "Take more epochs or smaller batches.",
            "model.fit(x, y, batch_size=32, epochs=50)",
            "risk",
        )


def steps(examination: Examination) -> Iterator[Finding]:
    """Steps are so long that the loss grows, or so short that it stands still: a rehearsal shows it.

    Source:
        The bounds 2 / L, with momentum 2 (1 + m) / L: Polyak 1964; Cohen, Kaur, Li, Kolter & Talwalkar 2021.
    """
    if nothing_trained(examination.opened.blueprint) or not len(examination.x):
        return
    rate = float(examination.opened.state["optimizer"]["learning_rate"])
    played = rehearse(examination) if rate > 0 else None
    if played is None or not np.isfinite(played.before) or played.before <= 0:
        return
    ignorance = _ignorance(examination)
    if played.gain < _USELESS:
        if played.after > max(_GROWN * played.before, ignorance):
            yield _too_long(examination, rate, played, None)
            return
        for factor in (0.1, 0.01) if played.before > ignorance / 2 else ():
            better = rehearse(examination, factor)
            if better is not None and better.gain > _USEFUL:
                yield _too_long(examination, rate, played, rate * factor)
                return
    yield from _too_short(examination, rate, played)


def _ignorance(examination: Examination) -> float:
    """Return the loss of the best answer that does not look at x; 0 where that is not known.

    The loss of a trained network lies far below it, may rise a little, and is no worse for that.
    """
    labels = examination.labels
    if labels is not None:
        shares = np.bincount(labels) / max(1, len(labels))
        return -float(np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
    if not examination.numeric:
        return 0.0
    answers = examination.quantities
    if isinstance(examination.loss, MeanSquaredError):
        return float(answers.var(axis=0).mean())
    return float(np.abs(answers - np.median(answers, axis=0)).mean())


# ------------------------------------------------------------ too long
def _too_long(examination: Examination, rate: float, played: Rehearsal, better: float | None) -> Finding:
    bound, words = _bound(examination)
    why = ""
    if bound is not None and rate > bound:
        why = (
            f" Where training begins, the loss curves so sharply that steps above {number_text(bound, 2)} "
            f"({words}) lead up the other side."
        )
        better = better or bound / 4
    after = number_text(played.after, 3) if np.isfinite(played.after) else "a number too large to write"
    suggestion = better if better is not None else rate / 100
    return Finding(
        "learning rate too high",
        f"In a rehearsal of {played.steps} steps with the learning rate {number_text(rate)}, the loss went "
        f"from {number_text(played.before, 3)} to {after}.{why}",
        "Take shorter steps, and see to it that inputs and answers are scaled.",
        _optimizer(examination, 10.0 ** np.floor(np.log10(suggestion) + 1e-9)),
    )


def _bound(examination: Examination) -> tuple[float | None, str]:
    """Return the learning rate above which gradient descent leaves a valley, and how it is worked out."""
    optimizer = examination.optimizer
    if not isinstance(optimizer, SGD):
        return None, ""
    sharpness = curvature(examination)
    if not sharpness:
        return None, ""
    momentum, text = optimizer.momentum, number_text(sharpness, 2)
    if not momentum:
        return 2 / sharpness, f"2 / {text}"
    if optimizer.nesterov:
        bound = 2 * (1 + momentum) / ((1 + 2 * momentum) * sharpness)
        return bound, f"2 (1 + m) / (1 + 2 m) / {text}, m = {momentum:g}"
    return 2 * (1 + momentum) / sharpness, f"2 (1 + {momentum:g}) / {text}"


def _optimizer(examination: Examination, rate: float) -> str:
    """Return the code of the optimizer with another learning rate."""
    return f"optimizer=optimizers.{type(examination.optimizer).__name__}({number_text(rate, 2)})"


# ------------------------------------------------------------ too short
def _too_short(examination: Examination, rate: float, played: Rehearsal) -> Iterator[Finding]:
    batches = -(-len(examination.x) // examination.plan.batch_size)
    updates = examination.updates or _EPOCHS * batches
    in_all = played.gain * max(1.0, updates / max(1, played.steps))
    if not 0 <= in_all < _STUCK and not -1e-3 < played.gain <= 0:
        return
    shown = (
        f"In a rehearsal of {played.steps} steps with the learning rate {number_text(rate)}, the loss went "
        f"from {number_text(played.before, 4)} to {number_text(played.after, 4)}"
    )
    size = float(np.sqrt((examination.quantities**2).mean())) if examination.numeric else 0.0
    if size > _LARGE and played.before > _ignorance(examination):
        yield Finding(
            "unscaled answers",
            f"Answers are as large as {number_text(size)}, and the network begins near 0. {shown}: the way "
            "is too long.",
            "Learn scaled answers, and scale predictions back.",
            "mean, deviation = y.mean(), y.std()\nmodel.fit(x, (y - mean) / deviation)\n"
            "model.predict(x) * deviation + mean",
        )
        return
    usual = next((usual for kind, usual in _USUAL.items() if isinstance(examination.optimizer, kind)), 0.0)
    for factor in _LONGER if rate < _BELOW * usual else ():
        longer = rehearse(examination, factor)
        if longer is not None and longer.gain > _USEFUL:
            yield Finding(
                "learning rate too low",
                f"{shown}; with steps {factor:,.0f} times as long, to {number_text(longer.after, 4)}.",
                "Take longer steps.",
                _optimizer(examination, factor * rate),
            )
            return
