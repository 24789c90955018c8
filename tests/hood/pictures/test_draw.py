"""The network as SVG: what is drawn is what the model holds, and any viewer can read it."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.errors import ArgumentError, DataError, ShapeError, UsageError
from pellucid.hood.pictures.marks import NEGATIVE, POSITIVE, THICKEST
from pellucid.hood.pictures.svg import element, text
from pellucid.keras import layers

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
COLOURS = {POSITIVE: 1, NEGATIVE: -1}


def parsed(picture):
    return ElementTree.fromstring(picture.svg)  # noqa: S314 - written a moment ago


def every(root, name):
    return list(root.iter(SVG + name))


def texts(root):
    return [found.text for found in every(root, "text")]


def weight_lines(root):
    """Lines between units: (sign, width) by the places of their ends."""
    return {
        tuple(float(line.get(end)) for end in ("x1", "y1", "x2", "y2")): (
            COLOURS[line.get("stroke")],
            float(line.get("stroke-width")),
        )
        for line in every(root, "line")
        if line.get("stroke") in COLOURS and line.find(SVG + "title") is not None
    }


def network(*stack, inputs=2, **options):
    return keras.Sequential([keras.Input((inputs,)), *stack], **options)


# ------------------------------------------------------------ weights
def test_lines_are_as_thick_as_weights_are_large():
    unit = layers.Dense(1)
    model = network(unit, inputs=3)
    unit.set_weights([[[1.0], [-2.0], [4.0]], [3.0]])
    lines = weight_lines(parsed(model.draw()))
    by_height = [lines[place] for place in sorted(lines, key=lambda place: place[1])]
    assert by_height == [
        (sign, pytest.approx(share * THICKEST, abs=0.01))
        for sign, share in [(1, 0.25), (-1, 0.5), (1, 1.0), (1, 0.75)]  # the bias comes from below
    ]


def test_all_weights_of_a_layer_are_there():
    kernel = np.random.default_rng(0).normal(size=(3, 4))
    hidden = layers.Dense(4, "tanh", use_bias=False)
    model = network(hidden, inputs=3)
    hidden.set_weights([kernel])
    root = parsed(model.draw())
    lines = weight_lines(root)
    heights = [sorted({place[end] for place in lines}) for end in (1, 3)]
    assert (len(heights[0]), len(heights[1])) == kernel.shape
    largest = np.abs(kernel).max()
    for (_, start, _, end), (sign, width) in lines.items():
        weight = kernel[heights[0].index(start), heights[1].index(end)]
        assert sign == np.sign(weight)
        assert width == pytest.approx(THICKEST * abs(weight) / largest, abs=0.01)
    spelled = sorted(float(line.find(SVG + "title").text) for line in every(root, "line") if len(line))
    np.testing.assert_allclose(spelled, np.sort(kernel.ravel()), rtol=1e-5)


def test_negative_weights_differ_in_black_and_white_too():
    model = network(layers.Dense(3))
    for line in every(parsed(model.draw()), "line"):
        assert (line.get("stroke") == NEGATIVE) == (line.get("stroke-dasharray") is not None)


def test_few_weights_are_written_out():
    unit = layers.Dense(1)
    model = network(unit, inputs=1)
    unit.set_weights([[[1.8]], [32.0]])
    assert {"1.8", "32", "thickest: 32"} <= set(texts(parsed(model.draw())))


def test_weights_that_are_no_numbers_are_dotted():
    unit = layers.Dense(1)
    model = network(unit)
    unit.set_weights([[[np.nan], [2.0]], [np.inf]])
    dotted = [line for line in every(parsed(model.draw()), "line") if line.get("stroke-dasharray") == "1 3"]
    assert sorted(line.find(SVG + "title").text for line in dotted) == ["inf", "nan"]
    assert "nan" in texts(parsed(model.draw(x=[[1.0, 2.0]])))


def test_weights_that_are_0_have_lines_without_thickness():
    model = network(layers.Dense(1, kernel_initializer="zeros"))
    assert {width for _, width in weight_lines(parsed(model.draw())).values()} == {0.0}


# ------------------------------------------------------------ names and numbers
def test_names_stand_beside_inputs_and_answers():
    model = network(layers.Dense(4, "relu", name="hidden"), layers.Dense(2, name="last"))
    model.feature_names, model.answer_names = ["length", "width"], ["rock", "paper"]
    written = texts(parsed(model.draw()))
    for words in ("length", "width", "hidden", "4 units, relu", "last", "2 units, linear", "rock", "paper"):
        assert words in written
    assert (
        len([found for found in every(parsed(model.draw()), "circle") if found.get("r") == "16"]) == 2 + 4 + 2
    )


def test_of_wide_layers_the_first_and_the_last_units_are_drawn():
    model = network(layers.Dense(128), inputs=12)
    root = parsed(model.draw())
    assert "118 more" in texts(root)
    assert {"x1", "x12"} <= set(texts(root))
    assert len(weight_lines(root)) == 12 * 10 + 10
    many = parsed(network(layers.Dense(1), inputs=12345).draw())
    assert {"12,335 more", "x1", "x12345"} <= set(texts(many))


def test_numbers_of_an_example_are_the_engines(each_engine):
    hidden, last = layers.Dense(2, "relu"), layers.Dense(1)
    model = network(hidden, last)
    hidden.set_weights([[[1.0, -1.0], [0.5, 0.0]], [0.0, 0.0]])
    last.set_weights([[[2.0], [1.0]], [-1.0]])
    written = texts(parsed(model.draw(x=[[3.0, 4.0]])))
    assert float(model.predict([[3.0, 4.0]], verbose=0)[0, 0]) == 9.0
    for number in ("3", "4", "5", "0", "9"):  # 1 * 3 + 0.5 * 4, relu(-3), 2 * 5 - 1
        assert number in written
    assert "9" not in texts(parsed(model.draw()))


def test_arrays_are_blocks_with_their_shape():
    case = CASES["pictures"]
    model = case.model()
    x = case.examples(model)[0][:1]
    written = texts(parsed(model.draw(x=x)))
    for words in ("7 × 6 × 2", "7 × 6 × 4", "max_pooling2d", "windows of 2 x 2", "32 numbers"):
        assert words in written
    assert f"max {x.max():.2g}" in written


@pytest.mark.parametrize("name", each_case())
def test_every_model_can_be_drawn(name):
    case = CASES[name]
    model = case.model()
    for picture in (model.draw(), model.draw(x=case.examples(model)[0][:1])):
        root = parsed(picture)
        assert root.tag == f"{SVG}svg"
        assert {found.tag for found in root.iter()} <= {
            SVG + part for part in ("svg", "title", "line", "circle", "rect", "text", "polygon")
        }
        for layer in model.layers:
            if layer.weights:
                assert layer.name in picture.svg
        width, height = (float(size) for size in root.get("viewBox").split()[2:])
        assert width == 720
        for found in root.iter():
            for place, end in (("x", width), ("cx", width), ("x1", width), ("y", height), ("cy", height)):
                assert 0 <= float(found.get(place, 0)) <= end


def test_layers_without_effect_are_left_out():
    model = network(layers.Activation("linear"))
    for x in (None, [[3.0, 4.0]]):
        assert model.draw(x=x).title == f"The network {model.name!r}. x: 2 numbers"


# ------------------------------------------------------------ the page
def test_it_says_in_words_what_it_shows():
    model = network(layers.Dense(1, name="unit"), name="sum & <more>")
    picture = model.draw()
    root = parsed(picture)
    said = "The network 'sum & <more>'. x: 2 numbers; unit: 1 unit, linear"
    assert picture.title == said
    assert root.find(SVG + "title").text == root.get("aria-label") == f"{said}."
    assert root.get("role") == "img"
    assert str(picture) == repr(picture) == f"{said}; .save('network.svg') writes it into a file."


def test_names_cannot_break_out_of_it():
    model = network(layers.Dense(1))
    wicked = ['</text><script>alert("x")</script>', "a\x00\x1b\ud800\nb"]
    model.feature_names = wicked
    root = parsed(model.draw())
    assert every(root, "script") == []
    assert "a\ufffd\ufffd\ufffd\nb" in texts(root)
    assert "</text><script>aler…" in texts(root)


def test_letters_can_be_read():
    """Contrast of at least 4.5 to 1, as W3C asks for text, and of 3 to 1 for lines."""
    to_rgb = pytest.importorskip("matplotlib.colors", reason="it reads colours").to_rgb

    from pellucid.hood.pictures.style import luminance

    root = parsed(network(layers.Dense(3)).draw(x=[[1.0, -2.0]]))
    for found in every(root, "text"):
        assert 1.05 / (luminance(to_rgb(found.get("fill", root.get("fill")))) + 0.05) >= 4.5
    for circle in every(root, "circle"):
        assert (luminance(to_rgb(circle.get("fill"))) + 0.05) / (
            luminance(to_rgb(root.get("fill"))) + 0.05
        ) >= 4.5
    for colour in COLOURS:
        assert 1.05 / (luminance(to_rgb(colour)) + 0.05) >= 3


def test_long_networks_go_on_in_another_row():
    model = network(*[layers.Dense(3) for _ in range(12)])
    written = texts(parsed(model.draw()))
    assert written.count("dense_1") == 1
    assert sum(written.count(f"dense_{number}") == 2 for number in range(1, 12)) == 2


def test_it_is_saved(tmp_path):
    model = network(layers.Dense(1))
    picture = model.draw(tmp_path / "network.svg")
    assert (tmp_path / "network.svg").read_text(encoding="utf-8") == picture.svg == picture._repr_svg_()
    assert picture.html() == picture.svg
    with pytest.raises(ArgumentError, match=r"ends in \.svg.*try '.*network\.svg'"):
        model.draw(tmp_path / "network.png")


def test_what_cannot_be_drawn():
    with pytest.raises(UsageError):
        keras.Sequential([layers.Dense(1)]).draw()
    model = network(layers.Dense(1))
    with pytest.raises(DataError, match=r"one example.*received 2"):
        model.draw(x=[[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(DataError, match="received 0"):
        model.draw(x=[])
    with pytest.raises(ShapeError, match="a list of one example"):
        model.draw(x=[1.0, 2.0])


def test_elements():
    assert (
        element("circle", cx=1.0, cy=2.345, stroke_width=3) == '<circle cx="1" cy="2.35" stroke-width="3"/>'
    )
    assert element("text", text("<a & b>"), fill='"') == '<text fill="&quot;">&lt;a &amp; b&gt;</text>'
