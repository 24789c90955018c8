"""Which examples of a batch are to blame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from pellucid.graph import BATCH, INPUT, Graph, Path, Size
from pellucid.hood.autopsy.search import Breach, Values, arguments_of

__all__ = ["guilty_rows"]

_MOST_TRIALS: Final = 400  # parts of a batch that are tried alone


def guilty_rows(
    step: Graph, breach: Breach, given: Mapping[str, np.ndarray], entries: Mapping[Path, Any]
) -> np.ndarray:
    """Return the places in a batch of the examples in which an operation broke.

    An operation that keeps the examples apart shows it. Of one that brings them together, such as a sum or
    an update, those are to blame with which alone it breaks too, if without them it does not: otherwise all
    of them. None are, where it has nothing to do with the examples.
    """
    count = len(next(iter(given.values())))
    broken = ~np.isfinite(breach.result)
    for axis, size in enumerate(breach.node.shape if breach.caller is None else ()):
        if isinstance(size, Size) and size.symbols == BATCH.symbols:
            found = np.nonzero(broken)[axis] // size.factor
            return np.unique(found)
    everything = step.live([breach.node if breach.caller is None else breach.caller])
    if not any(node.op is INPUT for node in everything):
        return np.arange(0)
    breaks = _trial(step, breach, given, entries)
    found = _suspects(breaks, np.arange(count), [_MOST_TRIALS])
    innocent = np.setdiff1d(np.arange(count), found)
    return np.arange(count) if len(innocent) and breaks(innocent) else found


def _trial(
    step: Graph, breach: Breach, given: Mapping[str, np.ndarray], entries: Mapping[Path, Any]
) -> Callable[[np.ndarray], bool]:
    """Return what says whether the operation breaks with some of the examples only."""
    node, caller = breach.node, breach.caller
    values = Values(step, [node] if caller is None else caller.inputs)
    inside = None if caller is None else Values(breach.graph, [node])

    def breaks(places: np.ndarray) -> bool:
        found = values({name: array[places] for name, array in given.items()}, entries)
        if inside is not None:
            found = inside(arguments_of(breach.graph, found), {})
        return not np.isfinite(found[0]).all()

    return breaks


def _suspects(breaks: Callable[[np.ndarray], bool], places: np.ndarray, left: list[int]) -> np.ndarray:
    """Return the fewest examples that are found, by halving, to break the operation by themselves."""
    left[0] -= 1
    if left[0] < 0 or not breaks(places):
        return places[:0]
    half = len(places) // 2
    parts = [_suspects(breaks, part, left) for part in (places[:half], places[half:]) if half]
    found = np.concatenate([*parts, places[:0]])
    return found if len(found) else places
