"""Plots: their numbers are the model's, everything has its name, and all eyes can tell the colours apart."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import DataError, ShapeError, UnknownNameError, UnsupportedError, UsageError
from pellucid.keras import layers

pytestmark = pytest.mark.slow

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib draws the plots")

from matplotlib.colors import to_rgb, to_rgba  # noqa: E402 - after the check that it is there

from pellucid.hood.pictures import style  # noqa: E402
from pellucid.hood.pictures.confusion import confusion_matrix  # noqa: E402

POINTS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])


def compiled(*stack, inputs=2, loss="mean_squared_error", **options):
    model = keras.Sequential([keras.Input((inputs,)), *stack], **options)
    model.compile("sgd", loss, metrics=[])
    return model


def words(axes):
    return [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]


def legend_of(axes):
    return [found.get_text() for found in axes.get_legend().get_texts()]


@pytest.fixture(autouse=True)
def drawn_in_full(monkeypatch):
    """Whatever a test draws is drawn to the end, as for a file; a warning on the way is an error."""
    made = []
    original = style.figure

    def figure(*arguments, **options):
        result = original(*arguments, **options)
        made.append(result[0])
        return result

    for module in ("curves", "plane", "units", "confusion", "filters", "over_time"):
        monkeypatch.setattr(f"pellucid.hood.pictures.{module}.figure", figure)
    yield
    for drawn in made:
        drawn.canvas.draw()


# ------------------------------------------------------------ history
def history_of(epochs=3, **curves):
    history = keras.callbacks.History()
    history.epoch = list(range(epochs))
    history.history = curves
    return history


def test_the_history_is_drawn_by_epoch():
    curves = {"accuracy": [0.5, 0.6, 0.9], "loss": [0.9, 0.5, 0.25], "val_loss": [0.8, 0.7, 0.75]}
    loss, accuracy = history_of(**curves).plot().axes
    assert words(loss) == ["loss", "epoch", "loss"]
    assert words(accuracy) == ["accuracy", "epoch", "accuracy"]
    training, validation = loss.get_lines()
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert training.get_ydata().tolist() == curves["loss"]
    assert validation.get_ydata().tolist() == curves["val_loss"]
    assert legend_of(loss) == ["training: 0.25 at the end", "validation: 0.75 at the end"]
    assert training.get_linestyle() != validation.get_linestyle()
    assert loss.get_yscale() == "linear"


def test_a_curve_over_powers_of_ten_is_drawn_by_these():
    falling, crossing = history_of(loss=[100.0, 1.0, 0.01], error=[100.0, 1.0, 0.0]).plot().axes
    assert (falling.get_yscale(), crossing.get_yscale()) == ("log", "linear")


def test_the_history_of_a_fit():
    model = compiled(layers.Dense(1))
    history = model.fit(POINTS, POINTS[:, 0], epochs=2, verbose=0, validation_split=0.5, initial_epoch=1)
    (loss,) = history.plot().axes
    assert loss.get_lines()[0].get_xdata().tolist() == [2]
    assert loss.get_lines()[1].get_ydata().tolist() == history.history["val_loss"]


def test_a_history_with_gaps_and_one_that_ends_in_nothing():
    loss, rate = history_of(loss=[1.0, np.nan, np.inf], rate=[0.1]).plot().axes
    assert np.isnan(loss.get_lines()[0].get_ydata()[1])
    assert rate.get_lines()[0].get_xdata().tolist() == [3]  # told of in the last epoch only


def test_an_empty_history():
    with pytest.raises(UsageError, match="the history is empty"):
        history_of(0).plot()


# ------------------------------------------------------------ decision regions
def test_regions_of_two_classes():
    unit = layers.Dense(1, "sigmoid")
    model = compiled(unit, loss="binary_crossentropy")
    unit.set_weights([[[10.0], [0.0]], [0.0]])  # the border is where x1 is 0
    model.feature_names, model.answer_names = ["length", "width"], ["ripe"]
    (axes,) = model.plot_decision_regions(POINTS, [0, 0, 1, 1]).axes
    assert words(axes) == [f"What {model.name!r} answers", "length", "width"]
    assert legend_of(axes) == ["ripe = 0", "ripe = 1"]
    (image,) = axes.get_images()
    colours = image.get_array()
    left, right, lower, upper = image.get_extent()
    assert (left, right) == (lower, upper) == pytest.approx((-1.16, 1.16))
    first, second = (np.array(to_rgb(colour)) for colour in style.CLASSES[:2])
    hue = 1 - colours[:, [0, -1]]
    np.testing.assert_allclose(
        hue[:, 0] / hue[:, 0].max(), np.tile((1 - first) / (1 - first).max(), (201, 1))
    )
    np.testing.assert_allclose(
        hue[:, 1] / hue[:, 1].max(), np.tile((1 - second) / (1 - second).max(), (201, 1))
    )
    np.testing.assert_allclose(colours[:, 100], 1)  # in the middle nothing is certain
    (border,) = [found for found in axes.collections if type(found).__name__ == "QuadContourSet"]
    np.testing.assert_allclose(
        np.concatenate([path.vertices for path in border.get_paths()])[:, 0], 0, atol=0.01
    )
    points = [found for found in axes.collections if type(found).__name__ == "PathCollection"]
    np.testing.assert_array_equal(points[0].get_offsets(), POINTS[:2])
    np.testing.assert_array_equal(points[1].get_offsets(), POINTS[2:])
    assert not np.array_equal(points[0].get_paths()[0].vertices, points[1].get_paths()[0].vertices)


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        ("sparse_categorical_crossentropy", "softmax"),
        (keras.losses.SparseCategoricalCrossentropy(from_logits=True), None),
    ],
    ids=["probabilities", "logits"],
)
def test_regions_of_several_classes(loss, last):
    unit = layers.Dense(3, last)
    model = compiled(unit, loss=loss)
    unit.set_weights([[[9.0, -9.0, 0.0], [0.0, 0.0, 9.0]], [0.0, 0.0, 0.0]])
    model.answer_names = ["rock", "paper", "scissors"]
    (axes,) = model.plot_decision_regions(POINTS, [2, 1, 0, 1]).axes
    assert legend_of(axes) == ["rock", "paper", "scissors"]
    colours = axes.get_images()[0].get_array()
    for row, column, winner in [(0, -1, 0), (0, 0, 1), (-1, 100, 2)]:
        hue = 1 - colours[row, column]
        own = 1 - np.array(to_rgb(style.CLASSES[winner]))
        np.testing.assert_allclose(hue / hue.max(), own / own.max(), atol=1e-6)


def test_one_hot_rows_are_classes_too_and_unnamed_classes_are_called_by_their_numbers():
    model = compiled(layers.Dense(2, "softmax"), loss="categorical_crossentropy")
    (axes,) = model.plot_decision_regions(POINTS[:2], [[1, 0], [0, 1]]).axes
    assert legend_of(axes) == ["0", "1"]


def test_a_number_is_a_map():
    unit = layers.Dense(1)
    model = compiled(unit)
    unit.set_weights([[[1.0], [2.0]], [3.0]])
    model.answer_names = ["price"]
    axes, bar = model.plot_decision_regions(POINTS, [0.5, 4.0, 2.0, 6.0]).axes
    image = axes.get_images()[0]
    left, right, lower, upper = image.get_extent()
    across, up = np.meshgrid(np.linspace(left, right, 201), np.linspace(lower, upper, 201))
    np.testing.assert_allclose(image.get_array(), across + 2 * up + 3, rtol=1e-5, atol=1e-5)
    assert bar.get_ylabel() == "price"
    (points,) = [found for found in axes.collections if type(found).__name__ == "PathCollection"]
    assert points.get_array().tolist() == [0.5, 4.0, 2.0, 6.0]
    assert points.norm is image.norm


def test_several_numbers_are_several_maps():
    figure = compiled(layers.Dense(3)).plot_decision_regions(POINTS, np.arange(12.0).reshape(4, 3))
    assert [axes.get_title()[-2:] for axes in figure.axes[:3]] == ["y1", "y2", "y3"]


def test_of_many_points_some_are_drawn_and_that_is_said():
    random = np.random.default_rng(0)
    x = random.normal(size=(5000, 2))
    (axes,) = compiled(layers.Dense(1, "sigmoid")).plot_decision_regions(x, (x[:, 0] > 0).astype(int)).axes
    points = [found for found in axes.collections if type(found).__name__ == "PathCollection"]
    assert sum(len(found.get_offsets()) for found in points) == 2000
    assert "(2,000 of 5,000 examples drawn)" in axes.get_title()


def test_regions_without_answers_and_without_examples():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, "sigmoid")])  # not compiled
    (axes,) = model.plot_decision_regions(POINTS).axes
    assert legend_of(axes) == ["examples"]
    (axes,) = model.plot_decision_regions(np.zeros((0, 2))).axes
    assert axes.get_images()[0].get_extent() == pytest.approx([-1.16, 1.16, -1.16, 1.16])
    with pytest.raises(UsageError):
        model.plot_decision_regions(POINTS, [0, 0, 1, 1])


def test_numbers_that_are_none_are_drawn_as_such():
    unit = layers.Dense(1, "sigmoid")
    model = compiled(unit, loss="binary_crossentropy")
    unit.set_weights([[[np.nan], [0.0]], [0.0]])
    (axes,) = model.plot_decision_regions(POINTS, [0, 0, 1, 1]).axes
    np.testing.assert_array_equal(axes.get_images()[0].get_array(), 1.0)
    assert len(model.plot_units(POINTS, [0, 0, 1, 1]).axes) == 2
    with pytest.raises(DataError, match="received NaN"):
        model.plot_confusion_matrix(POINTS, [0, 0, 1, 1])
    other = compiled(layers.Dense(1, kernel_initializer="zeros"))
    other.set_weights([[[np.inf], [0.0]], [0.0]])
    assert len(other.plot_decision_regions(POINTS, [0.0, 0.5, 1.0, 2.0]).axes) == 2


def test_regions_are_of_two_inputs():
    with pytest.raises(ShapeError, match=r"two inputs: expected \(2,\), received \(3,\)"):
        compiled(layers.Dense(1), inputs=3).plot_decision_regions([[1.0, 2.0, 3.0]])


# ------------------------------------------------------------ units
def layers_named_in(figure):
    return [written.get_text() for axes in figure.axes for written in axes.texts]


def test_what_each_unit_sees(each_engine):
    hidden = layers.Dense(2, "tanh", name="hidden")
    last = layers.Dense(1, "sigmoid", name="last")
    model = compiled(hidden, last, loss="binary_crossentropy")
    hidden.set_weights([[[1.0, 0.0], [0.0, -2.0]], [0.0, 0.5]])
    model.answer_names = ["ripe"]
    figure = model.plot_units(POINTS, [0, 0, 1, 1])
    maps = [axes for axes in figure.axes if len(axes.get_images()) == 1 and axes.get_title()]
    assert [axes.get_title().strip() for axes in maps] == ["unit 0", "unit 1", "ripe"]
    first, second, _ = (axes.get_images()[0] for axes in maps)
    left, right, lower, upper = first.get_extent()
    across, up = np.meshgrid(np.linspace(left, right, 81), np.linspace(lower, upper, 81))
    np.testing.assert_allclose(first.get_array(), np.tanh(across), atol=1e-6)
    np.testing.assert_allclose(second.get_array(), np.tanh(-2 * up + 0.5), atol=1e-6)
    assert first.get_clim() == second.get_clim()
    assert layers_named_in(figure) == ["hidden", "last"]
    assert maps[-1].get_xlabel() == "x1"
    assert maps[-1].get_ylabel() == "x2"


def test_of_wide_layers_some_units_are_drawn_and_that_is_said():
    figure = compiled(layers.Dense(50, "relu"), layers.Dense(1)).plot_units(POINTS)
    assert layers_named_in(figure) == ["dense_1, 8 of 50 units", "dense_2"]


def test_what_each_unit_sees_of_a_line():
    hidden = layers.Dense(2, "relu")
    model = compiled(hidden, layers.Dense(1), inputs=1)
    hidden.set_weights([[[1.0, -1.0]], [0.0, 1.0]])
    model.feature_names = ["celsius"]
    hidden_axes, last_axes = model.plot_units([-2.0, 2.0], [1.0, 3.0]).axes
    for line, expected in zip(hidden_axes.get_lines(), (lambda x: x, lambda x: 1 - x), strict=True):
        np.testing.assert_allclose(line.get_ydata(), np.maximum(0, expected(line.get_xdata())), atol=1e-6)
    assert legend_of(hidden_axes) == ["unit 0", "unit 1"]
    assert legend_of(last_axes) == ["y", "examples"]
    assert hidden_axes.get_xlabel() == "celsius"
    (points,) = last_axes.collections
    np.testing.assert_array_equal(points.get_offsets(), [[-2, 1], [2, 3]])


def test_units_are_of_one_or_two_inputs():
    with pytest.raises(ShapeError, match="one or two inputs"):
        compiled(layers.Dense(1), inputs=3).plot_units([[1.0, 2.0, 3.0]])


# ------------------------------------------------------------ confusion matrix
def test_confusion_by_hand():
    unit = layers.Dense(1, "sigmoid")
    model = compiled(unit, inputs=1, loss="binary_crossentropy")
    unit.set_weights([[[1.0]], [0.0]])  # says 1 for all above 0
    model.answer_names = ["ripe"]
    axes, bar = model.plot_confusion_matrix([-2, -1, 1, 2, 3], [0, 1, 0, 1, 1]).axes
    assert [found.get_text() for found in axes.texts] == ["1\n50%", "1\n50%", "1\n33%", "2\n67%"]
    np.testing.assert_allclose(axes.get_images()[0].get_array(), [[1 / 2, 1 / 2], [1 / 3, 2 / 3]])
    assert words(axes)[1:] == ["what the model says", "what it is"]
    assert axes.get_title().endswith("60.0% right of 5")
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["ripe = 0", "ripe = 1"]
    assert bar.get_ylabel() == "share of the row"


def test_the_numbers_in_its_cells_can_be_read():
    model = compiled(layers.Dense(10, "softmax"), loss="sparse_categorical_crossentropy")
    random = np.random.default_rng(0)
    axes = model.plot_confusion_matrix(random.normal(size=(300, 2)), random.integers(0, 10, 300)).axes[0]
    image = axes.get_images()[0]
    for found in axes.texts:
        column, row = (int(place) for place in found.get_position())
        light = sorted(
            style.luminance(colour) + 0.05
            for colour in (image.cmap(image.norm(image.get_array()[row, column])), to_rgba(found.get_color()))
        )
        assert light[1] / light[0] >= 4.5


@pytest.mark.parametrize(
    ("predicted", "logits"), [(np.array([[0.4], [-0.4]]), True), (np.array([[0.6], [0.4]]), False)]
)
def test_logits_are_compared_with_0_and_probabilities_with_a_half(predicted, logits):
    loss = keras.losses.BinaryCrossentropy(from_logits=logits)
    unit = layers.Dense(1)
    model = compiled(unit, inputs=1, loss=loss)
    unit.set_weights([[[1.0]], [0.0]])
    axes = model.plot_confusion_matrix(predicted, [1, 0]).axes[0]
    assert axes.get_title().endswith("100.0% right of 2")


def test_counts():
    labels, chosen = np.array([0, 1, 2, 2, 2]), np.array([0, 2, 2, 2, 1])
    assert confusion_matrix(labels, chosen, 3).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 2]]


def test_many_examples_and_many_classes():
    model = compiled(layers.Dense(40, "softmax"), loss="sparse_categorical_crossentropy")
    axes = model.plot_confusion_matrix(np.zeros((10_000, 2)), np.arange(10_000) % 40).axes[0]
    assert len(axes.texts) == 0
    np.testing.assert_allclose(axes.get_images()[0].get_array().sum(axis=1), 1)


def test_what_has_no_confusion():
    with pytest.raises(DataError, match="about classes"):
        compiled(layers.Dense(1)).plot_confusion_matrix(POINTS, [0.5, 1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="no examples"):
        compiled(layers.Dense(1)).plot_confusion_matrix(np.zeros((0, 2)), [])
    model = keras.Sequential([keras.Input((4, 2)), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(UnsupportedError, match="a row of numbers"):
        model.plot_confusion_matrix(np.zeros((1, 4, 2)), np.zeros((1, 4, 1)))


# ------------------------------------------------------------ filters
def images_of(figure):
    return [
        axes.get_images()[0].get_array() for axes in figure.axes if axes.get_images() and axes.get_title()
    ]


def test_filters_of_a_convolution():
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), layers.Conv2D(3, (2, 4)), layers.Flatten(), layers.Dense(1)]
    )
    (kernel, _) = model.layers[0].get_weights()
    figure = model.plot_filters()
    for number, image in enumerate(images_of(figure)):
        np.testing.assert_allclose(image, kernel[:, :, 0, number])
    low, high = figure.axes[0].get_images()[0].get_clim()
    assert -low == high == pytest.approx(np.abs(kernel).max())
    assert [axes.get_title() for axes in figure.axes[:3]] == ["0", "1", "2"]


def test_three_channels_are_colours():
    model = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(2, 2)])
    (kernel, _) = model.layers[0].get_weights()
    figure = model.plot_filters()
    largest = np.abs(kernel).max()
    np.testing.assert_allclose(images_of(figure)[1], 0.5 + kernel[..., 1] / (2 * largest), rtol=1e-6)


def test_other_channels_have_images_of_their_own():
    model = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(2, 3)])
    (kernel, _) = model.layers[0].get_weights()
    figure = model.plot_filters()
    np.testing.assert_allclose(images_of(figure)[2], kernel[:, :, 0, 1])
    assert [axes.get_title() for axes in figure.axes[:4]] == [
        "0, channel 0",
        "0, channel 1",
        "1, channel 0",
        "1, channel 1",
    ]


def test_units_that_look_at_pixels():
    model = keras.Sequential([keras.Input((3, 4)), layers.Flatten(), layers.Dense(2)])
    (kernel, _) = model.layers[1].get_weights()
    np.testing.assert_allclose(images_of(model.plot_filters())[1], kernel[:, 1].reshape(3, 4))
    flat = compiled(layers.Dense(2), inputs=12)
    np.testing.assert_allclose(
        images_of(flat.plot_filters(shape=(2, 6)))[0], flat.layers[0].get_weights()[0][:, 0].reshape(2, 6)
    )
    with pytest.raises(ShapeError, match=r"12 numbers in all.*shape=\(28, 28\)"):
        flat.plot_filters()


def test_filters_of_a_series():
    model = keras.Sequential([keras.Input((9, 2)), layers.Conv1D(3, 4)])
    (kernel, _) = model.layers[0].get_weights()
    np.testing.assert_allclose(images_of(model.plot_filters())[2], kernel[:, :, 2].T)


def test_of_many_filters_some_are_drawn():
    model = keras.Sequential([keras.Input((3, 3, 1)), layers.Conv2D(100, 3)])
    figure = model.plot_filters()
    assert len(images_of(figure)) == 64
    assert "64 of 100" in figure.get_suptitle()


def test_filters_by_the_name_of_a_layer():
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), layers.Conv2D(1, 2), layers.Conv2D(1, 3, name="second")]
    )
    assert images_of(model.plot_filters("second"))[0].shape == (3, 3)
    with pytest.raises(UnknownNameError, match="'second'"):
        model.plot_filters("secnd")
    with pytest.raises(UnsupportedError, match="without one"):
        keras.Sequential([keras.Input((2,)), layers.Activation("tanh")]).plot_filters()


# ------------------------------------------------------------ over time
def watched(epochs=4):
    model = compiled(layers.Dense(5, "relu", name="hidden"), layers.Dense(1, name="last"))
    monitor = keras.callbacks.HealthMonitor(POINTS, POINTS[:, 0])
    return model.fit(POINTS, POINTS[:, 0], epochs=epochs, verbose=0, callbacks=monitor)


@pytest.mark.parametrize("epochs", [1, 4])
def test_health_over_time(epochs):
    history = watched(epochs)
    figure = history.plot_health()
    gradient, update, zeros, unmoved = figure.axes
    expected = {
        gradient: lambda layer: layer.signal_length,
        update: lambda layer: layer.update_ratio,
        zeros: lambda layer: layer.activations.zeros,
    }
    for axes, measure in expected.items():
        for line, name in zip(axes.get_lines(), ("hidden", "last"), strict=False):
            assert line.get_label() == name
            assert line.get_xdata().tolist() == list(range(1, epochs + 1))
            assert line.get_ydata() == pytest.approx(
                [measure(report.layer(name)) for report in history.health]
            )
    assert [line.get_label() for line in unmoved.get_lines()] == ["hidden"]  # the other has no activation
    assert [found.get_text() for found in figure.legends[0].get_texts()] == ["hidden", "last"]
    assert all(axes.get_title() and axes.get_xlabel() == "epoch" for axes in figure.axes)


@pytest.mark.parametrize("epochs", [1, 4])
def test_histograms_over_time(epochs):
    history = watched(epochs)
    figure = history.plot_histograms()
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == [
        f"{layer}\n{kind}"
        for layer in ("hidden", "last")
        for kind in ("weights", "outputs", "gradients at the outputs")
    ]
    weights = figure.axes[0]
    middle = weights.get_lines()[1]
    medians = [report.layer("hidden").weights[0].values.quartiles[2] for report in history.health]
    assert middle.get_ydata().tolist() == medians
    (mesh,) = [found for found in weights.collections if type(found).__name__ == "QuadMesh"]
    shares = np.asarray(mesh.get_array())
    assert shares.shape == (64, epochs)
    np.testing.assert_allclose(shares.max(axis=0), 1)


def test_a_histogram_is_counted_again_without_losing_anything():
    from pellucid.hood.health.distribution import distribution_of
    from pellucid.hood.pictures.over_time import _rebinned

    spread = distribution_of(np.random.default_rng(0).normal(size=1000))
    shares = _rebinned(spread, np.linspace(-10, 10, 41))
    assert shares.sum() == pytest.approx(1)
    same = _rebinned(spread, spread.edges)
    np.testing.assert_allclose(same * 1000, spread.counts, atol=1e-9)


def test_without_a_monitor_there_is_no_health_to_draw():
    history = compiled(layers.Dense(1)).fit(POINTS, POINTS[:, 0], verbose=0)
    for plot in (history.plot_health, history.plot_histograms):
        with pytest.raises(UsageError, match=r"callbacks=\[keras\.callbacks\.HealthMonitor\(x, y\)\]"):
            plot()


# ------------------------------------------------------------ style
def contrast(one, other):
    light = sorted(style.luminance(to_rgb(colour)) + 0.05 for colour in (one, other))
    return light[1] / light[0]


def test_lines_stand_out_from_paper():
    for colour in (*style.LINES, *style.layer_colours(6)):
        assert (
            contrast(colour, "white") >= 2.2
        )  # W3C asks for 3 where a colour says everything; dashes say it too
    assert all(contrast(colour, "white") >= 3 for colour in style.LINES)


def test_classes_can_be_told_apart_by_everybody():
    """Colours as those see them who lack one kind of cone.

    Source:
        Viénot, Brettel & Mollon 1999: the matrices for protanopia and deuteranopia, in linear RGB.
    """
    rgb = np.array([to_rgb(colour) for colour in style.CLASSES])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    for seen in (
        [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
        [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
    ):
        perceived = np.clip(linear @ np.array(seen).T, 0, 1) ** (1 / 2.2)
        for number, one in enumerate(perceived):
            for other in perceived[number + 1 :]:
                assert np.linalg.norm(one - other) > 0.12
    assert len(set(style.MARKERS)) >= len(style.CLASSES)


def test_many_classes_have_different_colours():
    assert len(np.unique(style.class_colours(30), axis=0)) == 30


def test_the_user_s_own_figures_are_left_alone():
    program = (
        "import sys, matplotlib; before = dict(matplotlib.rcParams); import pellucid as keras\n"
        "model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])\n"
        "figure = model.plot_decision_regions([[0.0, 1.0], [1.0, 0.0]])\n"
        "assert figure._repr_png_().startswith(b'\\x89PNG')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert dict(matplotlib.rcParams) == before\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
