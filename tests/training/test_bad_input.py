"""Bad input gets one clear sentence, and leaves the model as it was to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pellucid.errors import PellucidError
from pellucid.layers import Dense, Dropout, Layer
from pellucid.models import Sequential
from pellucid.utils import set_random_seed

from .bad_input import ROWS
from .models import X, Y, deep, state_of

TEXT = Path(__file__).with_name("bad_input.txt").read_text(encoding="utf-8")
SENTENCES = dict(row.split("\n    ") for row in TEXT.strip().split("\n\n"))


@pytest.mark.parametrize("name", ROWS)
def test_bad_input_gets_one_clear_sentence_and_changes_nothing(name, tmp_path):
    make, action = ROWS[name]
    model = make() if make else None
    before = state_of(model, tmp_path) if model else None
    with pytest.raises(PellucidError) as caught:
        action(*[model] if model else [])
    assert f"{type(caught.value).__name__}: {caught.value}" == SENTENCES[name]
    assert (state_of(model, tmp_path) if model else None) == before


def test_there_is_a_sentence_for_each_row():
    assert list(SENTENCES) == list(ROWS)


@pytest.mark.parametrize("name", SENTENCES)
def test_it_is_one_sentence(name):
    kind, _, sentence = SENTENCES[name].partition(": ")
    assert kind.endswith("Error")
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert any(word in sentence for word in (": expected ", "received ", "; try ", " has no ", " is "))


def changed_by(change, tmp_path):
    model = deep()
    model.fit(X, Y, verbose=0)
    before = state_of(model, tmp_path)
    assert state_of(model, tmp_path) == before
    change(model)
    return state_of(model, tmp_path) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.fit(X, Y, verbose=0),
        lambda model: model.set_weights([weight + 0.0001 for weight in model.get_weights()]),
        lambda model: model.compile("adam", "mse"),
        lambda model: setattr(model.optimizer, "learning_rate", 0.5),
        lambda model: setattr(model.layers[0], "trainable", False),
        lambda model: model.add(Dense(1)),
        lambda model: model.pop(),
        lambda model: model.history.history["loss"].append(0.0),
        lambda model: setattr(model, "seed", 5),
    ],
)
def test_the_comparison_sees_what_could_change(change, tmp_path):
    assert changed_by(change, tmp_path)


def test_a_model_that_learns_its_shape_is_not_spoilt_by_the_first_attempt():
    """The shape, the weights and their seed are those of the examples that fit in the end."""
    trained = []
    for spoilt in (False, True):
        set_random_seed(1)
        model = Sequential([Dense(4), Dropout(0.5), Dense(1)])
        model.compile("sgd", "mse")
        if spoilt:
            wide = np.ones((5, 7))
            for x, y in ((wide, np.ones(4)), (wide, np.ones((5, 3))), (X, Y * np.nan)):
                with pytest.raises(PellucidError):
                    model.fit(x, y, verbose=0)
                with pytest.raises(PellucidError):
                    model.evaluate(x, y, verbose=0)
            assert model.example_shape is None
            assert not model.built
            assert model.get_weights() == []
        model.fit(X, Y, epochs=2, verbose=0)
        trained.append([weight.tobytes() for weight in model.get_weights()])
    assert trained[0] == trained[1]


def test_a_build_that_fails_midway_is_undone():
    """The first layer can be built for the shape, the second cannot."""

    class Square(Layer):
        def build(self, input_shape):
            if input_shape[-1] != 4:
                raise ValueError("only four")

        def call(self, inputs):
            return inputs * inputs

    first = Dense(3)
    model = Sequential([first, Square()])
    with pytest.raises(ValueError, match="only four"):
        model.build((None, 2))
    assert not first.built
    assert first.get_weights() == []
    model.pop()
    model.build((None, 5))
    assert first.get_weights()[0].shape == (5, 3)
