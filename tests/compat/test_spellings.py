"""Programs written for Keras 1 and 2 run, and are told once what the present spelling is."""

from __future__ import annotations

import importlib
from inspect import signature
from operator import attrgetter

import numpy as np
import pytest

from pellucid import keras
from pellucid.compat.spellings import ARGUMENTS, MEMBERS, accept
from pellucid.errors import ArgumentError, UnknownNameError
from pellucid.keras.layers import (
    AveragePooling1D,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from pellucid.keras.models import Sequential
from pellucid.keras.optimizers import SGD, Adam, RMSprop


def trained(**options):
    """A model of two classes, with weights of 1 on the diagonal: it predicts softmax(x)."""
    model = Sequential([Dense(2, "softmax", kernel_initializer="identity", input_dim=2)])
    model.compile("sgd", "mse", **options)
    return model


# ------------------------------------------------------------ arguments
@pytest.mark.parametrize("optimizer", [SGD, RMSprop, Adam])
def test_an_optimizer_takes_lr(optimizer):
    assert optimizer(lr=0.25).get_config() == optimizer(learning_rate=0.25).get_config()


def test_a_dense_layer_takes_what_keras_1_called_its_arguments():
    old = Dense(
        output_dim=3,
        init="uniform",
        W_regularizer="l1",
        b_regularizer="l2",
        bias=True,
        activation="tanh",
        name="d",
    )
    new = Dense(
        units=3,
        kernel_initializer="uniform",
        kernel_regularizer="l1",
        bias_regularizer="l2",
        use_bias=True,
        activation="tanh",
        name="d",
    )
    assert old.get_config() == new.get_config()
    assert not Dense(3, bias=False).use_bias


def test_a_dropout_layer_takes_p():
    assert Dropout(p=0.25).rate == 0.25


def test_batch_normalization_takes_how_its_weights_begin():
    old = keras.layers.BatchNormalization(beta_init="ones", gamma_init="zeros", name="b")
    new = keras.layers.BatchNormalization(beta_initializer="ones", gamma_initializer="zeros", name="b")
    assert old.get_config() == new.get_config()


def test_upsampling_takes_length():
    assert keras.layers.UpSampling1D(length=3).size == 3


def test_a_convolution_takes_what_keras_1_called_its_arguments():
    new = Conv2D(8, (3, 2), strides=2, padding="same", activation="relu", use_bias=False, name="c")
    for old in (
        Conv2D(8, 3, 2, border_mode="same", subsample=2, activation="relu", bias=False, name="c"),
        Conv2D(
            nb_filter=8,
            nb_row=3,
            nb_col=2,
            border_mode="same",
            subsample=(2, 2),
            dim_ordering="tf",
            activation="relu",
            bias=False,
            name="c",
        ),
        Conv2D(8, 3, 2, "glorot_uniform", "relu", border_mode="same", subsample=2, bias=False, name="c"),
        Conv2D(8, nb_row=3, nb_col=2, padding="same", strides=2, activation="relu", use_bias=False, name="c"),
    ):
        assert old.get_config() == new.get_config()
    assert Conv2D(8, (3, 2), 2, border_mode="same").get_config()["kernel_size"] == (3, 2)
    assert Conv2D(8, 3, dim_ordering="th").data_format == "channels_first"
    old = Conv1D(nb_filter=4, filter_length=3, subsample_length=2, init="ones", atrous_rate=1, name="c")
    new = Conv1D(4, 3, 2, kernel_initializer="ones", name="c")
    assert old.get_config() == new.get_config()


def test_a_number_in_third_place_is_the_strides(said):
    """As in Keras 2 and 3, where the call has nothing that only Keras 1 has."""
    assert Conv2D(8, 3, 3, activation="relu").strides == (3, 3)
    assert Conv2D(8, 3, 2).strides == (2, 2)
    assert Conv2D(8, (2, 2), 2).strides == (2, 2)
    [sentence] = said()
    assert sentence.startswith("`Conv2D(8, 3, 3)` moves on by 3 places at a time;")
    assert sentence.endswith("is written `Conv2D(8, (3, 3))` today.")


@pytest.mark.parametrize(
    "options",
    [
        {"nb_row": 3},
        {"nb_row": 3, "nb_col": 3, "kernel_size": 3},
        {"filters": 4, "nb_row": 3, "nb_col": 3},
    ],
    ids=str,
)
def test_rows_and_columns_belong_together(options):
    with pytest.raises(ArgumentError, match="expected both of them or kernel_size, once, received 8 and "):
        Conv2D(8, **options)


def test_a_pooling_takes_what_keras_1_called_its_arguments():
    assert MaxPooling2D((2, 2), (1, 1), border_mode="same", dim_ordering="th").padding == "same"
    assert AveragePooling1D(pool_length=3, stride=2, border_mode="same").pool_size == (3,)
    assert GlobalMaxPooling2D(dim_ordering="th").data_format == "channels_first"


def test_fit_takes_nb_epoch():
    history = trained().fit([[0.0, 1.0]], [[0.0, 1.0]], nb_epoch=3, verbose=0)
    assert history.epoch == [0, 1, 2]


def test_regularizers_take_l():
    assert keras.regularizers.l2(l=0.5).get_config() == {"l2": 0.5}
    assert keras.regularizers.l1(l=0.5).get_config() == {"l1": 0.5}


def test_to_categorical_takes_nb_classes():
    assert keras.utils.to_categorical(y=[1], nb_classes=3).tolist() == [[0, 1, 0]]


def test_a_class_of_the_users_own_takes_them_too():
    class Slow(SGD):
        def __init__(self, **options):
            super().__init__(**{"lr": 0.001, **options})

    assert Slow().learning_rate == 0.001
    assert Slow(lr=0.002).learning_rate == 0.002


@pytest.mark.parametrize(
    "call",
    [
        lambda: SGD(lr=0.1, learning_rate=0.2),
        lambda: SGD(0.2, lr=0.1),
        lambda: Dense(3, output_dim=4),
        lambda: trained().fit([[0.0, 1.0]], [[0.0, 1.0]], nb_epoch=1, epochs=2),
    ],
    ids=["two names", "place and old name", "of a layer", "of fit"],
)
def test_an_argument_is_given_once(call):
    with pytest.raises(ArgumentError, match="was called once: expected one of the two, received both"):
        call()


@pytest.mark.parametrize("wrong", [{"lrate": 0.1}, {"lr": 0.1, "lrate": 0.1}])
def test_other_names_are_refused_with_the_present_ones(wrong):
    with pytest.raises(
        UnknownNameError, match="no argument of SGD is called 'lrate': expected one of 'learning_rate',"
    ):
        SGD(**wrong)


def test_a_value_is_checked_under_its_old_name_too():
    with pytest.raises(ArgumentError, match="learning_rate cannot be used"):
        SGD(lr=-1)


# ------------------------------------------------------------ methods and attributes
def test_predict_proba_is_predict():
    model = trained()
    assert np.array_equal(model.predict_proba([[1.0, 2.0]]), model.predict([[1.0, 2.0]], verbose=0))


def test_predict_classes_names_the_largest_output():
    classes = trained().predict_classes([[1.0, 2.0], [2.0, 1.0], [0.0, 0.0]], batch_size=2)
    assert classes.tolist() == [1, 0, 0]


def test_predict_classes_of_one_output_asks_for_more_than_one_half():
    model = Sequential([Dense(1, "sigmoid", kernel_initializer="ones", input_dim=1)])
    classes = model.predict_classes([-1.0, 0.0, 1.0])  # sigmoid(0) = 0.5
    assert classes.dtype == np.int32
    assert classes.tolist() == [[0], [0], [1]]


def test_the_lr_of_an_optimizer_is_its_learning_rate():
    optimizer = SGD(0.5)
    assert optimizer.lr == 0.5
    optimizer.lr = 0.25
    assert optimizer.learning_rate == 0.25


# ------------------------------------------------------------ what is said
def test_the_present_spelling_is_said_once(said):
    SGD(lr=0.1)
    Adam(lr=0.1).lr = 0.2
    Dense(output_dim=1)
    assert said() == ["`lr` is called `learning_rate` today.", "`output_dim` is called `units` today."]


def test_present_spellings_are_no_news(said):
    SGD(learning_rate=0.1).learning_rate = 0.2
    trained(metrics=["acc"]).fit([[0.0, 1.0]], [[0.0, 1.0]], epochs=1, verbose=0)
    assert said() == []


def test_nothing_is_said_to_those_who_want_errors_only(said):
    keras.logging.set_verbosity(keras.logging.ERROR)
    SGD(lr=0.1)
    trained().predict_classes([[1.0, 2.0]])
    assert said() == []


# ------------------------------------------------------------ the tables
@pytest.mark.parametrize(
    ("module", "path"), [(module, path) for module in ARGUMENTS for path in ARGUMENTS[module]]
)
def test_an_old_name_stands_for_a_present_one(module, path):
    """Keras 3 has each of the present names, and none of the old ones."""
    function = attrgetter(path)(importlib.import_module(module))
    parameters = signature(function).parameters
    assert set(ARGUMENTS[module][path].values()) <= set(parameters)
    assert not set(ARGUMENTS[module][path]) & set(parameters)


def test_the_modules_in_the_tables_are_public():
    from pellucid.compat.aliases import MODULES

    assert {*ARGUMENTS, *MEMBERS} <= set(MODULES.values())


def test_old_names_are_taken_once():
    """A second time, there is nothing left to do."""
    before = SGD.__init__
    accept(keras.optimizers)
    assert SGD.__init__ is before


def test_a_class_looks_as_it_did():
    assert SGD.__init__.__qualname__ == "SGD.__init__"
    assert list(signature(SGD).parameters)[:3] == ["learning_rate", "momentum", "nesterov"]
    assert SGD.__module__ == "pellucid.nn.optimizers.sgd"
