"""`pellucid formula`: what it prints is what the model says of itself."""

from __future__ import annotations

import pytest

from pellucid.models import load_model


def test_prints_the_rule_that_was_found(pellucid, celsius):
    done = pellucid("formula", celsius)
    assert (done.code, done.err) == (0, "")
    assert "\n    fahrenheit = 1.798 * celsius + 31.95\n" in done.out
    assert done.out == f"{load_model(celsius).formula()}\n"


def test_prints_latex(pellucid, celsius):
    done = pellucid("formula", celsius, "--latex")
    assert r"\mathrm{fahrenheit} &= 1.798\,\mathrm{celsius} + 31.95" in done.out
    assert done.out == f"{load_model(celsius).formula().latex}\n"


@pytest.mark.parametrize("words", [("formula",), ("formula", "a", "b")], ids=" ".join)
def test_words_that_make_no_command(pellucid, words):
    assert pellucid(*words).code == 2


def test_what_is_no_model(pellucid, folder):
    assert pellucid("formula", "celsius.csv").code == 1
