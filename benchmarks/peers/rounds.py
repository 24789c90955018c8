"""All sides in turn, A B C A B C ..., so that a slow minute of the machine is everybody's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

from benchmarks.peers.sides import OURS, Side, SideError, Worker
from benchmarks.peers.work import Work

__all__ = ["Row", "measure"]

PAUSE = 0.2  # seconds in which the threads of the side before, which may wait spinning, go to sleep
SLOW = 6.0  # seconds of a turn, from which on a side does few of them
FEW = 2
ALIKE = 0.1  # how far the losses of two sides may lie apart that learn the same in another order


class Row(NamedTuple):
    """What came out for one work.

    Attributes:
        title: the work.
        aim: the share of the best peer's time that we want to stay under; None where there is none.
        times: seconds, round by round, of each side that does the work.
        notes: what the reader should know about it.
        others: how many processors were busy with other programs in each turn.
    """

    title: str
    aim: float | None
    times: dict[Side, list[float]]
    notes: list[str]
    others: list[float]

    @property
    def best(self) -> Side | None:
        """The fastest of the peers."""
        middle = {side: median(times) for side, times in self.times.items() if side is not OURS}
        return min(middle, key=lambda side: middle[side]) if middle else None

    @property
    def share(self) -> float | None:
        """Our share of the best peer's time: the middle of the shares of the rounds."""
        if self.best is None or OURS not in self.times:
            return None
        pairs = zip(self.times[OURS], self.times[self.best], strict=False)  # a slow side has few rounds
        return median(ours / theirs for ours, theirs in pairs)


def measure(work: Work, workers: Sequence[Worker], rounds: int) -> Row:
    """Let every side prepare the work, and then do it in turn."""
    row = Row(work.title, work.aim, {}, [], [])
    ready, losses = _prepared(work, workers, row.notes)
    row.notes.extend(_disagreements(work, losses))
    for number in range(rounds):
        print(f"{work.title}: round {number + 1} of {rounds}", file=sys.stderr)
        for worker in list(ready):
            sleep(PAUSE)
            start = perf_counter()
            try:
                turn = worker.turn()
            except SideError as error:
                row.notes.append(f"{work.title}: {worker.side.title} failed: {error}")
                ready.remove(worker)
                continue
            row.times.setdefault(worker.side, []).append(turn["seconds"])
            row.others.append(turn["others"])
            if perf_counter() - start > SLOW and number + 1 >= FEW:
                ready.remove(worker)
    return row


def _prepared(
    work: Work, workers: Sequence[Worker], notes: list[str]
) -> tuple[list[Worker], dict[Side, float | None]]:
    ready: list[Worker] = []
    losses: dict[Side, float | None] = {}
    for worker in workers:
        print(f"{work.title}: {worker.side.title} prepares", file=sys.stderr)
        try:
            answer = worker.prepare(work)
        except SideError as error:
            notes.append(f"{work.title}: {worker.side.title} failed: {error}")
            continue
        if answer["ready"]:
            ready.append(worker)
            losses[worker.side] = answer["loss"]
    return ready, losses


def _disagreements(work: Work, losses: dict[Side, float | None]) -> list[str]:
    """Say who learns something else: times mean something only between those that compute the same."""
    known = {side: loss for side, loss in losses.items() if loss is not None}
    middle = median(known.values()) if known else 0.0
    return [
        f"{work.title}: {side.title} came to a loss of {loss:.4g}, where others came to {middle:.4g}"
        for side, loss in known.items()
        if not abs(loss - middle) <= ALIKE * middle
    ]
