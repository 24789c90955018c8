"""All checks in a row, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias, final

from pellucid.hood.doctor import answers, head, information, inputs, learning_rate, network, sharing
from pellucid.hood.doctor.examination import Examination
from pellucid.hood.doctor.finding import Code, Finding
from pellucid.hood.report import Part, Report

__all__ = ["CHECKS", "GROUPS", "Check", "Diagnosis", "causes_of", "diagnose"]

Check: TypeAlias = Callable[[Examination], Iterator[Finding]]

GROUPS: Final[tuple[tuple[float | None, tuple[Check, ...]], ...]] = (
    (0.0, (head.head_and_loss, network.nothing_to_train)),
    (0.001, (network.noise_at_the_output, network.high_dropout, network.batches_of_one)),
    (None, (learning_rate.few_updates,)),  # many programs call fit for one step at a time
    (
        0.001,
        (
            head.range_of_the_head,
            head.metric,
            head.class_numbers_as_quantities,
            answers.constant_answers,
            answers.class_never_occurs,
            answers.rare_class,
        ),
    ),
    (
        0.01,
        (
            sharing.sorted_rows,
            sharing.validation_differs,
            inputs.constant_column,
            inputs.duplicate_column,
            inputs.answer_among_the_features,
            inputs.row_number,
            inputs.missing_values,
        ),
    ),
    (
        0.02,
        (
            answers.contradictory_labels,
            sharing.shared_rows,
            inputs.unscaled_inputs,
            network.penalty,
            network.equal_units,
            network.dead_units,
            network.saturated_units,
        ),
    ),
    (0.2, (network.no_activation_between,)),
    (0.3, (information.shuffled_labels,)),
    (None, (learning_rate.steps,)),  # fit itself shows what becomes of the loss
)
"""Every check, the cheap ones first; with each group, the seconds that one of it may take during fit.

Those without seconds are not made there. To add one, write the function and put it here.
"""

CHECKS: Final[tuple[Check, ...]] = tuple([check for _, checks in GROUPS for check in checks])

_EXPLAINED: Final = {
    "constant answers": ("class never occurs", "shuffled labels"),
    "contradictory labels": ("shuffled labels",),
    "head and loss": ("dead units", "range of the head"),
    "equal units": ("dead units",),
    "unscaled inputs": ("saturated units",),
}
"""What needs no word of its own where its cause was found."""


@final
class Diagnosis(Report):
    """What the doctor found; printed, a paragraph for each finding, with its remedy as code.

    Attributes:
        title: the model's name.
        findings: what is wrong; mistakes first.
        looked_at: what the checks were given, in words.
    """

    __slots__ = ("findings", "looked_at", "title")

    def __init__(self, title: str, findings: list[Finding], looked_at: str) -> None:
        self.title = title
        self.findings = sorted(findings, key=lambda finding: finding.weight)
        self.looked_at = looked_at

    @property
    def healthy(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def parts(self) -> list[str | Part]:
        """Return the heading, and each finding."""
        if self.healthy:
            return [f"Nothing wrong was found with {self.title!r}. Looked at: {self.looked_at}."]
        count = "1 thing seems" if len(self.findings) == 1 else f"{len(self.findings)} things seem"
        parts: list[str | Part] = [f"{count} wrong with {self.title!r}. Looked at: {self.looked_at}."]
        for place, finding in enumerate(self.findings, 1):
            parts.append(f"{place}. {finding.sentences}")
            if finding.code:
                parts.append(Code(finding.code))
        return parts


def diagnose(examination: Examination) -> Diagnosis:
    """Do all checks."""
    findings = [finding for check in CHECKS for finding in check(examination)]
    causes = causes_of(findings)
    return Diagnosis(examination.opened.blueprint.title, causes, _looked_at(examination))


def causes_of(findings: Iterable[Finding]) -> list[Finding]:
    """Leave out what follows from other findings."""
    listed = list(findings)
    explained = {kind for finding in listed for kind in _EXPLAINED.get(finding.kind, ())}
    return [finding for finding in listed if finding.kind not in explained]


def _looked_at(examination: Examination) -> str:
    count, rows = len(examination.x), len(examination.rows)
    examples = "1 example" if count == 1 else f"{count} examples"
    shares = "" if rows == count else f" ({rows} of them closely)"
    held_out = f", {len(examination.plan.held_out[0])} to validate with" if examination.plan.held_out else ""
    return f"last layer and loss, how layers begin, {examples}{shares}{held_out}, a rehearsal of training"
