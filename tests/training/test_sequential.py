"""Sequential: the stack, the names of its layers, and their weights."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, UnknownNameError, UsageError
from pellucid.layers import Activation, Dense, Dropout, Flatten, Input, InputLayer
from pellucid.models import Sequential
from pellucid.optimizers import SGD, Adam

from .models import X, Y, line


def names_of(*layers):
    model = Sequential(layers)
    model.build((None, 2))
    return [layer.name for layer in model.layers]


# ------------------------------------------------------------ the stack
def test_layers_are_given_at_once_or_added():
    layers = [Dense(3, input_shape=[2]), Dense(1)]
    at_once, added = Sequential(layers), Sequential()
    for layer in at_once.layers:
        added.add(layer)
    assert added.layers == layers
    assert Sequential(Dense(1)).layers[0].units == 1
    assert Sequential(layer for layer in [Dense(4)]).layers[0].units == 4
    assert Sequential().layers == []


def test_pop_takes_off_the_last_layer():
    model = Sequential([Dense(3, input_shape=[2]), Dense(1)])
    model.pop()
    assert model.output_shape == (None, 3)
    model.pop()
    assert model.layers == []
    model.add(Dense(4, input_shape=[5]))
    assert model.input_shape == (None, 5)


def test_a_layer_can_be_exchanged_between_two_fits():
    """The new layer begins without momentum; the old ones keep theirs."""
    model = Sequential([Dense(3, input_shape=[2]), Dense(1)])
    model.compile(SGD(0.1, momentum=0.9), "mse")
    model.fit(X, Y, verbose=0)
    model.pop()
    model.add(Dense(1, kernel_initializer="zeros", activation="sigmoid"))
    before = model.layers[0].get_weights()[0]
    model.fit(np.zeros((1, 2)), [0.5], verbose=0)  # sigmoid(0) = 0.5: the gradient is 0
    assert not np.array_equal(model.layers[0].get_weights()[0], before)
    assert not model.layers[1].get_weights()[0].any()


def test_layers_are_found_by_name_and_by_place():
    model = Sequential([Input((2,)), Dense(3, name="hidden"), Dense(1)])
    hidden, output = model.layers
    assert model.get_layer("hidden") is hidden
    assert model.get_layer(name="dense") is output
    assert model.get_layer(index=1) is output
    assert model.get_layer(index=-1) is output
    assert isinstance(model.get_layer("input_layer"), InputLayer)


# ------------------------------------------------------------ names
def test_layers_of_a_kind_are_numbered_from_1_within_their_model():
    for _ in range(2):
        assert names_of(Dense(4), Activation("relu"), Dense(4), Dropout(0.5), Dense(1)) == [
            "dense_1",
            "activation",
            "dense_2",
            "dropout",
            "dense_3",
        ]


def test_names_that_were_given_stay():
    assert names_of(Dense(4, name="first"), Dense(1)) == ["first", "dense"]
    assert names_of(Dense(4), Dense(1, name="dense")) == ["dense_1", "dense"]
    assert names_of(Dense(4, name="dense_1"), Dense(2), Dense(1)) == ["dense_1", "dense_2", "dense_3"]
    assert names_of(Dense(4), Dense(2), Dense(1, name="dense_2")) == ["dense_1", "dense_3", "dense_2"]


def test_a_layer_that_comes_later_gets_the_next_number():
    model = Sequential([Dense(4, input_shape=[2])])
    model.build()
    model.add(Dense(1))
    model.build()
    assert [layer.name for layer in model.layers] == ["dense", "dense_2"]


def test_models_are_called_sequential_unless_they_have_a_name():
    assert Sequential().name == "sequential"
    assert Sequential(name="rule").name == "rule"


# ------------------------------------------------------------ shapes and weights
def test_weights_are_made_when_the_shape_is_known():
    model = Sequential([Dense(3), Dense(1)])
    assert not model.built
    assert model.get_weights() == []
    model.build((None, 2))
    assert model.built
    assert [w.shape for w in model.get_weights()] == [(2, 3), (3,), (3, 1), (1,)]
    assert (model.input_shape, model.output_shape) == ((None, 2), (None, 1))
    assert model.count_params() == 13


def test_a_shape_that_is_set_stays():
    model = Sequential([Flatten(), Dense(3)])
    model.build((None, 2, 2))
    model.build((None, 2, 2))
    with pytest.raises(
        ArgumentError, match=r"the input shape is set already: expected \(2, 2\), received \(3,\)"
    ):
        model.build((None, 3))


def test_weights_are_replaced_in_place_while_training():
    model = line(optimizer=SGD(0.1, momentum=0.5))
    model.fit([1.0], [1.0], verbose=0)  # error -1: v = 0.2, w = b = 0.2
    model.set_weights([[[0]], [0]])
    model.fit([1.0], [1.0], verbose=0)  # error -1 again: v = 0.5 * 0.2 + 0.2
    np.testing.assert_allclose([w.item() for w in model.get_weights()], [0.3, 0.3], rtol=1e-15)


def test_the_weights_of_a_model_are_those_of_its_layers():
    model = Sequential([Dense(3, input_shape=[2]), Dense(1)])
    numbers = [np.full(w.shape, float(place)) for place, w in enumerate(model.get_weights())]
    model.set_weights(numbers)
    assert model.layers[1].get_weights()[0].tolist() == [[2], [2], [2]]
    assert [w.path for w in model.weights] == [
        "dense_1/kernel",
        "dense_1/bias",
        "dense_2/kernel",
        "dense_2/bias",
    ]
    assert model.weights[3].numpy().tolist() == [3]


# ------------------------------------------------------------ trainable
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop", SGD(0.1, momentum=0.9)], ids=str)
def test_what_is_not_trainable_stays_and_can_be_freed_again(optimizer):
    model = Sequential([Dense(3, input_shape=[2]), Dense(1)])
    model.compile(optimizer, "mse")
    model.layers[0].trainable = False
    first, last = model.layers[0].get_weights(), model.layers[1].get_weights()
    model.fit(X, Y, verbose=0)
    assert [w.tobytes() for w in model.layers[0].get_weights()] == [w.tobytes() for w in first]
    assert not np.array_equal(model.layers[1].get_weights()[0], last[0])
    assert [w.name for w in model.non_trainable_weights] == ["kernel", "bias"]
    model.layers[0].trainable = True
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(model.layers[0].get_weights()[0], first[0])
    assert model.non_trainable_weights == []


@pytest.mark.filterwarnings("ignore::pellucid.errors.TrainingWarning")
def test_what_is_frozen_for_a_while_keeps_its_momentum():
    model = line(optimizer=SGD(0.1, momentum=0.5))
    model.fit([1.0], [1.0], verbose=0)  # v = 0.2
    model.layers[0].trainable = False
    model.fit([1.0], [1.0], verbose=0)
    model.layers[0].trainable = True
    model.set_weights([[[0]], [0]])
    model.fit([1.0], [1.0], verbose=0)  # v = 0.5 * 0.2 + 0.2
    np.testing.assert_allclose(model.get_weights()[0].item(), 0.3, rtol=1e-15)


@pytest.mark.filterwarnings("ignore::pellucid.errors.TrainingWarning")
def test_a_model_without_anything_to_train_is_still_judged():
    model = Sequential([Dense(1, input_shape=[2], trainable=False)])
    model.compile(Adam(), "mse")
    before = model.get_weights()[0].tobytes()
    history = model.fit(X, Y, epochs=2, verbose=0).history
    assert history["loss"][0] == pytest.approx(history["loss"][1])
    assert model.get_weights()[0].tobytes() == before


# ------------------------------------------------------------ refusals
@pytest.mark.parametrize(
    ("action", "error", "sentence"),
    [
        (lambda m: m.pop() or m.pop(), UsageError, "'sequential' has no layers to take off."),
        (
            lambda m: m.get_layer("hiden"),
            UnknownNameError,
            "no layer is called 'hiden': expected one of 'hidden', received 'hiden'; try 'hidden'.",
        ),
        (
            lambda m: m.get_layer(index=1),
            ArgumentError,
            "there is no such layer: expected a place from 0 to 0, received 1.",
        ),
        (
            lambda m: m.add(Dense(1, name="hidden")),
            ArgumentError,
            "every layer needs a name of its own: expected a new name, received 'hidden'.",
        ),
        (
            lambda m: m.add(m.layers[0]),
            ArgumentError,
            "<Dense hidden: 3 units, linear> is in the model already; try a second layer.",
        ),
    ],
    ids=["pop", "unknown name", "unknown place", "a name twice", "a layer twice"],
)
def test_what_a_stack_refuses(action, error, sentence):
    model = Sequential([Dense(3, name="hidden", input_shape=[2])])
    with pytest.raises(error) as caught:
        action(model)
    assert str(caught.value) == sentence
