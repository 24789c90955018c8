"""How long a program takes to start: python -m benchmarks.startup [runs]."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.machine import machine
from benchmarks.measuring import with_bytecode
from benchmarks.peers.whole import measure_celsius

# What `import pellucid` loads, and all that a model needs.
IMPORTS = {
    "import pellucid": "import numpy, pellucid",
    "all of a model": "import numpy, pellucid; pellucid.Sequential, pellucid.layers, pellucid.optimizers",
}


def import_times(program: str, environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds that importing NumPy and Pellucid take within a program, by -X importtime."""
    command = [sys.executable, "-X", "importtime", "-c", program]
    report = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    top = {"numpy": 0.0, "pellucid": 0.0}
    for line in report.splitlines():
        _, cumulative, module = line.removeprefix("import time:").split("|")
        room = module.strip().partition(".")[0]
        if cumulative.strip().isdigit() and module.startswith(f" {room}") and room in top:
            top[room] += int(cumulative) / 1e6  # not inside the import of another module
    return top["numpy"], top["pellucid"]


def main(runs: int) -> None:
    print(machine())
    with with_bytecode() as environment:
        for title, program in IMPORTS.items():
            times = [import_times(program, environment) for _ in range(runs + 1)][1:]
            numpy, pellucid = (1000 * median(column) for column in zip(*times, strict=True))
            share = median(b / a for a, b in times)
            print(f"{title}: {pellucid:.1f} ms after NumPy's {numpy:.1f} ms, {share:.2f} of it")
    _, sentence = measure_celsius((), sys.executable, runs)
    print(sentence)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
