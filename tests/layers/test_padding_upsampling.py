"""Zeros around pictures, and larger pictures from small ones, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, ShapeError, UnsupportedError
from pellucid.layers import Dense, Flatten, Input, UpSampling1D, UpSampling2D, ZeroPadding1D, ZeroPadding2D
from pellucid.models import Sequential

SERIES = np.array([[[1.0, 2.0], [3.0, 4.0]]])  # two steps, two channels
PICTURE = np.array([[[[1.0], [2.0]], [[3.0], [4.0]]]])  # two rows, two columns, one channel


def rows(output):
    """The one channel of the one picture."""
    return output[0, :, :, 0].tolist()


def first(x):
    """Put the channels first."""
    return np.moveaxis(x, -1, 1)


# ------------------------------------------------------------ zeros
def test_zeros_before_and_after_a_series():
    assert ZeroPadding1D()(SERIES).tolist() == [[[0, 0], [1, 2], [3, 4], [0, 0]]]
    assert ZeroPadding1D((2, 0))(SERIES).tolist() == [[[0, 0], [0, 0], [1, 2], [3, 4]]]
    assert ZeroPadding1D([0, 1], data_format="channels_first")(SERIES).tolist() == [[[1, 2, 0], [3, 4, 0]]]


def test_zeros_around_a_picture():
    assert rows(ZeroPadding2D()(PICTURE)) == [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0], [0, 0, 0, 0]]
    assert rows(ZeroPadding2D((0, 1))(PICTURE)) == [[0, 1, 2, 0], [0, 3, 4, 0]]
    assert rows(ZeroPadding2D(((1, 0), (0, 2)))(PICTURE)) == [[0, 0, 0, 0], [1, 2, 0, 0], [3, 4, 0, 0]]
    assert rows(ZeroPadding2D(0)(PICTURE)) == [[1, 2], [3, 4]]


def test_channels_may_come_first():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    for last, other in (
        (ZeroPadding2D((1, 2)), ZeroPadding2D((1, 2), "channels_first")),
        (UpSampling2D((1, 2)), UpSampling2D((1, 2), "channels_first")),
        (UpSampling2D((3, 2), None, "bilinear"), UpSampling2D((3, 2), "channels_first", "bilinear")),
    ):
        assert np.array_equal(other(first(x)), first(last(x)))


# ------------------------------------------------------------ larger
def test_each_step_comes_several_times():
    assert UpSampling1D()(SERIES).tolist() == [[[1, 2], [1, 2], [3, 4], [3, 4]]]
    assert UpSampling1D(3)(SERIES[:, :, :1]).ravel().tolist() == [1, 1, 1, 3, 3, 3]
    assert UpSampling1D(1)(SERIES).tolist() == SERIES.tolist()


def test_each_number_fills_a_block():
    assert rows(UpSampling2D()(PICTURE)) == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert rows(UpSampling2D((1, 3))(PICTURE)) == [[1, 1, 1, 2, 2, 2], [3, 3, 3, 4, 4, 4]]


def test_numbers_change_evenly_from_middle_to_middle():
    # A block of two has its places a quarter before and after its middle: 1, 1 + 1/4, 1 + 3/4, 2 to the
    # right, and twice as much down.
    assert rows(UpSampling2D(interpolation="bilinear")(PICTURE)) == [
        [1, 1.25, 1.75, 2],
        [1.5, 1.75, 2.25, 2.5],
        [2.5, 2.75, 3.25, 3.5],
        [3, 3.25, 3.75, 4],
    ]
    # A block of three has one in its middle, and the others a third away: 0, 3 / 3, 6 / 3, 3, 3 + 6 / 3, ...
    three = UpSampling2D((1, 3), interpolation="bilinear")(np.array([[[[0.0], [3.0], [9.0]]]]))
    assert rows(three) == [[0, 0, 1, 2, 3, 5, 7, 9, 9]]


def test_one_number_has_no_neighbours():
    assert rows(UpSampling2D((2, 1), interpolation="bilinear")(PICTURE[:, :1])) == [[1, 2], [1, 2]]


def test_on_the_way_to_the_next_middle_everything_is_linear():
    """Of numbers that grow evenly, all but those beyond the outermost middles do."""
    line = np.arange(5.0)[None, None, :, None]
    for times in (2, 3, 4, 7):
        out = UpSampling2D((1, times), interpolation="bilinear", dtype="float64")(line)[0, 0, :, 0]
        middles = np.clip((np.arange(5 * times) + 0.5) / times - 0.5, 0, 4)
        np.testing.assert_allclose(out, middles, atol=1e-15)


def test_they_are_part_of_a_network_that_learns():
    layers = [ZeroPadding2D(1), UpSampling2D(2, interpolation="bilinear"), UpSampling2D((1, 2)), Flatten()]
    model = Sequential([Input((2, 2, 1)), *layers, Dense(1)])
    assert model.output_shape == (None, 1)
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 2, 2, 1))
    losses = model.fit(x, x.sum(axis=(1, 2, 3)), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert "padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))" in model.numpy_source()


# ------------------------------------------------------------ mistakes
@pytest.mark.parametrize("make", [ZeroPadding1D, UpSampling1D, ZeroPadding2D, UpSampling2D])
def test_series_and_pictures_have_their_axes(make):
    with pytest.raises(
        ShapeError, match=r"'n' cannot take this input: expected \(batch, .*channels\), received"
    ):
        make(name="n")(np.ones((2, 3)))


def test_the_error_says_where_the_channels_should_be():
    with pytest.raises(ShapeError, match=r"expected \(batch, channels, height, width\), received \(2, 3\)"):
        ZeroPadding2D(data_format="channels_first")(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=r"expected \(batch, steps, channels\), received \(2, 3\)"):
        UpSampling1D()(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("layer", "options"),
    [
        (ZeroPadding1D, {"padding": -1}),
        (ZeroPadding1D, {"padding": (1, 2, 3)}),
        (ZeroPadding1D, {"padding": 1.5}),
        (ZeroPadding2D, {"padding": (1, 2, 3)}),
        (ZeroPadding2D, {"padding": ((1, 2), (3,))}),
        (ZeroPadding2D, {"padding": "same"}),
        (ZeroPadding2D, {"data_format": "channels"}),
        (UpSampling1D, {"size": 0}),
        (UpSampling1D, {"size": (2,)}),
        (UpSampling2D, {"size": (2, 0)}),
        (UpSampling2D, {"size": (1, 2, 3)}),
        (UpSampling2D, {"interpolation": "linear"}),
    ],
)
def test_impossible_arguments(layer, options):
    with pytest.raises(ArgumentError, match="cannot be used"):
        layer(**options)


def test_other_interpolations_are_refused():
    with pytest.raises(UnsupportedError, match="received interpolation='bicubic'; try 'bilinear'"):
        UpSampling2D(interpolation="bicubic")
