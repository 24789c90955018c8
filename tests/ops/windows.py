"""Convolution and pooling by their definitions, number by number, and options for them to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

__all__ = ["Options", "convolution_by_definition", "entries_under", "options", "pooling_by_definition"]


Place = tuple[int, ...]


class Options(NamedTuple):
    """Sizes for which a window fits into what it moves over."""

    size: tuple[int, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """How often the window fits, counted by moving it on until it no longer does."""
        counts = []
        for size, window, stride, (before, behind), dilation in zip(*self, strict=True):
            last = [(window - 1) * dilation + start for start in range(0, size + before + behind, stride)]
            counts.append(sum(place < size + before + behind for place in last))
        return tuple(counts)

    def named(self, *names: str) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names}


@st.composite
def options(draw: st.DrawFn, *, pooling: bool = False) -> Options:
    """Draw one to three axes of space; for pooling, no dilation, and no padding as wide as the window."""
    axes = draw(st.integers(1, 3))
    rows = []
    for _ in range(axes):
        window = draw(st.integers(1, 3))
        dilation = 1 if pooling else draw(st.integers(1, 2))
        around = st.integers(0, window - 1 if pooling else 2)
        before, behind = draw(around), draw(around)
        least = max(1, (window - 1) * dilation + 1 - before - behind)
        size = draw(st.integers(least, least + (3 if axes < 3 else 1)))
        rows.append((size, window, draw(st.integers(1, 3)), (before, behind), dilation))
    return Options(*zip(*rows, strict=True))


def entries_under(place: Place, chosen: Options) -> Iterator[tuple[Place, Place]]:
    """Yield each entry of the window, with the place of the array that lies under it; none in the padding."""
    for entry in np.ndindex(chosen.window):
        under = tuple(
            o * stride + e * dilation - before
            for o, e, stride, dilation, (before, _) in zip(
                place, entry, chosen.strides, chosen.dilation, chosen.padding, strict=True
            )
        )
        if all(0 <= at < size for at, size in zip(under, chosen.size, strict=True)):
            yield entry, under


def convolution_by_definition(x: np.ndarray, w: np.ndarray, chosen: Options, groups: int) -> np.ndarray:
    channels, filters = w.shape[-2:]
    z = np.zeros((len(x), *chosen.places, filters))
    for place in np.ndindex(chosen.places):
        for entry, under in entries_under(place, chosen):
            for f in range(filters):
                first = f // (filters // groups) * channels
                seen = x[:, *under, first : first + channels]
                z[:, *place, f] += seen @ w[*entry, :, f]
    return z


def pooling_by_definition(x: np.ndarray, chosen: Options, function: Any) -> np.ndarray:
    """Apply a function of rows to the numbers under each place of the window."""
    pooled = np.empty((len(x), *chosen.places, x.shape[-1]), x.dtype)
    for place in np.ndindex(chosen.places):
        pooled[:, *place, :] = function(
            np.stack([x[:, *under, :] for _, under in entries_under(place, chosen)]), axis=0
        )
    return pooled
