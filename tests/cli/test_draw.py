"""`pellucid draw`: the picture of a network, and of one case in it."""

from __future__ import annotations

from xml.etree import ElementTree

import pellucid as keras
from pellucid.models import load_model


def texts(path):
    root = ElementTree.parse(path).getroot()  # noqa: S314 - written a moment ago
    return [found.text for found in root.iter("{http://www.w3.org/2000/svg}text")]


def test_draws_beside_the_model(pellucid, celsius, folder):
    assert pellucid("draw", celsius) == (0, "Wrote celsius.svg.\n", "")
    assert (folder / "celsius.svg").read_text(encoding="utf-8") == load_model(celsius).draw().svg
    assert {"celsius", "fahrenheit"} <= set(texts("celsius.svg"))


def test_writes_the_numbers_of_a_case_into_it(pellucid, celsius):
    assert pellucid("draw", celsius, "--set", "celsius=100", "--out", "boiling.svg").code == 0
    assert {"100", "212"} <= set(texts("boiling.svg"))


def test_draws_a_model_without_names(pellucid):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save("plain.safetensors")
    assert pellucid("draw", "plain.safetensors", "--set", "x1=3,x2=4").code == 0
    assert {"x1", "3", "x2", "4"} <= set(texts("plain.svg"))


def test_draws_a_model_of_images_but_no_case_of_it(pellucid):
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(1, 2)])
    model.save("images.safetensors")
    assert pellucid("draw", "images.safetensors").code == 0
    assert "4 × 4 × 1" in texts("images.svg")
    done = pellucid("draw", "images.safetensors", "--set", "x=1")
    assert done.code == 1
    assert "--set is for models whose inputs are columns of a table" in done.err


def test_what_cannot_be_drawn(pellucid, celsius, folder):
    for arguments, words in {
        ("draw", "no.safetensors"): "there is no file",
        ("draw", celsius, "--out", "a.png"): "ends in .svg",
        ("draw", celsius, "--out", "no/such.svg"): "No such file",
        ("draw", celsius, "--set", "kelvin=1"): "no column is called 'kelvin'",
    }.items():
        done = pellucid(*arguments)
        assert done.code == 1
        assert words in done.err
    assert not list(folder.glob("*.png"))
    assert not list(folder.glob("*.svg"))
