"""The table: which layers, losses, optimizers and ways of training are compared with Keras.

A row is plain data in Keras's own spelling. `call("layers.Dense", 6, activation="tanh")` stands
for `keras.layers.Dense(6, activation="tanh")`; `training.py` turns it into that call, on whichever
module is named `keras` there. So Keras, when it made the golden numbers, and Pellucid, whenever the
tests run, build from the same description.

Every row trains for about 100 steps, nearly all in 20 epochs of four batches of 5 examples and a
last one of 3. A row belongs here only if its course is decided by mathematics and not by rounding:
`make_golden.py --spread` measures that.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["COMBINATIONS", "Call", "Combination", "call"]


class Call(NamedTuple):
    """What to call, by its dotted name inside `keras`, and with what."""

    name: str
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
    fits: int = 1  # how often fit is called, one continuing where the other ended


def call(name: str, /, *positional: Any, **named: Any) -> Call:
    return Call(name, positional, named)


def dense(*positional: Any, **named: Any) -> Call:
    return call("layers.Dense", *positional, **named)


def activation(name: str) -> Call:
    return call("layers.Activation", name)


def network(*layers: Call, shape: tuple[int, ...] = (4,)) -> tuple[Call, ...]:
    return (call("Input", shape), *layers)


def optimizer(name: str, /, *positional: Any, **named: Any) -> Call:
    return call(f"optimizers.{name}", *positional, **named)


def loss(name: str, /, **named: Any) -> Call:
    return call(f"losses.{name}", **named)


REGRESSION = network(dense(6, activation="tanh"), dense(1))
YES_OR_NO = network(dense(6, activation="tanh"), dense(1, activation="sigmoid"))
THREE_CLASSES = network(dense(6, activation="tanh"), dense(3, activation="softmax"))
THREE_LOGITS = network(dense(6, activation="tanh"), dense(3))
ADAM = optimizer("Adam", 0.01)
SGD = optimizer("SGD", learning_rate=0.1)


def optimizers() -> list[Combination]:
    """Every update rule on the same small regression."""
    rules: dict[str, str | Call] = {
        "sgd by name": "sgd",
        "sgd": optimizer("SGD", 0.05),
        "sgd momentum": optimizer("SGD", learning_rate=0.02, momentum=0.9),
        "sgd nesterov": optimizer("SGD", learning_rate=0.02, momentum=0.9, nesterov=True),
        "rmsprop by name": "rmsprop",
        "rmsprop": optimizer("RMSprop", 0.005, rho=0.8),
        "rmsprop momentum": optimizer("RMSprop", 0.002, momentum=0.8),
        "rmsprop centered": optimizer("RMSprop", 0.005, centered=True),
        "rmsprop centered momentum": optimizer(
            "RMSprop", 0.002, rho=0.95, momentum=0.5, epsilon=1e-3, centered=True
        ),
        "adam by name": "adam",
        "adam": ADAM,
        "adam betas": optimizer("Adam", 0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
        "adam amsgrad": optimizer("Adam", learning_rate=0.02, beta_2=0.9, amsgrad=True),
        "sgd clipvalue": optimizer("SGD", 0.05, momentum=0.5, clipvalue=0.1),
        "sgd clipnorm": optimizer("SGD", 0.05, clipnorm=0.2),
        "adam global_clipnorm": optimizer("Adam", 0.01, epsilon=1e-2, global_clipnorm=0.3),
        "adam weight_decay": optimizer("Adam", 0.01, weight_decay=0.05),
    }
    return [
        Combination(f"optimizer: {name}", REGRESSION, "mse", rule, metrics=("mae",))
        for name, rule in rules.items()
    ]


def regression_losses() -> list[Combination]:
    return [
        Combination("mse: one linear unit", network(dense(1)), "mean_squared_error", SGD),
        Combination(
            "mse: three outputs",
            network(dense(5, activation="sigmoid"), dense(3)),
            loss("MeanSquaredError"),
            optimizer("SGD", 0.1, momentum=0.8),
            y="values",
            metrics=("mse", "mae"),
        ),
        Combination("mse: accuracy of one output", REGRESSION, "mse", ADAM, y="bit", metrics=("accuracy",)),
        Combination(
            "mse: accuracy of three outputs", THREE_LOGITS, "mse", ADAM, y="one_hot", metrics=("accuracy",)
        ),
        Combination(
            "mse: y without a second axis", REGRESSION, "mse", ADAM, y="value_flat", metrics=("mse",)
        ),
        Combination(
            "mse: x without a second axis",
            network(dense(4, "tanh"), dense(1), shape=(1,)),
            "mse",
            SGD,
            x="flat",
        ),
        Combination(
            "mse: sum of the batch",
            REGRESSION,
            loss("MeanSquaredError", reduction="sum"),
            optimizer("SGD", 0.01),
        ),
        Combination("mae", REGRESSION, "mean_absolute_error", optimizer("SGD", 0.02), metrics=("mse",)),
        Combination(
            "mae: three outputs",
            network(dense(5, activation="softplus"), dense(3)),
            loss("MeanAbsoluteError"),
            optimizer("Adam", 0.005),
            y="values",
            metrics=(call("metrics.MeanSquaredError"), call("metrics.MeanAbsoluteError", name="distance")),
        ),
    ]


def binary_losses() -> list[Combination]:
    logit = network(dense(6, activation="tanh"), dense(1))
    three = network(dense(5, activation="relu"), dense(3, activation="sigmoid"))
    from_logits = loss("BinaryCrossentropy", from_logits=True)
    return [
        Combination(
            "binary: sigmoid", YES_OR_NO, "binary_crossentropy", ADAM, y="bit", metrics=("accuracy",)
        ),
        Combination(
            "binary: logistic regression",
            network(dense(1, activation="sigmoid")),
            loss("BinaryCrossentropy"),
            SGD,
            y="bit",
            metrics=("acc", "mse"),
        ),
        Combination(
            "binary: y of integers without a second axis",
            YES_OR_NO,
            "binary_crossentropy",
            SGD,
            y="bit_flat",
            metrics=("accuracy",),
        ),
        Combination("binary: logits", logit, from_logits, ADAM, y="bit", metrics=("accuracy",)),
        Combination(
            "binary: logits, threshold 0",
            logit,
            from_logits,
            optimizer("RMSprop", 0.005),
            y="bit",
            metrics=(call("metrics.BinaryAccuracy", threshold=0.0),),
        ),
        Combination(
            "binary: label smoothing",
            YES_OR_NO,
            loss("BinaryCrossentropy", label_smoothing=0.2),
            ADAM,
            y="bit",
        ),
        Combination(
            "binary: logits, label smoothing",
            logit,
            loss("BinaryCrossentropy", from_logits=True, label_smoothing=0.1),
            optimizer("SGD", 0.1, momentum=0.9, nesterov=True),
            y="bit",
        ),
        Combination(
            "binary: three answers",
            three,
            "binary_crossentropy",
            optimizer("Adam", 0.01, amsgrad=True),
            y="bits",
            metrics=("binary_accuracy", "mae"),
        ),
        Combination(
            "binary: three answers, logits", THREE_LOGITS, from_logits, optimizer("RMSprop", 0.005), y="bits"
        ),
    ]


def categorical_losses() -> list[Combination]:
    return [
        Combination(
            "categorical: softmax",
            THREE_CLASSES,
            "categorical_crossentropy",
            ADAM,
            y="one_hot",
            metrics=("accuracy",),
        ),
        Combination(
            "categorical: softmax regression",
            network(dense(3, activation="softmax")),
            loss("CategoricalCrossentropy"),
            SGD,
            y="one_hot",
            metrics=("categorical_accuracy", "mse"),
        ),
        Combination(
            "categorical: logits",
            THREE_LOGITS,
            loss("CategoricalCrossentropy", from_logits=True),
            optimizer("SGD", 0.05, momentum=0.9),
            y="one_hot",
            metrics=("acc",),
        ),
        Combination(
            "categorical: label smoothing",
            THREE_CLASSES,
            loss("CategoricalCrossentropy", label_smoothing=0.1),
            optimizer("RMSprop", 0.005),
            y="one_hot",
            metrics=("accuracy",),
        ),
        Combination(
            "categorical: logits, label smoothing",
            THREE_LOGITS,
            loss("CategoricalCrossentropy", from_logits=True, label_smoothing=0.3),
            ADAM,
            y="one_hot",
        ),
        Combination("categorical: shares", THREE_CLASSES, "categorical_crossentropy", ADAM, y="shares"),
        # Keras divides what is not a distribution by its sum before it takes the logarithm.
        Combination(
            "categorical: outputs that do not add up to 1",
            network(dense(6, activation="tanh"), dense(3, activation="sigmoid")),
            "categorical_crossentropy",
            ADAM,
            y="one_hot",
            metrics=("accuracy",),
        ),
    ]


def sparse_losses() -> list[Combination]:
    return [
        Combination(
            "sparse: softmax",
            THREE_CLASSES,
            "sparse_categorical_crossentropy",
            ADAM,
            y="label",
            metrics=("accuracy",),
        ),
        Combination(
            "sparse: labels in a column",
            THREE_CLASSES,
            loss("SparseCategoricalCrossentropy"),
            SGD,
            y="label_column",
            metrics=("accuracy",),
        ),
        Combination(
            "sparse: logits",
            THREE_LOGITS,
            loss("SparseCategoricalCrossentropy", from_logits=True),
            ADAM,
            y="label",
            metrics=("sparse_categorical_accuracy",),
        ),
        Combination(
            "sparse: logits, labels in a column",
            THREE_LOGITS,
            loss("SparseCategoricalCrossentropy", from_logits=True),
            optimizer("RMSprop", 0.005, centered=True),
            y="label_column",
            metrics=("acc",),
        ),
        Combination(
            "sparse: outputs that do not add up to 1",
            network(dense(6, activation="tanh"), dense(3, activation="sigmoid")),
            "sparse_categorical_crossentropy",
            SGD,
            y="label",
        ),
    ]


def layer_kinds() -> list[Combination]:
    """Shapes, activations, initializers and ways of writing a layer."""
    step_by_step = network(dense(4, activation="tanh"), dense(2), shape=(5, 3))
    step_classes = network(dense(6, activation="gelu"), dense(3, activation="softmax"), shape=(5, 3))
    pixels = network(
        call("layers.Flatten"), dense(6, activation="relu"), dense(3, activation="softmax"), shape=(3, 4)
    )
    activations_apart = network(
        dense(6), activation("tanh"), dense(5), activation("sigmoid"), dense(3), activation("softmax")
    )
    deep = network(
        *(dense(5, activation="tanh", kernel_initializer="lecun_normal") for _ in range(5)), dense(1)
    )
    without_bias = network(
        dense(6, use_bias=False, activation="softsign"),
        dense(1, use_bias=False, kernel_initializer="he_normal"),
    )
    written_out = (
        call("layers.InputLayer", shape=(4,)),
        dense(
            5,
            activation="elu",
            kernel_initializer=call("initializers.RandomNormal", mean=0.1, stddev=0.4),
            bias_initializer=call("initializers.Constant", 0.2),
            name="hidden",
        ),
        dense(1, kernel_initializer=call("initializers.VarianceScaling", 0.5, "fan_avg", "uniform")),
    )
    return [
        Combination("layers: every step of a sequence", step_by_step, "mse", ADAM, "sequence", "step_values"),
        Combination(
            "layers: a class for every step",
            step_classes,
            "sparse_categorical_crossentropy",
            ADAM,
            "sequence",
            "step_label",
            ("accuracy",),
        ),
        Combination(
            "layers: flattened pictures of integers",
            pixels,
            "sparse_categorical_crossentropy",
            optimizer("Adam", 0.005),
            "picture",
            "label",
            ("accuracy",),
        ),
        Combination(
            "layers: activations apart",
            activations_apart,
            "categorical_crossentropy",
            ADAM,
            y="one_hot",
        ),
        Combination("layers: six deep", deep, "mse", optimizer("SGD", 0.05)),
        Combination("layers: without bias", without_bias, "mse", ADAM),
        Combination("layers: written out in full", written_out, "mse", ADAM),
    ]


def hidden_activations() -> list[Combination]:
    """Chains of three, so that each one's slope is passed through another's."""
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
            optimizer("Adam", 0.005),
        )
        for chain in chains
    ]


def regularizers() -> list[Combination]:
    def regularized(**named: Any) -> tuple[Call, ...]:
        return network(dense(6, activation="tanh", **named), dense(1))

    both = {
        "kernel_regularizer": call("regularizers.L1L2", l1=0.001, l2=0.02),
        "bias_regularizer": "l2",
        "bias_initializer": "normal",
    }
    networks = {
        "kernel l1": regularized(kernel_regularizer=call("regularizers.L1", 0.01)),
        "kernel l2": regularized(kernel_regularizer=call("regularizers.L2", 0.02)),
        "kernel l2 by name": regularized(kernel_regularizer="l2"),
        "kernel l1 and l2": regularized(kernel_regularizer=call("regularizers.l1_l2", l1=0.005, l2=0.01)),
        "bias": regularized(
            bias_regularizer=call("regularizers.L2", 0.1),
            bias_initializer=call("initializers.RandomUniform", 0.2, 0.6),
        ),
        "activity l1": regularized(activity_regularizer=call("regularizers.L1", 0.01)),
        "activity l2": regularized(activity_regularizer=call("regularizers.L2", 0.05)),
        "everything in both layers": network(
            dense(6, activation="tanh", activity_regularizer="l2", **both),
            dense(1, activity_regularizer=call("regularizers.L2", 0.01), **both),
        ),
    }
    rows = [
        Combination(f"regularizers: {name}", layers, "mse", ADAM, metrics=("mse",), validation="rows")
        for name, layers in networks.items()
    ]
    return [
        *rows,
        Combination("regularizers: weighted examples", networks["kernel l2"], "mse", SGD, sample_weight=True),
    ]


def weighted_examples() -> list[Combination]:
    uneven = {0: 0.5, 1: 2.0, 2: 1.5}
    sparse = "sparse_categorical_crossentropy"
    accuracy = ("accuracy",)
    return [
        Combination("weights: mse", REGRESSION, "mse", SGD, metrics=("mse",), sample_weight=True),
        Combination("weights: mae", REGRESSION, "mae", optimizer("SGD", 0.02), sample_weight=True),
        Combination("weights: binary", YES_OR_NO, "binary_crossentropy", ADAM, y="bit", sample_weight=True),
        Combination(
            "weights: categorical",
            THREE_CLASSES,
            "categorical_crossentropy",
            SGD,
            y="one_hot",
            sample_weight=True,
        ),
        Combination(
            "weights: sparse, validation too",
            THREE_CLASSES,
            sparse,
            ADAM,
            y="label",
            metrics=accuracy,
            sample_weight=True,
            validation="weighted rows",
        ),
        Combination(
            "weights: metrics with and without",
            YES_OR_NO,
            "binary_crossentropy",
            ADAM,
            y="bit",
            metrics=("mse",),
            weighted_metrics=accuracy,
            sample_weight=True,
        ),
        Combination(
            "classes: two", YES_OR_NO, "binary_crossentropy", SGD, y="bit", class_weight={0: 1.0, 1: 3.0}
        ),
        Combination(
            "classes: labels", THREE_CLASSES, sparse, ADAM, y="label", metrics=accuracy, class_weight=uneven
        ),
        Combination(
            "classes: labels in a column, one class unnamed",
            THREE_CLASSES,
            sparse,
            SGD,
            y="label_column",
            class_weight={2: 2.5},
        ),
        Combination(
            "classes: one-hot",
            THREE_CLASSES,
            "categorical_crossentropy",
            ADAM,
            y="one_hot",
            class_weight=uneven,
        ),
    ]


def ways_of_training() -> list[Combination]:
    sparse = "sparse_categorical_crossentropy"
    accuracy = ("accuracy",)
    return [
        Combination("loop: one batch an epoch", REGRESSION, "mse", ADAM, batch_size=23, epochs=100),
        Combination("loop: default batch size", REGRESSION, "mse", ADAM, batch_size=None, epochs=100),
        Combination("loop: one example a batch", REGRESSION, "mse", SGD, batch_size=1, epochs=5),
        Combination(
            "loop: validation",
            THREE_CLASSES,
            sparse,
            ADAM,
            y="label",
            metrics=accuracy,
            validation="rows",
        ),
        Combination(
            "loop: validation split",
            YES_OR_NO,
            "binary_crossentropy",
            ADAM,
            y="bit",
            metrics=accuracy,
            validation="split",
            batch_size=4,
        ),
        Combination(
            "loop: validation split, weighted",
            REGRESSION,
            "mse",
            SGD,
            sample_weight=True,
            validation="split",
            batch_size=4,
        ),
        Combination("loop: fitted twice, adam", REGRESSION, "mse", ADAM, epochs=10, fits=2),
        Combination(
            "loop: fitted twice, momentum",
            REGRESSION,
            "mse",
            optimizer("SGD", 0.02, momentum=0.9),
            epochs=10,
            fits=2,
        ),
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
