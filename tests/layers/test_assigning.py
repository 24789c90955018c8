"""What a layer's call assigns to its weights is what they become by a step of training, and only by that."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import DtypeError, GraphError, ShapeError
from pellucid.layers import Dense, Layer
from pellucid.models import Sequential
from pellucid.ops import cast, reduce_sum
from pellucid.optimizers import SGD

X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


class Total(Layer):
    """The layer of Keras's guide that adds up all that it sees."""

    def build(self, input_shape):
        self.total = self.add_weight((input_shape[-1],), "zeros", name="total", trainable=False)

    def call(self, inputs):
        self.total.assign(self.total + reduce_sum(inputs, axes=(0,)))
        return inputs


def compiled(*layers):
    model = Sequential(list(layers))
    model.build((None, 2))
    model.compile(SGD(0.0), "mse")
    return model


def layer_with(call, trainable=False):
    """A layer with one weight of two numbers and this call."""

    class Made(Layer):
        def build(self, input_shape):
            self.w = self.add_weight((2,), "ones", name="w", trainable=trainable)

    Made.call = call
    return Made(name="made")


def test_a_step_takes_it_over_and_nothing_else_does():
    model = compiled(Total())
    model.predict(X, verbose=0)
    model.evaluate(X, X, verbose=0)
    assert model.get_weights()[0].tolist() == [0, 0]
    model.fit(X, X, batch_size=2, validation_data=(X, X), epochs=2, verbose=0)
    assert model.get_weights()[0].tolist() == [18, 24]  # 1 + 3 + 5 and 2 + 4 + 6, twice


def test_a_layer_alone_keeps_it():
    layer = Total()
    layer(X)
    layer(X[:1])
    assert layer.total.numpy().tolist() == [10, 14]


def test_arrays_that_were_given_out_are_not_written_into():
    model = compiled(Total())
    model.fit(X, X, verbose=0)
    value = model.weights[0].value
    model.fit(X, X, verbose=0)
    assert value.tolist() == [9, 12]


def test_it_is_not_undone_when_the_model_is_trained_on():
    """The counters of the optimizer are not the only state that goes on."""
    one, other = compiled(Total(), Dense(1)), compiled(Total(), Dense(1))
    one.fit(X, X[:, :1], epochs=3, verbose=0)
    for _ in range(3):
        other.fit(X, X[:, :1], verbose=0)
    assert one.get_weights()[0].tolist() == other.get_weights()[0].tolist() == [27, 36]


def test_from_there_on_the_weight_stands_for_the_new_value():
    def call(self, inputs):
        before = self.w * inputs
        self.w.assign(self.w + 1)
        self.w.assign(10 * self.w)
        return before + self.w

    model = compiled(layer_with(call))
    # 1 x + 10 (1 + 1): what is assigned in a prediction holds in it, and is forgotten then
    assert model.predict(X, verbose=0).tolist() == (X + 20).tolist()
    assert model.predict(X, verbose=0).tolist() == (X + 20).tolist()
    model.fit(X, X, verbose=0)
    assert model.get_weights()[0].tolist() == [20, 20]


def test_the_weights_may_change_places():
    class Swapped(Layer):
        def build(self, input_shape):
            self.one = self.add_weight((2,), "ones", name="one", trainable=False)
            self.two = self.add_weight((2,), "zeros", name="two", trainable=False)

        def call(self, inputs):
            one = self.one + 0 * self.two
            self.one.assign(self.two)
            self.two.assign(one)
            return inputs

    model = compiled(Swapped())
    model.fit(X, X, verbose=0)
    assert [weight.tolist() for weight in model.get_weights()] == [[0, 0], [1, 1]]
    layer = Swapped()
    layer(X)
    assert [weight.tolist() for weight in layer.get_weights()] == [[0, 0], [1, 1]]


def test_a_number_fills_the_weight():
    def call(self, inputs):
        self.w.assign(7)
        return inputs

    model = compiled(layer_with(call))
    assert model.get_weights()[0].tolist() == [1, 1]
    model.fit(X, X, verbose=0)
    assert model.get_weights()[0].tolist() == [7, 7]


def test_a_weight_that_is_trained_too_is_trained_from_the_new_value():
    def call(self, inputs, training=False):
        if training:
            self.w.assign(self.w / 2)
        return inputs * self.w

    model = compiled(layer_with(call, trainable=True))
    model.compile(SGD(1.0), lambda y_true, y_pred: reduce_sum(y_pred, axes=(1,)))
    model.fit([[3.0, 5.0]], [[0.0, 0.0]], verbose=0)
    # 1 / 2, less the gradient of 3 w + 5 v
    assert model.get_weights()[0].tolist() == [0.5 - 3, 0.5 - 5]


def test_the_program_says_it_where_it_is_done():
    source = compiled(Total(name="sum"), Dense(1)).numpy_source()
    forward = source.partition("# forward: sum")[2].partition("# forward: dense")[0]
    assert 'weights["sum/total"] = ' in forward
    assert 'weights["sum/total"]' not in source.partition("def train_step")[0]


# ------------------------------------------------------------ mistakes
@pytest.mark.parametrize(
    ("value", "error", "complaint"),
    [
        (
            lambda x: x,
            ShapeError,
            r"the weight 'made/w' keeps its shape: expected \(2,\), received \(batch, 2\)",
        ),
        (
            lambda x: cast(reduce_sum(x, axes=(0,)), dtype="float64"),
            DtypeError,
            "the weight 'made/w' keeps its dtype: expected float32, received float64; try cast",
        ),
        (lambda x: np.ones(2), GraphError, "an operation cannot use this value"),
    ],
    ids=["shape", "dtype", "array"],
)
def test_what_cannot_take_the_place_of_a_weight(value, error, complaint):
    def call(self, inputs):
        self.w.assign(value(inputs))
        return inputs

    with pytest.raises(error, match=complaint):
        compiled(layer_with(call))


def test_outside_of_call_it_is_done_at_once():
    class Begun(Layer):
        def build(self, input_shape):
            self.w = self.add_weight((2,), "ones", name="w")
            self.w.assign([3, 4])

        def call(self, inputs):
            return inputs * self.w

    model = compiled(Begun())
    assert model.get_weights()[0].tolist() == [3, 4]
    model.weights[0].assign([5, 6])
    assert model.predict([[1.0, 1.0]], verbose=0).tolist() == [[5, 6]]
    with pytest.raises(ShapeError, match="'begun/w' keeps its shape"):
        model.weights[0].assign([1])
