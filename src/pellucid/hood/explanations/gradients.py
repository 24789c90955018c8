"""Gradient times input."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.hood.explanations.attribution import Attribution
from pellucid.hood.explanations.question import Compared, ask
from pellucid.hood.opened import Opened

__all__ = ["gradient_times_input"]


def gradient_times_input(opened: Opened, answer: Any, of: str) -> Attribution:
    """Multiply each input by the slope of the answer along it."""
    question = ask(opened, answer, of)
    x, chosen = question.x, question.chosen
    zeros = np.zeros((1, *x.shape[1:]))
    reference = np.broadcast_to(question.function.values(zeros), (len(x), question.answers.count))
    return Attribution(
        "Gradient times input",
        question,
        Compared(zeros, "zeros"),
        x * question.function.slopes(x, chosen),
        question.values(x),
        reference[np.arange(len(x)), chosen],
        "The slopes are those at the example itself. Where the network bends on the way from zero, they do\n"
        "not add up to what they should; integrated gradients do.",
    )
