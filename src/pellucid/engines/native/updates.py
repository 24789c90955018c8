"""New numbers in the place of the old ones, and the order of all drafts that follows from it.

The state of a model takes its new numbers after a step, the memories of a loop after a round. Where nothing
needs the old numbers any more, the new ones are written over them at once; else they are copied at the end.
"""

from __future__ import annotations

from collections.abc import Mapping

from pellucid.engines.native.drafts import Draft
from pellucid.engines.native.places import own_place
from pellucid.engines.native.placing import Placing
from pellucid.engines.native.values import Value

__all__ = ["Updates"]


class Updates:
    """Finds for each new value when it takes the place of the old one.

    Args:
        placing: the drafts.
        changes: from the old values to the new ones.

    Attributes:
        commits: what is copied at the end: from the old values to the new ones.
        order: the drafts, each after what it needs.
    """

    def __init__(self, placing: Placing, changes: Mapping[Value, Value]) -> None:
        self.commits: dict[Value, Value] = {}
        self._placing = placing
        self._homes: dict[Value, Value] = {}
        new = {old: self._kept_apart(old, value, changes) for old, value in changes.items()}
        self._share_out({old: value for old, value in new.items() if value is not old})
        self.order = self._ordered()
        placing.homes.update({new: own_place(old) for old, new in self._homes.items()})

    def _kept_apart(self, old: Value, new: Value, changes: Mapping[Value, Value]) -> Value:
        """Return the new value; a copy of it if it is an old one, which may change before it is asked for."""
        if new.single or old is new:
            return new
        place = self._placing.place(new)
        return self._placing.arranged(place) if place.owner in changes else new

    # ------------------------------------------------------------ at once or later
    def _share_out(self, changes: Mapping[Value, Value]) -> None:
        placing = self._placing
        readers: dict[Value, list[Draft]] = {}
        for draft in placing.drafts:
            for owner in _read_by(placing, draft):
                readers.setdefault(owner, []).append(draft)
        taken = set(placing.homes)
        for old, new in changes.items():
            at_once = new not in taken and _can_overwrite(placing, old, new, readers.get(old, []))
            (self._homes if at_once else self.commits)[old] = new
            taken.add(new)

    # ------------------------------------------------------------ order
    def _ordered(self) -> list[Draft]:
        """Sort the drafts by level; in a level, who reads old numbers comes before who overwrites them."""
        placing = self._placing
        levels: dict[int, list[Draft]] = {}
        for draft in sorted(placing.drafts, key=lambda draft: draft.order):
            levels.setdefault(draft.level, []).append(draft)
        overwritten: dict[Draft, set[Value]] = {}
        for old, new in self._homes.items():
            overwritten.setdefault(placing.draft_of[new], set()).add(old)
        order: list[Draft] = []
        for level in sorted(levels):
            waiting = levels[level]
            reads = {draft: _read_by(placing, draft) for draft in waiting} if overwritten else {}
            while waiting:
                may_run = (draft for draft in waiting if _may_run(draft, waiting, overwritten, reads))
                ready = next(may_run, None)
                if ready is None:  # they read each other's old numbers: one has to keep its new ones apart
                    ready = waiting[0]
                    for old in overwritten.pop(ready):
                        self.commits[old] = self._homes.pop(old)
                waiting.remove(ready)
                order.append(ready)
        return order


def _can_overwrite(placing: Placing, old: Value, new: Value, readers: list[Draft]) -> bool:
    draft = placing.draft_of.get(new)
    if old.single or draft is None or draft.kind not in ("matmul", "reduce", "elementwise"):
        return False
    if any(reader.level > draft.level for reader in readers):
        return False
    if draft.kind == "reduce" and len(new.shape) != 1:
        return False
    if any(place.owner is old for place in draft.places):
        return False
    return all(
        placing.locate(operand).whole and operand.shape == draft.shape
        for operand in draft.loads
        if placing.locate(operand).owner is old
    )


def _read_by(placing: Placing, draft: Draft) -> set[Value]:
    owners = {place.owner for place in draft.places}
    return owners | {placing.locate(operand).owner for operand in draft.loads}


def _may_run(
    draft: Draft, waiting: list[Draft], overwritten: dict[Draft, set[Value]], reads: dict[Draft, set[Value]]
) -> bool:
    states = overwritten.get(draft)
    if not states:
        return True
    return all(other is draft or states.isdisjoint(reads[other]) for other in waiting)
