"""The doctor beside a hundred programs with a deliberate mistake, and fifty with none."""

from __future__ import annotations

import pytest
from tests.hood.doctor.healthy import PROGRAMS
from tests.hood.doctor.mistakes import MISTAKES

MISSED = ["convolutions_without_activations"]
"""Mistakes that are not found. It takes a trained convolution to see that there is more in those pictures."""

QUICK = set(list(PROGRAMS)[::8])


def names(programs):
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in programs]


@pytest.mark.parametrize("name", names(PROGRAMS))
def test_a_healthy_program_is_left_in_peace(name):
    diagnosis = PROGRAMS[name]()
    assert diagnosis.healthy, str(diagnosis)
    assert "Nothing wrong was found" in str(diagnosis)


@pytest.fixture(scope="module")
def found():
    """For each program with a mistake, the kinds of what was found."""
    return {
        name: {finding.kind for finding in mistake.check().findings} for name, mistake in MISTAKES.items()
    }


@pytest.mark.slow
def test_mistakes_are_found(found):
    missed = [name for name, mistake in MISTAKES.items() if mistake.kind not in found[name]]
    assert len(MISTAKES) >= 60
    assert len(missed) <= 0.05 * len(MISTAKES), missed
    assert missed == MISSED


@pytest.mark.slow
def test_and_nothing_else_is_blamed(found):
    others = {
        name: found[name] - {mistake.kind, *mistake.also}
        for name, mistake in MISTAKES.items()
        if found[name] - {mistake.kind, *mistake.also}
    }
    assert others == {}


@pytest.mark.slow
def test_every_kind_of_mistake_is_in_the_corpus(found):
    from pellucid.hood.doctor.diagnosis import CHECKS

    assert len({mistake.kind for mistake in MISTAKES.values()}) >= len(CHECKS)
