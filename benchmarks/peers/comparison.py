"""A whole comparison: who takes part, the rounds, and the report of them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from statistics import median

from benchmarks.machine import machine
from benchmarks.peers.rounds import Row, measure
from benchmarks.peers.sides import OURS, PEERS, Worker
from benchmarks.peers.table import table
from benchmarks.peers.whole import measure_celsius
from benchmarks.peers.work import WORKS, Work

__all__ = ["CELSIUS", "chosen", "compare", "parser"]

CELSIUS = "celsius"
TIMES = (
    "Times of one step of training (of prediction: of one batch; of Celsius: of everything), by the clock: "
    "the middle of {rounds} rounds in which all took turns. A share is the middle of the rounds' shares."
)


def parser(module: str, description: str) -> argparse.ArgumentParser:
    """Return what every comparison can be told on the command line."""
    result = argparse.ArgumentParser(f"python -m {module}", description=description)
    result.add_argument(
        "--peers", metavar="PYTHON", default=sys.executable, help="the interpreter that has the peers"
    )
    result.add_argument("--rounds", type=int, default=5, help="how often each has its turn (default: 5)")
    result.add_argument("--work", nargs="+", choices=[*WORKS, CELSIUS], help="only these, instead of all")
    result.add_argument(
        "--against", nargs="+", choices=[side.name for side in PEERS], help="only these peers, instead of all"
    )
    return result


def chosen(arguments: argparse.Namespace) -> list[Work]:
    """Return the works that the command line asks for."""
    return [work for work in WORKS.values() if not arguments.work or work.name in arguments.work]


def compare(works: Sequence[Work], arguments: argparse.Namespace, celsius: bool = False) -> str:
    """Return the table of these works, with all that a reader must know about it."""
    peers = [side for side in PEERS if not arguments.against or side.name in arguments.against]
    with ExitStack() as stack:
        workers = [
            stack.enter_context(closing(Worker(side, sys.executable if side is OURS else arguments.peers)))
            for side in (OURS, *peers)
        ]
        if workers[0].missing:
            raise SystemExit(f"{OURS.title} cannot take part: {workers[0].missing}")
        there = [worker for worker in workers if worker.missing is None]
        sides = [worker.side for worker in there]
        rows = []
        for work in works:
            rows.append(measure(work, there, arguments.rounds))
            print(table(rows[-1:], sides).splitlines()[-1], file=sys.stderr)
    sentences = [TIMES.format(rounds=arguments.rounds)]
    if celsius:
        row, sentence = measure_celsius(sides[1:], arguments.peers, arguments.rounds)
        rows.append(row)
        sentences.append(sentence)
    sentences += [f"Measured on: {machine()}. {_others(rows)}", _takers(workers)]
    notes = [note for row in rows for note in row.notes]
    return "\n\n".join([table(rows, sides), *sentences, *notes])


def _others(rows: Sequence[Row]) -> str:
    others = [busy for row in rows for busy in row.others]
    if not others:
        return ""
    return (
        f"Meanwhile other programs kept {median(others):.2f} of its {os.cpu_count()} cores busy "
        f"(at most {max(others):.2f})."
    )


def _takers(workers: Sequence[Worker]) -> str:
    """Name the versions, and what is not there."""
    versions: dict[str, str] = {}
    for worker in workers:
        versions |= worker.versions
    missing = [f"{worker.side.title} ({worker.missing})" for worker in workers if worker.missing]
    absent = f" Not installed, so not compared: {', '.join(missing)}." if missing else ""
    told = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PELLUCID_")]
    present = [f"{name} {version}" for name, version in versions.items()]
    return f"Versions: {', '.join([*present, *told])}.{absent}"
