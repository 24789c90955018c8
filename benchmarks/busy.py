"""Pellucid beside other libraries while every core has other work: python -m benchmarks.busy --peers PYTHON.

Threads that wait for each other, and spin meanwhile, are fast on an idle machine alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.peers.comparison import chosen, compare, parser

__all__ = ["busy_cores"]

AIM = 2.0  # times the best peer's time
LOAD = """
import numpy as np
matrix = np.full((64, 64), 1 / 64)
while True:
    for number in range(1000):
        number * number
    matrix = matrix @ matrix
"""


@contextmanager
def busy_cores() -> Iterator[None]:
    """Let one process for each core count and multiply, until the block ends."""
    environment = os.environ | dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
    )
    load = [
        subprocess.Popen([sys.executable, "-c", LOAD], env=environment) for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for process in load:
            process.kill()
            process.wait()


def main() -> None:
    arguments = parser("benchmarks.busy", "The same comparison while every core has other work.").parse_args()
    works = [work._replace(aim=AIM) for work in chosen(arguments)]
    with busy_cores():
        print(compare(works, arguments))


if __name__ == "__main__":
    main()
