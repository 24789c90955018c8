"""What the loss adds up: weights of examples, penalties for weights, batches of different size."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers, models, optimizers, regularizers

from .one_step import gradients, neuron


# ------------------------------------------------------------ weights of examples
# The neuron w x, w = 1, at x = 2 and x = 1 with y = 0: the losses are 4 and 1, the gradients 2 * 2 * 2 = 8
# and 2 * 1 * 1 = 2.
def test_all_examples_count_the_same():
    # (4 + 1) / 2 = 2.5;   w = 1 - 0.1 * (8 + 2) / 2 = 0.5
    model = neuron(optimizers.SGD(0.1))
    assert model.fit([2.0, 1.0], [0, 0], verbose=0).history["loss"] == pytest.approx([2.5], rel=1e-14)
    assert model.get_weights()[0].item() == pytest.approx(0.5, rel=1e-14)


def test_an_example_counts_as_its_sample_weight_says():
    # (3 * 4 + 0.5 * 1) / 2 = 6.25;   w = 1 - 0.1 * (3 * 8 + 0.5 * 2) / 2 = 1 - 0.1 * 12.5 = -0.25
    model = neuron(optimizers.SGD(0.1))
    history = model.fit([2.0, 1.0], [0, 0], sample_weight=[3.0, 0.5], verbose=0).history
    assert history["loss"] == pytest.approx([6.25], rel=1e-14)
    assert model.get_weights()[0].item() == pytest.approx(-0.25, rel=1e-14)


def test_examples_of_a_class_count_as_its_class_weight_says():
    # w = 0 and b = 0: all predictions are 0.5 and all losses log 2. The classes are 1, 0, 0.
    # loss = (5 + 1 + 1) / 3 log 2
    # d_b = (5 * (0.5 - 1) + 1 * 0.5 + 1 * 0.5) / 3 = -1.5 / 3 = -0.5
    # d_w = (5 * -0.5 * 1 + 0.5 * 2 + 0.5 * 3) / 3 = 0 / 3 = 0
    model = models.Sequential([layers.Dense(1, activation="sigmoid", input_dim=1, dtype="float64")])
    model.compile(optimizers.SGD(1.0), "binary_crossentropy")
    model.set_weights([[[0.0]], [0.0]])
    history = model.fit([1.0, 2.0, 3.0], [1, 0, 0], class_weight={1: 5.0}, verbose=0).history
    assert history["loss"] == pytest.approx([7 / 3 * np.log(2)], rel=1e-14)
    w, b = model.get_weights()
    assert w.item() == pytest.approx(0.0, abs=1e-15)
    assert b.item() == pytest.approx(0.5, rel=1e-14)


# ------------------------------------------------------------ penalties
@pytest.mark.parametrize(
    ("regularizer", "penalty", "slopes"),
    [
        # 0.01 * (3^2 + 4^2) = 0.25, and 2 * 0.01 * (3, -4)
        (regularizers.l2(0.01), 0.25, [0.06, -0.08]),
        # 0.01 * (|3| + |-4|) = 0.07, and 0.01 * the signs
        (regularizers.l1(0.01), 0.07, [0.01, -0.01]),
        (regularizers.l1_l2(l1=0.01, l2=0.01), 0.32, [0.07, -0.09]),
    ],
    ids=["l2", "l1", "both"],
)
def test_a_penalty_for_weights_adds_to_loss_and_gradient(regularizer, penalty, slopes):
    # The weights are (3, -4). With x = (4, 3) and y = -1: prediction 12 - 12 = 0, loss 1, d_prediction = 2,
    # and the gradient without the penalty is 2 * (4, 3) = (8, 6).
    layer = layers.Dense(1, use_bias=False, input_dim=2, dtype="float64", kernel_regularizer=regularizer)
    model = models.Sequential([layer])
    model.compile(optimizers.SGD(1.0), "mse")
    model.set_weights([[[3.0], [-4.0]]])
    assert model.evaluate([[4.0, 3.0]], [-1.0], verbose=0) == pytest.approx(1 + penalty, rel=1e-14)
    history = model.fit([[4.0, 3.0]], [-1.0], verbose=0).history
    assert history["loss"] == pytest.approx([1 + penalty], rel=1e-14)
    expected = [3.0 - (8.0 + slopes[0]), -4.0 - (6.0 + slopes[1])]
    np.testing.assert_allclose(model.get_weights()[0][:, 0], expected, rtol=1e-13)


def test_a_penalty_is_the_same_for_one_example_and_for_many():
    # Three examples with the loss 0: what is left is the penalty, 0.5 * 1^2, and its gradient, 2 * 0.5 * 1.
    layer = layers.Dense(
        1, use_bias=False, input_dim=1, dtype="float64", kernel_regularizer=regularizers.l2(0.5)
    )
    [d_w] = gradients([layer], "mse", [[[1.0]]], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert d_w.item() == pytest.approx(1.0, rel=1e-14)


def test_a_penalty_for_outputs_is_shared_by_the_examples():
    # The outputs are 2 and 4 and the targets too: the loss is the penalty, 0.1 * (2^2 + 4^2) / 2 = 1.
    # d_w = 0.1 * (2 * 2 * 2 + 2 * 4 * 4) / 2 = 2, and w = 1 - 0.25 * 2 = 0.5
    model = neuron(optimizers.SGD(0.25), activity_regularizer=regularizers.l2(0.1))
    history = model.fit([2.0, 4.0], [2.0, 4.0], verbose=0).history
    assert history["loss"] == pytest.approx([1.0], rel=1e-14)
    assert model.get_weights()[0].item() == pytest.approx(0.5, rel=1e-14)


# ------------------------------------------------------------ epochs
def test_the_loss_of_an_epoch_is_the_mean_over_its_examples_as_they_came():
    # Three times x = 1, y = 0, in batches of 2 and 1: the loss is w^2 and the gradient 2 w.
    # Batch 1: loss 1,    w = 1   - 0.1 * 2   = 0.8
    # Batch 2: loss 0.64, w = 0.8 - 0.1 * 1.6 = 0.64
    # The epoch: (1 + 1 + 0.64) / 3 = 0.88, not (1 + 0.64) / 2
    model = neuron(optimizers.SGD(0.1))
    history = model.fit([1.0, 1.0, 1.0], [0, 0, 0], batch_size=2, verbose=0).history
    assert history["loss"] == pytest.approx([0.88], rel=1e-14)
    assert model.get_weights()[0].item() == pytest.approx(0.64, rel=1e-14)


def test_what_is_held_out_is_judged_after_the_epoch_and_not_learnt_from():
    # Of five examples a share of 0.4 is held out: the last two. One batch of three: w = 1 - 0.1 * 2 = 0.8.
    # There the loss at x = 1 is 0.64, at x = 10 it is 64: the mean is 32.32.
    model = neuron(optimizers.SGD(0.1))
    x = [1.0, 1.0, 1.0, 1.0, 10.0]
    history = model.fit(x, np.zeros(5), validation_split=0.4, verbose=0).history
    assert history["loss"] == pytest.approx([1.0], rel=1e-14)
    assert history["val_loss"] == pytest.approx([32.32], rel=1e-14)
    assert model.get_weights()[0].item() == pytest.approx(0.8, rel=1e-14)
