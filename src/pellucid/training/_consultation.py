"""What `fit` spends on the doctor: nothing but a glance, until it has run for long enough to pay for more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np

from pellucid.engines import Blueprint
from pellucid.hood.doctor.glance import at_a_glance
from pellucid.nn.losses import Loss

if TYPE_CHECKING:
    from pellucid.hood.doctor.examination import Examination
    from pellucid.hood.doctor.quiet import Rounds
    from pellucid.hood.opened import Opened

__all__ = ["Consultation"]

_PAYS: Final = 5.0  # seconds, of which a hundredth pays for loading the doctor


class Consultation:
    """One call of fit, as the doctor sees it.

    Args:
        opened: gives the model, and the examples to learn from.
        held_out: the examples to judge with.
        planned: batch_size, epochs and shuffle, and whether held_out was split off.
        told: the kinds of findings that were said before; what is said now is added.
    """

    __slots__ = ("_begun", "_held_out", "_opened", "_planned", "_rounds", "_told")

    def __init__(
        self,
        opened: Callable[[], Opened],
        held_out: Sequence[np.ndarray] | None,
        planned: tuple[int, int, bool, bool],
        told: set[str],
    ) -> None:
        self._opened = opened
        self._held_out = held_out
        self._planned = planned
        self._told = told
        self._begun = perf_counter()
        self._rounds: Rounds | None = None

    def glance(self, blueprint: Blueprint, loss: Loss) -> None:
        """Look at the network alone, before the first step."""
        if at_a_glance(blueprint, loss):
            self._doctor().go_on(0.0)

    def look(self) -> None:
        """Look as far as the time that fit has taken pays for it; called between two slices of work."""
        elapsed = perf_counter() - self._begun
        if elapsed > _PAYS:
            self._doctor().go_on(elapsed)

    def _doctor(self) -> Rounds:
        if self._rounds is None:
            began = perf_counter()
            from pellucid.hood.doctor.quiet import Rounds

            self._rounds = Rounds(self._examine, self._told, perf_counter() - began)
        return self._rounds

    def _examine(self) -> Examination:
        from pellucid.hood.doctor.examination import QUICK, Examination, Plan

        return Examination(self._opened(), Plan(*self._planned, tuple(self._held_out or ())), QUICK)
