"""The progress of fit, evaluate and predict, in the bar and the lines that Keras 3 prints.

A run is reported in slices of time, not batch by batch: whoever trains says every now and then how many
steps are done, and once that the epoch is finished.

    verbose=0   nothing
    verbose=1   a bar that is redrawn in place: "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s 3ms/step - loss: 0.6931"
    verbose=2   one line an epoch: "4/4 - 0s - 3ms/step - loss: 0.6931"

As with Keras, the bar goes to a file exactly as it goes to a terminal, carriage returns and colours included,
except on Windows, where a stream that is not a terminal gets each state of the bar on a line of its own.

The bar is drawn with "━" where the stream's encoding has that sign and with "=" where it has not; in the
names of metrics, a sign that the encoding lacks becomes "?".
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import numpy as np

from pellucid.errors import ArgumentError

__all__ = ["Progress", "Stream"]

_BAR_WIDTH: Final = 20
_REDRAW_INTERVAL: Final = 0.05
_BOLD: Final = "\x1b[1m"
_GREEN: Final = "\x1b[32m"
_GREY: Final = "\x1b[37m"
_PLAIN: Final = "\x1b[0m"


class Stream(Protocol):
    """What progress is written to: sys.stdout, or anything that can write text and flush it."""

    def write(self, text: str, /) -> object:
        """Take some text."""

    def flush(self) -> object:
        """Make what was written visible now."""


class Progress:
    """Print how far a run has come.

    Args:
        verbose: 0 for nothing, 1 or "auto" for a bar, 2 for one line an epoch; more than 2 gives the
            heading of each epoch only.
        epochs: number of epochs in the run; a run of one epoch gets no headings.
        steps: number of steps in an epoch, None if that is not known before its end.
        stream: where to write; None for what sys.stdout is now.
        clock: the time in seconds.
    Raises:
        ArgumentError: if verbose is none of these.
    Example:
        >>> progress = Progress(2, epochs=2, steps=4, clock=lambda: 0.0)
        >>> progress.begin_epoch(0)
        Epoch 1/2
        >>> progress.show(4, {"loss": 0.5}, finished=True)
        4/4 - 0s - 0s/step - loss: 0.5000
    """

    __slots__ = (
        "_bar_sign",
        "_clock",
        "_encoding",
        "_epoch",
        "_epochs",
        "_redraws_in_place",
        "_steps",
        "_stream",
        "_verbose",
    )

    def __init__(
        self,
        verbose: int | str,
        *,
        epochs: int = 1,
        steps: int | None = None,
        stream: Stream | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._stream = sys.stdout if stream is None else stream
        # A program without a console (pythonw) has None for sys.stdout: there is nowhere to write.
        self._verbose = _level(verbose) if self._stream is not None else 0
        # A stand-in for sys.stdout often has no encoding; StringIO has None. Both take any text.
        self._encoding: str = getattr(self._stream, "encoding", None) or "utf-8"
        self._bar_sign = _bar_sign(self._encoding)
        self._redraws_in_place = _redraws_in_place(self._stream)
        self._epochs = epochs
        self._steps = steps
        self._clock = clock
        self._epoch = _Epoch(clock())

    def begin_epoch(self, epoch: int) -> None:
        """Start the clock of an epoch and print its heading.

        Args:
            epoch: the epoch's index, from 0.
        """
        self._epoch = _Epoch(self._clock())
        if self._verbose and self._epochs > 1:
            self._write(f"Epoch {epoch + 1}/{self._epochs}\n")

    def show(
        self, done_steps: int, logs: Mapping[str, float] | None = None, *, finished: bool = False
    ) -> None:
        """Show how far the epoch has come; one call more than is worth drawing costs almost nothing.

        Args:
            done_steps: number of steps done in this epoch.
            logs: the loss and the metrics so far. They are shown in the order in which they first came: Keras
                sorts them by name, those of the validation, which come at the end, after the others.
            finished: whether the epoch is over. Only then does the line end.
        """
        if self._verbose not in (1, 2) or (self._verbose == 2 and not finished):
            return
        now = self._clock()
        self._epoch.logs.update(logs or {})
        if finished and self._steps is None:
            self._steps = done_steps  # for this line, and for the bars of the epochs to come
        step_time = self._epoch.step_time(done_steps, now)
        if self._verbose == 1:
            if finished or now - self._epoch.drawn_at >= _REDRAW_INTERVAL:
                self._draw(done_steps, now, step_time, finished)
        elif self._steps:
            elapsed = f"{now - self._epoch.started_at:.0f}s"
            # Keras compares the value here and its magnitude in the bar: -0.5 is "-5.0000e-01" in this line.
            values = "".join(f" - {name}: {_number(x, x)}" for name, x in self._epoch.logs.items())
            self._write(
                f"{_count(done_steps, self._steps)} - {elapsed} - {_duration(step_time)}/step{values}\n"
            )

    def _draw(self, done_steps: int, now: float, step_time: float, finished: bool) -> None:
        epoch = self._epoch
        remaining = (
            f"{now - epoch.started_at:.0f}s"  # once it is over, or if its end is unknown: the time spent
        )
        if self._steps:
            full = int(_BAR_WIDTH * done_steps / self._steps)
            pieces = [(_BOLD, _count(done_steps, self._steps)), ("", " ")]
            if full:
                pieces.append((_GREEN, self._bar_sign * full))
            pieces.append((_GREY, self._bar_sign * (_BAR_WIDTH - full)))
            if not finished:
                remaining = _time_left(step_time * (self._steps - done_steps))
        else:
            pieces = [("", f"{done_steps:7d}/Unknown")]
        values = "".join(f" - {name}: {_number(x, abs(x))}" for name, x in epoch.logs.items())
        pieces += [("", " "), (_BOLD, remaining), ("", f" {_duration(step_time)}/step{values}")]

        width = sum(len(text) for _, text in pieces)
        line = "".join(f"{style}{text}{_PLAIN}" if style else text for style, text in pieces)
        back = "\b" * epoch.drawn_width + "\r" if self._redraws_in_place else "\n"
        rest_of_old_line = " " * (epoch.drawn_width - width)
        self._write(f"{back}{line}{rest_of_old_line}" + ("\n" if finished else ""))
        epoch.drawn_at, epoch.drawn_width = now, width

    def _write(self, text: str) -> None:
        self._stream.write(text.encode(self._encoding, "replace").decode(self._encoding))
        self._stream.flush()


class _Epoch:
    """What is known of the epoch under way."""

    __slots__ = ("drawn_at", "drawn_width", "first_step_at", "logs", "started_at")

    def __init__(self, started_at: float) -> None:
        self.started_at = started_at
        self.first_step_at: float | None = None
        self.drawn_at = float("-inf")
        self.drawn_width = 0
        self.logs: dict[str, float] = {}

    def step_time(self, done_steps: int, now: float) -> float:
        """Estimate the seconds of a step, leaving out the first if it was seen: it warms everything up."""
        if done_steps < 1:
            return 0.0
        if self.first_step_at is not None and done_steps > 1:
            return (now - self.first_step_at) / (done_steps - 1)
        if done_steps == 1:
            self.first_step_at = now
        return (now - self.started_at) / done_steps


def _level(verbose: int | str) -> int:
    if verbose == "auto":
        return 1
    if isinstance(verbose, int | np.integer | np.bool_) and verbose >= 0:
        return int(verbose)
    raise ArgumentError("verbose cannot be used", expected='0, 1, 2 or "auto"', received=repr(verbose))


def _bar_sign(encoding: str) -> str:
    try:
        "━".encode(encoding)
    except UnicodeEncodeError:
        return "="
    return "━"


def _redraws_in_place(stream: Stream) -> bool:
    if os.name == "posix" or "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ:
        return True
    is_terminal: Callable[[], bool] | None = getattr(stream, "isatty", None)
    return is_terminal is not None and is_terminal()


def _count(done_steps: int, steps: int) -> str:
    return f"{done_steps:{len(str(steps))}d}/{steps}"


def _number(value: float, size: float) -> str:
    return f"{value:.4f}" if size > 1e-3 else f"{value:.4e}"


def _duration(seconds: float) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def _time_left(seconds: float) -> str:
    whole = int(seconds)
    if seconds > 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if seconds > 60 else f"{whole}s"
