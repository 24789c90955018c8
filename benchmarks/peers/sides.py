"""The sides that are compared, and the process of each."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

from benchmarks.peers.work import Work

__all__ = ["OURS", "PEERS", "ROOT", "Side", "SideError", "Worker"]

ROOT = Path(__file__).parents[2]
PATIENCE = 180  # seconds for one answer, compilation included


class Side(NamedTuple):
    """One of those who are compared.

    Attributes:
        name: what it is called on the command line.
        title: the head of its column.
        module: its programs.
        backend: what Keras runs on.
    """

    name: str
    title: str
    module: str
    backend: str | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables of its processes; a peer's interpreter finds its modules by itself."""
        dropped = () if self is OURS else ("PYTHONPATH", "PYTHONHOME")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        backend = {"BENCHMARKED_BACKEND": self.backend} if self.backend else {}
        return kept | backend | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}


OURS = Side("pellucid", "Pellucid", "benchmarks.peers.keras_programs")
PEERS = (
    Side("jax", "JAX, an epoch in a scan", "benchmarks.peers.jax_scan"),
    Side("keras-jax", "Keras on JAX", "benchmarks.peers.keras_programs", "jax"),
    Side("keras-tensorflow", "Keras on TensorFlow", "benchmarks.peers.keras_programs", "tensorflow"),
    Side("pytorch", "PyTorch", "benchmarks.peers.pytorch"),
    Side("scikit-learn", "scikit-learn", "benchmarks.peers.scikit_learn"),
)


class SideError(Exception):
    """A side's process came to its end; the text says why, as far as it did."""


class Worker:
    """The process of a side, which lasts from one work to the next.

    Attributes:
        side: whose it is.
        versions: of what it uses; empty if something is missing.
        missing: why it cannot take part, if it cannot: most often the name of a module.
    """

    def __init__(self, side: Side, python: str) -> None:
        self.side = side
        self._python = python
        self._start()

    def _start(self) -> None:
        self._complaints = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 -- see `close`
        self._process = subprocess.Popen(
            [self._python, "-m", "benchmarks.peers.worker", self.side.module],
            cwd=ROOT,
            env=self.side.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        try:
            greeting = self._answer()
        except SideError as error:
            greeting = {"missing": str(error)}
        self.versions: dict[str, str] = greeting.get("versions", {})
        self.missing: str | None = greeting.get("missing")

    def prepare(self, work: Work) -> dict[str, Any]:
        """Make a work ready: `ready` says whether it can be done, `loss` what it came to after two epochs."""
        if self._process.poll() is not None:
            self.close()
            self._start()
        return self._ask(name=work.name, optimizer=work.optimizer, activation=work.activation)

    def turn(self) -> dict[str, float]:
        """Do the work once: `seconds` of a step, and how many processors `others` kept busy meanwhile."""
        return self._ask()

    def close(self) -> None:
        """Let the process end."""
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]
        self._complaints.close()

    def _ask(self, **question: Any) -> dict[str, Any]:
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        timer = Timer(PATIENCE, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        timer.cancel()
        if not line:
            raise SideError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        if self._process.wait() < 0:
            return f"stopped by signal {-self._process.returncode} (one answer may take {PATIENCE} s)"
        self._complaints.seek(0)
        lines = [line.strip() for line in self._complaints if line.strip()]
        return lines[-1] if lines else f"ended with {self._process.returncode}"
