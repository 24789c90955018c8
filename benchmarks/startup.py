"""How long it takes to begin: importing Pellucid, and the Celsius program as a whole process.

The peer of both is `python -c "import numpy"`, run in turn with them.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

from machine import describe, paired

ROUNDS = 15
MODULES = ("numpy", "pellucid", "pellucid.models")  # the last brings all that a model needs
CELSIUS = Path(__file__).with_name("celsius.py")


def run(*arguments: str) -> str:
    """Run Python, which may keep compiled modules as usual; return what it wrote to the standard error."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True, env=usual)
    return done.stderr


def import_times() -> dict[str, float]:
    """Return how long imports take, in milliseconds by -X importtime; Pellucid's come on top of NumPy's."""
    times: dict[str, list[float]] = {name: [] for name in MODULES}
    for _ in range(ROUNDS):
        for name in MODULES:
            text = run("-X", "importtime", "-c", f"import numpy; import {name}")
            times[name].append(imported(name, text))
    return {name: statistics.median(found) for name, found in times.items()}


def imported(name: str, text: str) -> float:
    """Find the cumulative time of a top-level import in the output of -X importtime."""
    times = re.findall(rf"import time:\s+\d+ \|\s+(\d+) \| {name}$", text, flags=re.MULTILINE)
    return int(times[-1]) / 1000


def main() -> None:
    """Print both ratios."""
    print(describe())
    run(str(CELSIUS))  # once, so that all modules are compiled
    times = import_times()
    numpy = times.pop("numpy")
    print(f"import numpy: {numpy:.1f} ms")
    for name, added in times.items():
        print(f"import {name} adds {added:.1f} ms: {added / numpy:.2f} of it")
    program, peer = paired(lambda: run(str(CELSIUS)), lambda: run("-c", "import numpy"), ROUNDS)
    print(
        f"Celsius as a whole process {1e3 * program:.0f} ms, `import numpy` as one {1e3 * peer:.0f} ms:"
        f" {program / peer:.2f} times"
    )


if __name__ == "__main__":
    main()
