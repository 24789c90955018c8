"""Small models of every kind, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from pellucid import keras
from pellucid.engines.numpy import NumpyEngine
from pellucid.keras import layers, losses, metrics, optimizers, regularizers
from pellucid.nn import activations
from pellucid.ops import absolute, exp, reduce_mean
from pellucid.training.graphs import blueprint

__all__ = ["CASES", "Case", "each_case", "engine_of"]

EXAMPLES = 7


class Case:
    """A compiled model, and examples for it.

    Args:
        stack: makes the layers; they need no input shape.
        loss: name or loss.
        optimizer: makes an optimizer, or its name.
        y: what the targets are: "numbers", "yes or no", "one-hot", "labels".
        shape: the shape of one example.
        weighted: whether the examples have weights.
        dtype: the dtype of all layers.
        reported: the metrics.
    """

    def __init__(
        self,
        stack: Callable[[], list[Any]],
        loss: Any = "mse",
        optimizer: Any = "sgd",
        y: str = "numbers",
        *,
        shape: tuple[int, ...] = (3,),
        weighted: bool = False,
        dtype: str = "float32",
        reported: Any = (),
    ) -> None:
        self.stack = stack
        self.loss = loss
        self.optimizer = optimizer
        self.target = y
        self.shape = shape
        self.weighted = weighted
        self.dtype = dtype
        self.reported = list(reported)

    def model(self, seed: int = 11) -> Any:
        before = keras.config.floatx()
        keras.config.set_floatx(self.dtype)
        try:
            keras.utils.set_random_seed(seed)
            model = keras.Sequential([keras.Input(self.shape), *self.stack()])
            model.build()
        finally:
            keras.config.set_floatx(before)
        optimizer = self.optimizer if isinstance(self.optimizer, str) else self.optimizer()
        chosen = "weighted_metrics" if self.weighted else "metrics"
        model.compile(optimizer, self.loss, **{chosen: self.reported})
        return model

    def examples(self, model: Any, count: int = EXAMPLES) -> list[np.ndarray]:
        """Return x, y and, if wanted, weights."""
        random = np.random.default_rng(5)
        x = random.normal(size=(count, *self.shape)).astype(self.dtype)
        units = model.output_shape[-1]
        labels = random.integers(0, units, size=count)
        y = {
            "numbers": random.normal(size=(count, *model.output_shape[1:])).astype(self.dtype),
            "yes or no": random.integers(0, 2, size=(count, units)).astype(self.dtype),
            "one-hot": np.eye(units, dtype=self.dtype)[labels],
            "labels": labels,
        }[self.target]
        weights = [random.uniform(0.1, 2, size=count).astype(self.dtype)] if self.weighted else []
        return [x, y, *weights]


def engine_of(model: Any, weighted: bool = False) -> NumpyEngine:
    """Return the engine of a model, made anew."""
    return NumpyEngine(blueprint(model.name, model.layers, model.known_shape(), model.compiled(weighted)))


def dense(*units: int, activation: Any = "tanh", last: Any = None, **options: Any) -> Callable[[], list[Any]]:
    """Return what makes a stack of dense layers."""
    *hidden, final = units

    def stack() -> list[Any]:
        return [*(layers.Dense(n, activation, **options) for n in hidden), layers.Dense(final, last)]

    return stack


# ------------------------------------------------------------ what users write themselves
def log_cosh_like(y_true: Any, y_pred: Any) -> Any:
    error = y_pred - y_true
    grown = exp(-absolute(error)) + absolute(error)
    return reduce_mean(grown, axes=(1,))


def largest_miss(y_true: Any, y_pred: Any) -> Any:
    return absolute(y_true - y_pred)


class Scaled(layers.Layer):
    """A layer with a weight of one number and one of a vector."""

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight((), "ones", name="scale")
        self.shift = self.add_weight((input_shape[-1],), "zeros", name="shift")

    def call(self, inputs: Any) -> Any:
        moved = inputs + self.shift
        return moved * self.scale


class Counted(layers.Layer):
    """A layer whose call assigns: what it has seen, how often, and the largest of it before."""

    def build(self, input_shape: Any) -> None:
        self.gain = self.add_weight((), "ones", name="gain")
        self.seen = self.add_weight((input_shape[-1],), "zeros", name="seen", trainable=False)
        self.before = self.add_weight((input_shape[-1],), "zeros", name="before", trainable=False)
        self.steps = self.add_weight((), "zeros", name="steps", trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.before.assign(self.seen)
            total = self.seen + reduce_mean(inputs, axes=(0,))
            self.seen.assign(total)
            self.steps.assign(self.steps + 1)
        moved = inputs + self.gain * self.seen
        return moved / 2


# ------------------------------------------------------------ the table
ACTIVATIONS = sorted(set(activations.__all__) - {"deserialize", "get", "serialize", "threshold", "title"})

OPTIMIZERS: dict[str, Any] = {
    "sgd": optimizers.SGD,
    "momentum": lambda: optimizers.SGD(0.1, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "rmsprop": optimizers.RMSprop,
    "rmsprop-centered": lambda: optimizers.RMSprop(centered=True),
    "rmsprop-momentum": lambda: optimizers.RMSprop(momentum=0.5),
    "rmsprop-all": lambda: optimizers.RMSprop(
        momentum=0.5, centered=True, clipnorm=0.5, clipvalue=0.1, weight_decay=0.01
    ),
    "adam": optimizers.Adam,
    "amsgrad": lambda: optimizers.Adam(amsgrad=True),
    "adam-all": lambda: optimizers.Adam(amsgrad=True, clipnorm=0.5, clipvalue=0.1, weight_decay=0.01),
    "clipnorm": lambda: optimizers.SGD(clipnorm=0.3),
    "clipvalue": lambda: optimizers.SGD(clipvalue=0.05),
    "decay": lambda: optimizers.SGD(weight_decay=0.1),
}

SMOOTH = losses.BinaryCrossentropy(label_smoothing=0.1)
LOSSES: dict[str, tuple[Any, str, Any]] = {  # the loss, the targets, the last activation
    "mse": ("mse", "numbers", None),
    "mae": ("mae", "numbers", None),
    "binary": ("binary_crossentropy", "yes or no", "sigmoid"),
    "binary-probabilities": ("binary_crossentropy", "yes or no", "hard_sigmoid"),
    "binary-logits": (losses.BinaryCrossentropy(from_logits=True), "yes or no", None),
    "binary-smooth": (SMOOTH, "yes or no", "sigmoid"),
    "binary-smooth-logits": (losses.BinaryCrossentropy(True, 0.2), "yes or no", None),
    "categorical": ("categorical_crossentropy", "one-hot", "softmax"),
    "categorical-probabilities": ("categorical_crossentropy", "one-hot", "sigmoid"),
    "categorical-logits": (losses.CategoricalCrossentropy(from_logits=True), "one-hot", None),
    "categorical-smooth": (losses.CategoricalCrossentropy(label_smoothing=0.1), "one-hot", "softmax"),
    "sparse": ("sparse_categorical_crossentropy", "labels", "softmax"),
    "sparse-probabilities": ("sparse_categorical_crossentropy", "labels", "sigmoid"),
    "sparse-logits": (losses.SparseCategoricalCrossentropy(from_logits=True), "labels", None),
    "custom": (log_cosh_like, "numbers", None),
}
ACCURATE = {"yes or no", "one-hot", "labels"}

REGULARIZERS: dict[str, Any] = {
    "l1": "l1",
    "l2": "l2",
    "l1_l2": regularizers.L1L2(0.01, 0.02),
    "orthogonal": regularizers.OrthogonalRegularizer(0.02),
}


def _cases() -> Iterator[tuple[str, Case]]:
    for dtype in ("float32", "float64"):
        for name in ACTIVATIONS:
            yield f"{name}-{dtype}", Case(dense(4, 2, activation=name), dtype=dtype)
            yield f"last-{name}-{dtype}", Case(dense(3, 4, last=name), dtype=dtype)
        for name, (loss, y, last) in LOSSES.items():
            for weighted in (False, True):
                reported = (
                    ["accuracy", "mae"] if y in ACCURATE - {"labels"} else ["accuracy"] * (y == "labels")
                )
                yield (
                    f"{name}-{dtype}" + "-weighted" * weighted,
                    Case(
                        dense(4, 3, last=last),
                        loss,
                        "sgd",
                        y,
                        weighted=weighted,
                        dtype=dtype,
                        reported=reported,
                    ),
                )
        for name, optimizer in OPTIMIZERS.items():
            yield f"{name}-{dtype}", Case(dense(4, 2), "mse", optimizer, dtype=dtype)
        for name, regularizer in REGULARIZERS.items():
            stack = dense(4, 2, kernel_regularizer=regularizer, use_bias=False)
            yield f"{name}-{dtype}", Case(stack, dtype=dtype, weighted=dtype == "float64")
        yield f"output-regularized-{dtype}", Case(dense(4, 2, activity_regularizer="l2"), dtype=dtype)
        yield f"dropout-{dtype}", Case(_dropout, optimizer="adam", dtype=dtype, reported=["mse"])
        yield f"batch-normalization-{dtype}", Case(_normalized, optimizer="adam", dtype=dtype)
        yield f"own-{dtype}", Case(_own, optimizer="adam", dtype=dtype, reported=[largest_miss])
        yield f"deep-{dtype}", Case(dense(*[4] * 8, 2), optimizer="adam", dtype=dtype)
        yield f"deep-and-uneven-{dtype}", Case(dense(4, 5, 6, 7, 8, 9, 1, activation="elu"), dtype=dtype)
    yield "scaled-both-ways", Case(_scaled, optimizer="adam")
    yield "partly-trained", Case(_partly, optimizer="adam")
    yield "images", Case(_images, "sparse_categorical_crossentropy", "adam", "labels", shape=(4, 5))
    yield (
        "pictures",
        Case(_pictures, "sparse_categorical_crossentropy", "adam", "labels", shape=(7, 6, 2), weighted=True),
    )
    yield "pictures-float64", Case(_pictures, shape=(7, 6, 2), dtype="float64")
    yield "pictures-deep", Case(_pictures_deep, optimizer="adam", shape=(5, 4, 1))
    yield "series", Case(_series, optimizer="adam", shape=(8, 2))
    yield "batch-normalization-deep", Case(_normalized_often)
    yield "batch-normalization-frozen", Case(_frozen, optimizer="adam")
    yield "batch-normalization-of-axis-1", Case(_padded, shape=(3, 4, 2), weighted=True)
    yield "enlarged", Case(_enlarged, optimizer="adam", shape=(2, 3, 2))
    yield "series-enlarged", Case(_series_enlarged, optimizer="adam", shape=(4, 2))
    yield "pictures-largest", Case(_pictures_largest, shape=(5, 4, 1))
    yield "assigned", Case(lambda: [Counted(), layers.Dense(2)], optimizer="adam")
    yield "assigned-often", Case(lambda: [Counted(), Counted(), Counted(), layers.Dense(2)])
    yield "sequences", Case(dense(4, 2), shape=(5, 3))
    yield "one-unit", Case(dense(1), "mse", "sgd", shape=(1,), reported=["accuracy"])
    yield (
        "accuracy-of-one",
        Case(dense(3, 1, last="sigmoid"), "binary_crossentropy", y="yes or no", reported=["accuracy", "mse"]),
    )
    yield (
        "metrics",
        Case(
            dense(3, 3, last="softmax"),
            "categorical_crossentropy",
            y="one-hot",
            reported=["mse", "mae", metrics.CategoricalAccuracy(), metrics.BinaryAccuracy(threshold=0.3)],
        ),
    )


def _dropout() -> list[Any]:
    return [layers.Dropout(0.2), layers.Dense(5, "relu"), layers.Dropout(0.5, seed=3), layers.Dense(2)]


def _normalized() -> list[Any]:
    hidden = [layers.Dense(4, use_bias=False), layers.BatchNormalization(), layers.Activation("relu")]
    return [*hidden, layers.LayerNormalization(), layers.Dense(2)]


def _normalized_often() -> list[Any]:
    hidden = [(layers.Dense(4, "tanh"), layers.BatchNormalization(momentum=0.5)) for _ in range(4)]
    return [*(layer for pair in hidden for layer in pair), layers.Dense(2)]


def _frozen() -> list[Any]:
    return [layers.Dense(4, "tanh"), layers.BatchNormalization(trainable=False), layers.Dense(2)]


def _padded() -> list[Any]:
    padding = layers.ZeroPadding2D(((1, 0), 2))
    return [padding, layers.BatchNormalization(axis=1, scale=False), layers.Flatten(), layers.Dense(2)]


def _enlarged() -> list[Any]:
    smooth = layers.UpSampling2D((2, 3), interpolation="bilinear")
    norm = layers.LayerNormalization(axis=(1, 2, 3))
    return [layers.UpSampling2D((1, 2)), smooth, norm, layers.Flatten(), layers.Dense(2)]


def _own() -> list[Any]:
    return [Scaled(), layers.Dense(4, "selu"), Scaled(), layers.Dense(2)]


def _scaled() -> list[Any]:
    there = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 16.0])
    back = layers.Normalization(mean=5.0, variance=36.0, invert=True)
    return [there, layers.Dense(4, "relu"), layers.Dense(2), back]


def _partly() -> list[Any]:
    return [layers.Dense(4, "tanh", trainable=False), layers.Dense(4, "tanh"), layers.Dense(2)]


def _images() -> list[Any]:
    return [layers.Flatten(), layers.Dense(6), layers.Activation("relu"), layers.Dense(3, "softmax")]


def _pictures() -> list[Any]:
    return [
        layers.Conv2D(4, 3, padding="same", groups=2, activation="relu"),
        layers.MaxPooling2D(),
        layers.DepthwiseConv2D(2, depth_multiplier=2, activation="tanh"),
        layers.AveragePooling2D(2, strides=1, padding="same"),
        layers.Flatten(),
        layers.Dense(3, "softmax"),
    ]


def _pictures_deep() -> list[Any]:
    hidden = [layers.Conv2D(3, 3, padding="same", activation="relu") for _ in range(5)]
    return [*hidden, layers.GlobalAveragePooling2D(), layers.Dense(2)]


def _series() -> list[Any]:
    return [
        layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh"),
        layers.MaxPooling1D(3, strides=2, padding="same"),
        layers.Conv1D(2, 2, strides=2, use_bias=False),
        layers.GlobalMaxPooling1D(),
    ]


def _series_enlarged() -> list[Any]:
    return [
        layers.UpSampling1D(2),
        layers.ZeroPadding1D(1),
        layers.AveragePooling1D(3, strides=2),
        layers.Conv1D(3, 2, activation="tanh"),
        layers.GlobalAveragePooling1D(),
        layers.Dense(2),
    ]


def _pictures_largest() -> list[Any]:
    return [layers.Conv2D(3, 2, activation="relu"), layers.GlobalMaxPooling2D(), layers.Dense(2)]


CASES = dict(_cases())


# Sigmoids where one of several classes is true: fit says so, and they are here for their arithmetic.
_HEADS = pytest.mark.filterwarnings("ignore:Head and loss:pellucid.errors.TrainingWarning")


def each_case(every: int = 8) -> list[Any]:
    """The cases as parameters of a test, without those that differ from another one in their dtype alone.

    Args:
        every: one of so many is quick.
    """
    names = [name for name in CASES if "float64" not in name or name.replace("64", "32") not in CASES]
    return [
        pytest.param(name, marks=[_HEADS] if place % every == 0 else [_HEADS, pytest.mark.slow])
        for place, name in enumerate(names)
    ]
