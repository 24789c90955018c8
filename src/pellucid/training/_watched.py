"""What `fit` spends on the doctor: nothing but a glance, until it has run for long enough to pay for more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from pellucid.hood.doctor.glance import at_a_glance

if TYPE_CHECKING:
    from pellucid.hood.doctor.quiet import Rounds
    from pellucid.hood.opened import Opened

__all__ = ["Watched"]

_PAYS: Final = 1.0  # seconds, of which a hundredth pays for loading the doctor


class Watched:
    """One call of fit, as the doctor sees it.

    Args:
        opened: gives the model, and the examples to learn from.
        held_out: the examples to judge with.
        fitting: what fit is told, by the names of its arguments.
        told: the kinds of findings that were said before.
    """

    __slots__ = ("_begun", "_fitting", "_held_out", "_opened", "_rounds", "_told")

    def __init__(
        self, opened: Callable[[], Opened], held_out: Any, fitting: Mapping[str, Any], told: set[str]
    ) -> None:
        self._opened = opened
        self._held_out = held_out
        self._fitting = fitting
        self._told = told
        self._begun = perf_counter()
        self._rounds: Rounds | None = None

    def glance(self, blueprint: Any, loss: Any) -> None:
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
            from pellucid.hood.doctor.quiet import Rounds

            self._rounds = Rounds(self._examine, self._told)
        return self._rounds

    def _examine(self) -> Any:
        from pellucid.hood.doctor.examination import Examination, plan_of

        return Examination(
            self._opened(), plan_of(self._fitting)._replace(held_out=tuple(self._held_out or ()))
        )
