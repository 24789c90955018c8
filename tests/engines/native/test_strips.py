"""Convolution and pooling in strips of rows: the same bits as with the whole array in between."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.engines.models import engine_of

from pellucid.engines.native.engine import NativeEngine
from pellucid.engines.native.plan import TIME
from pellucid.keras import Sequential, layers

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .runs import alike, trained

COUNT, SIZE = 37, 24
IN_STRIPS = {
    "even": ({}, layers.MaxPooling2D(2)),
    "rows that no window reaches": ({"kernel_size": 4, "filters": 20}, layers.MaxPooling2D(2)),
    "windows apart": ({}, layers.MaxPooling2D(2, strides=3)),
    "high windows": ({}, layers.MaxPooling2D((5, 2))),
    "average": ({"activation": None}, layers.AveragePooling2D(3)),
    "zeros around": ({"padding": "same"}, layers.MaxPooling2D(2)),
    "strides": ({"strides": (1, 2), "filters": 40}, layers.MaxPooling2D(2)),
    "dilation": ({"dilation_rate": 2, "filters": 24}, layers.MaxPooling2D(2)),
}
WHOLE = {
    "windows that overlap": ({}, layers.MaxPooling2D(3, strides=2)),
    "zeros around the windows": ({}, layers.MaxPooling2D(4, padding="same")),
    "a small array": ({"filters": 2}, layers.MaxPooling2D(2)),
    "rows of one product": ({"kernel_size": 1}, layers.MaxPooling2D(2)),
}


def engines(convolution, pooling):
    """A network with a second convolution, whose input is what was pooled."""
    options = {"filters": 18, "kernel_size": 3, "activation": "relu"} | convolution
    model = Sequential(
        [
            layers.Input((SIZE, SIZE, 3)),
            layers.Conv2D(**options),
            pooling.__class__.from_config(pooling.get_config()),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    model.compile("adam", "mse")
    reference = engine_of(model)
    return reference, NativeEngine(reference.blueprint)


def arrays():
    random = np.random.default_rng(5)
    shapes = (COUNT, SIZE, SIZE, 3), (COUNT, 3)
    return tuple([random.normal(size=shape).astype("float32") for shape in shapes])


def strips(engine, count):
    """The loops over strips in the plan of a step."""
    plan = engine._compiled("step", count).planned.plan
    return [each for each in plan.instructions if each.kind == "loop" and each.options[0] == TIME[0]]


@pytest.mark.parametrize("case", IN_STRIPS)
def test_training_agrees_with_the_reference(case):
    reference, native = engines(*IN_STRIPS[case])
    expected, _ = trained(reference, arrays(), COUNT, 2)
    received, _ = trained(native, arrays(), COUNT, 2)
    alike(received, expected, 1e-3, 1e-5)
    assert len(strips(native, COUNT)) == 1


@pytest.mark.parametrize("case", [*IN_STRIPS, *WHOLE])
def test_a_row_alone_has_the_same_bits(case):
    """A single row is not worked on in chunks, and only these in strips."""
    _, native = engines(*(IN_STRIPS | WHOLE)[case])
    x, weights = arrays()[0], native.initial_state(3)["weights"]
    together = native.predict(x, weights)
    assert_array_equal([native.predict(x[row : row + 1], weights)[0] for row in range(COUNT)], together)


@pytest.mark.parametrize("case", WHOLE)
def test_what_does_not_come_in_strips(case):
    _, native = engines(*WHOLE[case])
    trained(native, arrays(), COUNT, 1)
    assert not strips(native, COUNT)


def test_an_array_that_is_needed_later_stays_whole():
    """The gradient of tanh is worked out from its result."""
    _, native = engines({"activation": "tanh"}, layers.MaxPooling2D(2))
    trained(native, arrays(), COUNT, 1)
    assert not strips(native, COUNT)
