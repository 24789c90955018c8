"""What fit says by itself: at once where a glance is enough, else when it has run for long enough."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import TrainingWarning
from pellucid.hood.doctor import quiet
from pellucid.hood.doctor.diagnosis import CHECKS
from pellucid.hood.doctor.examination import Examination, Plan
from pellucid.hood.doctor.finding import Finding
from pellucid.hood.doctor.quiet import QUIET, Rounds

layers = keras.layers


def yes_or_no(head=None):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(4, "relu"), layers.Dense(1, head)])
    model.compile("adam", "binary_crossentropy")
    return model


X, Y = [[1.0, 2.0], [2.0, 1.0], [0.0, 1.0]], [0, 1, 1]


def test_a_head_that_does_not_suit_the_loss_is_said_before_the_first_step():
    with pytest.warns(TrainingWarning, match=r"Head and loss \(mistake\)") as said:
        yes_or_no().fit(X, Y, verbose=0)
    assert said[0].filename == __file__


def test_it_is_said_once_until_the_model_is_compiled_anew():
    model = yes_or_no()
    with pytest.warns(TrainingWarning):
        model.fit(X, Y, verbose=0)
    model.fit(X, Y, verbose=0)
    model.compile("adam", "binary_crossentropy")
    with pytest.warns(TrainingWarning):
        model.fit(X, Y, verbose=0)


def test_a_frozen_network_is_said_too():
    model = yes_or_no("sigmoid")
    for layer in model.layers:
        layer.trainable = False
    with pytest.warns(TrainingWarning, match="All 4 weights are frozen"):
        model.fit(X, Y, verbose=0)


def test_fit_trains_all_the_same():
    silent, warned = yes_or_no(), yes_or_no()
    warned.seed = silent.seed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = silent.fit(X, Y, epochs=3, verbose=0).history
        assert warned.fit(X, Y, epochs=3, verbose=0).history == first
    assert len(first["loss"]) == 3


def test_a_short_fit_does_not_even_load_the_doctor():
    program = (
        "import sys, pellucid as k; m = k.Sequential([k.layers.Dense(1)]); m.compile('sgd', 'mse');"
        "m.fit([1.0, 2.0], [1.0, 2.0], epochs=9, verbose=0);"
        "print(sorted(name for name in sys.modules if 'doctor.' in name))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['pellucid.hood.doctor.glance']\n"


@pytest.mark.parametrize("verbose", [0, 2])
def test_a_long_fit_finds_what_is_wrong_with_the_examples(verbose, monkeypatch, capsys):
    monkeypatch.setattr("pellucid.training._consultation._PAYS", -1.0)  # as if it had run for long
    monkeypatch.setattr(quiet, "_SHARE", 1e9)
    x = np.random.default_rng(0).normal(size=(100, 2))
    model = yes_or_no("sigmoid")
    with pytest.warns(TrainingWarning, match="Duplicate column") as said:
        model.fit(x[:, [0, 0]], x[:, 0] > 0, epochs=2, verbose=verbose)
    assert [re.match(r"[\w ]+", str(warning.message))[0] for warning in said] == ["Duplicate column "]


# ------------------------------------------------------------ the account
def rounds(monkeypatch, *groups):
    monkeypatch.setattr(quiet, "QUIET", groups)
    model = yes_or_no("sigmoid")
    return Rounds(lambda: Examination(model.opened(X, Y), Plan()), set())


def test_a_check_waits_until_a_hundredth_of_the_time_pays_for_it(monkeypatch):
    done = []

    def check(_):
        done.append(1)
        return iter(())

    going = rounds(monkeypatch, (0.5, (check,)))
    going.go_on(49.0)
    assert done == []
    going.go_on(51.0)
    going.go_on(10_000.0)
    assert done == [1]


def test_what_a_check_has_cost_is_paid_before_the_next(monkeypatch):
    clock = iter([0.0, 0.3, 0.3, 0.4])
    monkeypatch.setattr(quiet.time, "perf_counter", lambda: next(clock))
    done = []

    def check(_):
        done.append(1)
        return iter(())

    going = rounds(monkeypatch, (0.1, (check, check)))
    going.go_on(17.0)  # six thousandths are 0.102; the first check takes 0.3
    assert len(done) == 1
    going.go_on(66.0)  # 0.3 + 0.1 is more than 0.396
    assert len(done) == 1
    going.go_on(67.0)
    assert len(done) == 2


def test_a_finding_that_follows_from_another_is_not_said(monkeypatch):
    findings = [Finding("unscaled inputs", "a", "b"), Finding("saturated units", "c", "d")]
    checks = [lambda _, finding=finding: iter([finding]) for finding in findings]
    going = rounds(monkeypatch, (0.0, tuple(checks)))
    with pytest.warns(TrainingWarning) as said:
        going.go_on(0.0)
    assert [str(warning.message)[:8] for warning in said] == ["Unscaled"]


def test_fit_makes_all_checks_but_those_that_say_what_they_leave_out():
    made = {check.__name__ for _, checks in QUIET for check in checks}
    assert {check.__name__ for check in CHECKS} - made == {"steps", "few_updates"}
    assert sorted(seconds for seconds, _ in QUIET) == [seconds for seconds, _ in QUIET]
