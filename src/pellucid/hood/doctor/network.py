"""Checks of the layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from pellucid.graph import Node, Path
from pellucid.hood.doctor import reading
from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.glance import nothing_trained
from pellucid.hood.doctor.information import linear_share, neighbours_share
from pellucid.hood.numbers import number_text

__all__ = [
    "batches_of_one",
    "dead_units",
    "equal_units",
    "high_dropout",
    "no_activation_between",
    "noise_at_the_output",
    "nothing_to_train",
    "penalty",
    "saturated_units",
]

_EXAMPLES: Final = 20  # so many, to say that a unit never moves
_LEFT: Final = 0.1  # of the values; a layer that leaves fewer hardly lets anything through
_TIMES: Final = 10.0  # a penalty that is so many times the loss without it decides alone
_FLAT: Final = 1e-3  # from the ends of a sigmoid; there its slope is this small
_MOST_FLAT: Final = 0.8
_MORE: Final = 0.1  # of the variance that neighbours explain and no straight line does


def nothing_to_train(examination: Examination) -> Iterator[Finding]:
    """All layers are frozen."""
    if nothing_trained(examination.opened.blueprint):
        count = len(examination.opened.blueprint.weights)
        yield Finding(
            "nothing to train",
            f"All {count} weights are frozen: training changes nothing.",
            "Let at least the last layer learn, before compile.",
            "model.layers[-1].trainable = True",
        )


# ------------------------------------------------------------ noise, batches, penalties
def noise_at_the_output(examination: Examination) -> Iterator[Finding]:
    """Dropout behind the last weights falsifies the answers themselves."""
    layer = reading.noisy_output(examination.step)
    if layer:
        yield Finding(
            "noise at the output",
            f"The layer {layer!r} lies behind the last weights: while training it sets answers themselves "
            "to 0, and no weight can make up for that.",
            "Put it in front of the last layer.",
            f"model = Sequential([..., layers.Dropout(...), layers.Dense({examination.units}, ...)])",
        )


def high_dropout(examination: Examination) -> Iterator[Finding]:
    """Dropout is given the share to keep."""
    for layer, rate in reading.dropout_rates(examination.step).items():
        if 1 - rate <= _LEFT:
            yield Finding(
                "high dropout",
                f"The layer {layer!r} sets {rate:.0%} of the values to 0 and leaves {1 - rate:.0%}. The "
                "rate is the share to drop, not the one to keep.",
                "Rates from 0.2 to 0.5 are usual (Srivastava et al. 2014).",
                f"layers.Dropout({number_text(min(0.5, 1 - rate), 2)})",
                "risk",
            )


def batches_of_one(examination: Examination) -> Iterator[Finding]:
    """A batch of one example is its own mean, and what is left of it is 0."""
    layer = reading.normalizes_batches(examination.step)
    if layer and examination.plan.batch_size == 1 and len(examination.x) > 1:
        yield Finding(
            "batches of one",
            f"The layer {layer!r} takes the mean over each batch, and batch_size is 1: every example minus "
            "its own mean is 0, so nothing of it gets through.",
            "Use larger batches, or LayerNormalization.",
            "model.fit(x, y, batch_size=32)",
        )


def penalty(examination: Examination) -> Iterator[Finding]:
    """Regularizers outweigh the loss itself."""
    node = reading.penalty(examination.step)
    if node is None:
        return
    found = examination.values({("penalty",): node, ("loss",): examination.step.outputs["loss",]})
    added = float(found["penalty",])
    own = float(found["loss",]) - added
    if added > _TIMES * own > 0:
        yield Finding(
            "penalty",
            f"Of the loss of {number_text(own + added)}, {number_text(added)} is what regularizers add: "
            f"{added / own:.0f} times as much as the error. Training will shrink the weights, and learn "
            "little else.",
            "Make the regularizer's factor much smaller.",
            "kernel_regularizer=regularizers.l2(1e-4)",
            "risk",
        )


# ------------------------------------------------------------ weights
def equal_units(examination: Examination) -> Iterator[Finding]:
    """All units of a layer are the same, and their gradients are, so they stay the same.

    Source:
        Rumelhart, Hinton & Williams 1986, on breaking symmetry.
    """
    weights = examination.opened.state["weights"]
    gradients = examination.opened.gradients()
    paths = [product.weight for product in reading.products(examination.step)][:-1]
    same = [
        path for path in paths if path in gradients and weights[path].shape[-1] > 1 and _same(weights[path])
    ]
    if not same:
        return
    found = examination.values({("gradient", path): gradients[path] for path in same})
    for path in same:
        if _same(np.asarray(found["gradient", path])):
            yield Finding(
                "equal units",
                f"All {weights[path].shape[-1]} units of {path.rpartition('/')[0]!r} begin alike, and their "
                "gradients are alike too: they stay one unit for ever.",
                "Let weights begin with small random numbers, as they do unless told otherwise.",
                'kernel_initializer="glorot_uniform"',
            )
            return


def _same(array: np.ndarray) -> bool:
    """Say whether all units have the same numbers; a unit is a place on the last axis."""
    size = float(np.abs(array).max(initial=0))
    return bool(np.isfinite(size)) and float(np.ptp(array, axis=-1).max(initial=0)) <= 1e-5 * size


# ------------------------------------------------------------ activations
def dead_units(examination: Examination) -> Iterator[Finding]:
    """No unit of a layer with relu is ever above 0, so that no gradient comes through.

    Source:
        Lu, Shin, Su & Karniadakis 2020, "Dying ReLU and initialization".
    """
    if len(examination.x) < _EXAMPLES:
        return
    for layer, values in _activities(examination, frozenset({"relu"})):
        if not (values > 0).any():
            yield Finding(
                "dead units",
                f"In the layer {layer!r} no unit is above 0 for any of {len(values)} examples. Where relu "
                "is 0 so is its slope: nothing below it will ever learn.",
                "Scale the inputs, and let weights and biases begin as they do unless told otherwise.",
                'kernel_initializer="he_normal", bias_initializer="zeros"',
            )
            return


def saturated_units(examination: Examination) -> Iterator[Finding]:
    """The units of a hidden layer are at the flat ends of their sigmoid, where it has no slope.

    Source:
        Glorot & Bengio 2010.
    """
    if len(examination.x) < _EXAMPLES:
        return
    for layer, values in _activities(examination, frozenset({"tanh", "sigmoid"})):
        ends = (values > 1 - _FLAT) | (np.abs(values) < _FLAT if values.min() >= 0 else values < _FLAT - 1)
        if layer != examination.last_layer and ends.mean() > _MOST_FLAT:
            yield Finding(
                "saturated units",
                f"In the layer {layer!r}, {ends.mean():.0%} of the activations lie at the flat ends of its "
                "curve, where it has no slope: hardly any gradient comes through.",
                "Scale the inputs, and let weights begin small.",
                'kernel_initializer="glorot_uniform"',
            )
            return


def _activities(examination: Examination, kinds: frozenset[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what comes out of each activation of some kinds, with the name of its layer."""
    step = examination.step
    nodes: dict[Path, Node] = {
        (str(place),): node for place, node in enumerate(reading.activations(step, kinds))
    }
    if nodes:
        values = examination.values(nodes)
        for path, node in nodes.items():
            yield reading.layer_of(step, node), np.asarray(values[path])


def no_activation_between(examination: Examination) -> Iterator[Finding]:
    """Layers follow each other with nothing bent between them, and the examples are not on a line."""
    wide = [
        (below, above) for below, above in reading.straight(examination.predict) if not _narrow(below.node)
    ]
    if not wide or (examination.labels is None and not examination.numeric):
        return
    line, neighbours = linear_share(examination), neighbours_share(examination)
    if line is None or neighbours is None or neighbours - max(0.0, line) < _MORE:
        return
    below, above = wide[0]
    yield Finding(
        "no activation between",
        f"Between {below.layer!r} and {above.layer!r} there is no activation, so together they are one "
        f"linear layer. A linear rule explains {max(0.0, line):.0%} of these answers; those of each "
        f"example's neighbours explain {neighbours:.0%}: there is more to find.",
        "Give the hidden layers an activation.",
        f'activation="relu"  # in {below.layer!r}',
    )


def _narrow(product: Node) -> bool:
    """Say whether a layer is there to make rows shorter than they were, which needs no activation."""
    return product.op.name == "matmul" and int(product.shape[-1]) < int(product.inputs[0].shape[-1])  # type: ignore[arg-type]
