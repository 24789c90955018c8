"""What came from outside while a run went on: weights and learning rates that callbacks set."""

from __future__ import annotations

from operator import is_
from typing import Any, final

import numpy as np

from pellucid.engines import State
from pellucid.graph import Path

__all__ = ["Changes", "difference"]

_SLOTS = ("weights", "optimizer")  # where a change can come from outside
_OVERHEAD = 300  # bytes that an entry takes beside its numbers


@final
class Changes:
    """The entries of the state that were replaced after certain steps.

    Attributes:
        bytes: about how much memory they take.
    """

    __slots__ = ("_at", "bytes")

    def __init__(self) -> None:
        self._at: dict[int, dict[Path, Any]] = {}
        self.bytes = 0

    def note(self, step: int, entries: dict[Path, Any]) -> None:
        """Keep what is new after a step."""
        self._at[step] = self._at.get(step, {}) | entries
        self.bytes += sum([np.asarray(value).nbytes + _OVERHEAD for value in entries.values()])

    def apply(self, kept_step: int, state: State) -> None:
        """Put into the state after a step what was new then."""
        for (slot, name), value in self._at.get(kept_step, {}).items():
            state[slot] = {**state[slot], name: value}

    def between(self, first: int, last: int) -> list[int]:
        """Return the steps after `first` and before `last` after which something changed."""
        return sorted([step for step in self._at if first < step < last])

    def cut(self, first: float = 0, last: float = float("inf")) -> None:
        """Forget what was before the first step and after the last."""
        self._at = {step: entries for step, entries in self._at.items() if first <= step <= last}
        values = [value for entries in self._at.values() for value in entries.values()]
        self.bytes = sum([np.asarray(value).nbytes + _OVERHEAD for value in values])


def difference(before: State, after: State) -> dict[Path, Any]:
    """Return the entries of a state that are not, to the last bit, what they were before."""
    found: dict[Path, Any] = {}
    for slot in _SLOTS:
        old, new = before[slot], after[slot]
        if all(map(is_, new.values(), old.values())) and list(new) == list(old):  # as a rule
            continue
        for name, value in new.items():
            if value is not old[name] and _bits(value) != _bits(old[name]):
                found[slot, name] = value
    return found


def _bits(value: Any) -> bytes:
    return np.asarray(value).tobytes()
