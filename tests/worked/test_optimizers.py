"""The update rules, step by step.

With x = 2 and y = 0 the neuron's loss is (2 w)^2 = 4 w^2, and its gradient 8 w: 8 where w starts, at 1.
"""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import layers, models, optimizers

from .one_step import neuron


def weights_of(optimizer, x=(2.0, 2.0)):
    """Return w after each step, one for each x."""
    model = neuron(optimizer)
    path = []
    for value in x:
        model.fit([value], [0.0], verbose=0)
        path.append(model.get_weights()[0].item())
    return path


def test_gradient_descent():
    # w = 1   - 0.1 * 8 = 0.2;   the gradient there is 8 * 0.2 = 1.6
    # w = 0.2 - 0.1 * 1.6 = 0.04
    assert weights_of(optimizers.SGD(0.1)) == pytest.approx([0.2, 0.04], rel=1e-14)


def test_momentum():
    # v = 0.9 *  0    - 0.01 * 8    = -0.08;     w = 1    - 0.08   = 0.92;   gradient 8 * 0.92 = 7.36
    # v = 0.9 * -0.08 - 0.01 * 7.36 = -0.1456;   w = 0.92 - 0.1456 = 0.7744
    assert weights_of(optimizers.SGD(0.01, momentum=0.9)) == pytest.approx([0.92, 0.7744], rel=1e-14)


def test_nesterov_momentum():
    # v = 0.9 *  0    - 0.01 * 8     = -0.08;      w = 1     + 0.9 * -0.08    - 0.08    = 0.848
    # The gradient there is 8 * 0.848 = 6.784.
    # v = 0.9 * -0.08 - 0.01 * 6.784 = -0.13984;   w = 0.848 + 0.9 * -0.13984 - 0.06784 = 0.654304
    optimizer = optimizers.SGD(0.01, momentum=0.9, nesterov=True)
    assert weights_of(optimizer) == pytest.approx([0.848, 0.654304], rel=1e-14)


def test_rmsprop():
    # v = 0.75 *  0 + 0.25 * 8^2   = 16;      w = 1   - 0.1 * 8   / 4           = 0.8;  gradient 8 * 0.8 = 6.4
    # v = 0.75 * 16 + 0.25 * 6.4^2 = 22.24;   w = 0.8 - 0.1 * 6.4 / sqrt(22.24) = 0.8 - 0.13571 = 0.66429
    optimizer = optimizers.RMSprop(0.1, rho=0.75, epsilon=1e-12)
    assert weights_of(optimizer) == pytest.approx([0.8, 0.8 - 0.64 / 22.24**0.5], rel=1e-12)


def test_rmsprop_with_momentum():
    # The steps are those of the test before, 0.2 and 0.13571 (the first w is the same, so is its gradient).
    # velocity = 0.5 * 0   + 0.2     = 0.2;       w = 1   - 0.2     = 0.8
    # velocity = 0.5 * 0.2 + 0.13571 = 0.23571;   w = 0.8 - 0.23571 = 0.56429
    optimizer = optimizers.RMSprop(0.1, rho=0.75, momentum=0.5, epsilon=1e-12)
    assert weights_of(optimizer) == pytest.approx([0.8, 0.7 - 0.64 / 22.24**0.5], rel=1e-12)


def test_centered_rmsprop():
    # v = 0.25 * 8^2 = 16;   mean = 0.25 * 8 = 2;   v - mean^2 = 12;   w = 1 - 0.1 * 8 / sqrt(12) = 0.76906
    optimizer = optimizers.RMSprop(0.1, rho=0.75, centered=True, epsilon=1e-12)
    assert weights_of(optimizer, x=[2.0]) == pytest.approx([1 - 0.8 / 12**0.5], rel=1e-12)


def test_epsilon_of_rmsprop_stands_under_the_root():
    # v = 16 as before;   w = 1 - 0.1 * 8 / sqrt(16 + 9) = 1 - 0.8 / 5 = 0.84
    optimizer = optimizers.RMSprop(0.1, rho=0.75, epsilon=9.0)
    assert weights_of(optimizer, x=[2.0]) == pytest.approx([0.84], rel=1e-14)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    # m = 0.1 * 8 = 0.8;   v = 0.001 * 8^2 = 0.064
    # rate = 0.1 * sqrt(1 - 0.999) / (1 - 0.9) = sqrt(0.001)
    # w = 1 - sqrt(0.001) * 0.8 / sqrt(0.064) = 1 - sqrt(0.001 * 0.64 / 0.064) = 1 - 0.1 = 0.9
    assert weights_of(optimizers.Adam(0.1), x=[2.0]) == pytest.approx([0.9], rel=1e-6)
    assert weights_of(optimizers.Adam(0.1), x=[200.0]) == pytest.approx([0.9], rel=1e-6)


def test_the_second_step_of_adam():
    # The gradient at 0.9 is 7.2.
    # m = 0.9   * 0.8   + 0.1   * 7.2   = 0.72     + 0.72    = 1.44
    # v = 0.999 * 0.064 + 0.001 * 7.2^2 = 0.063936 + 0.05184 = 0.115776
    # rate = 0.1 * sqrt(1 - 0.998001) / (1 - 0.81) = 0.1 * 0.0447102 / 0.19 = 0.0235317
    # w = 0.9 - 0.0235317 * 1.44 / sqrt(0.115776) = 0.9 - 0.0995878 = 0.8004122
    path = weights_of(optimizers.Adam(0.1, epsilon=1e-12))
    assert path == pytest.approx([0.9, 0.9 - 0.1 * 0.001999**0.5 / 0.19 * 1.44 / 0.115776**0.5], rel=1e-10)
    assert path[1] == pytest.approx(0.8004122, abs=1e-7)


def test_epsilon_of_adam_stands_beside_the_root():
    # As in the first step, but the root of v, 0.2529822, has epsilon = 0.2529822 beside it: half the step.
    optimizer = optimizers.Adam(0.1, epsilon=0.064**0.5)
    assert weights_of(optimizer, x=[2.0]) == pytest.approx([0.95], rel=1e-12)


def test_amsgrad_remembers_the_largest_v():
    # The second example, x = 0, has no gradient: m = 0.9 * 0.8 = 0.72, v = 0.999 * 0.064 = 0.063936.
    # rate = 0.0235317 as before.
    # Adam divides by the root of v: w = 0.9 - 0.0235317 * 0.72 / sqrt(0.063936)
    # AMSGrad by that of the larger:  w = 0.9 - 0.0235317 * 0.72 / sqrt(0.064)
    rate = 0.1 * 0.001999**0.5 / 0.19
    for amsgrad, v in ((False, 0.063936), (True, 0.064)):
        optimizer = optimizers.Adam(0.1, amsgrad=amsgrad, epsilon=1e-12)
        assert weights_of(optimizer, x=[2.0, 0.0])[1] == pytest.approx(0.9 - rate * 0.72 / v**0.5, rel=1e-10)


def test_weight_decay_takes_its_share_first():
    # w = 1 - 0.5 * 0.1 * 1 = 0.95;   the gradient is still that at 1: w = 0.95 - 0.1 * 8 = 0.15
    assert weights_of(optimizers.SGD(0.1, weight_decay=0.5), x=[2.0]) == pytest.approx([0.15], rel=1e-13)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, [-5.0, -8.0]),
        # The gradient (6, 8) is sqrt(36 + 64) = 10 long; half of it, (3, 4), is 5 long.
        ({"clipnorm": 5.0}, [-2.0, -4.0]),
        ({"clipnorm": 11.0}, [-5.0, -8.0]),
        ({"clipvalue": 7.0}, [-5.0, -7.0]),
    ],
    ids=str,
)
def test_a_gradient_can_be_kept_within_bounds(bounds, expected):
    # x = (3, 4), w = (1, 0), so w x = 3; y = 2. The gradient is 2 * (3 - 2) * (3, 4) = (6, 8).
    model = models.Sequential([layers.Dense(1, use_bias=False, input_dim=2, dtype="float64")])
    model.compile(optimizers.SGD(1.0, **bounds), "mse")
    model.set_weights([[[1.0], [0.0]]])
    model.fit([[3.0, 4.0]], [2.0], verbose=0)
    np.testing.assert_allclose(model.get_weights()[0][:, 0], expected, rtol=1e-12)
