"""What a deep network costs grows linearly with its layers: nodes, lines, characters, work."""

from __future__ import annotations

import sys

import pytest

from pellucid import keras
from pellucid.keras import layers

from .models import engine_of

pytestmark = pytest.mark.slow


def deep(count):
    model = keras.Sequential([layers.Dense(6, "relu", input_shape=[6]) for _ in range(count)])
    model.compile("adam", "mse")
    model.build()
    return model


@pytest.fixture(scope="module")
def programs():
    return {count: engine_of(deep(count)).program for count in (10, 100, 300)}


@pytest.mark.parametrize(
    "measure",
    [
        lambda program: len(program.blueprint.training.step.live()),
        lambda program: len(program.blueprint.predict.live()),
        lambda program: program.text().count("\n"),
        lambda program: program.evaluation().count("\n"),
    ],
    ids=["nodes of a step", "nodes of a prediction", "lines", "lines of the evaluation"],
)
def test_every_layer_adds_as_much(programs, measure):
    few, more, many = (measure(programs[count]) for count in (10, 100, 300))
    assert (more - few) / 90 == (many - more) / 200
    assert more > few


def test_every_layer_adds_as_many_characters(programs):
    """Up to the digits of its number, which stand in about 50 places."""
    few, more, many = (len(programs[count].text()) for count in (10, 100, 300))
    assert (many - more) / 200 == pytest.approx((more - few) / 90, abs=60)


def test_a_deep_network_is_a_short_program(programs):
    """The layers share two functions, and each takes a line or two wherever they are gone through."""
    assert programs[300].text().count("\n") < 300 * 12
    assert programs[300].text().count("def ") == programs[10].text().count("def ")


def calls(function, *arguments):
    """How many functions a call calls, in Python and in C."""
    count = 0

    def look(frame, event, _):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return count


def test_every_layer_takes_as_much_work():
    models = [deep(count) for count in (20, 40, 80)]
    engine_of(models[0])  # what is done once
    few, more, many = (calls(engine_of, model) for model in models)
    assert (many - more) / 40 == pytest.approx((more - few) / 20, rel=0.02)
