"""What is unusual about a network, in sentences; and where the usual ends."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from pellucid.hood.health.layer import LayerHealth
from pellucid.hood.numbers import number_text

__all__ = ["USUAL_UPDATE", "Finding", "findings_in"]

USUAL_UPDATE: Final = 1e-3  # of a step, as a share of the weights
_FAR: Final = 100  # times more or less than usual is worth a sentence
_FADED: Final = 1e-3  # of the gradient, from the last layer to the first
_FEW: Final = 5  # units that are listed one by one


class Finding(NamedTuple):
    """Something unusual.

    Attributes:
        kind: "not finite", "dead", "saturated", "vanishing", "exploding", "small update" or "large update".
        layers: the names of the layers where it is.
        sentence: what it is, and what to try.
    """

    kind: str
    layers: tuple[str, ...]
    sentence: str


def findings_in(layers: Sequence[LayerHealth]) -> list[Finding]:
    """Find what is unusual.

    Source:
        Dead units: Lu et al. 2020, Dying ReLU and initialization. Saturated ones: Glorot & Bengio 2010.
        Vanishing and exploding gradients: Bengio, Simard & Frasconi 1994. Updates of about a thousandth of
        the weights: Karpathy, CS231n, Neural networks part 3 ("ratio of weights:updates").
    """
    broken = [finding for layer in layers for finding in _not_finite(layer)]
    if broken:
        return broken[:1]  # all the rest follows from the first
    found = [finding for layer in layers for finding in (*_dead(layer), *_saturated(layer))]
    found += _along(layers)
    fades = any(finding.kind == "vanishing" for finding in found)
    return [*found, *_large_updates(layers), *([] if fades else _small_updates(layers))]


def _not_finite(layer: LayerHealth) -> Iterator[Finding]:
    parts = [(f"the weight {weight.path!r}", weight.values) for weight in layer.weights]
    parts.append((f"the outputs of {layer.name!r}", layer.activations))
    parts += [
        (f"the gradient of {weight.path!r}", weight.gradient)
        for weight in layer.weights
        if weight.gradient is not None
    ]
    for what, spread in parts:
        if not spread.all_finite:
            wrong = f"{spread.size - spread.finite} of {spread.size}"
            sentence = (
                f"In {what}, {wrong} numbers are infinite or not numbers at all; try a smaller learning rate."
            )
            yield Finding("not finite", (layer.name,), sentence)


def _dead(layer: LayerHealth) -> Iterator[Finding]:
    if len(layer.dead):
        yield Finding(
            "dead",
            (layer.name,),
            f"{_units(layer, layer.dead)} dead: 0 for every example, and no gradient gets through "
            "to change that; try a smaller learning rate, or leaky_relu.",
        )


def _saturated(layer: LayerHealth) -> Iterator[Finding]:
    if len(layer.saturated):
        yield Finding(
            "saturated",
            (layer.name,),
            f"{_units(layer, layer.saturated)} saturated: for nearly all examples, less than a hundredth of "
            "the gradient comes through; try smaller weights or smaller inputs.",
        )


def _units(layer: LayerHealth, numbers: np.ndarray) -> str:
    if len(numbers) == layer.units:
        return f"All units of {layer.name!r} are" if layer.units > 1 else f"The unit of {layer.name!r} is"
    if len(numbers) == 1:
        return f"Unit {numbers[0] + 1} of the {layer.units} of {layer.name!r} is"
    listed = ", ".join([str(number + 1) for number in numbers[:_FEW]]) + ", ..." * (len(numbers) > _FEW)
    return f"{len(numbers)} of the {layer.units} units of {layer.name!r} ({listed}) are"


def _along(layers: Sequence[LayerHealth]) -> Iterator[Finding]:
    """Compare the gradient at the last layer that learns with what is left of it at the first."""
    learning = [layer for layer in layers if layer.trained and layer.signal is not None]
    if not learning:
        return
    first, last = learning[0], learning[-1]
    if not last.signal_length:
        yield Finding(
            "vanishing",
            (last.name,),
            f"No gradient reaches {last.name!r}: nothing can be learnt from these examples.",
        )
        return
    ratio = first.signal_length / last.signal_length
    change = f"from {last.name!r} to {first.name!r}"
    if ratio < _FADED:
        fell = f"falls to {number_text(ratio, 2)} of what it was" if ratio else "comes to nothing"
        yield Finding(
            "vanishing",
            (first.name,),
            f"The gradient vanishes: {change}, it {fell}; try relu, batch normalization or fewer layers.",
        )
    elif ratio > 1 / _FADED:
        yield Finding(
            "exploding",
            (first.name,),
            f"The gradient explodes: {change}, it grows {number_text(ratio, 2)} times; try smaller initial "
            "weights, batch normalization or clipnorm=1.0 in the optimizer.",
        )


def _large_updates(layers: Sequence[LayerHealth]) -> Iterator[Finding]:
    ratios = {layer.name: layer.update_ratio or 0.0 for layer in layers}
    far = {name: ratio for name, ratio in ratios.items() if _FAR * USUAL_UPDATE < ratio < math.inf}
    if far:
        yield Finding("large update", tuple(far), f"{_step(far)} Try a smaller learning rate.")


def _small_updates(layers: Sequence[LayerHealth]) -> Iterator[Finding]:
    alive = [layer for layer in layers if layer.signal_length and len(layer.dead) < layer.units]
    ratios = {layer.name: layer.update_ratio for layer in alive}
    far = {name: ratio for name, ratio in ratios.items() if ratio is not None and _FAR * ratio < USUAL_UPDATE}
    if far:
        hint = "They have learnt what they can, or the learning rate is too small."
        yield Finding("small update", tuple(far), f"{_step(far)} {hint}")


def _step(ratios: dict[str, float]) -> str:
    """Say how much the next step changes the weights of some layers."""
    percents = [number_text(100 * ratio, 2) for ratio in (min(ratios.values()), max(ratios.values()))]
    by = f"{percents[0]}%" if percents[0] == percents[1] else f"{percents[0]}% to {percents[1]}%"
    names = [repr(name) for name in ratios]
    listed = " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
    usual = number_text(100 * USUAL_UPDATE)
    return f"The next step changes the weights of {listed} by {by}; about {usual}% is usual."
