"""The convolutions, by hand: what they compute, what they are called, what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers
from pellucid.errors import ArgumentError, ShapeError, UnknownNameError, UnsupportedError
from pellucid.layers import Conv1D, Conv2D, Dense, DepthwiseConv2D, Flatten, Input
from pellucid.models import Sequential

PICTURE = np.arange(9.0).reshape(1, 3, 3, 1)  # 0 1 2 / 3 4 5 / 6 7 8
STEPS = np.array([[[1.0], [2.0], [4.0], [8.0]]])


def fixed(layer, x, *weights):
    """The output of a layer with these weights."""
    x = np.asarray(x, "float64")
    layer(x)
    layer.set_weights([np.asarray(weight) for weight in weights])
    return layer(x)


# ------------------------------------------------------------ series
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [1 + 20, 2 + 40, 4 + 80]),
        ({"padding": "same"}, [1 + 20, 2 + 40, 4 + 80, 8]),  # one zero behind
        ({"padding": "causal"}, [10, 1 + 20, 2 + 40, 4 + 80]),
        ({"padding": "causal", "dilation_rate": 2}, [10, 20, 1 + 40, 2 + 80]),
        ({"padding": "causal", "strides": 2}, [10, 2 + 40]),
        ({"dilation_rate": 3}, [1 + 80]),
        ({"strides": 3}, [1 + 20]),
        ({"strides": 3, "padding": "same"}, [1 + 20, 8]),
    ],
    ids=str,
)
def test_places_of_a_series(options, expected):
    z = fixed(Conv1D(1, 2, dtype="float64", **options), STEPS, [[[1.0]], [[10.0]]], [0.0])
    assert z.ravel().tolist() == expected
    assert z.shape == (1, len(expected), 1)


def test_a_causal_convolution_sees_nothing_of_what_comes_later():
    layer = Conv1D(3, 3, padding="causal", dilation_rate=2)
    x = np.random.default_rng(1).normal(size=(1, 9, 2))
    before, after = layer(x), layer(np.where(np.arange(9)[:, None] < 5, x, 0))
    assert np.array_equal(before[:, :5], after[:, :5])
    assert not np.array_equal(before, after)


# ------------------------------------------------------------ pictures
def test_a_picture_a_bias_and_an_activation():
    """The window of ones adds up four neighbours; relu cuts off what stays below 20."""
    layer = Conv2D(1, 2, activation="relu", dtype="float64")
    a = fixed(layer, PICTURE, np.ones((2, 2, 1, 1)), [-20.0])
    assert a[0, :, :, 0].tolist() == [[0, 0], [0, 4 + 5 + 7 + 8 - 20]]


@pytest.mark.parametrize(
    ("size", "stride", "span", "around"),
    [
        (5, 1, 3, (1, 1)),
        (5, 1, 2, (0, 1)),
        (5, 2, 3, (1, 1)),
        (4, 2, 3, (0, 1)),
        (4, 3, 2, (0, 1)),
        (4, 4, 2, (0, 0)),
        (2, 1, 5, (2, 2)),
        (1, 1, 4, (1, 2)),
    ],
)
def test_the_odd_zero_of_same_comes_last(size, stride, span, around):
    """As many places as strides in the size; a window of ones counts what it sees of a row of ones."""
    layer = Conv2D(1, (span, 1), strides=(stride, 1), padding="same", use_bias=False, dtype="float64")
    counts = fixed(layer, np.ones((1, size, 1, 1)), np.ones((span, 1, 1, 1))).ravel()
    starts = [place * stride - around[0] for place in range(-(-size // stride))]
    assert counts.tolist() == [len({*range(start, start + span)} & {*range(size)}) for start in starts]


def test_groups_divide_the_channels():
    """Two channels, two groups: the first filter doubles the first, the second triples the second."""
    layer = Conv2D(2, 1, groups=2, use_bias=False, dtype="float64")
    z = fixed(layer, np.array([[[[1.0, 10.0]]]]), np.array([[[[2.0, 3.0]]]]))
    assert z.tolist() == [[[[2.0, 30.0]]]]
    assert layer.kernel.shape == (1, 1, 1, 2)


def test_depthwise_keeps_the_channels_apart():
    layer = DepthwiseConv2D(1, depth_multiplier=2, dtype="float64")
    z = fixed(layer, np.array([[[[1.0, 10.0]]]]), np.array([[[[2.0, 3.0], [4.0, 5.0]]]]), [0, 0, 0, 0.5])
    assert z.tolist() == [[[[2.0, 3.0, 40.0, 50.5]]]]


@pytest.mark.parametrize(
    "make", [lambda **o: Conv2D(4, 2, 2, "same", groups=2, **o), lambda **o: DepthwiseConv2D((2, 3), **o)]
)
def test_channels_first_is_the_same_turned_round(make):
    x = np.random.default_rng(2).normal(size=(2, 5, 4, 2))
    last, first = make(), make(data_format="channels_first")
    expected = last(x)
    first(np.moveaxis(x, -1, 1))
    first.set_weights(last.get_weights())
    assert np.array_equal(np.moveaxis(first(np.moveaxis(x, -1, 1)), 1, -1), expected)


def test_a_window_as_large_as_the_picture_is_a_dense_layer():
    random = np.random.default_rng(3)
    x, kernel = random.normal(size=(4, 3, 2, 2)), random.normal(size=(3, 2, 2, 5))
    z = fixed(Conv2D(5, (3, 2), dtype="float64"), x, kernel, np.arange(5.0))
    flat = fixed(Dense(5, dtype="float64"), x.reshape(4, 12), kernel.reshape(12, 5), np.arange(5.0))
    np.testing.assert_allclose(z[:, 0, 0], flat, rtol=1e-12)


def test_it_finds_the_edge():
    """Pictures with an edge to the left or to the right of the middle: one filter tells them apart."""
    random = np.random.default_rng(4)
    x = random.normal(scale=0.1, size=(40, 4, 4, 1))
    y = np.arange(40) % 2
    x[y == 0, :, :2] += 1
    x[y == 1, :, 2:] += 1
    model = Sequential([Input((4, 4, 1)), Conv2D(1, (4, 4)), Flatten(), Dense(1, "sigmoid")])
    model.seed = 5
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=200, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] / 2
    assert history["accuracy"][-1] == 1


# ------------------------------------------------------------ weights, names, configuration
def test_the_weights_are_those_of_keras():
    model = Sequential(
        [Input((5, 5, 4)), Conv2D(6, (3, 2), groups=2), DepthwiseConv2D(2, depth_multiplier=3)]
    )
    shapes = {weight.path: weight.shape for weight in model.weights}
    assert shapes == {
        "conv2d/kernel": (3, 2, 2, 6),
        "conv2d/bias": (6,),
        "depthwise_conv2d/kernel": (2, 2, 6, 3),
        "depthwise_conv2d/bias": (18,),
    }
    assert model.output_shape == (None, 2, 3, 18)
    assert Conv1D(1, 1).name == "conv1d"


def test_kernels_begin_with_the_spread_of_glorot():
    """Each output adds up 3 * 3 * 8 inputs, each input goes to 3 * 3 * 16 outputs: at most sqrt(6 / 216)."""
    layer = Conv2D(16, 3)
    layer(np.zeros((1, 4, 4, 8)))
    kernel, bias = layer.get_weights()
    assert 0.99 * (6 / 216) ** 0.5 < abs(kernel).max() <= (6 / 216) ** 0.5
    assert not bias.any()


@pytest.mark.parametrize(
    ("layer", "title"),
    [
        (Conv2D(1, 3), "1 filter of 3 x 3, linear"),
        (
            Conv2D(8, (3, 2), 2, "same", activation="relu"),
            "8 filters of 3 x 2, strides 2 x 2, same padding, relu",
        ),
        (
            Conv2D(8, 3, groups=4, dilation_rate=(1, 2)),
            "8 filters of 3 x 3 in 4 groups, dilation 1 x 2, linear",
        ),
        (Conv1D(2, 5, padding="causal"), "2 filters of 5, causal padding, linear"),
        (DepthwiseConv2D(3), "a filter of 3 x 3 for each channel, linear"),
        (DepthwiseConv2D(3, depth_multiplier=2), "2 filters of 3 x 3 for each channel, linear"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_titles(layer, title):
    assert layer.title == title


def test_the_configuration_is_that_of_keras():
    config = Conv2D(8, 3, padding="SAME", activation="relu").get_config()
    assert {
        name: config[name] for name in ("filters", "kernel_size", "strides", "padding", "data_format")
    } == {
        "filters": 8,
        "kernel_size": (3, 3),
        "strides": (1, 1),
        "padding": "same",
        "data_format": "channels_last",
    }
    assert config["activation"] == "relu"
    assert DepthwiseConv2D(3).get_config()["depth_multiplier"] == 1


def test_other_names_of_keras():
    assert layers.Convolution1D is Conv1D
    assert layers.Convolution2D is Conv2D


def test_constraints_may_be_left_open_but_not_asked_for():
    assert Conv2D(1, 1, kernel_constraint=None, bias_constraint=None).filters == 1
    with pytest.raises(
        UnsupportedError, match="Conv2D cannot do this: received kernel_constraint='max_norm'"
    ):
        Conv2D(1, 1, kernel_constraint="max_norm")


# ------------------------------------------------------------ how a program reads
def test_a_program_of_it_reads_like_one_written_by_hand():
    model = Sequential(
        [Input((6, 6, 1)), Conv2D(2, 3, padding="same", activation="relu"), Conv2D(3, 2, strides=2)]
    )
    model.compile("sgd", "mse")
    lines = [line.strip().split("  #")[0].rstrip() for line in model.numpy_source().splitlines()]
    forward = lines.index("# forward: conv2d_1 (2 filters of 3 x 3, same padding, relu)")
    assert lines[forward + 1 : forward + 5] == [
        "z1 = convolve(x, W1, padding=1) + b1",
        "a1 = np.maximum(z1, 0)",
        "",
        "# forward: conv2d_2 (3 filters of 2 x 2, strides 2 x 2, linear)",
    ]
    backward = lines.index("# backward: conv2d_2")
    assert lines[backward + 1 : backward + 9] == [
        "d_W2 = convolve_kernel_gradient(a1, d_prediction, (2, 2), strides=2)",
        "d_b2 = np.sum(d_prediction, axis=(0, 1, 2))",
        "d_a1 = convolve_input_gradient(d_prediction, W2, (6, 6), strides=2)",
        "",
        "# backward: conv2d_1",
        "d_z1 = np.where(z1 > 0, d_a1, 0)",
        "d_W1 = convolve_kernel_gradient(x, d_z1, (3, 3), padding=1)",
        "d_b1 = np.sum(d_z1, axis=(0, 1, 2))",
    ]


# ------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Conv2D(0, 3), "filters cannot be used: expected a whole number, at least 1, received 0"),
        (lambda: Conv2D(4, 0), "kernel_size cannot be used: expected a whole number, at least 1"),
        (lambda: Conv2D(4, 3, 0), "strides cannot be used"),
        (lambda: Conv2D(4, 2.5), "kernel_size cannot be used"),
        (lambda: Conv2D(4, (3, 3, 3)), r"one number, or 2 of them, received \(3, 3, 3\)"),
        (lambda: Conv1D(4, (3, 3)), r"kernel_size cannot be used: expected one number, received \(3, 3\)"),
        (lambda: Conv2D(4, 3, dilation_rate="2"), "dilation_rate cannot be used"),
        (
            lambda: Conv2D(4, 3, padding="causal"),
            "padding of Conv2D cannot be used: expected 'valid' or 'same'",
        ),
        (lambda: Conv1D(4, 3, padding=1), "'valid' or 'same' or 'causal', received 1"),
        (lambda: Conv2D(4, 3, data_format="last"), "data_format cannot be used"),
        (lambda: Conv2D(4, 3, groups=3), "expected a multiple of groups=3, received filters=4"),
        (lambda: DepthwiseConv2D(3, depth_multiplier=0), "depth_multiplier cannot be used"),
    ],
)
def test_impossible_arguments(make, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        make()


def test_unknown_arguments_are_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="no argument of Conv2D is called 'kernels'"):
        Conv2D(4, 3, kernels=3)


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (
            Conv2D(4, 3, name="c"),
            (2, 28, 28),
            r"'c' cannot take .*expected \(batch, height, width, channels\)",
        ),
        (Conv2D(4, 3), (2, 28, 28), r"received \(2, 28, 28\); try x\[\.\.\., None\], which has one channel"),
        (Conv2D(4, 3), (28, 28), r"received \(28, 28\)\.$"),
        (Conv2D(4, 3, data_format="channels_first"), (2, 5), r"\(batch, channels, height, width\)"),
        (Conv1D(4, 3), (2, 5), r"expected \(batch, steps, channels\)"),
        (Conv2D(4, 3, groups=2), (2, 5, 5, 3), "a multiple of 2 channels, received 3 in the shape"),
        (Conv2D(4, 3, name="c"), (2, 2, 5, 1), r"the window of 'c' is larger .* expected at most 2 x 5"),
        (Conv2D(4, 3, dilation_rate=2), (2, 4, 4, 1), r'received 5 x 5; try padding="same"'),
        (DepthwiseConv2D(3), (2, 5, 5), "'depthwise_conv2d' cannot take this input"),
    ],
    ids=lambda value: str(value) if isinstance(value, tuple) else "",
)
def test_inputs_that_do_not_fit(layer, shape, sentence):
    with pytest.raises(ShapeError, match=sentence):
        layer(np.zeros(shape))


def test_another_number_of_channels_is_refused():
    layer = Conv2D(4, 3)
    layer(np.zeros((1, 5, 5, 3)))
    with pytest.raises(ShapeError, match=r"expected 3 channels, received 1 in the shape \(1, 5, 5, 1\)"):
        layer(np.zeros((1, 5, 5, 1)))


def test_no_examples():
    assert Conv2D(4, 3)(np.zeros((0, 5, 5, 3))).shape == (0, 3, 3, 4)
