"""The notebook: a file that Jupyter can read, whose cells give the numbers of the program."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.layers import Dense

pytestmark = pytest.mark.slow

NAMES = each_case()


def book_of(model, folder):
    path = folder / "model.ipynb"
    text = model.numpy_source(path)
    assert path.read_text("utf-8") == text
    return json.loads(text)


def run(book, before=None):
    """Run the cells from top to bottom, each in what those above have defined, up to one that begins so."""
    names = {"__name__": "__main__"}
    for cell in book["cells"]:
        if before is not None and cell["source"][0].startswith(before):
            break
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


@pytest.mark.parametrize("name", NAMES)
def test_its_cells_give_the_numbers_of_the_program(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = CASES[name].model()
    book = book_of(model, tmp_path)
    program = {"__name__": "program"}
    exec(model.numpy_source(), program)
    names = run(book)
    inputs = [names[leaf] for leaf in ("x", "y", "sample_weight") if leaf in names]
    x, y, *weight = inputs
    # The step in slow motion is a step of the program,
    state = program["initial_state"](model.seed)
    loss = program["train_step"](x, y, state, *weight)
    slow = run(book, before="## The same as functions")
    np.testing.assert_array_equal(slow["loss"], loss)
    for path, array in state["weights"].items():
        np.testing.assert_array_equal(slow["weights"][path], array)
    # and the short training is its training.
    state = program["initial_state"](model.seed)
    history = program["train"](x, y, state, *weight, epochs=10)
    assert names["history"] == history
    for path, array in state["weights"].items():
        np.testing.assert_array_equal(names["state"]["weights"][path], array)


def test_it_is_a_notebook(tmp_path):
    """What the schema of nbformat 4.5 asks for."""
    book = book_of(CASES["relu-float32"].model(), tmp_path)
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert set(book["metadata"]["kernelspec"]) >= {"name", "display_name"}
    assert book["metadata"]["language_info"]["name"] == "python"
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9\-_]{1,64}", text) for text in ids)
    for cell in book["cells"]:
        fields = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            fields |= {"execution_count", "outputs"}
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
        assert set(cell) == fields
        assert all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert "".join(cell["source"]).strip()


def told(book):
    return "\n".join("".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "markdown")


def test_what_it_tells(tmp_path):
    model = keras.Sequential([keras.Input((2,)), Dense(3, "tanh"), Dense(1)])
    model.compile("adam", "mse")
    model.feature_names = ["floor_area", "rooms"]
    text = told(book_of(model, tmp_path))
    for part in (
        "columns of x: floor\\_area,rooms",
        "### Forward: dense\\_1 (3 units, tanh)",
        r"$$a_{1} = \tanh\left(z_{1}\right)$$",
        "### Backward: dense\\_1",
        "a1 = np.tanh(z1): the slope of a1 in z1 is 1 - a1 \\*\\* 2.",
        r"$$\frac{\partial L}{\partial W_{1}} = x^{\top} \, \frac{\partial L}{\partial z_{1}}$$",
        "### Update: Adam",
        "One weight's update by Adam (Kingma & Ba, 2015).",
        r"$$m \leftarrow m + \left(1 - \beta_{1}\right) \,",
    ):
        assert part in text


def test_a_deep_network(tmp_path):
    text = told(book_of(CASES["deep-float32"].model(), tmp_path))
    assert "### Forward: dense\\_1 to dense\\_8 (4 units, tanh)" in text


def test_many_weights_lie_beside_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = keras.Sequential([keras.Input((40,)), Dense(60, "relu"), Dense(1)])
    model.compile("sgd", "mse")
    book = book_of(model, tmp_path)
    assert (tmp_path / "model.npz").is_file()
    names = run(book)
    for weight in model.weights:
        np.testing.assert_array_equal(names["trained_weights"]()[weight.path], weight.numpy())


def test_what_is_not_compiled_answers(tmp_path):
    model = keras.Sequential([keras.Input((2,)), Dense(3, "relu")])
    book = book_of(model, tmp_path)
    names = run(book)
    assert "".join(book["cells"][-1]["source"]) == "predict(x, trained_weights())"
    np.testing.assert_allclose(
        names["predict"](names["x"], names["trained_weights"]()),
        model.predict(names["x"], verbose=0),
        rtol=1e-6,
    )
