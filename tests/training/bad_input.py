"""The table of what users get wrong: for each row a model, what is done to it, and the sentence that follows.

A row is (model, action, error, sentence). The action takes the model; without one it makes something new.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import losses, metrics, optimizers
from pellucid.callbacks import EarlyStopping, LambdaCallback
from pellucid.layers import Activation, Dense, Dropout, Flatten, Input
from pellucid.models import Sequential, load_model
from pellucid.ops import reduce_sum
from pellucid.optimizers import SGD, Adam, RMSprop
from pellucid.utils import set_random_seed

from .models import X, Y, classifier, deep, yes_or_no

__all__ = ["ROWS"]

LABELS = np.arange(12) % 3


def trained() -> Sequential:
    """A model in the middle of its life."""
    model = deep()
    model.fit(X, Y, epochs=2, verbose=0)
    return model


def trained_classifier() -> Sequential:
    model = classifier()
    model.fit(X, LABELS, verbose=0)
    return model


def one_hot_classifier() -> Sequential:
    return classifier("categorical_crossentropy")


def shapeless() -> Sequential:
    """A model that will learn its input shape from the first examples."""
    model = Sequential([Dense(3), Dense(1)])
    model.compile("sgd", "mse")
    return model


def uncompiled() -> Sequential:
    return Sequential([Dense(1, input_shape=[2])])


def without_loss() -> Sequential:
    model = uncompiled()
    model.compile("sgd")
    return model


def empty() -> Sequential:
    model = Sequential()
    model.compile("sgd", "mse")
    return model


def with_loss(loss: Any, metric: Any = None) -> Any:
    """Return how a model with an own loss or metric is made."""

    def make() -> Sequential:
        model = shapeless()
        model.compile("sgd", loss, metrics=metric)
        return model

    return make


def summed_over_examples(y_true, y_pred):
    return reduce_sum((y_true - y_pred) ** 2, axes=(0,))


def with_numpy(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def with_square(y_true, y_pred):
    return np.square(y_true - y_pred)


def nothing(y_true, y_pred):
    (y_true - y_pred) ** 2


def decided(y_true, y_pred):
    return max(y_pred, y_true)


def fit(x: Any = X, y: Any = Y, verbose: Any = 0, **arguments: Any) -> Any:
    """Return the action of calling fit."""
    return lambda model: model.fit(x, y, verbose=verbose, **arguments)


def with_at(value: Any, array: Any = X, place: tuple[int, ...] = (3, 1), dtype: Any = object) -> np.ndarray:
    """Return the array with something else in one place."""
    changed = np.array(array, dtype)
    changed[place] = value
    return changed


ROWS: dict[str, tuple[Any, Any]] = {
    # ---- x
    "x: too many columns": (trained, fit(np.ones((12, 3)))),
    "x: too deep": (trained, fit(np.ones((12, 2, 2)))),
    "x: a single row": (trained, fit([1.0, 2.0], [1.0])),
    "x: examples in columns": (trained, fit(X.T, Y)),
    "x: a list of numbers": (trained, fit(np.ones(12))),
    "x: one number": (trained, fit(3.0)),
    "x: rows of different length": (trained, fit([[1, 2], [3]], [1, 2])),
    "x: numbers among rows": (trained, fit([[1, 2], 3], [1, 2])),
    "x: NaN": (trained, fit(with_at(np.nan, dtype=float))),
    "x: infinity": (trained, fit(with_at(-np.inf, dtype=float))),
    "x: too large for float32": (trained, fit(with_at(1e300, dtype=float))),
    "x: None": (trained, fit(with_at(None))),
    "x: text": (trained, fit([["red", "1"], ["blue", "2"]], [1, 2])),
    "x: text that is numbers": (trained, fit([["1", "2"], ["3", "4"]], [1, 2])),
    "x: a word": (trained, fit("words")),
    "x: an object": (trained, fit(with_at(complex))),
    "x: complex": (trained, fit(X + 0j)),
    "x: dates": (trained, fit(np.full((12, 2), "2024-05-17", "M8[D]"))),
    "x: masked": (trained, fit(np.ma.array(X, mask=X > 1))),
    "x: a dictionary": (trained, fit({"a": X})),
    "x: a set": (trained, fit({1.5, 2.5})),
    "x: missing": (trained, fit(None)),
    "x: no examples": (trained, fit([], [])),
    "x: no examples, shape unknown": (shapeless, fit(np.zeros((0, 2)), [])),
    "x: fewer than y": (trained, fit(X[:5])),
    # ---- y
    "y: too many columns": (trained, fit(y=np.ones((12, 2)))),
    "y: too deep": (trained, fit(y=np.ones((12, 1, 1)))),
    "y: one number": (trained, fit(y=3)),
    "y: NaN": (trained, fit(y=with_at(np.nan, Y, (7, 0), float))),
    "y: text": (trained, fit(y=["yes", "no"] * 6)),
    "y: missing": (trained, lambda m: m.fit(X)),
    "y: nothing at all": (trained, lambda m: m.fit()),
    "y: longer than x": (shapeless, fit(X, np.ones(13))),
    "y: too many columns, shape unknown": (shapeless, fit(X, np.ones((12, 4)))),
    # ---- classes
    "labels: beyond the last": (trained_classifier, fit(y=with_at(3, LABELS, (5,), int))),
    "labels: negative": (trained_classifier, fit(y=with_at(-1, LABELS, (5,), int))),
    "labels: from 1": (trained_classifier, fit(y=LABELS + 1)),
    "labels: fractions": (trained_classifier, fit(y=LABELS / 2)),
    "labels: names": (trained_classifier, fit(y=["cat", "dog", "owl"] * 4)),
    "labels: one-hot": (trained_classifier, fit(y=np.eye(3)[LABELS])),
    "one-hot: labels": (one_hot_classifier, fit(y=LABELS)),
    "one-hot: labels in a column": (one_hot_classifier, fit(y=LABELS[:, None])),
    "one-hot: several ones": (one_hot_classifier, fit(y=np.ones((12, 3)))),
    "one-hot: negative": (one_hot_classifier, fit(y=np.tile([2, -1, 0], (12, 1)))),
    "yes or no: 2": (yes_or_no, fit(y=LABELS)),
    "yes or no: -1 and 1": (yes_or_no, fit(y=np.sign(X[:, 0]))),
    "one unit for several classes": (with_loss("sparse_categorical_crossentropy"), fit(y=LABELS % 2)),
    # ---- arguments of fit
    "batch_size=0": (trained, fit(batch_size=0)),
    "batch_size='all'": (trained, fit(batch_size="all")),
    "epochs=-1": (trained, fit(epochs=-1)),
    "epochs=1.5": (trained, fit(epochs=1.5)),
    "initial_epoch=-1": (trained, fit(initial_epoch=-1)),
    "verbose='loud'": (trained, fit(verbose="loud")),
    "validation_split=2": (trained, fit(validation_split=2)),
    "validation_split=-0.1": (trained, fit(validation_split=-0.1)),
    "validation_split='half'": (trained, fit(validation_split="half")),
    "validation_split=0.99": (trained, fit(X[:2], Y[:2], validation_split=0.99)),
    "validation_batch_size=0": (trained, fit(validation_batch_size=0)),
    "validation_data: x alone": (trained, fit(validation_data=X)),
    "validation_data: four": (trained, fit(validation_data=(X, Y, X, Y))),
    "validation_data: other shape": (trained, fit(validation_data=(X[:, :1], Y))),
    "validation_data: other length": (trained, fit(validation_data=(X, Y[:3]))),
    "validation_data: shape unknown": (shapeless, fit(validation_data=(X[:, :1], Y))),
    "sample_weight: too few": (trained, fit(sample_weight=[1, 2])),
    "sample_weight: one": (trained, fit(sample_weight=2)),
    "sample_weight: NaN": (trained, fit(sample_weight=[np.nan] * 12)),
    "class_weight: a list": (trained_classifier, fit(y=LABELS, class_weight=[1, 2, 3])),
    "class_weight: a word": (trained_classifier, fit(y=LABELS, class_weight="balanced")),
    "class_weight: a name": (trained_classifier, fit(y=LABELS, class_weight={"cat": 2})),
    "class_weight: negative": (trained_classifier, fit(y=LABELS, class_weight={0: -1})),
    "both weights": (trained_classifier, fit(y=LABELS, class_weight={0: 1}, sample_weight=np.ones(12))),
    "callbacks: a number": (trained, fit(callbacks=3)),
    "callbacks: a class": (trained, fit(callbacks=[EarlyStopping])),
    "callbacks: no validation": (trained, fit(callbacks=[EarlyStopping()])),
    "callbacks: unknown value": (trained, fit(callbacks=[EarlyStopping("acuracy")])),
    "fit: a slip": (trained, fit(epoch=3)),
    "fit: steps_per_epoch": (trained, fit(steps_per_epoch=3)),
    # ---- too early
    "fit before compile": (uncompiled, fit()),
    "evaluate before compile": (uncompiled, lambda m: m.evaluate(X, Y)),
    "fit without a loss": (without_loss, fit()),
    "predict before the shape is known": (shapeless, lambda m: m.predict(X)),
    "source before the shape is known": (shapeless, lambda m: m.numpy_source()),
    "fit without layers": (empty, fit()),
    "predict without layers": (empty, lambda m: m.predict(X)),
    "build without layers": (empty, lambda m: m.build((None, 2))),
    # ---- evaluate, predict
    "evaluate: another shape": (trained, lambda m: m.evaluate(X[:, :1], Y, verbose=0)),
    "evaluate: no examples": (trained, lambda m: m.evaluate(X[:0], Y[:0], verbose=0)),
    "evaluate: batch_size=0": (trained, lambda m: m.evaluate(X, Y, batch_size=0)),
    "evaluate: a slip": (trained, lambda m: m.evaluate(X, Y, sample_weights=Y)),
    "predict: one example": (trained, lambda m: m.predict([1.0, 2.0])),
    "predict: one number": (trained, lambda m: m.predict(100)),
    "predict: NaN": (trained, lambda m: m.predict([[np.nan, 1]])),
    "predict: None": (trained, lambda m: m.predict(None)),
    "predict: batch_size=-1": (trained, lambda m: m.predict(X, batch_size=-1)),
    "predict: steps": (trained, lambda m: m.predict(X, steps=2)),
    # ---- compile
    "loss: a slip": (trained, lambda m: m.compile("sgd", "mean_square_error")),
    "loss: a number": (trained, lambda m: m.compile("sgd", 3)),
    "loss: an optimizer": (trained, lambda m: m.compile("sgd", SGD())),
    "optimizer: a slip": (trained, lambda m: m.compile("adm", "mse")),
    "optimizer: a number": (trained, lambda m: m.compile(0.1, "mse")),
    "optimizer: a loss": (trained, lambda m: m.compile("mse", "sgd")),
    "optimizer: a layer's class": (trained, lambda m: m.compile(Dense, "mse")),
    "metrics: a slip": (trained, lambda m: m.compile("sgd", "mse", metrics=["acuracy"])),
    "metrics: a number": (trained, lambda m: m.compile("sgd", "mse", metrics=[3])),
    "metrics: a bad name": (
        trained,
        lambda m: m.compile("sgd", "mse", metrics=[metrics.MeanSquaredError(name='"')]),
    ),
    "compile: a slip": (trained, lambda m: m.compile(optimiser="sgd")),
    "compile: loss_weights": (trained, lambda m: m.compile("sgd", "mse", loss_weights=[1])),
    # ---- own losses and metrics
    "own loss: summed": (with_loss(summed_over_examples), fit()),
    "own loss: np.mean": (with_loss(with_numpy), fit()),
    "own loss: np.square": (with_loss(with_square), fit()),
    "own loss: no return": (with_loss(nothing), fit()),
    "own loss: an if": (with_loss(decided), fit()),
    "own metric: no return": (with_loss("mse", nothing), fit()),
    "own metric: summed": (with_loss("mse", summed_over_examples), fit(y=np.ones((12, 1)))),
    # ---- the stack
    "add: a number": (trained, lambda m: m.add(3)),
    "add: a class": (trained, lambda m: m.add(Dense)),
    "add: a name twice": (trained, lambda m: m.add(Dense(1, name="dense_1"))),
    "add: a layer twice": (trained, lambda m: m.add(m.layers[1])),
    "build: another shape": (trained, lambda m: m.build((None, 3))),
    "get_layer: a slip": (trained, lambda m: m.get_layer("dens_1")),
    "get_layer: beyond": (trained, lambda m: m.get_layer(index=9)),
    "pop: empty": (empty, lambda m: m.pop()),
    # ---- weights
    "weights: too few": (trained, lambda m: m.set_weights(m.get_weights()[:1])),
    "weights: other shape": (trained, lambda m: m.set_weights([*m.get_weights()[:3], [1, 2]])),
    "weights: text": (trained, lambda m: m.set_weights([*m.get_weights()[:3], ["a"]])),
    "weights: a number": (trained, lambda m: m.set_weights(3)),
    "weights: of a layer alone": (None, lambda: Dense(1).set_weights([[[1]], [1]])),
    # ---- files
    "save: .h5": (trained, lambda m: m.save("model.h5")),
    "save: .keras": (trained, lambda m: m.save("model.keras")),
    "save: a number": (trained, lambda m: m.save(3)),
    "load: a number": (None, lambda: load_model(3)),
    # ---- learning rate
    "learning_rate: set to -1": (trained, lambda m: setattr(m.optimizer, "learning_rate", -1)),
    "learning_rate=-1": (None, lambda: SGD(-1)),
    "learning_rate='fast'": (None, lambda: Adam("fast")),
    "learning_rate=nan": (None, lambda: RMSprop(float("nan"))),
    "beta_1=1": (None, lambda: Adam(beta_1=1)),
    "momentum=2": (None, lambda: SGD(momentum=2)),
    "rho='a'": (None, lambda: RMSprop(rho="a")),
    "epsilon=None": (None, lambda: Adam(epsilon=None)),
    "clipnorm=-1": (None, lambda: SGD(clipnorm=-1)),
    "optimizer: unknown argument": (None, lambda: SGD(learningrate=0.1)),
    "optimizer: ema": (None, lambda: Adam(use_ema=True)),
    # ---- layers
    "units=0": (None, lambda: Dense(0)),
    "units='3'": (None, lambda: Dense("3")),
    "units=None": (None, lambda: Dense(None)),
    "units=2.5": (None, lambda: Dense(2.5)),
    "units: two numbers": (None, lambda: Dense(3, 4)),
    "rate=1.5": (None, lambda: Dropout(1.5)),
    "rate='half'": (None, lambda: Dropout("half")),
    "dropout: seed=-1": (None, lambda: Dropout(0.5, seed=-1)),
    "activation: a slip": (None, lambda: Activation("rellu")),
    "initializer: a slip": (None, lambda: Dense(1, kernel_initializer="glorot")),
    "regularizer: a slip": (None, lambda: Dense(1, kernel_regularizer="l3")),
    "regularizer: a number": (None, lambda: Dense(1, kernel_regularizer=0.01)),
    "layer: a slip": (None, lambda: Dense(3, activaton="relu")),
    "layer: unknown argument": (None, lambda: Flatten(foo=1)),
    "layer: dtype": (None, lambda: Dense(1, dtype="int32")),
    "layer: name": (None, lambda: Dense(1, name="a/b")),
    "input_shape=[0]": (None, lambda: Dense(1, input_shape=[0])),
    "input_shape='3'": (None, lambda: Dense(1, input_shape="3")),
    "input_shape=[None]": (None, lambda: Dense(1, input_shape=[None])),
    "Input()": (None, Input),
    "layers: names": (None, lambda: Sequential(["dense"])),
    "layers: a name twice": (None, lambda: Sequential([Dense(1, name="a"), Dense(1, name="a")])),
    "model: name": (None, lambda: Sequential(name="")),
    # ---- others
    "seed=-1": (None, lambda: set_random_seed(-1)),
    "seed=1.5": (None, lambda: set_random_seed(1.5)),
    "label_smoothing=2": (None, lambda: losses.BinaryCrossentropy(label_smoothing=2)),
    "threshold='a'": (None, lambda: metrics.BinaryAccuracy(threshold="a")),
    "optimizers.get": (None, lambda: optimizers.get("sgdd")),
    "patience=-1": (None, lambda: EarlyStopping(patience=-1)),
    "mode='up'": (None, lambda: EarlyStopping(mode="up")),
    "LambdaCallback: a slip": (None, lambda: LambdaCallback(on_epoch_ends=print)),
}
