"""Three inputs, two hidden neurons, one output: small numbers, so that every one of them is exact."""

from __future__ import annotations

import numpy as np

import pellucid as tf

from .running import run


def test_every_neuron_says_what_was_worked_out_by_hand():
    program = run("three_two_one")
    assert (program.h1, program.h2, program.y) == (1.25, 5.0, 1.0)
    assert program.neurons.tolist() == [[1.25, 5.0]]
    assert program.prediction.tolist() == [[1.0]]


def test_the_loss_and_every_weight_after_one_step_are_those_worked_out_by_hand():
    program = run("three_two_one")
    assert program.history.history == {"loss": [4.0]}
    W, b = program.hidden.get_weights()
    assert W.tolist() == program.hidden_after == [[1.5, -1.25], [3.0, -0.25], [2.5, 1.25]]
    assert b.tolist() == program.hidden_bias_after == [1.25, -0.75]
    V, c = program.output.get_weights()
    assert V.tolist() == program.output_after == [[2.625], [2.0]]
    assert c.tolist() == program.output_bias_after == [1.5]


def test_every_derivative_is_the_one_worked_out_by_hand():
    """The weights moved by the learning rate, an eighth, times the derivatives."""
    program = run("three_two_one")
    pairs = zip(program.before, program.model.get_weights(), strict=True)
    d_W, d_b, d_V, d_c = [(8 * (before - after)).tolist() for before, after in pairs]
    assert d_W == program.d_w == [[-8.0, 2.0], [-16.0, 4.0], [-24.0, 6.0]]
    assert d_b == [program.d_h1, program.d_h2] == [-8.0, 2.0]
    assert d_V == [[program.d_v1], [program.d_v2]] == [[-5.0], [-20.0]]
    assert d_c == [program.d_y] == [-4.0]


def test_a_relu_neuron_below_zero_is_silent_and_learns_nothing():
    hidden = tf.keras.layers.Dense(units=2, activation="relu", input_shape=[3])
    output = tf.keras.layers.Dense(units=1)
    model = tf.keras.Sequential([hidden, output])
    model.compile(loss="mean_squared_error", optimizer=tf.keras.optimizers.SGD(1.0))
    hidden.set_weights([[[0.5, -1.0], [1.0, 0.25], [-0.5, 2.0]], [0.25, -0.5]])
    output.set_weights([[[2.0], [-0.5]], [1.0]])
    x, target = [[1.0, 2.0, -1.0]], [7.0]

    # h1 = relu( 0.5 + 2   + 0.5 + 0.25) = relu(3.25) = 3.25
    # h2 = relu(-1   + 0.5 - 2   - 0.5 ) = relu(-3)   = 0
    assert tf.keras.Sequential([hidden]).predict(x, verbose=0).tolist() == [[3.25, 0.0]]
    # y = 3.25 * 2 + 0 * -0.5 + 1 = 7.5
    assert model.predict(x, verbose=0).tolist() == [[7.5]]

    before = model.get_weights()
    history = model.fit(x, target, verbose=0)
    # loss = (7.5 - 7)^2 = 0.25
    assert history.history == {"loss": [0.25]}
    pairs = zip(before, model.get_weights(), strict=True)
    d_W, d_b, d_V, d_c = [(old - new).tolist() for old, new in pairs]
    # d_y = 2 (7.5 - 7) = 1;  d_v1 = 1 * 3.25, d_v2 = 1 * 0
    assert (d_V, d_c) == ([[3.25], [0.0]], [1.0])
    # d_h1 = 1 * 2 = 2;  d_h2 would be 1 * -0.5, but the slope of relu is 0 there
    assert (d_W, d_b) == ([[2.0, 0.0], [4.0, 0.0], [-2.0, 0.0]], [2.0, 0.0])


def test_with_any_other_weights_and_inputs_the_neurons_do_the_same():
    random = np.random.default_rng(1)
    W, b, V, c, x = (random.normal(size=size) for size in ((3, 2), (2,), (2, 1), (1,), (10, 3)))
    model = tf.keras.Sequential(
        [
            tf.keras.layers.Dense(units=2, input_shape=[3], dtype="float64"),
            tf.keras.layers.Dense(units=1, dtype="float64"),
        ]
    )
    model.set_weights([W, b, V, c])
    answers = model.predict(x, verbose=0)
    for (x1, x2, x3), [answer] in zip(x, answers, strict=True):
        h1 = x1 * W[0, 0] + x2 * W[1, 0] + x3 * W[2, 0] + b[0]
        h2 = x1 * W[0, 1] + x2 * W[1, 1] + x3 * W[2, 1] + b[1]
        np.testing.assert_allclose(answer, h1 * V[0, 0] + h2 * V[1, 0] + c[0], rtol=1e-13)
