"""One side's process: it prepares a work and does a turn of it whenever a line on its input says so.

It is started once and kept, so that a turn has nothing to load and to compile. Questions and answers are
lines of JSON. An error ends the process: whoever asked reads the last line of it and starts another.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

from benchmarks.machine import busy_seconds
from benchmarks.peers.task import Task
from benchmarks.peers.work import WORKS, Work

__all__ = ["main"]

SHORTEST = 0.25  # seconds of a turn: a work that is done sooner is done again
LONGEST = 2.0  # seconds of a turn: a work that takes longer is cut to fewer epochs, but not below one


class Turns:
    """The turns of one work: always the same number of epochs in a fit, and of fits in a turn."""

    def __init__(self, work: Work, task: Task) -> None:
        self.work, self.task = work, task
        task.restart()
        task.run(1)  # compiles
        start = perf_counter()
        self.loss = task.run(1)
        seconds = perf_counter() - start
        self.epochs = max(1, min(work.epochs, int(LONGEST / seconds)))
        self.fits = max(1, round(SHORTEST / (self.epochs * seconds)))

    def turn(self) -> dict[str, Any]:
        """Return the seconds of a step, and the processors that other programs kept busy."""
        wall = 0.0
        cpu, busy, since = process_time(), busy_seconds(), perf_counter()
        for _ in range(self.fits):
            self.task.restart()
            start = perf_counter()
            self.task.run(self.epochs)
            wall += perf_counter() - start
        others = 0.0
        if busy is not None:
            worked = (busy_seconds() or 0.0) - busy - (process_time() - cpu)
            others = max(0.0, worked / (perf_counter() - since))
        return {"seconds": wall / (self.fits * self.epochs * self.work.steps), "others": others}


def prepare(program: ModuleType, name: str, optimizer: str, activation: str) -> Turns | None:
    """Make a work ready; None if it is none for this side."""
    work = WORKS[name]._replace(optimizer=optimizer, activation=activation)
    make = program.prediction if work.predicts else program.training
    task: Task | None = make(work)
    return None if task is None else Turns(work, task)


def main(module: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not pass for an answer

    def answer(**values: Any) -> None:
        print(json.dumps(values), file=answers, flush=True)

    try:
        program = import_module(module)
    except ModuleNotFoundError as error:
        answer(missing=str(error))
        return
    answer(versions=program.versions())
    turns: Turns | None = None
    for line in sys.stdin:
        question = json.loads(line)
        if question:
            turns = None  # the memory of the work before
            turns = prepare(program, **question)
            answer(ready=turns is not None, loss=turns and turns.loss)
        elif turns is not None:
            answer(**turns.turn())


if __name__ == "__main__":
    main(sys.argv[1])
