"""How long a program takes to start: python -m benchmarks.startup [runs]."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.measuring import in_turn, machine, medians, of_process, ratio, with_bytecode

CELSIUS = str(Path(__file__).with_name("celsius.py"))
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
        celsius = partial(of_process, CELSIUS, environment=environment)
        numpy_alone = partial(of_process, "-c", "import numpy", environment=environment)
        times = in_turn(runs, celsius, numpy_alone)
        whole, alone = map(medians, times)
        by_wall, by_cpu = ratio(*times)
        print(
            f"Celsius as a whole process: {1000 * whole.wall:.0f} ms ({1000 * whole.cpu:.0f} of a core), "
            f"`import numpy`: {1000 * alone.wall:.0f} ms ({1000 * alone.cpu:.0f}); "
            f"{by_wall:.2f} times as long ({by_cpu:.2f})"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
