"""How much is said beside what was asked for."""

from __future__ import annotations

import pytest

import pellucid as tf
from pellucid.errors import ArgumentError, UnknownNameError


@pytest.mark.parametrize(
    ("level", "number"),
    [
        ("DEBUG", 10),
        ("INFO", 20),
        ("WARN", 30),
        ("WARNING", 30),
        ("ERROR", 40),
        ("FATAL", 50),
    ],
)
def test_a_level_is_a_number_or_its_name(level, number):
    assert getattr(tf.logging, level) == number
    for spelling in (number, level, level.lower()):
        tf.logging.set_verbosity(tf.logging.INFO)
        tf.logging.set_verbosity(spelling)
        assert tf.logging.get_verbosity() == number


def test_a_level_with_another_name_is_refused():
    tf.logging.set_verbosity(tf.logging.ERROR)
    with pytest.raises(UnknownNameError, match=r"no level is called 'warnings'.*; try 'WARNING'\."):
        tf.logging.set_verbosity("warnings")
    assert tf.logging.get_verbosity() == tf.logging.ERROR


@pytest.mark.parametrize("level", [None, 20.5, True])
def test_what_is_no_level_is_refused(level):
    tf.logging.set_verbosity(tf.logging.ERROR)
    with pytest.raises(
        ArgumentError, match=f"expected a whole number or one of 'DEBUG', .*, received {level}"
    ):
        tf.logging.set_verbosity(level)
    assert tf.logging.get_verbosity() == tf.logging.ERROR


@pytest.mark.parametrize(
    ("level", "heard"), [("DEBUG", True), ("INFO", True), ("WARN", False), ("FATAL", False)]
)
def test_a_remark_is_heard_at_the_level_info_and_below(level, heard, said):
    tf.logging.set_verbosity(level)
    tf.logging.info("By the way.")
    assert said() == ["By the way."] * heard
