"""The same during fit, in a hundredth of its time: what is found becomes a warning."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, final

from pellucid.errors import TrainingWarning
from pellucid.hood.doctor.diagnosis import GROUPS, causes_of
from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.warned import warn_user

__all__ = ["QUIET", "Rounds"]

QUIET: Final = [(seconds, checks) for seconds, checks in GROUPS if seconds is not None]
"""The checks that fit makes, each group with the seconds that one of it may take.

Those of the first group are made before the first step, where a glance has shown that they are needed.
"""

_SHARE: Final = 0.006
"""Of the time of fit: a check may take longer than was foreseen, and a hundredth is the limit."""


@final
class Rounds:
    """Looks after one call of fit.

    Args:
        examine: gives the model and its examples; called once, when they are first wanted.
        told: the kinds of findings that were said before; what is said now is added.
        spent: the seconds that the doctor has taken already.
    """

    __slots__ = ("_examination", "_examine", "_found", "_spent", "_told", "_waiting")

    def __init__(self, examine: Callable[[], Examination], told: set[str], spent: float = 0.0) -> None:
        self._examine = examine
        self._told = told
        self._examination: Examination | None = None
        self._found: list[Finding] = []
        self._spent = spent
        self._waiting = [(seconds, check) for seconds, checks in QUIET for check in checks]
        self._waiting.reverse()

    def go_on(self, elapsed: float) -> None:
        """Do the checks that a hundredth of the time so far pays for, and say what they find.

        Args:
            elapsed: the seconds that fit has taken.
        """
        while self._waiting:
            seconds, check = self._waiting[-1]
            if seconds and self._spent + seconds > _SHARE * elapsed:
                return
            self._waiting.pop()
            began = time.perf_counter()
            if self._examination is None:
                self._examination = self._examine()
            found = list(check(self._examination))
            self._spent += time.perf_counter() - began
            self._found += found
            for finding in causes_of(self._found):
                if finding in found and finding.kind not in self._told:
                    self._told.add(finding.kind)
                    warn_user(TrainingWarning(str(finding)))
