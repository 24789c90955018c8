"""Programs with nothing wrong: the doctor must stay silent at every one.

Each makes data and a model, compiles it, and returns what the doctor says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid import keras
from pellucid.data import datasets

from .problems import clouds, credit, digits, houses, pictures, scaled, series, words

__all__ = ["PROGRAMS"]

layers, losses, optimizers = keras.layers, keras.losses, keras.optimizers

PROGRAMS: dict[str, Callable[[], Any]] = {}


def program(function: Callable[[], Any]) -> Callable[[], Any]:
    PROGRAMS[function.__name__] = function
    return function


def network(*stack: Any, **compiled: Any) -> Any:
    model = keras.Sequential(list(stack))
    model.seed = 1
    model.compile(**compiled)
    return model


dense, relu, softmax = layers.Dense, "relu", "softmax"


# ------------------------------------------------------------ small problems of every course
@program
def celsius_by_adam():
    x, y = datasets.celsius()
    return network(dense(1), loss="mse", optimizer=optimizers.Adam(0.1)).check(x, y, epochs=500)


@program
def celsius_with_three_linear_layers():
    x, y = datasets.celsius()
    stack = dense(4), dense(4), dense(1)
    return network(*stack, loss="mse", optimizer=optimizers.Adam(0.1)).check(x, y, epochs=500)


@program
def a_line_from_six_points():
    xs, ys = [-1.0, 0, 1, 2, 3, 4], [-3.0, -1, 1, 3, 5, 7]
    model = network(dense(1, input_shape=[1]), loss="mean_squared_error", optimizer="sgd")
    return model.check(xs, ys, epochs=500)


@program
def corners_of_xor():
    x, y = datasets.xor()
    stack = dense(8, "tanh"), dense(1, "sigmoid")
    model = network(*stack, loss="binary_crossentropy", optimizer=optimizers.SGD(0.5), metrics=["accuracy"])
    return model.check(x, y, epochs=300)


@program
def quadrants_of_xor():
    x, y = datasets.xor(500)
    stack = dense(16, relu), dense(16, relu), dense(1, "sigmoid")
    model = network(*stack, loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model.check(x, y, validation_split=0.2, epochs=50)


@program
def donut_with_eight_units():
    x, y = datasets.donut()
    stack = dense(8, "tanh"), dense(1, "sigmoid")
    model = network(*stack, loss="binary_crossentropy", optimizer=optimizers.Adam(0.1))
    return model.check(x, y, batch_size=1000, epochs=200)


@program
def donut_with_a_line_that_cannot_do_it():
    x, y = datasets.donut()
    model = network(dense(1, "sigmoid"), loss="binary_crossentropy", optimizer=optimizers.Adam(0.1))
    return model.check(x, y, batch_size=1000, epochs=200)


@program
def spirals():
    x, y = datasets.spiral(400, noise=0.1)
    stack = dense(32, "tanh"), dense(32, "tanh"), dense(32, "tanh"), dense(1, "sigmoid")
    model = network(*stack, loss="bce", optimizer=optimizers.Adam(0.01), metrics=["accuracy"])
    return model.check(x, y, validation_split=0.2, epochs=300)


@program
def two_moons_with_logits():
    x, y = datasets.two_moons(400, noise=0.1)
    loss = losses.BinaryCrossentropy(from_logits=True)
    return network(dense(16, relu), dense(1), loss=loss, optimizer="adam").check(x, y)


@program
def circle_with_squares_as_features():
    x, y = datasets.circle(300)
    x = np.hstack([x, x**2])
    return network(dense(1, "sigmoid"), loss="bce", optimizer=optimizers.Adam(0.03)).check(x, y)


@program
def two_far_clouds_by_gradient_descent():
    x, y = datasets.gauss(200, noise=0.1)
    model = network(
        dense(1, kernel_initializer="zeros"), layers.Activation("sigmoid"), loss="bce", optimizer="sgd"
    )
    return model.check(x, y, batch_size=200, epochs=100)


@program
def a_slope_by_gradient_descent():
    x, y = datasets.plane(500)
    return network(dense(1), loss="mse", optimizer="sgd").check(x, y, validation_split=0.1)


@program
def the_truth_table_of_and():
    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    model = network(dense(1, "sigmoid"), loss="binary_crossentropy", optimizer=optimizers.SGD(1.0))
    return model.check(x, y, validation_data=(x, y), epochs=1000)


@program
def sums_of_two_small_numbers():
    x = np.array([[a, b] for a in range(10) for b in range(10)], float)
    return network(dense(1), loss="mse", optimizer=optimizers.SGD(0.01)).check(x, x.sum(axis=1), epochs=50)


@program
def one_example():
    return network(dense(2), dense(1), loss="mse", optimizer="sgd").check([[1.0, 2.0, 3.0]], [3.0])


@program
def a_parabola():
    x = np.linspace(-1, 1, 200)
    return network(dense(32, "tanh"), dense(1), loss="mse", optimizer="adam").check(x, x**2, epochs=200)


@program
def powers_of_a_number():
    x = np.linspace(-2, 2, 100)
    y = 1 + 2 * x - 3 * x**3 + np.random.default_rng(0).normal(0, 0.3, 100)
    x = np.column_stack([x, x**2, x**3])
    return network(dense(1), loss="mse", optimizer=optimizers.Adam(0.05)).check(x, y, epochs=300)


# ------------------------------------------------------------ tables
@program
def houses_scaled_by_hand():
    x, y = houses()
    stack = dense(32, relu), dense(32, relu), dense(1)
    model = network(*stack, loss="mse", optimizer="adam", metrics=["mae"])
    return model.check(scaled(x), y / 100_000, validation_split=0.2, epochs=100)


@program
def houses_scaled_by_a_layer():
    x, y = houses()
    normalization = layers.Normalization()
    normalization.adapt(x)
    model = network(normalization, dense(64, relu), dense(1), loss="mae", optimizer="adam")
    return model.check(x, y / 1e5, validation_split=0.2)


@program
def thirteen_columns_and_prices_in_thousands():
    random = np.random.default_rng(3)
    x = random.normal(size=(404, 13))
    y = 22.5 + x @ random.normal(0, 2, 13) + 3 * np.abs(x[:, 0]) + random.normal(0, 2, 404)
    stack = dense(64, relu), dense(64, relu), dense(1)
    model = network(*stack, loss="mse", optimizer="rmsprop", metrics=["mae"])
    return model.check(x, y, epochs=80, batch_size=16)


@program
def flowers_in_centimetres_one_hot():
    x, labels = clouds(150)
    stack = dense(10, relu), dense(3, softmax)
    model = network(*stack, loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model.check(x, keras.utils.to_categorical(labels, 3), epochs=100)


@program
def flowers_with_class_numbers():
    x, y = clouds(300, classes=5)
    order = np.random.default_rng(1).permutation(300)
    train, test = order[:240], order[240:]
    stack = dense(20, "tanh"), dense(5, softmax)
    model = network(*stack, loss="sparse_categorical_crossentropy", optimizer=optimizers.SGD(0.1))
    return model.check(x[train], y[train], validation_data=(x[test], y[test]))


@program
def flowers_with_logits_and_momentum():
    x, y = clouds(300)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model = network(dense(32, relu), dense(3), loss=loss, optimizer=optimizers.SGD(0.01, momentum=0.9))
    return model.check(scaled(x), y)


@program
def credit_with_dropout_and_penalties():
    x, y = credit()
    stack = (
        dense(64, relu, kernel_regularizer=keras.regularizers.l2(0.001)),
        layers.Dropout(0.5),
        dense(64, relu, kernel_regularizer=keras.regularizers.l2(0.001)),
        layers.Dropout(0.5),
        dense(1, "sigmoid"),
    )
    model = network(*stack, loss="bce", optimizer="adam", metrics=["accuracy"])
    return model.check(x, y, validation_split=0.25)


@program
def credit_with_batch_normalization():
    x, y = credit(200)
    stack = dense(32), layers.BatchNormalization(), layers.Activation(relu), dense(1, "sigmoid")
    return network(*stack, loss="bce", optimizer="adam").check(x, y, batch_size=32, epochs=30)


@program
def fraud_with_weights_for_the_classes():
    x, y = credit(3000, share=0.008)
    model = network(dense(16, relu), dense(1, "sigmoid"), loss="bce", optimizer="adam")
    return model.check(x, y, class_weight={0: 1.0, 1: 100.0})


@program
def one_customer_in_twenty():
    x, y = credit(1000, share=0.05)
    model = network(dense(16, relu), dense(1, "sigmoid"), loss="bce", optimizer="adam", metrics=["accuracy"])
    return model.check(x, y, validation_split=0.2)


@program
def passengers_in_categories():
    random = np.random.default_rng(5)
    kind, sex, port = random.integers(1, 4, 800), random.integers(0, 2, 800), random.integers(0, 3, 800)
    chance = 0.2 + 0.5 * sex - 0.1 * (kind - 2)
    x = np.column_stack([np.eye(3)[kind - 1], sex, 1 - sex, np.eye(3)[port]])
    y = (random.random(800) < chance).astype(int)
    model = network(dense(16, relu), dense(1, "sigmoid"), loss="bce", optimizer="adam", metrics=["accuracy"])
    return model.check(x[:600], y[:600], validation_data=(x[600:], y[600:]))


@program
def ratings_from_three_to_eight():
    random = np.random.default_rng(6)
    x = random.normal(size=(500, 11))
    y = np.round(5.6 + 0.5 * x[:, 0] - 0.4 * x[:, 1] + random.normal(0, 0.5, 500)).clip(3, 8)
    return network(dense(32, relu), dense(1), loss="mse", optimizer="adam", metrics=["mae"]).check(x, y)


@program
def counts_with_an_exponential_head():
    random = np.random.default_rng(7)
    x = random.normal(size=(400, 3))
    y = random.poisson(np.exp(1 + 0.5 * x[:, 0]))
    return network(dense(16, relu), dense(1, "softplus"), loss="mse", optimizer="adam").check(x, y)


@program
def shares_between_zero_and_one():
    random = np.random.default_rng(8)
    x = random.normal(size=(400, 5))
    y = 1 / (1 + np.exp(-x[:, 0] + 0.5 * x[:, 1]))
    return network(dense(16, relu), dense(1, "sigmoid"), loss="mse", optimizer="adam").check(x, y)


@program
def steering_between_left_and_right():
    random = np.random.default_rng(9)
    x = random.uniform(-1, 1, size=(400, 6))
    return network(dense(16, "tanh"), dense(1, "tanh"), loss="mse", optimizer="adam").check(
        x, np.tanh(2 * x[:, 0] - x[:, 1])
    )


@program
def returns_of_a_share_with_a_weak_signal():
    random = np.random.default_rng(10)
    x = random.normal(size=(2000, 10))
    y = 0.2 * x[:, 0] + random.normal(size=2000)
    return network(dense(8, "tanh"), dense(1), loss="mse", optimizer="adam").check(x, y)


@program
def xor_among_columns_of_noise():
    random = np.random.default_rng(11)
    x = random.normal(size=(600, 8))
    y = (x[:, 2] * x[:, 5] > 0).astype(int)
    stack = dense(32, relu), dense(32, relu), dense(1, "sigmoid")
    return network(*stack, loss="bce", optimizer="adam").check(x, y)


@program
def an_arm_with_two_joints():
    random = np.random.default_rng(12)
    a, b = random.uniform(0, np.pi, (2, 500))
    y = np.column_stack([np.cos(a) + np.cos(a + b), np.sin(a) + np.sin(a + b)])
    return network(dense(64, relu), dense(2), loss="mse", optimizer="adam").check(
        np.column_stack([a, b]), y, validation_split=0.2
    )


@program
def sales_with_the_time_as_a_column():
    random = np.random.default_rng(13)
    t = np.arange(365) / 365
    x = np.column_stack([t, np.sin(2 * np.pi * t * 52), random.integers(0, 2, 365)])
    y = 1 + 2 * t + 0.5 * x[:, 1] + 0.3 * x[:, 2] + random.normal(0, 0.1, 365)
    model = network(dense(16, relu), dense(1), loss="mse", optimizer="adam")
    return model.check(x, y, validation_split=0.2, shuffle=False)


@program
def many_rows():
    random = np.random.default_rng(14)
    x = random.normal(size=(200_000, 6)).astype("float32")
    y = (x[:, 0] + x[:, 1] ** 2 > 1).astype(int)
    stack = dense(32, relu), dense(1, "sigmoid")
    return network(*stack, loss="bce", optimizer="adam").check(x, y, batch_size=256, validation_split=0.1)


@program
def labels_made_smooth():
    x, labels = clouds(200)
    loss = losses.CategoricalCrossentropy(label_smoothing=0.1)
    return network(dense(16, relu), dense(3, softmax), loss=loss, optimizer="adam").check(
        x, np.eye(3)[labels]
    )


@program
def in_double_precision():
    x, y = credit(300)
    stack = dense(8, "tanh", dtype="float64"), dense(1, "sigmoid", dtype="float64")
    return network(*stack, loss="bce", optimizer=optimizers.SGD(0.5)).check(x, y)


# ------------------------------------------------------------ pictures, series, words
@program
def pictures_flattened():
    x, y = pictures()
    stack = layers.Flatten(), dense(128, relu), dense(3, softmax)
    model = network(*stack, loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model.check(x / 255, y, epochs=5)


@program
def pictures_convolved():
    x, y = pictures(200)
    stack = (
        layers.Conv2D(8, 3, activation=relu),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, activation=relu),
        layers.Flatten(),
        dense(3, softmax),
    )
    model = network(*stack, loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model.check(x[..., None] / 255.0, y, validation_split=0.2)


@program
def pictures_from_minus_one_to_one():
    x, y = pictures(200)
    stack = layers.Flatten(), dense(32, "tanh"), layers.Dropout(0.2), dense(3)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return network(*stack, loss=loss, optimizer="sgd").check(x / 127.5 - 1, y)


@program
def raw_pictures_behind_batch_normalization():
    x, y = pictures(200)
    stack = layers.Flatten(), layers.BatchNormalization(), dense(32, relu), dense(3, softmax)
    model = network(*stack, loss="sparse_categorical_crossentropy", optimizer="adam")
    return model.check(x, y)


@program
def bars_that_stand_or_lie():
    random = np.random.default_rng(15)
    x, y = random.normal(0, 0.2, (400, 10, 10)), random.integers(0, 2, 400)
    for picture, standing in zip(x, y, strict=True):
        row, column = random.integers(0, 7, 2)
        picture[(slice(row, row + 4), column) if standing else (row, slice(column, column + 4))] += 1
    stack = layers.Conv2D(8, 3, activation=relu), layers.GlobalMaxPooling2D(), dense(1, "sigmoid")
    return network(*stack, loss="bce", optimizer="adam").check(x[..., None], y)


@program
def digits_from_zero_to_sixteen():
    x, y = digits()
    stack = dense(32, relu), dense(10, softmax)
    model = network(*stack, loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model.check(x, y, validation_split=0.2)


@program
def an_autoencoder():
    x, _ = pictures(200)
    x = x.reshape(200, -1) / 255
    return network(dense(16, relu), dense(144, "sigmoid"), loss="bce", optimizer="adam").check(x, x)


@program
def principal_components():
    x = np.random.default_rng(16).normal(size=(300, 3)) @ np.random.default_rng(17).normal(size=(3, 8))
    return network(dense(2), dense(8), loss="mse", optimizer=optimizers.Adam(0.01)).check(x, x)


@program
def several_topics_at_once():
    random = np.random.default_rng(18)
    x = random.normal(size=(500, 12))
    y = (x @ random.normal(size=(12, 5)) + random.normal(size=(500, 5)) > 1).astype(int)
    return network(dense(32, relu), dense(5, "sigmoid"), loss="bce", optimizer="adam").check(x, y)


@program
def good_and_bad_reviews():
    x, y = words()
    stack = dense(16, relu), dense(16, relu), dense(1, "sigmoid")
    model = network(*stack, loss="bce", optimizer="rmsprop", metrics=["accuracy"])
    return model.check(x, y, batch_size=512, epochs=20, validation_split=0.3)


@program
def the_next_value_of_a_wave():
    x, y = series()
    model = network(dense(16, relu), dense(1), loss="mse", optimizer="adam")
    return model.check(x, y, validation_split=0.2, shuffle=False)


@program
def beats_found_in_series():
    random = np.random.default_rng(19)
    y = random.integers(0, 2, 300)
    t = np.arange(50) / 50
    x = np.sin(2 * np.pi * (3 + 3 * y[:, None]) * t + random.uniform(0, 6, (300, 1)))
    x = (x + random.normal(0, 0.2, x.shape))[..., None]
    stack = layers.Conv1D(8, 7, activation=relu), layers.GlobalMaxPooling1D(), dense(1, "sigmoid")
    return network(*stack, loss="bce", optimizer="adam").check(x, y, validation_split=0.2)


@program
def the_last_layer_of_a_taught_network():
    x, y = credit(300)
    body = dense(32, relu, trainable=False)
    return network(body, dense(1, "sigmoid"), loss="bce", optimizer=optimizers.Adam(1e-4)).check(
        x, y, epochs=50
    )
