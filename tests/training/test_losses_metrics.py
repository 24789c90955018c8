"""Losses and metrics of the user's own, and under which names metrics are reported."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import losses, metrics
from pellucid.layers import Dense
from pellucid.losses import Loss
from pellucid.metrics import BinaryAccuracy, MeanAbsoluteError, MeanMetric, MeanSquaredError
from pellucid.models import Sequential
from pellucid.ops import absolute, greater, log, maximum, reduce_mean, reduce_sum, sqrt
from pellucid.optimizers import SGD

from .models import X, classifier, deep, line, yes_or_no


def huber(y_true, y_pred):
    error = y_pred - y_true
    size = absolute(error)
    small = size - maximum(size - 1, 0)
    return small**2 / 2 + (size - small)


class Quantile(Loss):
    """Keras's way to write a loss with an argument."""

    def __init__(self, share=0.5, name="quantile"):
        super().__init__(name)
        self.share = share

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return maximum(self.share * error, (self.share - 1) * error)

    def get_config(self):
        return {**super().get_config(), "share": self.share}


# ------------------------------------------------------------ losses
def test_a_function_is_a_loss():
    # Errors of 0.5 and 3: 0.25 / 2 and 3 - 0.5
    model = line(loss=huber)
    assert model.evaluate([0.0, 0.0], [-0.5, 3.0], verbose=0) == (0.125 + 2.5) / 2
    model.compile(SGD(1.0), huber)
    model.fit([0.0], [3.0], verbose=0)
    assert model.get_weights()[1].item() == 1.0  # far away, the slope is 1


def test_its_values_have_the_names_that_the_user_gave_them():
    source = line(loss=huber).numpy_source()
    assert "error = prediction - y" in source
    assert "size = np.abs(error)" in source
    assert "# loss: huber" in source


def test_a_class_is_a_loss_with_arguments():
    model = line(loss=Quantile(0.9))
    assert model.evaluate([0.0, 0.0], [1.0, -1.0], verbose=0) == pytest.approx((0.9 + 0.1) / 2)
    assert line(loss=Quantile).evaluate([0.0], [1.0], verbose=0) == 0.5


@pytest.mark.parametrize(
    "loss",
    [
        lambda y_true, y_pred: (y_pred - y_true) ** 2,
        lambda y_true, y_pred: reduce_mean((y_pred - y_true) ** 2, axes=(1,)),
        lambda y_true, y_pred: reduce_mean((y_pred - y_true) ** 2, axes=(0, 1)),
        losses.mean_squared_error,
        losses.MeanSquaredError,
        losses.MeanSquaredError(),
        "mse",
        "MSE",
        {"class_name": "MeanSquaredError", "config": {}},
    ],
    ids=["numbers", "examples", "batch", "function", "class", "object", "mse", "MSE", "configuration"],
)
def test_a_loss_may_be_given_in_any_of_these_ways(loss):
    model = line(1, 0, loss=loss, optimizer=SGD(0.1))
    assert model.fit([1.0, 2.0], [2.0, 4.0], verbose=0).history["loss"] == [2.5]
    # The slopes for w and b are -2 (1 * 1 + 2 * 2) / 2 and -2 (1 + 2) / 2.
    np.testing.assert_allclose([w.item() for w in model.get_weights()], [1.5, 0.3], rtol=1e-14)


def test_a_loss_for_the_whole_batch_is_weighed_by_the_mean_weight():
    model = line(loss=lambda y_true, y_pred: reduce_sum((y_pred - y_true) ** 2, axes=(0, 1)))
    assert model.evaluate([0.0, 0.0], [1.0, 2.0], verbose=0) == 5
    assert model.evaluate([0.0, 0.0], [1.0, 2.0], sample_weight=[1.0, 2.0], verbose=0) == 7.5


def test_several_outputs_have_the_mean_of_their_losses():
    model = classifier(loss=lambda y_true, y_pred: y_pred * 0 + y_true)
    assert model.evaluate(X[:2], [[1, 2, 3], [4, 5, 9]], verbose=0) == 4


# ------------------------------------------------------------ metrics
def root(y_true, y_pred):
    return sqrt(reduce_mean((y_true - y_pred) ** 2, axes=(0, 1)))


class Far(MeanMetric):
    """How often an answer is far away."""

    def __init__(self, distance=1.0, name="far"):
        super().__init__(name)
        self.distance = distance

    def values(self, y_true, y_pred):
        return greater(absolute(y_true - y_pred), self.distance)


def test_functions_and_classes_are_metrics():
    model = line(metrics=["mae", huber, Far(1.5), lambda y_true, y_pred: y_true])
    results = model.evaluate([0.0] * 4, [1.0, 2.0, 3.0, 4.0], verbose=0, return_dict=True)
    assert results == {
        "loss": 7.5,
        "mae": 2.5,
        "huber": (0.5 + 1.5 + 2.5 + 3.5) / 4,
        "far": 0.75,
        "lambda": 2.5,
    }


def test_a_metric_for_the_whole_batch_counts_for_each_of_its_examples():
    model = line(metrics=[root])
    # sqrt((9 + 16) / 2) for two examples, 6 for one
    results = model.evaluate([0.0] * 3, [3.0, 4.0, 6.0], batch_size=2, verbose=0)
    assert results[1] == pytest.approx((2 * np.sqrt(12.5) + 6) / 3)


def test_weights_count_for_weighted_metrics_alone():
    model = line(metrics=["mae"], weighted_metrics=["mae", Far(1.5)])
    results = model.evaluate(
        [0.0] * 3, [1.0, 2.0, 6.0], sample_weight=[2.0, 1.0, 1.0], verbose=0, return_dict=True
    )
    assert results == {
        "loss": (2 * 1 + 4 + 36) / 3,
        "mae": 3.0,
        "weighted_mae": (2 * 1 + 2 + 6) / 4,
        "far": 0.5,
    }


def test_metrics_are_means_over_the_epoch_and_begin_anew_in_the_next():
    model = line(optimizer=SGD(0.0), metrics=["mae"])
    history = model.fit([0.0] * 3, [1.0, 2.0, 6.0], batch_size=2, epochs=2, verbose=0).history
    assert history["mae"] == [3.0, 3.0]


@pytest.mark.parametrize(
    ("model", "y", "expected"),
    [
        # which of "binary", "categorical" and "sparse" accuracy it is depends on labels and outputs
        (yes_or_no, np.arange(12) % 2, lambda p, y: (p[:, 0] > 0.5) == y),
        (classifier, np.arange(12) % 3, lambda p, y: p.argmax(axis=1) == y),
        (
            lambda **options: classifier("categorical_crossentropy", **options),
            np.eye(3)[np.arange(12) % 3],
            lambda p, y: p.argmax(axis=1) == y.argmax(axis=1),
        ),
        (deep, np.zeros(12), lambda p, y: (p[:, 0] > 0.5) == y),
    ],
    ids=["binary", "sparse", "categorical", "regression"],
)
@pytest.mark.parametrize("name", ["accuracy", "acc"])
def test_accuracy_is_what_fits_the_loss(model, y, expected, name):
    made = model(metrics=[name])
    results = made.evaluate(X, y, verbose=0, return_dict=True)
    assert results[name] == pytest.approx(expected(made.predict(X, verbose=0), y).mean())


def test_names_come_from_what_was_given():
    model = line(metrics=["mse", "MAE", MeanSquaredError(), MeanAbsoluteError(name="off by"), BinaryAccuracy])
    assert model.metrics_names == ["loss", "mse", "MAE", "mean_squared_error", "off by", "binary_accuracy"]


def test_a_name_that_is_taken_gets_a_number():
    given = ["mae", MeanSquaredError(name="mae"), "mae", MeanSquaredError(name="loss")]
    model = line(metrics=given, weighted_metrics=["mae", "mae", "mse", MeanAbsoluteError(name="weight")])
    results = model.evaluate([0.0] * 2, [1.0, 3.0], sample_weight=[3.0, 1.0], verbose=0, return_dict=True)
    assert results == {
        "loss": 6.0,
        "mae": 2.0,
        "mae_1": 5.0,
        "mae_2": 2.0,
        "loss_1": 5.0,
        "weighted_mae": 1.5,
        "weighted_mae_1": 1.5,
        "mse": 3.0,
        "weighted_weight": 1.5,
    }
    assert sorted(model.metrics_names) == list(results)
    assert given[1].name == "mae"  # the user's own stays as it was


def test_a_single_metric_needs_no_list():
    assert line(metrics="mae").metrics_names == ["loss", "mae"]
    assert line(weighted_metrics=huber).metrics_names == ["loss", "huber"]


# ------------------------------------------------------------ penalties
def test_penalties_are_part_of_the_loss():
    model = Sequential([Dense(1, input_shape=[1], kernel_regularizer="l2", activity_regularizer="l1")])
    model.set_weights([[[3]], [2]])
    model.compile("sgd", "mse", metrics=["mse"])
    results = model.evaluate([1.0, -1.0], [5.0, 0.0], verbose=0, return_dict=True)
    # Answers 5 and -1: the errors are 0 and -1; 0.01 * 9 for W, 0.01 * (5 + 1) / 2 for the answers.
    assert results["mse"] == 0.5
    assert results["loss"] == pytest.approx(0.5 + 0.09 + 0.03, rel=1e-6)


@pytest.mark.filterwarnings("ignore::pellucid.errors.TrainingWarning")  # as the doctor says, it should not
def test_probabilities_of_0_and_1_have_a_finite_loss():
    """A unit without activation may answer 0 or 1 exactly; the logarithm is taken of 1e-7."""
    model = line(0, 0, loss="binary_crossentropy")
    assert model.evaluate([1.0], [1.0], verbose=0) == pytest.approx(-np.log(1e-7))
    model.fit([1.0], [1.0], epochs=3, verbose=0)
    assert np.isfinite(model.get_weights()[0]).all()


def test_modules_offer_what_strings_name():
    assert isinstance(losses.get("bce"), losses.BinaryCrossentropy)
    assert isinstance(metrics.get("mae"), MeanAbsoluteError)
    back = losses.deserialize(losses.serialize(Quantile(0.9)), {"Quantile": Quantile})
    assert back.share == 0.9
    assert losses.deserialize(losses.serialize(losses.get(huber)), {"huber": huber}).function is huber


def test_an_own_formula_with_a_logarithm_learns():
    model = yes_or_no()
    model.compile(SGD(1.0), lambda y, p: -(y * log(p) + (1 - y) * log(1 - p)))
    y = (X[:, 0] > 0).astype(float)
    history = model.fit(X, y, epochs=100, verbose=0).history["loss"]
    assert history[-1] < history[0] / 2
