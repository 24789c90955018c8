"""Batch normalization by hand: what a batch becomes, what predictions use, what a step changes."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import ArgumentError, ShapeError, TrainingWarning, UnknownNameError, UnsupportedError
from pellucid.layers import BatchNormalization, Dense, Flatten, Input
from pellucid.models import Sequential, load_model
from pellucid.optimizers import SGD, Adam

# Feature by feature: mean 2 and deviation 1, mean 6 and deviation 2.
BATCH = np.array([[1.0, 8.0], [3.0, 4.0]])


def network(*layers, shape=(2,), rate=0.0):
    model = Sequential([Input(shape), *layers])
    model.compile(SGD(rate), "mse")
    return model


def test_a_batch_in_training_comes_to_mean_0_and_deviation_1():
    assert BatchNormalization(epsilon=0)(BATCH, training=True).tolist() == [[-1, 1], [1, -1]]
    # epsilon is added to the variance: sqrt(4 + 5) = 3 and sqrt(1 + 5)
    with_epsilon = BatchNormalization(epsilon=5, dtype="float64")(BATCH, training=True)
    np.testing.assert_allclose(with_epsilon, [[-(6**-0.5), 2 / 3], [6**-0.5, -2 / 3]])


def test_gamma_and_beta_give_it_another_mean_and_deviation():
    layer = BatchNormalization(epsilon=0, beta_initializer="ones", gamma_initializer="ones")
    layer.build_for((None, 2))
    layer.set_weights([[2, 3], [10, 20], [0, 0], [1, 1]])
    # 2 (-1) + 10, 3 1 + 20; 2 1 + 10, 3 (-1) + 20
    assert layer(BATCH, training=True).tolist() == [[8, 23], [12, 17]]


def test_predictions_use_the_moving_averages():
    layer = BatchNormalization(epsilon=0)
    layer.build_for((None, 2))
    layer.set_weights([[2, 3], [10, 20], [1, 0], [4, 16]])
    # 2 (1 - 1) / 2 + 10, 3 (8 - 0) / 4 + 20; 2 (3 - 1) / 2 + 10, 3 (4 - 0) / 4 + 20
    assert layer(BATCH).tolist() == [[10, 26], [12, 23]]
    assert layer(BATCH[:1]).tolist() == [[10, 26]]  # whatever else is in the batch


def test_each_step_moves_the_averages():
    model = network(BatchNormalization(momentum=0.75, epsilon=0))
    model.fit(BATCH, BATCH, verbose=0)
    # From mean 0 and variance 1: 0.75 0 + 0.25 2, 0.75 0 + 0.25 6; 0.75 1 + 0.25 1, 0.75 1 + 0.25 4
    assert model.layers[0].moving_mean.numpy().tolist() == [0.5, 1.5]
    assert model.layers[0].moving_variance.numpy().tolist() == [1, 1.75]
    model.fit(BATCH, BATCH, verbose=0)
    # 0.75 0.5 + 0.25 2, 0.75 1.5 + 0.25 6; 0.75 1 + 0.25 1, 0.75 1.75 + 0.25 4
    assert model.layers[0].moving_mean.numpy().tolist() == [0.875, 2.625]
    assert model.layers[0].moving_variance.numpy().tolist() == [1, 2.3125]


def test_the_variance_is_that_of_the_batch_and_no_estimate():
    model = network(BatchNormalization(momentum=0))
    model.fit([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [6.0, 8.0]], np.zeros((4, 2)), verbose=0)
    # (4 + 1 + 0 + 9) / 4 and (4 + 4 + 4 + 36) / 4
    assert model.layers[0].moving_variance.numpy().tolist() == [3.5, 12]


def test_large_numbers_close_together_keep_their_variance():
    model = network(BatchNormalization(momentum=0), shape=(1,))
    model.fit([4095.0, 4097.0], [[0.0], [0.0]], verbose=0)
    # E[x x] - E[x]^2 would be a difference of numbers above 16 million, where float32 knows no 1.
    assert model.layers[0].moving_variance.numpy().tolist() == [1]


def test_evaluation_and_prediction_move_nothing():
    model = network(BatchNormalization())
    before = model.get_weights()
    model.evaluate(BATCH, BATCH, verbose=0)
    model.predict(BATCH, verbose=0)
    model(BATCH)
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))
    # (x - 0) / sqrt(1 + 0.001) is nearly x: ((1 + 64 + 9 + 16) / 4) 0.0005^2
    assert model.evaluate(BATCH, BATCH, verbose=0) == pytest.approx(22.5 * 0.0005**2, rel=0.01)


def test_a_layer_alone_moves_its_averages_in_training_only():
    layer = BatchNormalization(momentum=0.5)
    layer(BATCH)
    assert layer.moving_mean.numpy().tolist() == [0, 0]
    layer(BATCH, training=True)
    assert layer.moving_mean.numpy().tolist() == [1, 3]
    assert layer.moving_variance.numpy().tolist() == [1, 2.5]


def test_one_example_is_its_own_mean():
    layer = BatchNormalization(beta_initializer="ones")
    assert layer(BATCH[:1], training=True).tolist() == [[1, 1]]
    model = network(BatchNormalization(), Dense(1), rate=0.1)
    history = model.fit(BATCH, [1.0, 2.0], batch_size=1, epochs=3, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


# ------------------------------------------------------------ axes
@pytest.mark.parametrize(("axis", "over"), [(-1, (0, 1, 2)), (3, (0, 1, 2)), (1, (0, 2, 3)), (-2, (0, 1, 3))])
def test_the_features_are_along_one_axis(axis, over):
    x = np.random.default_rng(0).normal(5, 3, size=(6, 3, 4, 2))
    layer = BatchNormalization(axis=axis, epsilon=0, dtype="float64", momentum=0)
    out = layer(x, training=True)
    np.testing.assert_allclose(out.mean(axis=over), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=over), 1)
    np.testing.assert_allclose(layer.moving_mean.numpy(), x.mean(axis=over))
    np.testing.assert_allclose(layer(x), out)  # now that the averages are those of the batch


def test_features_must_be_known_and_stay_as_many():
    with pytest.raises(
        ShapeError, match=r"'b' finds no such axis: expected axis from -2 to 1, received \(2,\)"
    ):
        BatchNormalization(axis=2, name="b")(BATCH)
    with pytest.raises(ShapeError, match="needs features that it can count"):
        network(BatchNormalization(axis=0)).fit(BATCH, BATCH, verbose=0)
    layer = BatchNormalization(name="b")
    layer(BATCH)
    with pytest.raises(ShapeError, match="'b' cannot take this input: expected 2 features, received 3"):
        layer(np.ones((2, 3)))


# ------------------------------------------------------------ weights
def test_weights_stand_in_the_order_of_keras():
    def names(**options):
        layer = BatchNormalization(**options)
        layer(BATCH)
        return [weight.name for weight in layer.weights]

    assert names() == ["gamma", "beta", "moving_mean", "moving_variance"]
    assert names(scale=False) == ["beta", "moving_mean", "moving_variance"]
    assert names(center=False) == ["gamma", "moving_mean", "moving_variance"]
    assert names(center=False, scale=False) == ["moving_mean", "moving_variance"]


def test_how_the_weights_begin():
    layer = BatchNormalization(
        beta_initializer="ones",
        gamma_initializer="zeros",
        moving_mean_initializer="ones",
        moving_variance_initializer="zeros",
    )
    layer(BATCH)
    assert [weight.tolist() for weight in layer.get_weights()] == [[0, 0], [1, 1], [1, 1], [0, 0]]


def test_half_of_the_weights_are_trained_and_the_summary_says_so(capsys):
    model = network(Dense(3), BatchNormalization())
    layer = model.layers[1]
    assert [weight.name for weight in layer.trainable_weights] == ["gamma", "beta"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["moving_mean", "moving_variance"]
    model.summary()
    table = capsys.readouterr().out
    # 2 3 + 3 of the dense layer and 2 3 of this one; 2 3 more that training does not change
    for line in ("Total params: 21 (84.00 B)", "Trainable params: 15 (60.00 B)"):
        assert f" {line}\n" in table
    assert " Non-trainable params: 6 (24.00 B)\n" in table


def test_the_optimizer_keeps_nothing_for_the_averages():
    model = network(Dense(3), BatchNormalization())
    model.compile(Adam(), "mse")
    model.fit(np.eye(2), np.ones((2, 3)), verbose=0)
    assert """
    trainable = [
        "dense/kernel", "dense/bias", "batch_normalization/gamma", "batch_normalization/beta",
    ]
""" in model.numpy_source()


def test_regularizers_of_gamma_and_beta_count():
    layer = BatchNormalization(
        beta_initializer="ones", beta_regularizer="l2", gamma_regularizer="l1", epsilon=0
    )
    model = network(layer)
    # l1(gamma) + l2(beta) = 0.01 (1 + 1) + 0.01 (1 + 1), beside the error of 0
    assert model.evaluate(BATCH, BATCH + 1, verbose=0) == pytest.approx(0.04)


# ------------------------------------------------------------ frozen
def test_a_frozen_layer_uses_its_averages_and_leaves_them_alone():
    model = network(BatchNormalization(trainable=False, epsilon=0), rate=0.1)
    model.set_weights([[1, 1], [0, 0], [2, 6], [1, 4]])
    # The averages are the batch's own, so the answers are -1 and 1.
    with pytest.warns(TrainingWarning, match="Nothing to train"):
        assert model.fit(BATCH, [[-1.0, 1.0], [1.0, -1.0]], verbose=0).history["loss"] == [0]
    model.fit(BATCH, BATCH, epochs=3, verbose=0)  # it is said once
    assert [weight.tolist() for weight in model.get_weights()] == [[1, 1], [0, 0], [2, 6], [1, 4]]


def test_a_layer_may_be_frozen_later_and_thawed_again():
    layer = BatchNormalization(momentum=0.5)
    model = network(layer, Dense(1), rate=0.1)
    model.fit(BATCH, [1.0, 2.0], verbose=0)
    layer.trainable = False
    before = layer.get_weights()
    model.fit(BATCH, [1.0, 2.0], verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(before, layer.get_weights(), strict=True))
    layer.trainable = True
    model.fit(BATCH, [1.0, 2.0], verbose=0)
    assert not any(np.array_equal(*pair) for pair in zip(before, layer.get_weights(), strict=True))


# ------------------------------------------------------------ files and programs
@pytest.fixture
def trained():
    model = Sequential([Input((2, 2)), Flatten(), Dense(3), BatchNormalization(momentum=0.9), Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.random.default_rng(0).normal(size=(8, 2, 2)), np.arange(8.0), epochs=3, verbose=0)
    return model


def test_averages_travel_in_the_model_file_and_training_goes_on(trained, tmp_path):
    x, y = np.random.default_rng(1).normal(size=(8, 2, 2)), np.arange(8.0)
    trained.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    for model in (trained, again):
        model.fit(x, y, epochs=2, verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(trained.get_weights(), again.get_weights(), strict=True))


def test_the_printed_program_says_it_as_a_teacher_would(trained):
    source = trained.numpy_source()
    for lines in (
        """
    # forward: batch_normalization (each feature to mean 0 and deviation 1)
    mean = np.mean(z1, axis=0)                              # (3,)
    centered = z1 - mean                                    # (batch, 3)
    variance = np.mean(centered ** 2, axis=0)               # (3,)
    deviation = np.sqrt(variance + 0.001)                   # (3,)
    normalized = centered / deviation                       # (batch, 3)
    scaled = gamma * normalized + beta                      # (batch, 3)
""",
        """
    # backward: batch_normalization
    d_normalized = d_scaled * gamma                         # (batch, 3)
    d_deviation = -np.sum(d_normalized * normalized / deviation, axis=0)  # (3,)
    d_variance = d_deviation / deviation / 2                # (3,)
    d_centered = d_normalized / deviation + 2 * d_variance * centered / n  # (batch, 3)
    d_mean = -np.sum(d_centered, axis=0)                    # (3,)
    d_gamma = np.sum(d_scaled * normalized, axis=0)         # (3,)
    d_beta = np.sum(d_scaled, axis=0)                       # (3,)
    d_z1 = d_centered + d_mean / n                          # (batch, 3)
""",
        """
    # update: moving averages, for predictions
    weights["batch_normalization/moving_mean"] = 0.9 * moving_mean + 0.1 * mean
    weights["batch_normalization/moving_variance"] = 0.9 * moving_variance + 0.1 * variance

    # update: Adam
""",
        """
    # batch_normalization (each feature to mean 0 and deviation 1)
    deviation = np.sqrt(moving_variance + 0.001)            # (3,)
    normalized = (z1 - moving_mean) / deviation             # (batch, 3)
    scaled = gamma * normalized + beta                      # (batch, 3)
""",
    ):
        assert lines in source


# ------------------------------------------------------------ arguments
@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"momentum": 1.5}, "momentum cannot be used: expected a number from 0 to 1, received 1.5"),
        ({"momentum": -0.1}, "momentum cannot be used"),
        ({"epsilon": -1}, "epsilon cannot be used"),
        ({"axis": 1.5}, "axis cannot be used: expected a whole number such as -1"),
        ({"axis": [1, 2]}, "axis cannot be used"),
        ({"axis": None}, "axis cannot be used"),
    ],
)
def test_impossible_arguments(options, complaint):
    with pytest.raises(ArgumentError, match=complaint):
        BatchNormalization(**options)


def test_what_keras_has_beyond_this_is_refused_unless_it_is_off():
    for options in ({"renorm": True}, {"synchronized": True}, {"beta_constraint": "max_norm"}):
        with pytest.raises(UnsupportedError, match="BatchNormalization cannot do this: received "):
            BatchNormalization(**options)
    off = {"renorm": False, "renorm_clipping": None, "renorm_momentum": 0.99, "gamma_constraint": None}
    assert BatchNormalization(synchronized=False, **off)(BATCH).shape == (2, 2)
    with pytest.raises(UnknownNameError, match="no argument of BatchNormalization is called 'momentun'"):
        BatchNormalization(momentun=0.9)
