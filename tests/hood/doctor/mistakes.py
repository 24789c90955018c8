"""Programs with one deliberate mistake each, and the kind of finding that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from pellucid import keras

from .problems import clouds, credit, digits, houses, pictures, scaled, series, words

__all__ = ["MISTAKES", "Mistake"]

layers, losses, optimizers = keras.layers, keras.losses, keras.optimizers
dense = layers.Dense


class Mistake(NamedTuple):
    """A program with something wrong.

    Attributes:
        kind: the finding that should name it.
        check: runs the program and returns what the doctor says.
        also: what else is wrong with it, so that another finding is no false alarm.
    """

    kind: str
    check: Callable[[], Any]
    also: tuple[str, ...] = ()


MISTAKES: dict[str, Mistake] = {}


def mistake(kind: str, *also: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def note(function: Callable[[], Any]) -> Callable[[], Any]:
        MISTAKES[function.__name__] = Mistake(kind, function, also)
        return function

    return note


def network(*stack: Any, loss: Any = "mse", optimizer: Any = "adam", **compiled: Any) -> Any:
    model = keras.Sequential(list(stack))
    model.seed = 1
    model.compile(loss=loss, optimizer=optimizer, **compiled)
    return model


def hidden(units: int = 16, activation: Any = "relu", **options: Any) -> Any:
    return dense(units, activation, **options)


def yes_or_no(*stack: Any, **compiled: Any) -> Any:
    return network(*stack, dense(1, "sigmoid"), **{"loss": "binary_crossentropy"} | compiled)


def classifier(*stack: Any, units: int = 3, **compiled: Any) -> Any:
    compiled = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]} | compiled
    return network(*stack, dense(units, "softmax"), **compiled)


# ------------------------------------------------------------ head and loss
@mistake("head and loss")
def no_sigmoid_before_binary_crossentropy():
    return network(hidden(), dense(1), loss="binary_crossentropy").check(*credit())


@mistake("head and loss")
def relu_before_binary_crossentropy():
    return network(hidden(), dense(1, "relu"), loss="binary_crossentropy").check(*credit())


@mistake("head and loss")
def tanh_before_binary_crossentropy():
    return network(hidden(), dense(1, "tanh"), loss="binary_crossentropy").check(*credit())


@mistake("head and loss")
def softmax_of_a_single_unit():
    return network(hidden(), dense(1, "softmax"), loss="binary_crossentropy").check(*credit())


@mistake("head and loss", "range of the head")
def softmax_of_a_single_unit_for_a_quantity():
    x, y = houses()
    return network(hidden(), dense(1, "softmax")).check(scaled(x), scaled(y))


@mistake("head and loss")
def sigmoids_for_classes_that_exclude_each_other():
    x, y = clouds()
    model = network(hidden(), dense(3, "sigmoid"), loss="categorical_crossentropy")
    return model.check(x, keras.utils.to_categorical(y, 3))


@mistake("head and loss")
def sigmoids_for_class_numbers():
    model = network(hidden(), dense(3, "sigmoid"), loss="sparse_categorical_crossentropy")
    return model.check(*clouds())


@mistake("head and loss")
def no_softmax_before_class_numbers():
    model = network(hidden(), dense(3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.check(*clouds())


@mistake("head and loss")
def no_softmax_before_one_hot_rows():
    x, y = clouds()
    return network(hidden(), dense(3), loss="categorical_crossentropy").check(x, np.eye(3)[y])


@mistake("head and loss")
def relu_before_class_numbers():
    model = network(hidden(), dense(3, "relu"), loss="sparse_categorical_crossentropy")
    return model.check(*clouds())


@mistake("head and loss")
def tanh_before_one_hot_rows():
    x, y = clouds()
    return network(hidden(), dense(3, "tanh"), loss="categorical_crossentropy").check(x, np.eye(3)[y])


@mistake("head and loss")
def softmax_and_from_logits():
    return classifier(hidden(), loss=losses.SparseCategoricalCrossentropy(from_logits=True)).check(*clouds())


@mistake("head and loss")
def softmax_and_from_logits_with_one_hot_rows():
    x, y = clouds()
    model = classifier(hidden(), loss=losses.CategoricalCrossentropy(from_logits=True))
    return model.check(x, np.eye(3)[y])


@mistake("head and loss")
def sigmoid_and_from_logits():
    return yes_or_no(hidden(), loss=losses.BinaryCrossentropy(from_logits=True)).check(*credit())


@mistake("head and loss")
def relu_and_from_logits():
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    return network(hidden(), dense(3, "relu"), loss=loss).check(*clouds())


@mistake("head and loss")
def softmax_twice():
    stack = hidden(), dense(3, "softmax"), layers.Activation("softmax")
    return network(*stack, loss="sparse_categorical_crossentropy").check(*clouds())


@mistake("head and loss")
def sigmoid_twice():
    stack = hidden(), dense(1, "sigmoid"), layers.Activation("sigmoid")
    return network(*stack, loss="binary_crossentropy").check(*credit())


@mistake("head and loss")
def binary_crossentropy_of_a_softmax():
    x, y = digits()
    return classifier(hidden(), units=10, loss="binary_crossentropy").check(x, np.eye(10)[y])


@mistake("head and loss")
def yes_or_no_for_each_of_three_classes():
    x, y = clouds()
    return network(hidden(), dense(3, "sigmoid"), loss="binary_crossentropy").check(x, np.eye(3)[y])


@mistake("range of the head")
def relu_where_answers_are_negative():
    x, y = houses()
    return network(hidden(), dense(1, "relu")).check(scaled(x), scaled(y))


@mistake("range of the head")
def sigmoid_where_answers_are_large():
    x, y = houses()
    return network(hidden(), dense(1, "sigmoid")).check(scaled(x), y / 1e5)


@mistake("range of the head")
def tanh_where_answers_are_large():
    random = np.random.default_rng(1)
    x = random.normal(size=(300, 4))
    return network(hidden(), dense(1, "tanh"), loss="mae").check(x, 20 + 5 * x[:, 0])


@mistake("range of the head")
def softmax_for_several_quantities():
    random = np.random.default_rng(2)
    x = random.normal(size=(300, 4))
    return network(hidden(), dense(3, "softmax")).check(x, x[:, :3] * 2 + random.normal(size=(300, 3)))


@mistake("metric")
def accuracy_of_a_quantity():
    x, y = houses()
    return network(hidden(), dense(1), metrics=["accuracy"]).check(scaled(x), scaled(y))


@mistake("class numbers as quantities")
def class_numbers_learnt_as_a_quantity():
    return network(hidden(), dense(1), metrics=["accuracy"]).check(*clouds())


@mistake("class numbers as quantities")
def class_numbers_learnt_as_a_quantity_without_a_metric():
    return network(hidden(), dense(1), loss="mae").check(*clouds(500, classes=5))


# ------------------------------------------------------------ inputs
@mistake("unscaled inputs")
def raw_pixels():
    x, y = pictures()
    return classifier(layers.Flatten(), hidden(128)).check(x, y)


@mistake("unscaled inputs", "saturated units")
def raw_pixels_into_sigmoids():
    x, y = pictures()
    return classifier(layers.Flatten(), hidden(32, "sigmoid")).check(x, y)


@mistake("unscaled inputs")
def raw_pixels_into_a_convolution():
    x, y = pictures(200)
    stack = layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()
    return classifier(*stack).check(x[..., None], y)


@mistake("unscaled inputs")
def a_raw_table():
    x, y = houses()
    return network(hidden(), dense(1)).check(x, y / 1e5)


@mistake("unscaled inputs", "saturated units")
def a_raw_table_into_tanh():
    x, y = houses()
    return network(hidden(16, "tanh"), dense(1)).check(x, y / 1e5)


@mistake("unscaled inputs")
def columns_of_wildly_different_scale():
    x, y = credit()
    return yes_or_no(hidden()).check(x * [1e-4, 1, 1, 1, 1, 1, 10, 1e-4], y)


@mistake("unscaled inputs")
def the_year_as_it_is():
    random = np.random.default_rng(3)
    year = random.integers(1990, 2021, 300)
    x = np.column_stack([year, random.normal(size=300)])
    return network(hidden(), dense(1)).check(x, (year - 2005) / 10 + x[:, 1])


@mistake("unscaled inputs")
def seconds_since_1970():
    random = np.random.default_rng(4)
    moment = 1.6e9 + random.uniform(0, 3e7, 400)
    x = np.column_stack([moment, random.normal(size=400)])
    return network(hidden(), dense(1)).check(x, x[:, 1] + np.sin(moment / 5e6))


@mistake("unscaled inputs")
def one_column_far_from_zero():
    random = np.random.default_rng(5)
    pressure = random.normal(101_325, 800, 300)
    x = np.column_stack([random.normal(size=300), random.normal(size=300), pressure])
    return network(hidden(), dense(1)).check(x, x[:, 0] + (pressure - 101_325) / 800)


@mistake("constant column")
def a_column_that_never_changes():
    x, y = credit()
    x[:, 3] = 4.0
    return yes_or_no(hidden()).check(x, y)


@mistake("constant column")
def two_columns_of_zeros():
    x, y = houses()
    x = np.column_stack([scaled(x), np.zeros((len(x), 2))])
    return network(hidden(), dense(1)).check(x, scaled(y))


@mistake("duplicate column")
def a_column_twice():
    x, y = credit()
    return yes_or_no(hidden()).check(np.column_stack([x, x[:, 2]]), y)


@mistake("duplicate column")
def a_quantity_in_two_units():
    x, y = houses()
    x = scaled(np.column_stack([x, x[:, 0] * 0.0929]))
    return network(hidden(), dense(1)).check(x, scaled(y))


@mistake("duplicate column")
def degrees_in_celsius_and_fahrenheit():
    random = np.random.default_rng(6)
    celsius = random.normal(15, 8, 300)
    x = np.column_stack([celsius, random.normal(size=300), celsius * 1.8 + 32])
    return network(hidden(), dense(1)).check(x, celsius / 10 + x[:, 1])


@mistake("answer among the features")
def the_price_among_the_features():
    x, y = houses()
    y = scaled(y)
    return network(hidden(), dense(1)).check(np.column_stack([scaled(x), y]), y)


@mistake("answer among the features")
def the_price_in_another_currency_among_the_features():
    x, y = houses()
    x = scaled(np.column_stack([x, y * 0.92]))
    return network(hidden(), dense(1)).check(x, scaled(y))


@mistake("answer among the features")
def the_label_among_the_features():
    x, y = credit()
    return yes_or_no(hidden()).check(np.column_stack([x, y]), y)


@mistake("answer among the features")
def the_class_under_other_numbers_among_the_features():
    x, y = clouds()
    code = np.array([7.0, 2.0, 5.0])[y]
    return classifier(hidden()).check(np.column_stack([x, code]), y)


@mistake("row number", "unscaled inputs")
def the_number_of_the_row():
    x, y = credit()
    return yes_or_no(hidden()).check(np.column_stack([np.arange(len(x)), x]), y)


@mistake("row number", "unscaled inputs")
def the_number_of_the_customer():
    x, y = credit()
    number = 1 + np.random.default_rng(7).permutation(len(x))
    return yes_or_no(hidden()).check(np.column_stack([number, x]), y)


@mistake("missing values", "unscaled inputs")
def minus_999_for_what_is_missing():
    x, y = credit()
    x[np.random.default_rng(8).random(x.shape) < 0.05] = -999
    return yes_or_no(hidden()).check(x, y)


@mistake("missing values", "unscaled inputs")
def ninety_nine_hundred_ninety_nine_for_an_unknown_age():
    x, y = houses()
    x = scaled(x)
    x[::17, 2] = 9999
    return network(hidden(), dense(1)).check(x, scaled(y))


@mistake("missing values")
def minus_99_for_a_sensor_that_failed():
    random = np.random.default_rng(9)
    x = random.normal(20, 5, (400, 5))
    y = x[:, 0] / 5 + random.normal(0, 0.1, 400)
    x[random.random(x.shape) < 0.03] = -99
    return network(hidden(), dense(1)).check(x, y)


# ------------------------------------------------------------ answers
@mistake("class never occurs")
def classes_counted_from_one():
    x, y = clouds()
    return classifier(hidden(), units=4).check(x, y + 1)


@mistake("class never occurs")
def ten_units_for_three_classes():
    return classifier(hidden(), units=10).check(*clouds())


@mistake("class never occurs")
def an_empty_column_of_one_hot_rows():
    x, y = clouds()
    y = keras.utils.to_categorical(y + (y == 2), 4)
    return classifier(hidden(), units=4, loss="categorical_crossentropy").check(x, y)


@mistake("rare class")
def one_fraud_in_two_hundred():
    return yes_or_no(hidden(), metrics=["accuracy"]).check(*credit(3000, share=0.005))


@mistake("rare class")
def two_examples_of_a_class():
    x, y = clouds(1500, classes=2)
    y[:6] = 2
    return classifier(hidden()).check(x, y)


@mistake("constant answers")
def every_label_the_same():
    x, _ = credit()
    return yes_or_no(hidden()).check(x, np.ones(len(x)))


@mistake("constant answers")
def every_quantity_the_same():
    x, _ = houses()
    return network(hidden(), dense(1)).check(scaled(x), np.full(len(x), 3.5))


@mistake("constant answers", "class never occurs")
def only_one_class_kept_by_a_filter():
    x, y = clouds()
    return classifier(hidden()).check(x[y == 1], y[y == 1])


@mistake("unscaled answers")
def prices_in_dollars():
    x, y = houses()
    return network(hidden(), hidden(), dense(1)).check(scaled(x), y, epochs=50)


@mistake("unscaled answers")
def populations():
    random = np.random.default_rng(10)
    x = random.normal(size=(500, 5))
    y = 3e6 + 5e5 * x[:, 0] + 1e5 * random.normal(size=500)
    return network(hidden(), dense(1), optimizer="rmsprop", loss="mae").check(x, y)


@mistake("shuffled labels")
def clouds_whose_labels_were_shuffled():
    x, y = clouds(400)
    return classifier(hidden()).check(x, np.random.default_rng(11).permutation(y))


@mistake("shuffled labels")
def houses_whose_prices_were_sorted():
    x, y = houses(500)
    return network(hidden(), dense(1)).check(scaled(x), scaled(np.sort(y)))


@mistake("shuffled labels")
def pictures_shuffled_without_their_labels():
    x, y = pictures(400)
    x = np.random.default_rng(12).permutation(x) / 255
    return classifier(layers.Flatten(), hidden()).check(x, y)


@mistake("shuffled labels")
def reviews_joined_with_the_wrong_answers():
    x, y = words(600)
    return yes_or_no(hidden()).check(x, np.roll(y, 17))


@mistake("contradictory labels")
def rows_twice_with_the_other_label():
    x, y = credit(300)
    return yes_or_no(hidden()).check(np.vstack([x, x[:200]]), np.concatenate([y, 1 - y[:200]]))


@mistake("contradictory labels")
def one_row_for_each_label_of_a_picture():
    x, y = clouds(200)
    x, y = np.vstack([x, x]), np.concatenate([y, (y + 1) % 3])
    return classifier(hidden()).check(x, y)


# ------------------------------------------------------------ learning rate and length
@mistake("learning rate too high")
def a_linear_model_with_steps_too_long():
    x, y = houses()
    return network(dense(1), optimizer=optimizers.SGD(1.0)).check(scaled(x), scaled(y))


@mistake("learning rate too high", "unscaled inputs", "unscaled answers")
def a_linear_model_on_a_raw_table():
    x, y = houses()
    return network(dense(1), optimizer=optimizers.SGD(0.01)).check(x, y / 1e5)


@mistake("learning rate too high")
def momentum_and_steps_too_long():
    random = np.random.default_rng(13)
    x = random.normal(size=(400, 20))
    y = x @ random.normal(size=20)
    model = network(hidden(32), dense(1), optimizer=optimizers.SGD(0.5, momentum=0.9))
    return model.check(x, y)


@mistake("learning rate too high", "unscaled answers")
def large_answers_and_gradient_descent():
    random = np.random.default_rng(14)
    x = random.normal(size=(400, 5))
    y = 500 + 100 * x[:, 0]
    return network(hidden(32), dense(1), optimizer=optimizers.SGD(0.01)).check(x, y)


@mistake("learning rate too high")
def adam_with_a_rate_of_ten():
    return yes_or_no(hidden(), optimizer=optimizers.Adam(10.0)).check(*credit())


@mistake("learning rate too high")
def adam_with_a_rate_of_one():
    x, y = digits()
    return classifier(hidden(64), hidden(64), units=10, optimizer=optimizers.Adam(1.0)).check(x / 16, y)


@mistake("learning rate too high")
def rmsprop_with_a_rate_of_one():
    x, y = series()
    return network(hidden(32), hidden(32), dense(1), optimizer=optimizers.RMSprop(1.0)).check(x, y)


@mistake("learning rate too low")
def gradient_descent_with_a_tiny_rate():
    x, y = houses()
    return network(hidden(), dense(1), optimizer=optimizers.SGD(1e-8)).check(scaled(x), scaled(y), epochs=50)


@mistake("learning rate too low")
def adam_with_a_tiny_rate():
    return yes_or_no(hidden(), optimizer=optimizers.Adam(1e-8)).check(*credit(), epochs=20)


@mistake("few updates")
def all_rows_at_once_in_two_epochs():
    x, y = credit(1000)
    return yes_or_no(hidden()).check(x, y, batch_size=1000, epochs=2)


# ------------------------------------------------------------ the network
@mistake("equal units")
def all_weights_zero():
    stack = hidden(kernel_initializer="zeros"), dense(1, "sigmoid", kernel_initializer="zeros")
    return network(*stack, loss="binary_crossentropy").check(*credit())


@mistake("equal units")
def all_weights_equal():
    start = keras.initializers.Constant(0.1)
    stack = hidden(kernel_initializer=start), dense(1, kernel_initializer=start)
    x, y = houses()
    return network(*stack).check(scaled(x), scaled(y))


@mistake("nothing to train")
def every_layer_frozen():
    stack = hidden(trainable=False), dense(1, "sigmoid", trainable=False)
    return network(*stack, loss="binary_crossentropy").check(*credit())


@mistake("dead units")
def biases_that_switch_everything_off():
    return yes_or_no(hidden(bias_initializer=keras.initializers.Constant(-30.0))).check(*credit())


@mistake("dead units", "unscaled inputs")
def inputs_that_switch_everything_off():
    kernel = keras.initializers.RandomUniform(-0.1, 0.0)
    x, y = clouds()
    return classifier(hidden(kernel_initializer=kernel)).check(x, y)


@mistake("saturated units")
def weights_far_too_large():
    kernel = keras.initializers.RandomNormal(0.0, 100.0)
    return yes_or_no(hidden(16, "tanh", kernel_initializer=kernel)).check(*credit())


@mistake("no activation between")
def hidden_layers_without_activations():
    from pellucid.data import datasets

    stack = dense(32), dense(32), dense(1, "sigmoid")
    return network(*stack, loss="binary_crossentropy").check(*datasets.donut())


@mistake("no activation between")
def a_parabola_without_activations():
    x = np.linspace(-1, 1, 200)
    return network(dense(64), dense(64), dense(1)).check(x, x**2)


@mistake("no activation between")
def convolutions_without_activations():
    random = np.random.default_rng(15)
    x, y = random.normal(0, 1, (300, 8, 8, 1)), random.integers(0, 2, 300)
    x *= np.where(y, 0.3, 1.0)[:, None, None, None]
    stack = layers.Conv2D(8, 3), layers.Conv2D(8, 3), layers.Flatten(), dense(1, "sigmoid")
    return network(*stack, loss="binary_crossentropy").check(x, y)


@mistake("noise at the output")
def dropout_behind_the_last_layer():
    stack = hidden(), dense(1), layers.Dropout(0.3)
    x, y = houses()
    return network(*stack).check(scaled(x), scaled(y))


@mistake("noise at the output")
def dropout_of_probabilities():
    stack = hidden(), dense(3, "softmax"), layers.Dropout(0.5)
    return network(*stack, loss="sparse_categorical_crossentropy").check(*clouds())


@mistake("high dropout")
def the_share_to_keep_given_as_the_share_to_drop():
    return yes_or_no(hidden(64), layers.Dropout(0.95)).check(*credit())


@mistake("batches of one")
def batch_normalization_of_single_examples():
    stack = dense(16), layers.BatchNormalization(), layers.Activation("relu")
    return yes_or_no(*stack).check(*credit(), batch_size=1)


@mistake("penalty")
def a_penalty_that_is_all_that_counts():
    penalty = keras.regularizers.l2(10.0)
    return yes_or_no(hidden(64, kernel_regularizer=penalty)).check(*credit())


@mistake("penalty")
def a_penalty_on_absolute_values_that_is_too_strong():
    x, y = digits()
    return classifier(hidden(128, kernel_regularizer=keras.regularizers.l1(0.1)), units=10).check(x / 16, y)


# ------------------------------------------------------------ training and validation
@mistake("shared rows")
def validation_with_the_rows_of_training():
    x, y = credit()
    return yes_or_no(hidden()).check(x, y, validation_data=(x, y))


@mistake("shared rows")
def validation_cut_out_but_left_in():
    x, y = credit(1000)
    return yes_or_no(hidden()).check(x, y, validation_data=(x[:200], y[:200]))


@mistake("shared rows")
def copies_of_rare_rows_made_before_the_split():
    x, y = credit(500, share=0.1)
    often = np.concatenate([np.arange(500), np.tile(np.flatnonzero(y), 8)])
    often = np.random.default_rng(16).permutation(often)
    return yes_or_no(hidden()).check(x[often], y[often], validation_split=0.2)


@mistake("shared rows")
def pictures_drawn_with_repetition():
    x, y = pictures(400)
    drawn = np.random.default_rng(17).integers(0, 400, 100)
    model = classifier(layers.Flatten(), hidden())
    return model.check(x / 255, y, validation_data=(x[drawn] / 255, y[drawn]))


@mistake("sorted rows")
def classes_one_after_the_other_and_a_split():
    x, y = clouds()
    order = np.argsort(y, kind="stable")
    return classifier(hidden()).check(x[order], y[order], validation_split=0.3)


@mistake("sorted rows")
def yes_before_no_and_a_split():
    x, y = credit(share=0.5)
    order = np.argsort(-y, kind="stable")
    return yes_or_no(hidden()).check(x[order], y[order], validation_split=0.2)


@mistake("sorted rows")
def classes_one_after_the_other_without_shuffling():
    x, y = clouds()
    order = np.argsort(y, kind="stable")
    return classifier(hidden()).check(x[order], y[order], shuffle=False)


@mistake("sorted rows")
def prices_in_ascending_order_and_a_split():
    x, y = houses()
    order = np.argsort(y)
    x, y = scaled(x)[order], scaled(y)[order]
    return network(hidden(), dense(1)).check(x, y, validation_split=0.2)


@mistake("validation differs")
def pixels_divided_in_training_only():
    x, y = pictures(300)
    held_out = x[200:].astype(float), y[200:]
    return classifier(layers.Flatten(), hidden()).check(x[:200] / 255, y[:200], validation_data=held_out)


@mistake("validation differs")
def a_table_scaled_in_training_only():
    x, y = houses()
    y = scaled(y)
    model = network(hidden(), dense(1))
    return model.check(scaled(x[:300]), y[:300], validation_data=(x[300:], y[300:]))


@mistake("validation differs")
def answers_scaled_in_training_only():
    x, y = houses()
    x = scaled(x)
    held_out = x[300:], y[300:]
    return network(hidden(), dense(1)).check(x[:300], scaled(y[:300]), validation_data=held_out)
