"""How the health of a network changes while it learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from pellucid.errors import UsageError
from pellucid.hood.health.distribution import Distribution
from pellucid.hood.health.findings import USUAL_UPDATE
from pellucid.hood.health.layer import LayerHealth
from pellucid.hood.health.report import Health
from pellucid.hood.pictures.style import CONTINUOUS, DASHES, INK, dress, figure, layer_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_health", "plot_histograms"]

_FEW: Final = 25  # moments, each of which has its dot
_BINS: Final = 64
_REACH: Final = 3.0  # how far beyond the quartiles numbers are shown, in distances between these
_NAMED: Final = 10  # layers in a legend


def _moments(reports: Sequence[Health]) -> np.ndarray:
    """Return the epochs of reports, counted from 1 as people do; their places where they have none."""
    if not reports:
        raise UsageError(
            "nobody has looked at the health of this model while it learnt",
            expected="reports",
            received="none",
            attempt="model.fit(x, y, callbacks=[keras.callbacks.HealthMonitor(x, y)])",
        )
    return (
        np.array([place if report.epoch is None else report.epoch for place, report in enumerate(reports)])
        + 1
    )


# ------------------------------------------------------------ numbers
def plot_health(reports: Sequence[Health]) -> Figure:
    """Draw gradients, steps, and the shares of zeros and of dead and saturated units, a line for each layer.

    Raises:
        UsageError: if there are no reports.
    """
    moments = _moments(reports)
    drawn, axes = figure(2, 2, 2.6)
    measures: list[tuple[str, str, Callable[[LayerHealth], float | None]]] = [
        ("gradient, at the layer's outputs", "length", lambda layer: layer.signal_length or None),
        ("update, as a share of the weights", "share", lambda layer: layer.update_ratio or None),
        ("outputs that are 0", "share", lambda layer: layer.activations.zeros),
        ("units that are dead or saturated", "share", _unmoved),
    ]
    for place, (title, unit, measure) in zip(axes.flat, measures, strict=True):
        _lines(place, moments, reports, measure)
        dress(place, title, "epoch", unit)
    for place in axes[0]:
        place.set_yscale("log")
    axes[0, 1].axhline(USUAL_UPDATE, color=INK, linewidth=0.8, linestyle=":")
    axes[0, 1].annotate(
        "usual", (1, USUAL_UPDATE), xycoords=("axes fraction", "data"), ha="left", va="center", fontsize=8
    )
    for place in axes[1]:
        place.set_ylim(-0.03, 1.03)
    handles, names = axes[1, 0].get_legend_handles_labels()
    kept = np.unique(np.linspace(0, len(names) - 1, min(_NAMED, len(names))).round().astype(int))
    drawn.legend(
        [handles[place] for place in kept],
        [names[place] for place in kept],
        loc="outside lower center",
        ncols=min(4, len(kept)),
        fontsize=8,
        frameon=False,
    )
    return drawn


def _unmoved(layer: LayerHealth) -> float | None:
    return (len(layer.dead) + len(layer.saturated)) / layer.units if layer.judged else None


def _lines(
    axes: Axes,
    moments: np.ndarray,
    reports: Sequence[Health],
    measure: Callable[[LayerHealth], float | None],
) -> None:
    from matplotlib.ticker import MaxNLocator

    names = [layer.name for layer in reports[-1].layers]
    for number, (name, colour) in enumerate(zip(names, layer_colours(len(names)), strict=True)):
        values = [measure(report.layer(name)) for report in reports]
        if any(value is not None for value in values):
            axes.plot(
                moments,
                [np.nan if value is None else value for value in values],
                color=colour,
                linestyle=DASHES[number % len(DASHES)],
                linewidth=1.5,
                marker="o" if len(moments) <= _FEW else "",
                markersize=3,
                label=name,
            )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.grid(visible=True, axis="y", linewidth=0.4, color="#CCCCCC")


# ------------------------------------------------------------ distributions
def plot_histograms(reports: Sequence[Health]) -> Figure:
    """Draw how the weights, outputs and gradients of each layer are distributed, a column for each moment.

    Bright is where many numbers are; the lines are the quartiles and the middle.

    Raises:
        UsageError: if there are no reports.
    """
    moments = _moments(reports)
    names = [layer.name for layer in reports[-1].layers]
    kinds: list[tuple[str, Callable[[LayerHealth], Distribution | None]]] = [
        ("weights", _weights),
        ("outputs", lambda layer: layer.activations),
        ("gradients at the outputs", lambda layer: layer.signal),
    ]
    drawn, axes = figure(len(names), len(kinds), 1.55, sharex=True)
    for number, (row, name) in enumerate(zip(axes, names, strict=True), start=1):
        for place, (kind, choose) in zip(row, kinds, strict=True):
            spreads = [choose(report.layer(name)) for report in reports]
            present = [spread for spread in spreads if spread is not None and spread.finite]
            if len(present) < len(reports):
                place.set_axis_off()
                continue
            _histogram(place, moments, present)
            dress(place, f"{name}\n{kind}", "epoch" if number == len(names) else "")
            place.title.set_fontsize(8)
    drawn.suptitle(f"{reports[-1].title!r}: how its numbers are distributed", fontsize=10)
    return drawn


def _weights(layer: LayerHealth) -> Distribution | None:
    """The largest weight of a layer, which is its kernel."""
    largest = max(layer.trained or layer.weights, key=lambda weight: weight.values.size, default=None)
    return None if largest is None else largest.values


def _histogram(axes: Axes, moments: np.ndarray, spreads: Sequence[Distribution]) -> None:
    from matplotlib.ticker import MaxNLocator

    edges = np.linspace(*_range(spreads), _BINS + 1)
    shares = np.array([_rebinned(spread, edges) for spread in spreads])
    peaks = np.maximum(shares.max(axis=1, keepdims=True), 1e-300)
    axes.pcolormesh(
        _borders(moments), edges, (shares / peaks).T, cmap=CONTINUOUS, vmin=0, vmax=1, rasterized=True
    )
    quartiles = np.array([spread.quartiles for spread in spreads])
    for place, dashes in ((1, ":"), (2, "-"), (3, ":")):
        axes.plot(moments, quartiles[:, place], color="#FFFFFF", linewidth=1.0, linestyle=dashes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylim(edges[0], edges[-1])


def _range(spreads: Sequence[Distribution]) -> tuple[float, float]:
    """Return which numbers are shown: all, but for the few that lie far away from most."""
    ends = []
    for spread in spreads:
        smallest, lower, _, upper, largest = spread.quartiles
        reach = _REACH * (upper - lower) or np.inf
        ends.append((max(smallest, lower - reach), min(largest, upper + reach)))
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    room = max(abs(low), abs(high), 1e-12) * 1e-3
    return (low, high) if high - low > room else (low - room, high + room)


def _rebinned(spread: Distribution, edges: np.ndarray) -> np.ndarray:
    """Count a histogram again in other bins, taking its numbers to lie evenly within each of its own."""
    below: np.ndarray = np.concatenate([[0], np.cumsum(spread.counts)]) / max(1, spread.finite)
    return np.asarray(np.diff(np.interp(edges, spread.edges, below)))


def _borders(moments: np.ndarray) -> np.ndarray:
    """Return where the column of each moment begins and ends: halfway to its neighbours."""
    steps = np.diff(moments) if len(moments) > 1 else np.ones(1)
    return np.concatenate(
        [
            moments[:1] - steps[0] / 2,
            moments[:-1] + steps[: len(moments) - 1] / 2,
            moments[-1:] + steps[-1] / 2,
        ]
    )
