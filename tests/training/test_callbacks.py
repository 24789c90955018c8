"""Callbacks: when they are called, with what, and what they may do."""

from __future__ import annotations

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

from pellucid.callbacks import Callback, EarlyStopping, History, LambdaCallback
from pellucid.optimizers import SGD, Adam

from .models import X, Y, deep, line

MOMENTS = [name for name in vars(Callback) if name.startswith("on_")]


class Recorder(Callback):
    """Writes down every call: the moment, the number if there is one, and the names in the logs."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def set_model(self, model):
        super().set_model(model)
        for moment in MOMENTS:
            setattr(self, moment, self.at(moment))

    def at(self, moment):
        def record(*arguments):
            *number, logs = arguments
            self.calls.append((moment, *number, *logs))

        return record


# ------------------------------------------------------------ when
def test_the_calls_of_fit_come_in_the_order_of_keras():
    recorder = Recorder()
    deep(metrics=["mae"]).fit(
        X, Y, batch_size=6, epochs=2, validation_data=(X, Y), verbose=0, callbacks=[recorder]
    )
    epoch = [
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0, "loss", "mae"),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1, "loss", "mae"),
        ("on_test_begin",),
        ("on_test_batch_begin", 0),
        ("on_test_batch_end", 0, "loss", "mae"),
        ("on_test_end", "loss", "mae"),
    ]
    logs = ("loss", "mae", "val_loss", "val_mae")
    assert recorder.calls == [
        ("on_train_begin",),
        ("on_epoch_begin", 0),
        *epoch,
        ("on_epoch_end", 0, *logs),
        ("on_epoch_begin", 1),
        *epoch,
        ("on_epoch_end", 1, *logs),
        ("on_train_end", *logs),
    ]


def test_the_calls_of_evaluate_and_predict():
    model = deep()
    judging, answering = Recorder(), Recorder()
    model.evaluate(X, Y, batch_size=8, verbose=0, callbacks=[judging])
    model.predict(X, batch_size=8, verbose=0, callbacks=answering)
    for moment, recorder, logs, end in (
        ("test", judging, ("loss",), ("loss",)),
        ("predict", answering, ("outputs",), ()),
    ):
        assert recorder.calls == [
            (f"on_{moment}_begin",),
            (f"on_{moment}_batch_begin", 0),
            (f"on_{moment}_batch_end", 0, *logs),
            (f"on_{moment}_batch_begin", 1),
            (f"on_{moment}_batch_end", 1, *logs),
            (f"on_{moment}_end", *end),
        ]


def test_on_batch_is_another_name_for_on_train_batch():
    seen = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch, *logs))

    deep().fit(X, Y, batch_size=6, verbose=0, callbacks=[Old()])
    assert seen == [("begin", 0), ("end", 0, "loss"), ("begin", 1), ("end", 1, "loss")]


def test_a_callback_that_does_nothing_changes_nothing():
    weights = []
    for callbacks in ([], [Callback()], [Recorder()]):
        model = deep()
        model.fit(X, Y, batch_size=5, epochs=3, verbose=0, callbacks=callbacks)
        weights.append([w.tobytes() for w in model.get_weights()])
    assert weights[1:] == weights[:1] * 2


# ------------------------------------------------------------ with what
def test_a_callback_knows_the_model_and_the_run():
    callback = Callback()
    model = deep()
    model.fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[callback])
    assert callback.model is model
    assert (callback.params["epochs"], callback.params["steps"], callback.params["verbose"]) == (2, 3, 0)


def test_the_logs_of_a_batch_are_those_of_the_epoch_so_far():
    """Step size 0 and w = b = 0: the means of y^2 over 1, then over 1 and 2, then over all."""
    seen = []
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]))
    line(optimizer=SGD(0.0)).fit(
        np.zeros(3), [1.0, 2.0, 4.0], batch_size=1, epochs=2, shuffle=False, verbose=0, callbacks=[watch]
    )
    assert seen == [1.0, 2.5, 7.0] * 2


def test_weights_are_those_of_the_moment():
    seen = []
    model = line(optimizer=SGD(0.5), loss=lambda y_true, y_pred: y_pred)
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(model.get_weights()[1].item()))
    model.fit(np.zeros(3), np.zeros(3), batch_size=1, verbose=0, callbacks=[watch])
    assert seen == [-0.5, -1.0, -1.5]


def test_what_a_callback_adds_to_the_logs_gets_into_the_history():
    def add(epoch, logs):
        logs["rate"] = 0.5 * epoch

    stopping = EarlyStopping(monitor="rate", patience=2)
    history = deep().fit(X, Y, epochs=9, verbose=0, callbacks=[LambdaCallback(on_epoch_end=add), stopping])
    assert history.history["rate"] == [0.0, 0.5, 1.0]  # it grows, and was meant to shrink


# ------------------------------------------------------------ what they may do
@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_train_batch_begin"])
def test_the_learning_rate_may_be_changed(moment):
    """The loss is b with slope 1: each step takes its learning rate from b."""
    model = line(optimizer=SGD(1.0), loss=lambda y_true, y_pred: y_pred)

    def change(number, logs):
        model.optimizer.learning_rate = 10.0 ** -(number + 1)

    epochs, size = (3, 3) if moment == "on_epoch_begin" else (1, 1)
    callback = LambdaCallback(**{moment: change})
    model.fit(np.zeros(3), np.zeros(3), batch_size=size, epochs=epochs, verbose=0, callbacks=[callback])
    np.testing.assert_allclose(model.get_weights()[1].item(), -0.111, rtol=1e-15)
    assert model.optimizer.learning_rate == 0.001


def test_the_learning_rate_may_be_changed_between_two_fits():
    model = line(optimizer=SGD(1.0), loss=lambda y_true, y_pred: y_pred)
    model.fit([0.0], [0.0], verbose=0)
    model.optimizer.learning_rate = 0.25
    model.fit([0.0], [0.0], verbose=0)
    assert model.get_weights()[1].item() == -1.25


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_epoch_end", "on_train_batch_end"])
def test_weights_may_be_changed(moment):
    model = line(optimizer=SGD(1.0), loss=lambda y_true, y_pred: y_pred)
    callback = LambdaCallback(**{moment: lambda number, logs: model.set_weights([[[0]], [7]])})
    model.fit([0.0], [0.0], epochs=2, verbose=0, callbacks=[callback])
    assert model.get_weights()[1].item() == (6 if moment == "on_epoch_begin" else 7)


def test_a_run_may_be_stopped_after_an_epoch():
    model = line()

    def stop(epoch, logs):
        model.stop_training = epoch == 2

    history = model.fit([0.0], [0.0], epochs=9, verbose=0, callbacks=[LambdaCallback(on_epoch_end=stop)])
    assert history.epoch == [0, 1, 2]
    assert model.fit([0.0], [0.0], epochs=2, verbose=0).epoch == [0, 1]  # and the next one is not


def test_stopping_in_the_middle_of_an_epoch_ends_the_run_with_it():
    model, batches = line(), []

    def stop(batch, logs):
        batches.append(batch)
        model.stop_training = True

    callback = LambdaCallback(on_train_batch_end=stop)
    history = model.fit(np.zeros(3), np.zeros(3), batch_size=1, epochs=5, verbose=0, callbacks=[callback])
    assert history.epoch == [0]
    assert batches == [0, 1, 2]


def test_an_error_in_a_callback_leaves_what_was_finished():
    model = line(optimizer=SGD(1.0), loss=lambda y_true, y_pred: y_pred)

    def fail(epoch, logs):
        if epoch == 2:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        model.fit([0.0], [0.0], epochs=9, verbose=0, callbacks=[LambdaCallback(on_epoch_begin=fail)])
    assert model.get_weights()[1].item() == -2
    assert model.history.epoch == [0, 1]
    model.fit([0.0], [0.0], verbose=0)
    assert model.get_weights()[1].item() == -3


# ------------------------------------------------------------ History, LambdaCallback
def test_history_is_a_callback_that_can_be_used_again():
    own = History()
    model = line()
    returned = model.fit([0.0], [1.0], epochs=2, verbose=0, callbacks=[own])
    assert own.history == returned.history
    model.fit([0.0], [1.0], epochs=3, initial_epoch=2, verbose=0, callbacks=[own])
    assert own.epoch == [0, 1, 2]


def test_lambda_callback_calls_what_it_is_given():
    seen = []
    callback = LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["loss"])),
        on_train_end=None,
    )
    line(optimizer=SGD(0.0)).fit([0.0], [2.0], epochs=2, verbose=0, callbacks=[callback])
    assert seen == ["begin", (0, 4.0), (1, 4.0)]


# ------------------------------------------------------------ EarlyStopping
class Scripted:
    """Stands for a model whose losses are known beforehand; its weights are the number of the epoch."""

    def __init__(self):
        self.stop_training = False
        self.epoch = None

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        [self.epoch] = weights


def run(losses, **arguments):
    callback, model = EarlyStopping(monitor="loss", **arguments), Scripted()
    callback.set_model(model)
    callback.set_params({"epochs": len(losses)})
    callback.on_train_begin({})
    for epoch, loss in enumerate(losses):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"loss": loss})
        if model.stop_training:
            break
    callback.on_train_end({})
    return callback, model


# What Keras 3.15.1 does: epochs done, stopped_epoch, best_epoch, best, wait, and the epoch of the weights.
AS_KERAS = [
    ({}, [2.05, 1, 1, 2.05, 3, 3, 2, 2.05], (3, 2, 1, 1, 1, 2)),
    (
        {"patience": 2, "restore_best_weights": True, "start_from_epoch": 2},
        [3, 4, 2.05, 2.05, 1, 4, 2, 2],
        (7, 6, 4, 1, 2, 4),
    ),
    ({"min_delta": -0.25}, [2.05, 1.5, 1, 3, 2.05, 1, 3, 1], (4, 3, 2, 1, 1, 3)),
    (
        {"min_delta": 1, "patience": 3, "restore_best_weights": True},
        [3, 4, 1, 2.05, 1, 1.5, 4, 1],
        (6, 5, 2, 1, 3, 2),
    ),
    (
        {"min_delta": 1, "patience": 3, "baseline": 3.0, "restore_best_weights": True},
        [2.05, 2, 3, 1.5, 2, 2.05, 4, 4],
        (3, 2, 0, 2.05, 3, 0),
    ),
    (
        {"min_delta": 0.1, "patience": 1, "baseline": 3.0, "restore_best_weights": True},
        [4, 2, 1.5, 1, 1.5, 2, 2, 2.05],
        (5, 4, 3, 1, 1, 3),
    ),
    (
        {"patience": 2, "baseline": 2.0, "start_from_epoch": 2},
        [4, 4, 4, 1.5, 2, 2, 4, 1.5],
        (6, 5, 3, 1.5, 2, 5),
    ),
    (
        {"mode": "max", "patience": 3, "restore_best_weights": True, "min_delta": -0.25},
        [4, 2, 1.5, 1.5, 1.5, 4, 2.05, 2.05],
        (4, 3, 0, 4, 3, 0),
    ),
    (
        {"mode": "max", "baseline": 3.0, "min_delta": 1, "start_from_epoch": 2},
        [1, 1.5, 2.05, 1, 2, 4, 1.5, 2.05],
        (4, 3, 2, 2.05, 2, 3),
    ),
    ({"mode": "max", "patience": 3, "start_from_epoch": 2}, [2, 1.5, 4, 4, 4, 3, 4, 2], (6, 5, 2, 4, 3, 5)),
]


@pytest.mark.parametrize(("arguments", "losses", "expected"), AS_KERAS)
def test_early_stopping_stops_when_keras_does(arguments, losses, expected):
    callback, model = run(losses, **arguments)
    done = callback.stopped_epoch + 1 if model.stop_training else len(losses)
    found = (done, callback.stopped_epoch, callback.best_epoch, callback.best, callback.wait, model.epoch)
    assert found == expected


def test_a_loss_that_is_no_number_is_no_improvement():
    callback, model = run([2.0, float("nan"), float("nan")], patience=2)
    assert model.stop_training
    assert callback.best == 2.0


@pytest.mark.parametrize(
    ("monitor", "grows"),
    [("accuracy", True), ("val_acc", True), ("auc", True), ("val_loss", False), ("mae", False)],
)
def test_accuracies_shall_grow_and_all_else_shrink(monitor, grows):
    callback = EarlyStopping(monitor=monitor, patience=1)
    callback.set_model(Scripted())
    for epoch, value in enumerate([1.0, 2.0, 3.0]):
        callback.on_epoch_end(epoch, {monitor: value})
    assert callback.best == (3.0 if grows else 1.0)
    assert callback.model.stop_training is not grows


def test_early_stopping_in_a_fit():
    model = deep(Adam(0.5))
    stopping = EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True, verbose=1)
    out = io.StringIO()
    with redirect_stdout(out):
        history = model.fit(X, Y, epochs=200, validation_data=(X[:4], Y[:4]), verbose=0, callbacks=[stopping])
    losses = history.history["val_loss"]
    best = int(np.argmin(losses))
    assert len(losses) == best + 3 < 200
    assert (stopping.stopped_epoch, stopping.best_epoch, stopping.best) == (best + 2, best, losses[best])
    assert model.evaluate(X[:4], Y[:4], verbose=0) == losses[best]
    assert out.getvalue().splitlines() == [
        f"Epoch {best + 3}: early stopping",
        f"Restoring model weights from the end of the best epoch: {best + 1}.",
    ]


def test_early_stopping_can_be_used_again():
    model, stopping = line(optimizer=SGD(0.0)), EarlyStopping(monitor="loss", patience=1)
    for _ in range(2):
        assert len(model.fit([0.0], [1.0], epochs=9, verbose=0, callbacks=[stopping]).epoch) == 2
