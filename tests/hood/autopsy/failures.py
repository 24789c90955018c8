"""Planted failures: models that break in a row, a layer and an operation that are known beforehand.

Unless a failure says otherwise there are 12 examples in batches of 4, not shuffled, and what is wrong is
wrong with example 6: it is in the second batch, so step 2 breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import pellucid as keras
from pellucid.engines.numpy.library import orders
from pellucid.keras import layers
from pellucid.keras.optimizers import SGD, Adam, RMSprop
from pellucid.ops import exp, expand_dims, log, power, reduce_mean, reduce_sum, sqrt

__all__ = ["BAD", "COUNT", "FAILURES", "Failure", "examples"]

COUNT, SIZE, BAD = 12, 4, 6
BATCH_OF_BAD = (4, 5, 6, 7)
ALL = tuple(range(COUNT))
SEED = 5


class Failure(NamedTuple):
    """A model that breaks.

    Attributes:
        model: makes it, compiled.
        x: the inputs.
        y: the answers.
        operation: the primitive that breaks first.
        layer: whose it is.
        phase: on which way.
        rows: in which examples.
        step: in which step, counted from 1.
        options: what else fit is told.
    """

    model: Callable[[], Any]
    x: Any
    y: Any
    operation: str
    layer: str
    phase: str
    rows: tuple[int, ...] = (BAD,)
    step: int = 2
    options: dict[str, Any] = {}  # noqa: RUF012 -- nobody writes into it


def examples(bad: float | None = None, column: int = 0, count: int = COUNT) -> np.ndarray:
    """Return rows of three numbers near 1, which float32 has exactly; one of them can be bad."""
    x = 1 + np.arange(3.0 * count).reshape(count, 3) / 64
    if bad is not None:
        x[BAD, column] = bad
    return x


def answers(bad: float | None = None) -> np.ndarray:
    y = np.ones((COUNT, 1))
    if bad is not None:
        y[BAD] = bad
    return y


def compiled(*stack: Any, loss: Any = "mse", optimizer: Any = None, shape: Any = (3,), **options: Any) -> Any:
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input(shape), *stack])
    model.compile(SGD(1e-6) if optimizer is None else optimizer, loss, **options)
    return model


def total(**options: Any) -> Any:
    """A layer that adds up its inputs, to begin with."""
    return layers.Dense(1, use_bias=False, kernel_initializer="ones", **{"name": "total", **options})


def picks_first() -> Any:
    """A layer whose outputs are its first input, twice."""
    kernel = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    return layers.Dense(
        2, use_bias=False, kernel_initializer=keras.initializers.Constant(kernel), name="picks"
    )


def of_loss(loss: Callable[[Any, Any], Any], **options: Any) -> Callable[[], Any]:
    return lambda: compiled(total(), loss=loss, **options)


class Roots(layers.Layer):
    """The root of each number, times a weight."""

    def build(self, input_shape: Any) -> None:
        self.gain = self.add_weight((input_shape[-1],), "ones", name="gain")

    def call(self, inputs: Any) -> Any:
        scaled = inputs * self.gain
        return sqrt(scaled)


class Shares(layers.Layer):
    """Each number as a share of the sum of its row."""

    def call(self, inputs: Any) -> Any:
        whole = expand_dims(reduce_sum(inputs, axes=(1,)), axis=1)
        return inputs / whole


class Powers(layers.Layer):
    """Each number to a power that is learnt."""

    def build(self, input_shape: Any) -> None:
        self.exponent = self.add_weight((input_shape[-1],), keras.initializers.Constant(0.5), name="exponent")

    def call(self, inputs: Any) -> Any:
        return power(inputs, self.exponent)


def log_loss(t: Any, p: Any) -> Any:
    return reduce_mean(-log(p), axes=(1,))


def ratio_loss(t: Any, p: Any) -> Any:
    return reduce_mean(t / p, axes=(1,))


def root_loss(t: Any, p: Any) -> Any:
    return reduce_mean(sqrt(p), axes=(1,))


def exponential_loss(t: Any, p: Any) -> Any:
    return reduce_mean(exp(p), axes=(1,))


def distance(t: Any, p: Any) -> Any:
    return sqrt(reduce_sum((p - t) ** 2, axes=(1,)))


def fourth(t: Any, p: Any) -> Any:
    return reduce_mean((p - t) ** 4, axes=(1,))


class Sets(keras.callbacks.Callback):
    """Does something with the model before an epoch."""

    def __init__(self, epoch: int, action: Callable[[Any], None]) -> None:
        super().__init__()
        self.epoch, self.action = epoch, action

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            self.action(self.model)


def set_rate(rate: float) -> Callable[[Any], None]:
    def action(model: Any) -> None:
        model.optimizer.learning_rate = rate

    return action


def scaled(factor: float) -> Callable[[Any], None]:
    return lambda model: model.set_weights([factor * weight for weight in model.get_weights()])


def step_of_bad(seed: int = SEED) -> int:
    """Return the step whose batch has the bad example when the examples are shuffled."""
    model = compiled(total())
    (order,) = orders(COUNT, model.seed, 0, 1)
    return 1 + list(order).index(BAD) // SIZE


def with_constant_column() -> np.ndarray:
    x = examples()
    x[:, 1] = 2.0
    return x


def pictures() -> np.ndarray:
    x = np.ones((COUNT, 4, 4, 1))
    x[BAD] = 3e38
    return x


def broken_slot() -> Any:
    """A model whose optimizer has kept a square that is negative."""
    model = compiled(total(), loss="mae", optimizer=Adam(1e-3))
    model.fit(examples(), answers(), epochs=1, verbose=0, shuffle=False)
    model._session.slots["v"]["total/kernel"] = np.full((3, 1), -1.0, np.float32)
    return model


def without_numbers() -> Any:
    model = compiled(total())
    model.set_weights([np.array([[1.0], [np.nan], [1.0]])])
    return model


GROWS = np.ones((4, 1))  # of the loss w**2 at w, the slope is 2 w: each step multiplies w by about -2e10

FAILURES: dict[str, Failure] = {
    # -------------------------------------------------------- steps that are too long
    "learning rate: the square of the error overflows": Failure(
        lambda: compiled(total(), optimizer=SGD(1e10), shape=(1,)),
        GROWS, np.zeros((4, 1)), "power", "loss", "loss", ALL[:4], 3, {"epochs": 9},  # w is 1, -2e10, 4e20
    ),
    "learning rate: a product overflows": Failure(
        lambda: compiled(total(), loss="mae", optimizer=SGD(1e38), shape=(1,)),
        2 * GROWS, np.zeros((4, 1)), "matmul", "total", "forward", (0, 1, 2, 3), 2,  # w is 1, -2e38
    ),
    "learning rate set by a callback: the update overflows": Failure(
        lambda: compiled(total(), loss="mae"),
        5 * examples(), answers(), "multiply", "total", "update", ALL[:4], 4,
        {"callbacks": [Sets(1, set_rate(3e38))], "epochs": 3},
    ),
    "weights set by a callback": Failure(
        lambda: compiled(total()),
        examples(), answers(), "power", "loss", "loss", ALL[:4], 7,
        {"callbacks": [Sets(2, scaled(1e25))], "epochs": 4},
    ),
    # -------------------------------------------------------- losses of one's own
    "loss: the logarithm of 0": Failure(
        of_loss(log_loss), examples() * (np.arange(COUNT) != BAD)[:, None], answers(), "log", "loss", "loss"
    ),
    "loss: the logarithm of a negative number": Failure(
        of_loss(log_loss), examples(-9), answers(), "log", "loss", "loss"
    ),
    "loss: a division by 0": Failure(
        of_loss(ratio_loss), examples() * (np.arange(COUNT) != BAD)[:, None], answers(),
        "divide", "loss", "loss",
    ),
    "loss: the root of a negative number": Failure(
        of_loss(root_loss), examples(-9), answers(), "sqrt", "loss", "loss"
    ),
    "loss: an exponential": Failure(
        of_loss(exponential_loss), examples(100), answers(), "exp", "loss", "loss"
    ),
    "loss: an exponential in float64": Failure(
        lambda: compiled(total(dtype="float64"), loss=exponential_loss), examples(800), answers(),
        "exp", "loss", "loss",
    ),
    "loss: a fourth power": Failure(of_loss(fourth), examples(1e10), answers(), "power", "loss", "loss"),
    "loss: the slope of a root at 0, the loss being finite": Failure(
        of_loss(distance, optimizer=SGD(0.0)), examples(), answers(examples()[BAD].sum()),
        "divide", "loss", "backward",
    ),
    # -------------------------------------------------------- layers and activations
    "activation: a logarithm of one's own": Failure(
        lambda: compiled(layers.Dense(1, log, False, "ones", name="logs"), total()),
        examples(-9), answers(), "log", "logs", "forward",
    ),
    "activation: exponential": Failure(
        lambda: compiled(layers.Dense(1, "exponential", False, "ones", name="grows"), total()),
        examples(100), answers(), "exp", "grows", "forward",
    ),
    "activation: 0 / 0": Failure(
        lambda: compiled(picks_first(), layers.Activation(lambda x: x / x, name="ones"), total()),
        examples(0), answers(), "divide", "ones", "forward",
    ),
    "layer: a root with a weight": Failure(
        lambda: compiled(Roots(name="roots"), total()), examples(-2, 1), answers(), "sqrt", "roots", "forward"
    ),
    "layer: the slope of a root at 0": Failure(
        lambda: compiled(Roots(name="roots"), total()), examples(0), answers(), "divide", "roots", "backward"
    ),
    "layer: a division by a sum that is 0": Failure(
        lambda: compiled(Shares(name="shares"), total()),
        np.where(np.arange(COUNT)[:, None] == BAD, [[1.0, 1.0, -2.0]], examples()), answers(),
        "divide", "shares", "forward",
    ),
    "layer: 0 times the logarithm of 0, on the way back": Failure(
        lambda: compiled(Powers(name="powers"), total()), examples(0), answers(), "log", "powers", "backward"
    ),
    "activation: the slope of a power at 0": Failure(
        lambda: compiled(picks_first(), layers.Activation(lambda x: x**0.25, name="powers"), total(),
                         optimizer=SGD(0.0)),
        examples(0), answers(), "power", "powers", "backward",
    ),
    "layer: the root of what a dense layer gives": Failure(
        lambda: compiled(layers.Dense(2, "linear", False, "ones"), Roots(name="roots"), total()),
        examples(-9), answers(), "sqrt", "roots", "forward",
    ),
    # -------------------------------------------------------- numbers that are too large
    "input: one that is huge, in the square of the error": Failure(
        lambda: compiled(total()), examples(1e30), answers(), "power", "loss", "loss"
    ),
    "input: one that is huge, in a product": Failure(
        lambda: compiled(layers.Dense(1, "linear", False, keras.initializers.Constant(2), name="twice")),
        examples(3e38), answers(), "matmul", "twice", "forward",
    ),
    "input: one that is huge, in the square that Adam keeps": Failure(
        lambda: compiled(total(), loss="mae", optimizer=Adam(1e-3)), examples(1e25), answers(),
        "power", "total", "update",
    ),
    "input: one that is huge, in the square that RMSprop keeps": Failure(
        lambda: compiled(total(), loss="mae", optimizer=RMSprop(1e-3)), examples(1e25), answers(),
        "power", "total", "update",
    ),
    "answer: one that is huge": Failure(
        lambda: compiled(total()), examples(), answers(1e20), "power", "loss", "loss"
    ),
    "picture: a sum over its pixels": Failure(
        lambda: compiled(
            layers.Conv2D(1, 2, use_bias=False, kernel_initializer="ones", name="conv"),
            layers.Flatten(), total(), shape=(4, 4, 1),
        ),
        pictures(), answers(), "convolution", "conv", "forward",
    ),
    # -------------------------------------------------------- weights of examples, regularizers
    "sample weight": Failure(
        lambda: compiled(total()), 100 * examples(), answers(), "multiply", "loss", "loss",
        options={"sample_weight": np.where(np.arange(COUNT) == BAD, 1e37, 1.0)},
    ),
    "class weight": Failure(
        lambda: compiled(
            layers.Dense(2, use_bias=False, name="scores"),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        ),
        1e3 * examples(), np.where(np.arange(COUNT) == BAD, 1, 0), "multiply", "loss", "loss",
        options={"class_weight": {0: 1.0, 1: 1e37}},
    ),
    "regularizer of a weight": Failure(
        lambda: compiled(
            layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(1e20),
                         kernel_regularizer="l2", name="large"),
            loss="mae",
        ),
        examples(), answers(), "power", "loss", "loss", (), 1,
    ),
    "regularizer of a weight: its sum": Failure(
        lambda: compiled(
            layers.Dense(3, "linear", False, keras.initializers.Constant(1.5e19), kernel_regularizer="l2",
                         name="large"),
            loss="mae",
        ),
        examples(), np.ones((COUNT, 3)), "reduce_sum", "loss", "loss", (), 1,
    ),
    "regularizer of an output": Failure(
        lambda: compiled(
            total(activity_regularizer="l2"), loss="mae",
        ),
        examples(1e25), answers(), "power", "loss", "loss",
    ),
    # -------------------------------------------------------- normalization
    "batch normalization: the square of what is huge": Failure(
        lambda: compiled(layers.BatchNormalization(name="norm"), total(), loss="mae"),
        examples(1e25), answers(), "power", "norm", "forward", BATCH_OF_BAD,  # they have the mean in common
    ),
    "batch normalization: a column that does not vary": Failure(
        lambda: compiled(layers.BatchNormalization(epsilon=0.0, name="norm"), total()),
        with_constant_column(), answers(), "divide", "norm", "forward", ALL[:4], 1,
    ),
    "layer normalization: a row that does not vary": Failure(
        lambda: compiled(layers.LayerNormalization(epsilon=0.0, name="norm"), total()),
        np.where(np.arange(COUNT)[:, None] == BAD, 2.0, examples()), answers(), "divide", "norm", "forward",
    ),
    # -------------------------------------------------------- what was broken before
    "slot: a negative square": Failure(
        broken_slot, examples(), answers(), "sqrt", "total", "update", ALL[:4], 1
    ),
    "weights: no number from the beginning": Failure(
        without_numbers, examples(), answers(), "state", "total", "forward", (), 1
    ),
    # -------------------------------------------------------- when it happens
    "the first step": Failure(
        of_loss(log_loss), np.roll(examples(-9), -BAD, axis=0), answers(), "log", "loss", "loss", (0,), 1
    ),
    "the last, smaller batch": Failure(
        of_loss(log_loss), np.roll(examples(-9), 5, axis=0), answers(), "log", "loss", "loss", (11,), 3,
        {"batch_size": 5},
    ),
    "all examples in one batch": Failure(
        of_loss(log_loss), examples(-9), answers(), "log", "loss", "loss", (BAD,), 1, {"batch_size": 99}
    ),
    "shuffled": Failure(
        of_loss(log_loss), examples(-9), answers(), "log", "loss", "loss", (BAD,), step_of_bad(),
        {"shuffle": True},
    ),
    "two rows of a batch": Failure(
        of_loss(log_loss), np.where(np.isin(np.arange(COUNT), [4, 7])[:, None], -9.0, examples()), answers(),
        "log", "loss", "loss", (4, 7),
    ),
    "with validation": Failure(
        of_loss(log_loss), examples(-9), answers(), "log", "loss", "loss",
        options={"validation_split": 0.25},
    ),
    "dropout in between": Failure(
        lambda: compiled(layers.Dropout(0.4), layers.Dense(3, "relu"), layers.Dropout(0.4), total()),
        examples(), answers(1e25), "power", "loss", "loss",
    ),
    "a later epoch than the first": Failure(
        of_loss(log_loss), examples(-9), answers(), "log", "loss", "loss",
        options={"initial_epoch": 3, "epochs": 9},
    ),
}  # fmt: skip
