"""The poolings, by hand: what they keep, what they are called, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers
from pellucid.errors import ArgumentError, ShapeError
from pellucid.layers import (
    AveragePooling1D,
    AveragePooling2D,
    Conv2D,
    Dense,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    Input,
    MaxPooling1D,
    MaxPooling2D,
)
from pellucid.models import Sequential

STEPS = np.array([[[1.0], [5.0], [2.0], [4.0], [3.0]]])
PICTURE = np.array([[1.0, 5.0, 2.0], [4.0, 3.0, 8.0], [7.0, 0.0, 6.0]]).reshape(1, 3, 3, 1)


@pytest.mark.parametrize(
    ("options", "largest", "mean"),
    [
        ({}, [5, 4], [3, 3]),
        ({"padding": "same"}, [5, 4, 3], [3, 3, 3]),  # the last window holds one number
        ({"pool_size": 3}, [5], [8 / 3]),
        ({"pool_size": 3, "strides": 1}, [5, 5, 4], [8 / 3, 11 / 3, 3]),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, [5, 5, 4], [3, 11 / 3, 7 / 2]),
        ({"pool_size": 1, "strides": 2}, [1, 2, 3], [1, 2, 3]),
    ],
    ids=str,
)
def test_series(options, largest, mean):
    for kind, expected in ((MaxPooling1D, largest), (AveragePooling1D, mean)):
        pooled = kind(dtype="float64", **options)(STEPS)
        np.testing.assert_allclose(pooled.ravel(), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("options", "largest", "mean"),
    [
        ({}, [[5]], [[13 / 4]]),
        ({"padding": "same"}, [[5, 8], [7, 6]], [[13 / 4, 5], [7 / 2, 6]]),
        ({"pool_size": (3, 1), "strides": 1}, [[7, 5, 8]], [[4, 8 / 3, 16 / 3]]),
        ({"strides": (1, 2)}, [[5], [7]], [[13 / 4], [14 / 4]]),
    ],
    ids=str,
)
def test_pictures(options, largest, mean):
    for kind, expected in ((MaxPooling2D, largest), (AveragePooling2D, mean)):
        pooled = kind(dtype="float64", **options)(PICTURE)
        np.testing.assert_allclose(pooled[0, :, :, 0], expected, rtol=1e-15)


def test_what_lies_around_is_never_the_largest():
    assert MaxPooling2D(padding="same")(-PICTURE)[0, :, :, 0].tolist() == [[-1, -2], [0, -6]]


@pytest.mark.parametrize(
    ("kind", "x", "expected"),
    [
        (GlobalMaxPooling1D, STEPS, 5),
        (GlobalAveragePooling1D, STEPS, 3),
        (GlobalMaxPooling2D, PICTURE, 8),
        (GlobalAveragePooling2D, PICTURE, 4),
    ],
)
def test_global_poolings(kind, x, expected):
    assert kind()(x).tolist() == [[expected]]
    kept = kind(keepdims=True)(x)
    assert kept.shape == (1,) * x.ndim
    assert kept.item() == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda **o: MaxPooling2D(2, 1, "same", **o),
        lambda **o: AveragePooling2D((1, 2), **o),
        lambda **o: GlobalMaxPooling2D(keepdims=True, **o),
        lambda **o: GlobalAveragePooling2D(keepdims=True, **o),
    ],
)
def test_channels_first_is_the_same_turned_round(make):
    x = np.random.default_rng(2).normal(size=(2, 5, 4, 3))
    first = make(data_format="channels_first")(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(np.moveaxis(first, 1, -1), make()(x), rtol=1e-6)


def test_other_names_of_keras():
    for name in ("MaxPool1D", "MaxPool2D", "AvgPool1D", "AvgPool2D"):
        full = name.replace("Avg", "Average").replace("Pool", "Pooling")
        assert getattr(layers, name) is getattr(layers, full)
        assert getattr(layers, f"Global{name}") is getattr(layers, f"Global{full}")


def test_names_titles_and_configurations():
    pool = MaxPooling2D(2, strides=(1, 2), padding="Same")
    assert pool.name == "max_pooling2d"
    assert pool.title == "windows of 2 x 2, strides 1 x 2, same padding"
    assert AveragePooling1D(3).title == "windows of 3"
    config = pool.get_config()
    assert (config["pool_size"], config["strides"], config["padding"]) == ((2, 2), (1, 2), "same")
    assert config["data_format"] == "channels_last"
    assert GlobalMaxPooling1D(keepdims=True).get_config()["keepdims"] is True
    assert GlobalAveragePooling2D().name == "global_average_pooling2d"


def test_a_program_of_it_reads_like_one_written_by_hand():
    model = Sequential(
        [
            Input((6, 6, 1)),
            Conv2D(2, 3),
            MaxPooling2D(),
            AveragePooling2D(2, 1),
            GlobalMaxPooling2D(),
            Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    lines = [line.strip().split("  #")[0].rstrip() for line in model.numpy_source().splitlines()]
    for line in (
        "# forward: max_pooling2d (windows of 2 x 2)",
        "pooled1 = max_pool(z1, (2, 2), strides=2)",
        "pooled1_2 = average_pool(pooled1, (2, 2))",
        "pooled1_3 = np.max(pooled1_2, axis=(1, 2))",
        "d_pooled1 = average_pool_gradient(d_pooled1_2, (2, 2), (2, 2))",
        "d_z1 = max_pool_gradient(d_pooled1, z1, (2, 2), strides=2)",
    ):
        assert line in lines


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: MaxPooling2D(0),
            "pool_size cannot be used: expected a whole number, at least 1, received 0",
        ),
        (lambda: MaxPooling1D((2, 2)), "pool_size cannot be used: expected one number"),
        (lambda: AveragePooling2D(2, strides=(1, 1, 1)), "one number, or 2 of them"),
        (lambda: MaxPooling1D(padding="causal"), "padding of MaxPooling1D cannot be used"),
        (lambda: GlobalMaxPooling1D("first"), "data_format cannot be used"),
    ],
)
def test_impossible_arguments(make, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (
            MaxPooling2D(name="m"),
            (2, 5, 5),
            r"'m' cannot take this input: expected \(batch, height, width, chan",
        ),
        (MaxPooling1D(), (2, 5), r"expected \(batch, steps, channels\)"),
        (MaxPooling2D(3, name="m"), (2, 2, 5, 1), r"the window of 'm' .* at most 2 x 5, received 3 x 3"),
        (GlobalMaxPooling2D(), (2, 5, 5), "'global_max_pooling2d' cannot take this input"),
        (GlobalAveragePooling1D(), (2, 0, 5), "there must be at least one number"),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) else "",
)
def test_inputs_that_do_not_fit(layer, shape, sentence):
    with pytest.raises(ShapeError, match=sentence):
        layer(np.zeros(shape))


@pytest.mark.parametrize("kind", [MaxPooling2D, AveragePooling2D, GlobalMaxPooling2D, GlobalAveragePooling2D])
def test_no_examples(kind):
    assert kind()(np.zeros((0, 4, 4, 3))).size == 0
