"""The table: which layers, losses, optimizers and ways of training are compared with Keras.

A row is plain data in Keras's own spelling: `call("layers.Dense", 6, activation="tanh")` stands for
`keras.layers.Dense(6, activation="tanh")`. `training.py` carries it out on whichever module is
named `keras` there, so Keras, when it made the golden numbers, and Pellucid, whenever the tests
run, build from the same description.

Every row trains for about 100 steps, nearly all in 20 epochs of four batches of 5 examples and a
last one of 3. A row belongs here only if mathematics decides its course and rounding does not;
`measure_spread.py` shows that.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

__all__ = ["COMBINATIONS", "Call", "Combination", "call", "dense"]


class Call(NamedTuple):
    """What to call, by its dotted name inside `keras`, and with what."""

    function: str
    positional: tuple[Any, ...]
    named: dict[str, Any]


class Combination(NamedTuple):
    """One model, how it is compiled, and how it is trained."""

    name: str
    layers: tuple[Call, ...]
    loss: str | Call
    optimizer: str | Call
    x: str = "table"  # x and y name arrays of `make_golden.example_arrays`
    y: str = "value"
    metrics: tuple[str | Call, ...] = ()
    weighted_metrics: tuple[str | Call, ...] = ()
    sample_weight: bool = False
    class_weight: dict[int, float] | None = None
    validation: str = "none"  # or "rows", "weighted rows", "split"
    batch_size: int | None = 5
    epochs: int = 20
    fits: int = 1  # how often fit is called, each continuing where the one before ended


def call(function: str, /, *positional: Any, **named: Any) -> Call:
    return Call(function, positional, named)


def network(*layers: Call, shape: tuple[int, ...] = (4,)) -> tuple[Call, ...]:
    return (call("Input", shape), *layers)


dense = partial(call, "layers.Dense")
activation = partial(call, "layers.Activation")
adam = partial(call, "optimizers.Adam")
rmsprop = partial(call, "optimizers.RMSprop")
sgd = partial(call, "optimizers.SGD")
l1 = partial(call, "regularizers.L1")
l2 = partial(call, "regularizers.L2")
binary_crossentropy = partial(call, "losses.BinaryCrossentropy")
categorical_crossentropy = partial(call, "losses.CategoricalCrossentropy")
sparse_crossentropy = partial(call, "losses.SparseCategoricalCrossentropy")

ADAM = adam(0.01)
SGD = sgd(learning_rate=0.1)
ONE = network(dense(6, activation="tanh"), dense(1))
SIGMOID = network(dense(6, activation="tanh"), dense(1, activation="sigmoid"))
THREE = network(dense(6, activation="tanh"), dense(3))
SOFTMAX = network(dense(6, activation="tanh"), dense(3, activation="softmax"))
# Three outputs that do not add up to 1.
SIGMOIDS = network(dense(6, activation="tanh"), dense(3, activation="sigmoid"))
BINARY, CATEGORICAL, SPARSE = (
    f"{kind}_crossentropy" for kind in ("binary", "categorical", "sparse_categorical")
)
ACCURACY = ("accuracy",)


def optimizers() -> list[Combination]:
    """Every update rule on the same small regression.

    Some epsilons are large, because where the default ones stand would not be seen.
    """
    rules: dict[str, str | Call] = {
        "sgd by name": "sgd",
        "sgd": sgd(0.05),
        "sgd momentum": sgd(learning_rate=0.02, momentum=0.9),
        "sgd nesterov": sgd(learning_rate=0.02, momentum=0.9, nesterov=True),
        "rmsprop by name": "rmsprop",
        "rmsprop rho and epsilon": rmsprop(0.005, rho=0.8, epsilon=1e-3),
        "rmsprop momentum": rmsprop(0.002, momentum=0.8),
        "rmsprop centered": rmsprop(0.005, centered=True),
        "rmsprop centered momentum": rmsprop(0.002, 0.95, 0.5, 1e-3, True),
        "adam by name": "adam",
        "adam": ADAM,
        "adam betas and epsilon": adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
        "adam amsgrad": adam(learning_rate=0.02, beta_2=0.9, amsgrad=True),
        "sgd clipvalue": sgd(0.05, momentum=0.5, clipvalue=0.1),
        "sgd clipnorm": sgd(0.05, clipnorm=0.2),
        "adam weight_decay": adam(0.01, weight_decay=0.05),
    }
    return [
        Combination(f"optimizer: {name}", ONE, "mse", rule, metrics=("mae",)) for name, rule in rules.items()
    ]


def regression_losses() -> list[Combination]:
    flat = network(dense(4, "tanh"), dense(1), shape=(1,))
    sigmoid = network(dense(5, activation="sigmoid"), dense(3))
    softplus = network(dense(5, activation="softplus"), dense(3))
    squared, absolute = call("losses.MeanSquaredError"), call("losses.MeanAbsoluteError")
    named = (call("metrics.MeanSquaredError"), call("metrics.MeanAbsoluteError", name="distance"))
    return [
        Combination("mse: one linear unit", network(dense(1)), "mean_squared_error", SGD),
        Combination(
            "mse: three outputs", sigmoid, squared, sgd(0.1, 0.8), y="values", metrics=("mse", "mae")
        ),
        Combination("mse: accuracy of one output", ONE, "mse", ADAM, y="bit", metrics=ACCURACY),
        Combination("mse: accuracy of three outputs", THREE, "mse", ADAM, y="one_hot", metrics=ACCURACY),
        Combination("mse: y without a second axis", ONE, "mse", ADAM, y="value_flat", metrics=("mse",)),
        Combination("mse: x without a second axis", flat, "mse", SGD, x="flat"),
        Combination("mae", ONE, "mean_absolute_error", sgd(0.02), metrics=("mse",)),
        Combination("mae: three outputs", softplus, absolute, adam(0.005), y="values", metrics=named),
    ]


def binary_losses() -> list[Combination]:
    regression = network(dense(1, activation="sigmoid"))
    above_zero = (call("metrics.BinaryAccuracy", threshold=0.0),)
    logits = binary_crossentropy(from_logits=True)
    smooth = binary_crossentropy(label_smoothing=0.2)
    smooth_logits = binary_crossentropy(from_logits=True, label_smoothing=0.1)
    nesterov = sgd(0.1, momentum=0.9, nesterov=True)
    row = partial(Combination, y="bit")
    three = partial(Combination, y="bits")
    return [
        row("binary: sigmoid", SIGMOID, BINARY, ADAM, metrics=ACCURACY),
        row("binary: one unit", regression, binary_crossentropy(), SGD, metrics=("acc", "mse")),
        Combination("binary: flat integers", SIGMOID, BINARY, SGD, y="bit_flat", metrics=ACCURACY),
        row("binary: label smoothing", SIGMOID, smooth, ADAM),
        row("binary: logits", ONE, logits, ADAM, metrics=ACCURACY),
        row("binary: logits above zero", ONE, logits, rmsprop(0.005), metrics=above_zero),
        row("binary: logits, label smoothing", ONE, smooth_logits, nesterov),
        three("binary: three answers", SIGMOIDS, BINARY, ADAM, metrics=("binary_accuracy", "mae")),
        three("binary: three answers, logits", THREE, logits, rmsprop(0.005)),
    ]


def categorical_losses() -> list[Combination]:
    regression = network(dense(3, activation="softmax"))
    smooth = categorical_crossentropy(label_smoothing=0.1)
    logits = categorical_crossentropy(from_logits=True)
    smooth_logits = categorical_crossentropy(from_logits=True, label_smoothing=0.3)
    two_metrics = ("categorical_accuracy", "mse")
    row = partial(Combination, y="one_hot")
    return [
        row("categorical: softmax", SOFTMAX, CATEGORICAL, ADAM, metrics=ACCURACY),
        row("categorical: one layer", regression, categorical_crossentropy(), SGD, metrics=two_metrics),
        row("categorical: label smoothing", SOFTMAX, smooth, rmsprop(0.005), metrics=ACCURACY),
        row("categorical: logits", THREE, logits, sgd(0.05, momentum=0.9), metrics=("acc",)),
        row("categorical: logits, label smoothing", THREE, smooth_logits, ADAM),
        row("categorical: outputs that do not add up to 1", SIGMOIDS, CATEGORICAL, ADAM, metrics=ACCURACY),
        Combination("categorical: shares", SOFTMAX, CATEGORICAL, ADAM, y="shares"),
    ]


def sparse_losses() -> list[Combination]:
    logits = sparse_crossentropy(from_logits=True)
    centered = rmsprop(0.005, centered=True)
    full_name = ("sparse_categorical_accuracy",)
    row = partial(Combination, y="label")
    column = partial(Combination, y="label_column")
    return [
        row("sparse: softmax", SOFTMAX, SPARSE, ADAM, metrics=ACCURACY),
        row("sparse: logits", THREE, logits, ADAM, metrics=full_name),
        row("sparse: outputs that do not add up to 1", SIGMOIDS, SPARSE, SGD),
        column("sparse: labels in a column", SOFTMAX, sparse_crossentropy(), SGD, metrics=ACCURACY),
        column("sparse: logits, labels in a column", THREE, logits, centered, metrics=("acc",)),
    ]


def layer_kinds() -> list[Combination]:
    """Shapes, and ways of writing a layer."""
    values_in_time = network(dense(4, activation="tanh"), dense(2), shape=(5, 3))
    classes_in_time = network(dense(6, activation="gelu"), dense(3, activation="softmax"), shape=(5, 3))
    flattened = network(
        call("layers.Flatten"), dense(6, activation="relu"), dense(3, activation="softmax"), shape=(3, 4)
    )
    apart = network(
        dense(6), activation("tanh"), dense(5), activation("sigmoid"), dense(3), activation("softmax")
    )
    deep = network(*[dense(5, "tanh", kernel_initializer="lecun_normal")] * 5, dense(1))
    without_bias = network(
        dense(6, activation="softsign", use_bias=False),
        dense(1, use_bias=False, kernel_initializer="he_normal"),
    )
    in_full = (
        call("layers.InputLayer", shape=(4,)),
        dense(
            units=5,
            activation="elu",
            kernel_initializer=call("initializers.RandomNormal", mean=0.1, stddev=0.4),
            bias_initializer=call("initializers.Constant", 0.2),
            name="hidden",
        ),
        dense(1, kernel_initializer=call("initializers.VarianceScaling", 0.5, "fan_avg", "uniform")),
    )
    return [
        Combination("layers: values in time", values_in_time, "mse", ADAM, "sequence", "step_values"),
        Combination(
            "layers: classes in time", classes_in_time, SPARSE, ADAM, "sequence", "step_label", ACCURACY
        ),
        Combination("layers: flatten", flattened, SPARSE, adam(0.005), "picture", "label", ACCURACY),
        Combination("layers: activations apart", apart, CATEGORICAL, ADAM, y="one_hot"),
        Combination("layers: six deep", deep, "mse", sgd(0.05)),
        Combination("layers: without bias", without_bias, "mse", ADAM),
        Combination("layers: written out in full", in_full, "mse", ADAM),
    ]


def hidden_activations() -> list[Combination]:
    """Chains of three, so that each one's slope is passed on through another's."""
    chains = [
        ("relu", "leaky_relu", "relu6"),
        ("sigmoid", "softplus", "softsign"),
        ("elu", "selu", "celu"),
        ("silu", "gelu", "mish"),
        ("hard_sigmoid", "hard_silu", "hard_tanh"),
        ("tanh_shrink", "exponential", "log_sigmoid"),
        ("squareplus", "linear", "sparse_plus"),
        ("softmax", "log_softmax", "tanh"),
    ]
    return [
        Combination(
            "activations: " + ", ".join(chain),
            network(*(dense(6, activation=name) for name in chain), dense(1)),
            "mse",
            adam(0.005),
        )
        for chain in chains
    ]


def regularizers() -> list[Combination]:
    def hidden(**named: Any) -> tuple[Call, ...]:
        return network(dense(6, activation="tanh", **named), dense(1))

    everything = {
        "kernel_regularizer": call("regularizers.L1L2", l1=0.001, l2=0.02),
        "bias_regularizer": "l2",
        "bias_initializer": "normal",
        "activity_regularizer": l2(0.02),
    }
    networks = {
        "kernel l1": hidden(kernel_regularizer=l1(0.01)),
        "kernel l2": hidden(kernel_regularizer=l2(0.02)),
        "kernel l2 by name": hidden(kernel_regularizer="l2"),
        "kernel l1 and l2": hidden(kernel_regularizer=call("regularizers.l1_l2", l1=0.005, l2=0.01)),
        "bias l2": hidden(bias_regularizer=l2(0.1), bias_initializer=call("initializers.Constant", 0.4)),
        "activity l1": hidden(activity_regularizer=l1(0.01)),
        "activity l2": hidden(activity_regularizer=l2(0.05)),
        "everything": network(dense(6, activation="tanh", **everything), dense(1, **everything)),
    }
    row = partial(Combination, loss="mse", metrics=("mse",), validation="rows")
    return [
        *(row(f"regularizers: {name}", layers, optimizer=ADAM) for name, layers in networks.items()),
        row("regularizers: weights", networks["everything"], optimizer=SGD, sample_weight=True),
    ]


def weighted_examples() -> list[Combination]:
    two, three = {0: 1.0, 1: 3.0}, {0: 0.5, 1: 2.0, 2: 1.5}
    weighted = partial(Combination, sample_weight=True)
    return [
        weighted("weights: mse", ONE, "mse", SGD, metrics=("mse",)),
        weighted("weights: mae", ONE, "mae", sgd(0.02)),
        weighted("weights: binary", SIGMOID, BINARY, ADAM, y="bit"),
        weighted("weights: categorical", SOFTMAX, CATEGORICAL, SGD, y="one_hot"),
        weighted(
            "weights: sparse", SOFTMAX, SPARSE, ADAM, y="label", metrics=ACCURACY, validation="weighted rows"
        ),
        weighted(
            "weights: metrics", SIGMOID, BINARY, ADAM, y="bit", metrics=("mse",), weighted_metrics=ACCURACY
        ),
        Combination("classes: two", SIGMOID, BINARY, SGD, y="bit", class_weight=two),
        Combination("classes: three", SOFTMAX, SPARSE, ADAM, y="label", metrics=ACCURACY, class_weight=three),
        Combination("classes: one of three", SOFTMAX, SPARSE, SGD, y="label_column", class_weight={2: 2.5}),
        Combination("classes: one-hot", SOFTMAX, CATEGORICAL, ADAM, y="one_hot", class_weight=three),
    ]


def ways_of_training() -> list[Combination]:
    split = partial(Combination, validation="split", batch_size=4)
    twice = partial(Combination, epochs=10, fits=2)
    return [
        Combination("loop: one batch an epoch", ONE, "mse", ADAM, batch_size=23, epochs=100),
        Combination("loop: default batch size", ONE, "mse", ADAM, batch_size=None, epochs=100),
        Combination("loop: one example a batch", ONE, "mse", sgd(0.05), batch_size=1, epochs=5),
        Combination(
            "loop: validation", SOFTMAX, SPARSE, ADAM, y="label", metrics=ACCURACY, validation="rows"
        ),
        split("loop: validation split", SIGMOID, BINARY, ADAM, y="bit", metrics=ACCURACY),
        split("loop: validation split, weights", ONE, "mse", SGD, sample_weight=True),
        twice("loop: fitted twice, adam", ONE, "mse", ADAM),
        twice("loop: fitted twice, momentum", ONE, "mse", sgd(0.02, momentum=0.9)),
    ]


COMBINATIONS = (
    *optimizers(),
    *regression_losses(),
    *binary_losses(),
    *categorical_losses(),
    *sparse_losses(),
    *layer_kinds(),
    *hidden_activations(),
    *regularizers(),
    *weighted_examples(),
    *ways_of_training(),
)
