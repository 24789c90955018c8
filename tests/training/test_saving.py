"""Model files: what comes back from them, and how training goes on."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, ModelFileError, UnknownNameError, UnsupportedError
from pellucid.layers import Dense, Dropout
from pellucid.models import Sequential, load_model, save_model
from pellucid.optimizers import SGD, Adam, RMSprop
from pellucid.training import _safetensors
from pellucid.utils import set_random_seed

from .models import X, Y, deep, line
from .test_losses_metrics import Far, Quantile, huber


def bits(model):
    return [weight.tobytes() for weight in model.get_weights()]


def there_and_back(model, folder, **options):
    model.save(folder / "model.safetensors")
    return load_model(folder / "model.safetensors", **options)


# ------------------------------------------------------------ what comes back
def test_the_whole_model_comes_back(tmp_path):
    model = deep(metrics=["mae", "accuracy"], weighted_metrics=["mse"])
    model.fit(X, Y, epochs=2, verbose=0)
    back = there_and_back(model, tmp_path)
    assert bits(back) == bits(model)
    assert back.get_config() == model.get_config()
    assert back.metrics_names == model.metrics_names
    assert back.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    assert back.predict(X, verbose=0).tobytes() == model.predict(X, verbose=0).tobytes()
    assert back.numpy_source() == model.numpy_source()


@pytest.mark.parametrize(
    "optimizer",
    [
        "sgd",
        SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        "adam",
        Adam(0.01, amsgrad=True, clipnorm=1.0),
        "rmsprop",
        RMSprop(0.01, momentum=0.5, centered=True, clipvalue=0.5),
    ],
    ids=str,
)
def test_training_goes_on_to_the_last_bit_as_if_it_had_not_been_interrupted(optimizer, tmp_path):
    whole, parts = deep(optimizer), deep(optimizer)
    losses = whole.fit(X, Y, batch_size=5, epochs=6, verbose=0).history["loss"]
    parts.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    parts = there_and_back(parts, tmp_path)
    rest = parts.fit(X, Y, batch_size=5, epochs=6, initial_epoch=2, verbose=0).history["loss"]
    assert bits(parts) == bits(whole)
    assert rest == losses[2:]


def test_a_model_that_was_never_trained_begins_as_it_would_have(tmp_path):
    model = deep()
    back = there_and_back(model, tmp_path)
    for each in (model, back):
        each.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    assert bits(back) == bits(model)


def test_a_model_without_weights_yet_is_a_description(tmp_path):
    back = there_and_back(Sequential([Dense(3, activation="relu", name="first"), Dense(1)]), tmp_path)
    assert not back.built
    assert [layer.name for layer in back.layers] == ["first", "dense"]


def test_a_learning_rate_that_was_changed_stays_changed(tmp_path):
    model = deep()
    model.fit(X, Y, verbose=0)
    model.optimizer.learning_rate = 0.25
    assert there_and_back(model, tmp_path).optimizer.learning_rate == 0.25


def test_what_was_frozen_stays_so_with_what_it_had_learnt(tmp_path):
    model, same = deep(), deep()
    for each in (model, same):
        each.fit(X, Y, verbose=0)
        each.layers[0].trainable = False
        each.fit(X, Y, verbose=0)
    back = there_and_back(model, tmp_path)
    assert [layer.trainable for layer in back.layers] == [False, True, True]
    for each in (back, same):
        each.layers[0].trainable = True
        each.fit(X, Y, verbose=0)
    assert bits(back) == bits(same)


def test_it_may_be_loaded_without_its_compilation(tmp_path):
    model = deep()
    model.fit(X, Y, verbose=0)
    back = there_and_back(model, tmp_path, compile=False)
    assert not back.is_compiled
    assert bits(back) == bits(model)
    back.compile("sgd", "mse")
    back.fit(X, Y, verbose=0)


def test_names_paths_and_functions(tmp_path):
    model = line(3, 4)
    for path in (tmp_path / "a.safetensors", str(tmp_path / "b.model"), tmp_path / "no ending"):
        save_model(model, path)
        assert bits(load_model(path)) == bits(model)


def test_a_file_is_replaced_unless_that_is_forbidden(tmp_path):
    path = tmp_path / "model.safetensors"
    line(1, 1).save(path)
    line(2, 2).save(path)
    with pytest.raises(ArgumentError, match=r"is there already; try another name, or overwrite=True\."):
        line(3, 3).save(path, overwrite=False)
    assert load_model(path).get_weights()[0].item() == 2


# ------------------------------------------------------------ the user's own
def test_own_losses_and_metrics_come_back_by_their_names(tmp_path):
    model = line(loss=huber, metrics=[huber, Far(2.0)])
    own = {"huber": huber, "Far": Far, "Quantile": Quantile}
    back = there_and_back(model, tmp_path, custom_objects=own)
    assert back.evaluate([0.0], [3.0], verbose=0) == model.evaluate([0.0], [3.0], verbose=0)
    model.compile("sgd", Quantile(0.75))
    assert there_and_back(model, tmp_path, custom_objects=own).chosen_loss.share == 0.75
    with pytest.raises(UnknownNameError, match="no loss is called 'Quantile'"):
        there_and_back(model, tmp_path)


def test_a_function_without_a_name_cannot_be_saved(tmp_path):
    model = line(loss=lambda y_true, y_pred: y_pred)
    with pytest.raises(
        UnsupportedError, match="this loss cannot be written down: expected a function with a name"
    ):
        model.save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------ refusals
def test_a_file_holds_data_only(tmp_path):
    """Nothing in it is run: the text of a layer's name cannot become a line of the program."""
    model = line()
    model.save(tmp_path / "good.safetensors")
    tensors, metadata = _safetensors.read(tmp_path / "good.safetensors")
    for name in ('x"]; open("broken", "w")  #', "x\nraise SystemExit", '"""', "\\"):
        for original in ('"dense"', '"sequential"'):
            evil = metadata | {"model": metadata["model"].replace(original, json_text(name))}
            assert evil != metadata
            _safetensors.write(tmp_path / "evil.safetensors", tensors, evil)
            with pytest.raises(ModelFileError, match="cannot have this name"):
                load_model(tmp_path / "evil.safetensors")


def json_text(text):
    import json

    return json.dumps(text)


def test_a_file_that_was_cut_off_is_refused_at_every_length(tmp_path):
    model = deep()
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "whole.safetensors")
    whole = (tmp_path / "whole.safetensors").read_bytes()
    cut = tmp_path / "cut.safetensors"
    for length in [*range(64), *range(64, len(whole), 97), len(whole) - 1]:
        cut.write_bytes(whole[:length])
        with pytest.raises(ModelFileError, match=r"cut\.safetensors' is (damaged|not a model file)"):
            load_model(cut)


FOREIGN = {
    "an empty file": b"",
    "a zip archive": b"PK\x03\x04" + bytes(100),
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(100),
    "a pickle": b"\x80\x04K\x01.",
    "a text": b"celsius,fahrenheit\n0,32\n",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_files_are_refused(kind, tmp_path):
    (tmp_path / "foreign").write_bytes(FOREIGN[kind])
    with pytest.raises(ModelFileError, match="is not a model file: expected a safetensors file, received"):
        load_model(tmp_path / "foreign")


def test_other_peoples_tensors_are_refused(tmp_path):
    _safetensors.write(tmp_path / "other.safetensors", {"w": np.ones(3)}, {"format": "pt"})
    with pytest.raises(
        ModelFileError, match=r"is not a model of Pellucid: expected the format 'pellucid 1', received 'pt'"
    ):
        load_model(tmp_path / "other.safetensors")


@pytest.mark.parametrize("missing", ["a name", "nothing"])
def test_a_file_that_is_not_there(missing, tmp_path):
    path = tmp_path / missing / "model.safetensors"
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_model(path)
    with pytest.raises(FileNotFoundError, match="cannot be written: expected an existing folder"):
        line().save(path)


# A description in the file that fits its arrays, but makes no sense: (which one, the part of it, instead).
NONSENSE = [
    ("model", '"units": 1', '"units": -1'),
    ("model", '"units": 1', '"units": "many"'),
    ("model", '"units": 1', '"units": 1e300'),
    ("model", '"units": 1', '"units": 7'),
    ("model", '"units": 1', '"units": [[]]'),
    ("model", '"units": 1', '"unit": 1'),
    ("model", '"class_name": "Sequential"', '"class_name": "Functional"'),
    ("model", '"activation": "linear"', '"activation": 3'),
    ("model", '"float64"', '"float32"'),
    ("model", '"float64"', '{"name": "float64"}'),
    ("model", "[null, 1]", "[null, 2]"),
    ("model", "[null, 1]", '"ab"'),
    ("model", "[null, 1]", "7"),
    ("model", '"use_bias": true', '"use_bias": false'),
    ("model", '"layers": [', '"layers": [3, '),
    ("model", '"layers": [', '"layers": [[], '),
    ("model", '"layers": [', '"layers": [null, '),
    ("model", "{", "{{"),
    ("model", "{", "[" * 100_000),
    ("compile", '"learning_rate": 0.01', '"learning_rate": -1'),
    ("compile", '"learning_rate": 0.01', '"learning_rate": "1; import os"'),
    ("compile", '"momentum": 0.0', '"momentum": [0]'),
    ("compile", '"metrics": []', '"metrics": 5'),
    ("compile", '"metrics": []', '"metrics": [{"class_name": "Accuracy", "config": {"name": "\\"]"}}]'),
    ("compile", '"loss": {', '"loss": {"class_name": 4, "x": '),
    ("compile", '"loss": {', '"los": {'),
    ("state", '"seed": ', '"seed": -'),
    ("state", '"seed": ', '"seed": "7", "x": '),
    ("state", '"seed": ', '"sed": '),
    ("state", '"step": 1', '"step": "1"'),
    ("state", '"epoch": 1', '"epoch": 0.5'),
    ("state", '"optimizer": {', '"optimizer": 3, "x": {'),
    ("notes", "{}", "[]"),
]


@pytest.mark.parametrize(
    ("part", "old", "new"), NONSENSE, ids=[f"{part}: {new[:40]}" for part, _, new in NONSENSE]
)
def test_a_description_that_makes_no_sense_is_refused(part, old, new, tmp_path):
    model = line()
    model.seed = 7
    model.fit([1.0], [1.0], verbose=0)
    model.save(tmp_path / "model.safetensors")
    tensors, metadata = _safetensors.read(tmp_path / "model.safetensors")
    assert old in metadata[part]
    _safetensors.write(
        tmp_path / "model.safetensors", tensors, metadata | {part: metadata[part].replace(old, new, 1)}
    )
    with pytest.raises((ModelFileError, UnknownNameError)) as caught:
        load_model(tmp_path / "model.safetensors")
    assert "model.safetensors" in str(caught.value) or isinstance(caught.value, UnknownNameError)


def test_dropout_goes_on_with_the_next_random_numbers(tmp_path):
    """The number of the step is kept: masks do not repeat after loading."""
    set_random_seed(2)
    model = Sequential([Dropout(0.5, input_shape=[50]), Dense(1, use_bias=False)])
    model.set_weights([np.zeros((50, 1))])
    model.compile(SGD(1.0), minus)
    model.fit(np.ones((1, 50)), [0.0], verbose=0)
    first = model.get_weights()[0]
    back = there_and_back(model, tmp_path, custom_objects={"minus": minus})
    back.fit(np.ones((1, 50)), [0.0], verbose=0)
    assert not np.array_equal(back.get_weights()[0] - first, first)


def minus(y_true, y_pred):
    return -y_pred
