"""What a person sees while a network learns."""

from __future__ import annotations

import math
from time import perf_counter
from typing import Any

from pellucid.cli._streams import on_terminal
from pellucid.hood.numbers import number_text
from pellucid.training.callbacks import Callback

__all__ = ["Watching"]

_REDRAWN = 0.1  # seconds between two states of the line that is redrawn
_STEPS = (1, 2, 5)


class Watching(Callback):
    """Prints a line at epochs 1, 2, 5, 10, 20, 50, ... and the last; a terminal shows the present one too.

    Args:
        target: what is learnt: the error is in its unit.
        epochs: how many there will be.
    """

    def __init__(self, target: str, epochs: int) -> None:
        super().__init__()
        self._target = target
        self._epochs = epochs
        self._width = max(5, len(str(epochs)))
        self._lasting = {
            step * 10**power for power in range(self._width) for step in _STEPS if step * 10**power <= epochs
        } | {epochs}
        self._live = on_terminal()
        self._drawn_at = self._began_at = perf_counter()
        self._drawn = ""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        print(f"{'epoch':>{self._width + 3}}  {'loss':>10}  typical error")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        done, now = epoch + 1, perf_counter()
        lasting = done in self._lasting
        if not lasting and not (self._live and now - self._drawn_at > _REDRAWN):
            return
        loss = (logs or {})["loss"]
        error = f"{number_text(math.sqrt(loss))} {self._target}"
        line = f"{done:{self._width + 3}}  {number_text(loss):>10}  {error}"
        if lasting:
            self._show(line, end="\n")
            self._drawn = ""
        else:
            left = (now - self._began_at) / done * (self._epochs - done)
            self._show(f"{line}  ({self._epochs - done} epochs to go, {left:.0f} s)", end="")
            self._drawn_at = now

    def close(self) -> None:
        """Wipe the line that was being redrawn."""
        if self._drawn:
            self._show("", end="")

    def _show(self, line: str, end: str) -> None:
        wiped = f"\r{' ' * len(self._drawn)}\r" if self._drawn else ""
        print(f"{wiped}{line}", end=end, flush=True)
        self._drawn = line
