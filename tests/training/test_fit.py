"""fit: its arguments, what it returns, and in which order it does things."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.callbacks import LambdaCallback
from pellucid.layers import Dense, Flatten
from pellucid.models import Sequential
from pellucid.optimizers import SGD

from .models import X, Y, classifier, deep, line, yes_or_no


# ------------------------------------------------------------ steps and epochs
def test_one_step_by_hand():
    """w = 1, b = 0, x = 2, y = 5: the error is -3, the loss 9, and the slopes 2 * -3 * 2 and 2 * -3."""
    model = line(1, 0, SGD(0.1))
    history = model.fit([2.0], [5.0], verbose=0)
    assert history.history == {"loss": [9.0]}
    np.testing.assert_allclose([w.item() for w in model.get_weights()], [1 + 0.1 * 12, 0.1 * 6], rtol=1e-15)


def steps_of(examples, **arguments):
    """Return by how much each batch moved b: the loss is b y, so it is the mean of the y in the batch."""
    seen = []
    model = line(optimizer=SGD(1.0), loss=lambda y_true, y_pred: y_pred)
    model.layers[0].kernel.trainable = False
    model.compile(SGD(1.0), lambda y_true, y_pred: y_pred * y_true)
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(-model.get_weights()[1].item()))
    model.fit(
        np.zeros(examples),
        np.arange(examples) + 1.0,
        shuffle=False,
        verbose=0,
        callbacks=[watch],
        **arguments,
    )
    return np.diff([0.0, *seen])


def test_examples_are_taken_in_batches_and_the_last_may_be_smaller():
    # The means of 1 to 4, of 5 to 8, of 9 and 10.
    np.testing.assert_allclose(steps_of(10, batch_size=4), [2.5, 6.5, 9.5], rtol=1e-14)


def test_a_batch_has_32_examples_unless_told_otherwise():
    np.testing.assert_allclose(steps_of(40), [16.5, 36.5], rtol=1e-14)


def test_a_batch_may_be_larger_than_all_there_is():
    np.testing.assert_allclose(steps_of(3, batch_size=100), [2.0], rtol=1e-14)


def test_the_loss_of_an_epoch_is_the_mean_over_its_examples_as_they_were_seen():
    """Three examples in batches of two, w = b = 0 and step size 0: the mean of y^2 over all three."""
    model = line(optimizer=SGD(0.0))
    assert model.fit([0.0, 0.0, 0.0], [1.0, 2.0, 4.0], batch_size=2, verbose=0).history == {"loss": [7.0]}


def test_shuffling_changes_the_order_only():
    histories = {}
    for shuffle in (True, False):
        model = line(optimizer=SGD(0.1))
        model.seed = 3
        history = model.fit(X[:, :1], Y, batch_size=1, epochs=2, shuffle=shuffle, verbose=0)
        histories[shuffle] = history.history["loss"]
    assert histories[True] != histories[False]
    model = line(optimizer=SGD(0.0))
    still = model.fit(X[:, :1], Y, batch_size=5, epochs=3, verbose=0).history["loss"]
    np.testing.assert_allclose(still, np.mean(Y**2), rtol=1e-14)


@pytest.mark.parametrize(
    ("arguments", "epochs"),
    [
        ({}, [0]),
        ({"epochs": 3}, [0, 1, 2]),
        ({"epochs": 0}, []),
        ({"epochs": 5, "initial_epoch": 3}, [3, 4]),
        ({"epochs": 2, "initial_epoch": 5}, []),
    ],
)
def test_epochs_are_numbered_from_the_initial_one(arguments, epochs):
    model = line()
    for callbacks in (None, [LambdaCallback(on_epoch_end=lambda epoch, logs: None)]):
        history = model.fit(X[:, :1], Y, verbose=0, callbacks=callbacks, **arguments)
        assert history.epoch == epochs
        assert len(history.history.get("loss", [])) == len(epochs)
        assert model.history is history


def test_looking_does_not_change_what_happens():
    """Without anybody to tell, many epochs are one call of the engine; else every batch is one."""
    weights = []
    for arguments in (
        {"verbose": 0},
        {"verbose": 2},
        {"verbose": 0, "callbacks": [LambdaCallback(on_epoch_begin=lambda epoch, logs: None)]},
        {"verbose": 0, "callbacks": LambdaCallback(on_train_batch_begin=lambda batch, logs: None)},
        {"verbose": 0, "validation_data": (X, Y)},
    ):
        model = deep()
        history = model.fit(X, Y, batch_size=5, epochs=3, **arguments)
        weights.append((b"".join(w.tobytes() for w in model.get_weights()), history.history["loss"]))
    assert all(other == weights[0] for other in weights)


def test_training_in_parts_is_training_at_once():
    whole, parts = deep(), deep()
    whole.fit(X, Y, batch_size=5, epochs=4, verbose=0)
    parts.fit(X, Y, batch_size=5, epochs=1, verbose=0)
    parts.fit(X, Y, batch_size=5, epochs=4, initial_epoch=1, verbose=0)
    assert [w.tobytes() for w in parts.get_weights()] == [w.tobytes() for w in whole.get_weights()]


# ------------------------------------------------------------ what examples may be
class Column:
    """Like a pandas Series: no array, but one can be made of it."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)

    def __repr__(self):
        return f"Column({self.values})"


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1, 2, 3], [2, 4, 6]),
        ((1.0, 2.0, 3.0), (2.0, 4.0, 6.0)),
        ([[1], [2], [3]], [[2], [4], [6]]),
        (np.array([1, 2, 3]), np.array([2, 4, 6])),
        (np.array([[1], [2], [3]], np.int8), np.array([2, 4, 6], np.uint64)),
        (np.array([1, 2, 3], object), np.array([2, 4, 6], np.float16)),
        (Column([1, 2, 3]), Column([2, 4, 6])),
        (range(1, 4), range(2, 7, 2)),
        (np.array([0, 1, 0, 2, 0, 3])[1::2], np.array([6, 4, 2])[::-1]),
        ([np.float32(1), 2, 3.0], [np.int64(2), 4, True + 5]),
    ],
    ids=str,
)
def test_lists_and_arrays_of_any_kind(x, y):
    expected, model = line(optimizer=SGD(0.01)), line(optimizer=SGD(0.01))
    expected.fit([[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]], epochs=2, shuffle=False, verbose=0)
    model.fit(x, y, epochs=2, shuffle=False, verbose=0)
    assert model.get_weights() == expected.get_weights()
    assert model.predict(x, verbose=0).tolist() == expected.predict([1, 2, 3], verbose=0).tolist()


def test_truth_values_are_0_and_1():
    model = yes_or_no()
    assert model.evaluate([[True, False]], [True], verbose=0) == model.evaluate([[1, 0]], [1], verbose=0)


@pytest.mark.parametrize(
    "labels", [[0, 2, 1], [[0], [2], [1]], np.array([0.0, 2.0, 1.0]), np.array([0, 2, 1], "u1")]
)
def test_labels_of_classes(labels):
    model = classifier()
    expected = -np.log(model.predict(X[:3], verbose=0)[[0, 1, 2], [0, 2, 1]]).mean()
    assert model.evaluate(X[:3], labels, verbose=0) == pytest.approx(float(expected), rel=1e-6)


def test_the_input_shape_is_learnt_from_the_examples():
    model = Sequential([Flatten(), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((4, 2, 3)), np.zeros(4), verbose=0)
    assert model.input_shape == (None, 2, 3)
    assert model.count_params() == 7


# ------------------------------------------------------------ validation
def test_the_last_share_is_kept_for_validation():
    """w = b = 0 and step size 0: the losses are the means of y^2 over 1, 2, 3 and over 4, 5."""
    model = line(optimizer=SGD(0.0))
    history = model.fit(np.zeros(5), [1.0, 2.0, 3.0, 4.0, 5.0], validation_split=0.4, verbose=0)
    assert history.history == {"loss": [pytest.approx(14 / 3)], "val_loss": [20.5]}


def test_validation_data_are_judged_with_the_weights_at_the_end_of_the_epoch():
    model = line(optimizer=SGD(0.1))
    history = model.fit([1.0], [1.0], epochs=2, verbose=0, validation_data=([2.0, 3.0], [0.0, 0.0]))
    # The error 0 - 1 moves w and b by 0.2, then 0.4 - 1 by 0.12: val = ((2w + b)^2 + (3w + b)^2) / 2.
    w = b = 0.2
    first = ((2 * w + b) ** 2 + (3 * w + b) ** 2) / 2
    w = b = 0.32
    second = ((2 * w + b) ** 2 + (3 * w + b) ** 2) / 2
    np.testing.assert_allclose(history.history["val_loss"], [first, second], rtol=1e-14)


def test_validation_examples_may_have_weights():
    model = line(optimizer=SGD(0.0))
    x, y = np.zeros(2), [1.0, 2.0]
    history = model.fit(x, y, verbose=0, validation_data=(x, y, [3.0, 0.5]))
    # (3 * 1 + 0.5 * 4) / 2
    assert history.history == {"loss": [2.5], "val_loss": [2.5]}
    history = model.fit(x, y, sample_weight=[0.0, 1.0], verbose=0, validation_data=[x, y])
    assert history.history == {"loss": [2.0], "val_loss": [2.5]}


def test_the_split_takes_weights_along():
    model = line(optimizer=SGD(0.0))
    history = model.fit(
        np.zeros(4), [1.0, 2.0, 3.0, 4.0], sample_weight=[1.0, 0.0, 2.0, 1.0], validation_split=0.5, verbose=0
    )
    assert history.history == {"loss": [0.5], "val_loss": [(2 * 9 + 16) / 2]}


def test_the_size_of_validation_batches_changes_nothing():
    results = [
        deep().fit(X, Y, validation_split=0.5, validation_batch_size=size, verbose=0).history["val_loss"][0]
        for size in (None, 1, 4, 100)
    ]
    np.testing.assert_allclose(results, results[0], rtol=1e-6)


# ------------------------------------------------------------ history
def test_the_keys_of_the_history_come_in_the_order_of_keras():
    model = deep(metrics=["mse", "mae"], weighted_metrics=["accuracy"])
    history = model.fit(X, Y, epochs=2, validation_split=0.25, verbose=0).history
    assert list(history) == [
        "accuracy",
        "loss",
        "mae",
        "mse",
        "val_accuracy",
        "val_loss",
        "val_mae",
        "val_mse",
    ]
    assert {len(values) for values in history.values()} == {2}
    assert all(type(value) is float for values in history.values() for value in values)


# ------------------------------------------------------------ weights of examples
def test_a_weight_multiplies_the_loss_of_its_example():
    model = line(optimizer=SGD(0.0))
    history = model.fit(np.zeros(4), [1.0, 2.0, 3.0, 4.0], sample_weight=[2.0, 0.0, 1.0, 0.5], verbose=0)
    # (2 * 1 + 0 * 4 + 1 * 9 + 0.5 * 16) / 4
    assert history.history == {"loss": [4.75]}


def test_an_example_of_weight_2_counts_as_two():
    weighted, doubled = line(optimizer=SGD(0.1)), line(optimizer=SGD(0.1))
    weighted.fit([1.0, 2.0], [3.0, 5.0], sample_weight=np.array([[2.0], [1.0]]) * 2 / 3, epochs=5, verbose=0)
    doubled.fit([1.0, 1.0, 2.0], [3.0, 3.0, 5.0], epochs=5, verbose=0)
    np.testing.assert_allclose(weighted.get_weights()[0], doubled.get_weights()[0], rtol=1e-13)


@pytest.mark.parametrize("one_hot", [False, True])
def test_weights_by_class(one_hot):
    labels = np.arange(12) % 3
    model = classifier("categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy")
    y = np.eye(3)[labels] if one_hot else labels
    by_class = model.evaluate(X, y, verbose=0, sample_weight=np.array([1.0, 5.0, 0.0])[labels])
    model.optimizer.learning_rate = 0.0
    history = model.fit(X, y, class_weight={1: 5.0, 2: 0}, verbose=0)
    assert history.history["loss"][0] == pytest.approx(by_class, rel=1e-6)


def test_weights_by_class_for_yes_or_no():
    model = yes_or_no()
    y = np.arange(12) % 2
    expected = model.evaluate(X, y, verbose=0, sample_weight=np.where(y == 1, 10.0, 1.0))
    model.optimizer.learning_rate = 0.0
    history = model.fit(X, y, class_weight={0: 1, 1: np.float32(10)}, verbose=0)
    assert history.history["loss"][0] == pytest.approx(expected, rel=1e-6)


# ------------------------------------------------------------ what is shown
def test_verbose_0_is_silent(capsys):
    deep().fit(X, Y, verbose=0, validation_split=0.5)
    deep().fit(X, Y, verbose=False)
    assert capsys.readouterr().out == ""


def test_verbose_2_gives_one_line_an_epoch(capsys):
    line(optimizer=SGD(0.0)).fit(np.zeros(40), np.ones(40), epochs=2, verbose=2, validation_split=0.25)
    out = capsys.readouterr().out.splitlines()
    assert out[::2] == ["Epoch 1/2", "Epoch 2/2"]
    assert [text.split(" - ")[0] for text in out[1::2]] == ["1/1", "1/1"]
    assert all(text.endswith(" - loss: 1.0000 - val_loss: 1.0000") for text in out[1::2])


@pytest.mark.parametrize("verbose", [1, "auto", True])
def test_verbose_1_draws_a_bar(verbose, capsys):
    line(optimizer=SGD(0.0)).fit(np.zeros(70), np.ones(70), verbose=verbose)
    last = capsys.readouterr().out.rstrip().split("\r")[-1]
    assert "3/3" in last
    assert last.endswith(" - loss: 1.0000")


def test_what_only_concerns_keras_is_passed_over():
    model = line()
    model.compile("sgd", "mse", run_eagerly=True, jit_compile="auto", steps_per_execution=10)
    model.fit([1.0], [1.0], verbose=0, workers=4, use_multiprocessing=True, steps_per_epoch=None)
