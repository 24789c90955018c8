"""`pellucid source` and `pellucid demo`: programs that run on their own, and words that explain them."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from pellucid.data.datasets import CELSIUS_FILE
from pellucid.data.tables import read_table
from pellucid.models import load_model


# ------------------------------------------------------------ source
def test_prints_the_program(pellucid, celsius):
    done = pellucid("source", celsius)
    assert (done.code, done.err) == (0, "")
    assert done.out == load_model(celsius).numpy_source()
    assert "columns of x: celsius\ncolumns of y: fahrenheit\n" in done.out


def test_writes_a_program_that_gives_the_same_answers(pellucid, celsius):
    assert pellucid("source", celsius, "--out", "program.py") == (0, "Wrote program.py.\n", "")
    program = runpy.run_path("program.py")
    answer = program["predict"](np.array([[100.0]]), program["trained_weights"]())
    assert f"fahrenheit = {answer.item():.3f}\n" == pellucid("predict", celsius, "--set", "celsius=100").out


def test_derivations(pellucid, celsius):
    done = pellucid("source", celsius, "--derivations")
    assert done.out == load_model(celsius).numpy_source(derivations=True)
    assert (
        "    # z = x_scaled @ W + b: each number of W meets one of x_scaled in every row, and gets back"
        in done.out
    )


def test_a_notebook(pellucid, celsius):
    assert pellucid("source", celsius, "--out", "celsius.ipynb") == (0, "Wrote celsius.ipynb.\n", "")
    names = {}
    for cell in json.loads(Path("celsius.ipynb").read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    answer = names["predict"](np.array([[100.0]]), names["trained_weights"]())
    assert f"fahrenheit = {answer.item():.3f}\n" == pellucid("predict", celsius, "--set", "celsius=100").out


def test_a_notebook_with_many_numbers(pellucid, folder):
    pellucid("fit", "celsius.csv", "--target", "fahrenheit", "--layers", "40,40", "--epochs", "1")
    done = pellucid("source", "celsius.safetensors", "--out", "large.ipynb")
    assert done.out == "Wrote large.ipynb and large.npz.\n"


def test_many_numbers_go_beside_it(pellucid, folder):
    pellucid("fit", "celsius.csv", "--target", "fahrenheit", "--layers", "40,40", "--epochs", "1")
    done = pellucid("source", "celsius.safetensors")
    assert done.code == 0
    assert "it reads them from fahrenheit.npz; --out FILE writes both" in done.err
    done = pellucid("source", "celsius.safetensors", "--out", "program.py")
    assert done.out == "Wrote program.py and program.npz.\n"
    program = runpy.run_path("program.py")
    expected = load_model("celsius.safetensors").predict([100.0], verbose=0)
    assert np.array_equal(program["predict"](np.array([[100.0]]), program["trained_weights"]()), expected)


def test_a_program_that_cannot_be_written(pellucid, celsius):
    done = pellucid("source", celsius, "--out", "no/such.py")
    assert (done.code, done.err) == (1, "pellucid: 'no/such.py': No such file or directory.\n")


def test_no_name_of_a_column_can_break_out_of_the_program(pellucid, folder, capsys):
    wicked = '"a""""\nprint(1 / 0)\n\\"'
    (folder / "t.csv").write_text(f"{wicked},y\n1,2\n2,4\n")
    assert pellucid("fit", "t.csv", "--target", "y").code == 0
    pellucid("source", "t.safetensors", "--out", "program.py")
    assert "predict" in runpy.run_path("program.py")


# ------------------------------------------------------------ demo
def test_the_demo_tells_the_whole_story(pellucid, folder):
    before = sorted(folder.iterdir())
    done = pellucid("demo")
    assert (done.code, done.err) == (0, "")
    places = [
        done.out.index(words)
        for words in (
            "    celsius  fahrenheit\n        -40         -40\n",
            "epoch        loss  typical error\n",
            "\n    fahrenheit = 1.798 * celsius + 31.95\n",
            "It has never seen 100 Celsius. Its answer: 211.7 Fahrenheit.",
            "    0.99998 * 41.679 / 23.181 = 1.798\n    40.429 - 1.798 * 4.714 = 31.95\n",
            "def predict(x, weights):",
            "def train_step(x, y, state):",
            "def gradient_descent(w, gradient, velocity, learning_rate):",
            "def trained_weights():",
            "    pellucid demo --source\n",
            "    pellucid fit TABLE.csv --target COLUMN\n",
        )
    ]
    assert places == sorted(places)
    assert sorted(folder.iterdir()) == before


def test_the_program_of_the_demo_is_what_ran(pellucid, folder, numpy_engine):
    source = pellucid("demo", "--source").out
    for name in ("predict", "train_step", "gradient_descent", "trained_weights"):
        function = re.search(rf"^def {name}\(.*?(?=\n\n\n)", source + "\n\n", flags=re.MULTILINE | re.DOTALL)
        assert function[0].strip() in pellucid("demo").out
    (folder / "program.py").write_text(source)
    program = runpy.run_path("program.py")
    table = read_table(CELSIUS_FILE)
    state = program["initial_state"](0)
    for _ in range(277):
        program["train_step"](table.values[:, :1], table.values[:, 1:], state)
    for name, trained in program["trained_weights"]().items():
        assert np.array_equal(state["weights"][name], trained)


def test_the_demo_can_be_stopped(pellucid, monkeypatch):
    from pellucid.cli import _network

    monkeypatch.setattr(_network, "learn", lambda *_: False)
    done = pellucid("demo")
    assert (done.code, done.err.strip()) == (130, "pellucid: stopped.")


@pytest.mark.parametrize("words", [("source",), ("source", "a", "b"), ("demo", "fast")], ids=" ".join)
def test_words_that_make_no_command(pellucid, words):
    assert pellucid(*words).code == 2
