"""The autopsy: of planted failures it names the step, the rows, the layer and the operation."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import pellucid as keras
from pellucid.errors import DivergenceWarning
from pellucid.hood import watch
from pellucid.hood.autopsy import examination
from pellucid.keras import layers
from pellucid.keras.optimizers import SGD
from pellucid.ops import exp, log, reduce_mean, select

from .failures import BAD, FAILURES, answers, compiled, examples, log_loss, of_loss, total

pytestmark = pytest.mark.slow

EACH = {"epochs": 2, "batch_size": 4, "verbose": 0, "shuffle": False}


def broken(name, **options):
    """Fit a model that breaks; return it and its history."""
    failure = FAILURES[name]
    model = failure.model()
    with pytest.warns(DivergenceWarning):
        history = model.fit(failure.x, failure.y, **{**EACH, **failure.options, **options})
    return model, history


def found(autopsy):
    cause = autopsy.cause
    return autopsy.step, tuple(autopsy.rows.tolist()), cause.layer, cause.phase, cause.operation


def bits(weights):
    return [weight.tobytes() for weight in weights]


@pytest.mark.parametrize("name", FAILURES)
def test_it_names_step_rows_layer_and_operation(each_engine, name):
    expected = FAILURES[name]
    _, history = broken(name)
    autopsy = history.autopsy
    assert found(autopsy) == (
        expected.step,
        expected.rows,
        expected.layer,
        expected.phase,
        expected.operation,
    ), str(autopsy)
    assert not np.isfinite(autopsy.cause.result)
    assert set(autopsy.rows) <= set(autopsy.batch_rows)
    for operand in autopsy.cause.operands:
        assert expected.operation == "state" or np.isfinite([operand.smallest, operand.largest]).all()


# ------------------------------------------------------------ however fit is called
class Batches(keras.callbacks.Callback):
    """Writes down the weights after every batch that it is told of, and what else it is told."""

    def __init__(self):
        super().__init__()
        self.weights = []
        self.told = []

    def on_train_batch_end(self, batch, logs=None):
        self.weights.append(bits(self.model.get_weights()))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(epoch)

    def on_train_end(self, logs=None):
        self.told.append("end")


WAYS = {
    "quiet": {},
    "with a bar": {"verbose": 1},
    "with lines": {"verbose": 2},
    "with a callback": {"callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)]},
    "with a callback for each batch": {
        "callbacks": [keras.callbacks.LambdaCallback(on_batch_end=lambda batch, logs: None)]
    },
    "with validation data": {"validation_data": (examples()[:3], answers()[:3])},
    "recorded": {"record": True},
    "with all examples twice": {"sample_weight": np.full(12, 2.0)},
}


@pytest.mark.parametrize("way", WAYS)
def test_it_finds_the_same_however_fit_is_called(each_engine, way):
    name = "a later epoch than the first"
    _, history = broken(name, **WAYS[way])
    assert found(history.autopsy) == (2, (BAD,), "loss", "loss", "log")
    assert (history.autopsy.epoch, history.autopsy.batch, history.autopsy.batches) == (3, 2, 3)


@pytest.mark.parametrize(
    "name", ["loss: the logarithm of 0", "learning rate: the square of the error overflows"]
)
def test_the_model_is_left_after_the_last_good_step(each_engine, name):
    seen = Batches()
    model, history = broken(name, callbacks=[seen])
    assert bits(model.get_weights()) == seen.weights[history.autopsy.step - 2]
    assert np.isfinite(np.concatenate([weight.ravel() for weight in model.get_weights()])).all()
    assert seen.told == [*history.epoch, "end"]


def test_what_a_callback_set_before_the_step_that_broke_stays(each_engine):
    seen = Batches()
    sets = FAILURES["weights set by a callback"].options["callbacks"]
    model, history = broken("weights set by a callback", callbacks=[*sets, seen])
    before = np.frombuffer(seen.weights[history.autopsy.step - 2][0], np.float32)
    np.testing.assert_array_equal(model.get_weights()[0].ravel(), before * np.float32(1e25))


def test_the_history_holds_the_epochs_whose_loss_was_finite(each_engine):
    for callbacks in ([], [Batches()]):
        _, history = broken(
            "weights set by a callback",
            callbacks=[*FAILURES["weights set by a callback"].options["callbacks"], *callbacks],
        )
        assert history.epoch == [0, 1]
        assert np.isfinite(history.history["loss"]).all()
    _, history = broken("learning rate: the square of the error overflows")
    assert history.history["loss"] == [1.0, pytest.approx(4e20)]


def doubling(**options):
    """A model of one weight, which a step multiplies by -2: its loss is w**2, the slope 2 w, the rate 1.5."""
    return compiled(total(), optimizer=SGD(1.5), shape=(1,), **options)


@pytest.mark.parametrize("often", [False, True])
def test_a_step_far_behind_the_last_good_state_is_found(each_engine, monkeypatch, often):
    """(-2)**k squared is 2**(2 k), and float32 ends at 2**128: after 64 steps the loss is infinite."""
    if often:
        monkeypatch.setattr(watch, "_LEAST", 0.0)
        monkeypatch.setattr(watch, "_SHARE", np.inf)
    for callbacks in ([], [Batches()]):
        model = doubling()
        with pytest.warns(DivergenceWarning):
            history = model.fit([[1.0]], [[0.0]], epochs=10_000, verbose=0, callbacks=callbacks)
        assert history.autopsy.step == 65
        assert model.get_weights()[0] == 2.0**64
        assert len(history.epoch) == 64


def test_training_goes_on_from_there(each_engine):
    model = compiled(total(), loss="mae", optimizer=SGD(3e38), shape=(1,))
    with pytest.warns(DivergenceWarning):
        model.fit([[2.0]], [[0.0]], verbose=0)
    model.optimizer.learning_rate = 0.125  # times the slope, 2: a quarter less with each step
    history = model.fit([[2.0]], [[0.0]], epochs=3, verbose=0)
    assert history.autopsy is None
    assert model.get_weights()[0] == 0.25


def test_a_recording_ends_with_the_last_good_step(each_engine):
    model, history = broken("learning rate: the square of the error overflows", record=True)
    assert history.steps == history.autopsy.step - 1 == 2
    assert bits(history.at(2).weights.values()) == bits(model.get_weights())
    branch = history.branch(1, learning_rate=0.25, epochs=9)
    assert branch.autopsy is None
    assert branch.steps == 9


def test_the_last_update_is_looked_at_too(each_engine):
    """The loss of the only step is finite, and the weight is not after it."""
    model = compiled(total(), loss="mae", optimizer=SGD(3e38), shape=(1,))
    with pytest.warns(DivergenceWarning, match="weights of 'total/kernel' became -inf in step 1"):
        history = model.fit([[2.0]], [[0.0]], verbose=0)
    assert found(history.autopsy) == (1, (0,), "total", "update", "multiply")
    assert model.get_weights()[0] == 1.0


# ------------------------------------------------------------ what is no failure
def masked_log(t, p):
    return reduce_mean(select(p > 0, log(p), 0), axes=(1,))


HEALTHY = {
    "training as usual": (lambda: compiled(total()), examples()),
    "an infinite norm, with which a gradient becomes 0": (
        lambda: compiled(total(), loss="mae", optimizer=SGD(1e-3, clipnorm=1.0)),
        examples(1e25),
    ),
    "a logarithm of 0 that is masked, on the way forward": (
        lambda: compiled(total(), loss=masked_log, optimizer=SGD(0.0)),
        np.where(np.arange(12)[:, None] == BAD, -1.0, examples()),
    ),
}


@pytest.mark.parametrize("name", HEALTHY)
def test_what_is_infinite_on_the_way_is_no_failure(each_engine, name):
    make, x = HEALTHY[name]
    model = make()
    history = model.fit(x, answers(), **EACH)
    assert history.autopsy is None
    assert len(history.epoch) == 2


def test_what_is_masked_is_not_named_for_what_breaks_elsewhere(each_engine):
    """The logarithm of row 4 is masked; row 6 breaks by an exponential."""

    def loss(t, p):
        return masked_log(t, p) + reduce_mean(exp(p), axes=(1,))

    x = examples(100)
    x[4] = -1
    model = compiled(total(), loss=loss, optimizer=SGD(0.0))
    with pytest.warns(DivergenceWarning):
        history = model.fit(x, answers(), **EACH)
    assert found(history.autopsy) == (2, (BAD,), "loss", "loss", "exp")


# ------------------------------------------------------------ the report
def test_it_reads_as_a_person_would_say_it(each_engine):
    def cross_entropy(y_true, y_pred):
        return reduce_mean(-y_true * log(y_pred), axes=(1,))

    model = compiled(
        layers.Dense(2, "relu", False, "ones", name="units"), total(name="last"), loss=cross_entropy
    )
    x = np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    with pytest.warns(DivergenceWarning) as caught:
        history = model.fit(x, np.ones((3, 1)), verbose=0, shuffle=False)
    line = (
        Path(__file__)
        .read_text(encoding="utf-8")
        .splitlines()
        .index("        return reduce_mean(-y_true * log(y_pred), axes=(1,))")
        + 1
    )
    assert (
        str(history.autopsy)
        == f"""\
In step 1 (epoch 1, batch 1 of 1) the loss became inf.

What broke first, in the loss ({__file__}, line {line}):
    np.log(prediction)  ->  -inf at [2, 0]
    where prediction = a1 @ W2

Row 2 of x: 1 of the 3 in the batch.

operand     there  smallest  largest  shape
prediction  0      0         6        3x1

The logarithm of 0 is -inf, that of a negative number is no number: keep what is inside above 0,
log(maximum(x, 1e-7)), or take a loss that works with logits.

The model is as it was after step 0."""
    )
    (warning,) = caught
    assert warning.filename == __file__
    assert str(warning.message) == (
        "the loss became inf in step 1: np.log(prediction) in the loss gave -inf. Training has stopped, and "
        "the model is as it was before this step; history.autopsy says more."
    )
    assert "<table>" in history.autopsy._repr_html_()


REMEDIES = {
    "loss: the logarithm of 0": "The logarithm of 0",
    "loss: a division by 0": "divided by 0",
    "loss: the root of a negative number": "has no root",
    "loss: the slope of a root at 0, the loss being finite": "The slope of a root at 0",
    "layer: the slope of a root at 0": "The slope of a root at 0",
    "activation: the slope of a power at 0": "0 to a negative power",
    "activation: exponential": "above 88.7 in float32",
    "loss: an exponential in float64": "above 709.7 in float64",
    "learning rate: a product overflows": "a smaller learning rate than 1e+38",
    "input: one that is huge, in the square that Adam keeps": "x holds 1e+25",
    "weights: no number from the beginning": "before the step began",
}


@pytest.mark.parametrize("name", REMEDIES)
def test_it_says_what_to_do(name):
    _, history = broken(name)
    assert REMEDIES[name] in history.autopsy.cause.remedy


def test_an_operand_has_its_number_where_the_operation_broke():
    _, history = broken("input: one that is huge, in the square that Adam keeps")
    gradient, two = history.autopsy.cause.operands
    assert (gradient.name, two.name, two.value) == ("gradient", "2", 2)
    assert gradient.value == pytest.approx(1e25 / 4)
    assert history.autopsy.cause.place == (0, 0)


def test_many_rows_are_counted_and_not_all_listed():
    model = of_loss(log_loss)()
    with pytest.warns(DivergenceWarning):
        history = model.fit(-np.ones((40, 3)), np.ones((40, 1)), batch_size=20, verbose=0, shuffle=False)
    assert "It concerns all 20 rows of the batch: 0, 1, 2, 3, 4, 5, 6, 7, ... of x." in str(history.autopsy)


def test_of_many_examples_in_one_batch_those_to_blame_are_found(each_engine):
    """The squares that Adam keeps are those of the whole batch's gradient."""
    x = np.ones((3000, 3))
    x[[70, 2222]] = 1e25
    model = compiled(total(), loss="mae", optimizer="adam")
    with pytest.warns(DivergenceWarning):
        history = model.fit(x, np.ones((3000, 1)), batch_size=3000, verbose=0)
    assert history.autopsy.rows.tolist() == [70, 2222]


def test_where_single_operations_are_finite_it_says_so(monkeypatch):
    monkeypatch.setattr(examination, "first_breach", lambda *_: None)
    _, history = broken("loss: the logarithm of 0")
    assert history.autopsy.cause is None
    assert history.autopsy.rows.tolist() == [4, 5, 6, 7]
    assert "rounding made the difference" in str(history.autopsy)


def test_it_can_be_pickled_with_its_history():
    _, history = broken("loss: the logarithm of 0", record=True)
    again = pickle.loads(pickle.dumps(history))  # noqa: S301 -- what this test has written itself
    assert str(again.autopsy) == str(history.autopsy)
    assert again.recording is None


def test_an_interruption_meanwhile_leaves_the_last_state_known_to_be_good(each_engine, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(examination, "last_good", interrupted)
    model = doubling()
    with pytest.raises(KeyboardInterrupt):
        model.fit([[1.0]], [[0.0]], epochs=100, verbose=0)
    assert model.get_weights()[0] == 1.0
    assert len(model.history.epoch) == 64
