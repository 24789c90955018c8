"""The programs from the courses, with the doctor looking at every fit before it begins."""

from __future__ import annotations

import pytest
from tests.programs.running import run

from pellucid.training.model import Model

pytestmark = pytest.mark.slow

PROGRAMS = """
    backpropagation_by_hand celsius celsius_three_layers donut line linear_regression logistic_regression
    softmax_regression three_two_one xor
""".split()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_says_nothing_about_the_programs_of_the_courses(name, seed, monkeypatch):
    diagnoses = []
    fit = Model.fit

    def checked(model, x, y, **options):
        diagnoses.append(model.check(x, y, **options))
        return fit(model, x, y, **options)

    monkeypatch.setattr(Model, "fit", checked)
    run(name, seed)
    assert diagnoses
    assert [str(diagnosis) for diagnosis in diagnoses if not diagnosis.healthy] == []
