"""The time line: every step of a run comes back to the last bit, and branches go on from it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from tests.engines.models import CASES

import pellucid as keras
from pellucid.errors import ArgumentError, UsageError
from pellucid.hood.timeline import recording

pytestmark = pytest.mark.slow

COUNT, SIZE, EPOCHS, BATCHES = 23, 5, 4, 5


@pytest.fixture(params=["all", "few", "as usual"])
def kept(request, monkeypatch):
    """How many states are kept: all of them, the first and the last, or as many as time allows."""
    if request.param == "all":
        monkeypatch.setattr(recording, "_LEAST", 0.0)
        monkeypatch.setattr(recording, "_SHARE", np.inf)
    return 1 if request.param == "few" else True  # so many bytes


def bits(value):
    if isinstance(value, dict):
        return {name: bits(part) for name, part in value.items()}
    return np.asarray(value).tobytes()


class Steps(keras.callbacks.Callback):
    """Writes down the weights at the beginning, after every batch, and at the end."""

    def __init__(self):
        super().__init__()
        self.weights = []

    def note(self):
        self.weights.append([weight.tobytes() for weight in self.model.get_weights()])

    def on_train_begin(self, logs=None):
        self.note()

    def on_train_batch_end(self, batch, logs=None):
        self.note()


def fitted(case, record, callbacks=(), seed=11, **options):
    """Train on the examples of a case, recorded; return the model, its history, and the examples."""
    model = case.model(seed)
    x, y, *weights = case.examples(model, COUNT)
    given = {"sample_weight": weights[0]} if weights else {}
    given |= {"batch_size": SIZE, "epochs": EPOCHS, "verbose": 0, **options}
    return model, model.fit(x, y, record=record, callbacks=list(callbacks), **given), (x, y)


def weights_at(history, step):
    return [weight.tobytes() for weight in history.at(step).model.get_weights()]


NAMES = "adam momentum rmsprop-all amsgrad dropout batch-normalization sparse output-regularized own".split()


# ------------------------------------------------------------ at
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_as_it_was(each_engine, name, shuffle):
    steps = Steps()
    model, history, _ = fitted(CASES[f"{name}-float32"], True, [steps], shuffle=shuffle)
    assert history.steps == len(steps.weights) - 1 == EPOCHS * BATCHES
    for step, weights in enumerate(steps.weights):
        assert weights_at(history, step) == weights
    assert bits(history.at(history.steps).state) == bits(
        {"weights": {w.path: w.value for w in model.weights}, **model._session.slots}
    )


@pytest.mark.parametrize("name", ["assigned", "sparse-float32-weighted", "adam-float64"])
def test_other_cases_however_many_states_are_kept(each_engine, kept, name):
    steps = Steps()
    _, history, _ = fitted(CASES[name], kept, [steps])
    quiet, other, _ = fitted(CASES[name], kept)
    for step, weights in enumerate(steps.weights):
        assert weights_at(history, step) == weights_at(other, step) == weights
    assert [w.tobytes() for w in quiet.get_weights()] == weights_at(history, history.steps)


def test_a_second_fit_has_a_time_line_of_its_own(each_engine):
    case = CASES["adam-float32"]
    model, first, (x, y) = fitted(case, True)
    steps = Steps()
    second = model.fit(
        x,
        y,
        initial_epoch=EPOCHS,
        epochs=EPOCHS + 2,
        batch_size=SIZE,
        verbose=0,
        record=True,
        callbacks=[steps],
    )
    assert [weights_at(second, step) for step in range(second.steps + 1)] == steps.weights
    assert weights_at(first, first.steps) == steps.weights[0]
    assert (second.at(7).epoch, second.at(7).batch, second.at(7).batches) == (EPOCHS + 1, 2, BATCHES)
    model.compile("sgd", "mae")
    model.fit(x, y, verbose=0)
    assert weights_at(second, 3) == steps.weights[3]
    moment = first.at(3).model
    assert type(moment.optimizer).__name__ == "Adam"
    assert moment.fit(x, y, verbose=0).epoch == [0]


def test_a_moment_knows_its_place_and_its_rows(each_engine):
    _, history, (x, y) = fitted(CASES["sgd-float32"], True, shuffle=False)
    moment = history.at(9)
    assert (moment.step, moment.epoch, moment.batch, moment.batches) == (9, 1, 4, BATCHES)
    assert moment.rows.tolist() == [20, 21, 22]
    assert moment.learning_rate == 0.01
    np.testing.assert_allclose(moment.loss, moment.model.evaluate(x[20:], y[20:], verbose=0), rtol=1e-5)
    assert (history.at(0).epoch, history.at(history.steps).epoch) == (0, EPOCHS)


def test_the_next_step_goes_by_the_gradients_of_a_moment(each_engine):
    """SGD without more: w - learning_rate * gradient."""
    _, history, _ = fitted(CASES["sgd-float32"], True)
    for step in (0, 4, 13):
        moment, after = history.at(step), history.at(step + 1)
        assert moment.gradients.keys() == moment.weights.keys()
        for path, gradient in moment.gradients.items():
            expected = moment.weights[path] - np.float32(moment.learning_rate) * gradient
            np.testing.assert_allclose(after.weights[path], expected, rtol=1e-5, atol=1e-7)


def test_activations_are_what_the_layers_put_out(each_engine):
    _, history, (x, _) = fitted(CASES["adam-float32"], True)
    moment = history.at(8)
    assert list(moment.activations) == ["dense_1", "dense_2"]
    model = moment.model
    np.testing.assert_allclose(
        moment.activations["dense_2"], model.predict(x[moment.rows], verbose=0), rtol=1e-5
    )
    hidden = np.tanh(x[moment.rows] @ moment.weights["dense_1/kernel"] + moment.weights["dense_1/bias"])
    np.testing.assert_allclose(moment.activations["dense_1"], hidden, rtol=1e-5, atol=1e-6)


def test_a_model_of_a_moment_is_a_copy(each_engine):
    _, history, (x, y) = fitted(CASES["adam-float32"], True)
    before = weights_at(history, 6)
    history.at(6).model.fit(x, y, verbose=0)
    assert weights_at(history, 6) == before


def test_a_callback_can_look_back_while_training_goes_on(each_engine):
    class Looks(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            history = self.model.history
            assert history.at(max(0, history.steps - 3)).loss > 0

    _, plain, _ = fitted(CASES["dropout-float32"], False)
    _, looked, _ = fitted(CASES["dropout-float32"], True, [Looks()])
    assert looked.history == plain.history


# ------------------------------------------------------------ what comes from outside
class Changing(keras.callbacks.Callback):
    """Sets the learning rate and the weights again and again."""

    def __init__(self, moment):
        super().__init__()
        setattr(self, moment, self.change)
        self.count = 0

    def change(self, number, logs=None):
        self.count += 1
        self.model.optimizer.learning_rate = 0.01 / self.count
        if self.count % 2:
            first, *rest = self.model.get_weights()
            self.model.set_weights([0.9 * first, *rest])


class Present(Steps):
    """Writes down what the next step begins with."""

    def on_train_begin(self, logs=None):
        pass

    def on_train_batch_begin(self, batch, logs=None):
        self.note()

    def on_train_batch_end(self, batch, logs=None):
        pass


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_epoch_end", "on_train_batch_end"])
def test_what_callbacks_change_is_in_the_time_line(each_engine, kept, moment):
    seen = Present()
    record = kept if kept is True else 100_000
    model, history, _ = fitted(CASES["momentum-float32"], record, [Changing(moment), seen])
    for step, weights in enumerate(seen.weights):
        assert weights_at(history, step) == weights
    assert weights_at(history, history.steps) == [w.tobytes() for w in model.get_weights()]
    assert history.at(history.steps).model.optimizer.learning_rate == model.optimizer.learning_rate


def test_weights_that_are_restored_in_the_end_are_the_last_ones(each_engine):
    stopping = keras.callbacks.EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True)
    model, history, _ = fitted(CASES["adam-float32"], True, [stopping], epochs=30)
    assert history.steps == 2 * BATCHES  # the loss falls, so the first epoch is the best
    assert weights_at(history, history.steps) == [w.tobytes() for w in model.get_weights()]
    assert weights_at(history, BATCHES) == weights_at(history, history.steps)


def test_where_callbacks_change_more_than_the_budget_holds_the_time_line_begins_later(each_engine):
    callback = Changing("on_train_batch_end")
    seen = Present()
    _, history, _ = fitted(CASES["sgd-float32"], 40_000, [callback, seen], epochs=40)
    first = history.recording.first
    assert 0 < first < history.steps
    assert history.recording.bytes <= 40_000
    for step in range(first, history.steps):
        assert weights_at(history, step) == seen.weights[step]
    with pytest.raises(ArgumentError, match=f"expected a whole number from {first} to {history.steps}"):
        history.at(first - 1)


def test_an_interrupted_run_has_the_steps_that_were_done(each_engine):
    def interrupt(batch, logs):
        if len(steps.weights) == 8:
            raise KeyboardInterrupt

    steps = Steps()
    case = CASES["adam-float32"]
    model = case.model()
    x, y = case.examples(model, COUNT)
    callbacks = [steps, keras.callbacks.LambdaCallback(on_train_batch_end=interrupt)]
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=SIZE, epochs=9, verbose=0, callbacks=callbacks, record=True)
    assert model.history.steps == 7
    assert [weights_at(model.history, step) for step in range(8)] == steps.weights


# ------------------------------------------------------------ branch
@pytest.mark.parametrize("step", [0, 7, 10, EPOCHS * BATCHES])
def test_a_branch_that_changes_nothing_is_the_run(each_engine, step):
    model, history, _ = fitted(CASES["dropout-float32"], True)
    branch = history.branch(step)
    assert weights_at(branch, history.steps) == [w.tobytes() for w in model.get_weights()]
    first = step // BATCHES
    assert branch.epoch == list(range(first, EPOCHS))
    assert branch.history.get("loss", []) == history.history["loss"][first:]
    for later in (step, history.steps):
        assert weights_at(branch, later) == weights_at(history, later)


def test_a_branch_goes_on_with_another_learning_rate(each_engine):
    def slower(batch, logs):
        if len(steps.weights) == 8:  # after the step 7
            steps.model.optimizer.learning_rate = 0.5

    steps = Steps()
    changes = keras.callbacks.LambdaCallback(on_train_batch_end=slower)
    changed, _, _ = fitted(CASES["adam-float32"], False, [steps, changes])
    model, history, _ = fitted(CASES["adam-float32"], True)
    before = [w.tobytes() for w in model.get_weights()]
    branch = history.branch(7, learning_rate=0.5)
    assert [w.tobytes() for w in branch.model.get_weights()] == [w.tobytes() for w in changed.get_weights()]
    assert branch.model is not model
    assert [w.tobytes() for w in model.get_weights()] == before
    assert model.optimizer.learning_rate == 0.001
    with pytest.raises(ArgumentError, match="expected a whole number from 7 to 20"):
        branch.at(6)


def test_a_branch_can_last_longer_and_be_validated_and_branched_again(each_engine):
    whole, longer, _ = fitted(CASES["adam-float32"], True, epochs=6, validation_split=0.2)
    _, history, _ = fitted(CASES["adam-float32"], True, validation_split=0.2)
    branch = history.branch(6, epochs=6)
    assert branch.history["val_loss"] == longer.history["val_loss"][1:]
    again = branch.branch(14)
    assert weights_at(again, again.steps) == [w.tobytes() for w in whole.get_weights()]


def test_a_branch_can_be_watched(capsys):
    _, history, _ = fitted(CASES["adam-float32"], True)
    steps = Steps()
    history.branch(EPOCHS * BATCHES - 3, verbose=2, callbacks=[steps])
    assert len(steps.weights) == 4
    assert capsys.readouterr().out.startswith("Epoch 4/4\n5/5 - ")


# ------------------------------------------------------------ the budget, and what is refused
def test_a_recording_stays_within_its_budget(each_engine, monkeypatch):
    monkeypatch.setattr(recording, "_LEAST", 0.0)
    monkeypatch.setattr(recording, "_SHARE", np.inf)
    for budget in (20_000, "50 kB", 200_000.0):
        _, history, _ = fitted(CASES["adam-float32"], budget, epochs=60)
        assert history.recording.bytes <= history.recording.budget
        assert weights_at(history, 123) == weights_at(history, 123)


def test_the_time_line_prints_as_a_table():
    _, history, _ = fitted(CASES["partly-trained"], True, shuffle=False)
    heading, _, table = str(history.at(7)).partition("\n\n")
    assert heading.startswith(
        "Step 7: epoch 2, 2 of 5 batches done; learning rate 0.001; loss of the next batch "
    )
    rows = [line.split() for line in table.splitlines()]
    assert rows[0] == ["weight", "shape", "typical", "size", "typical", "gradient"]
    assert any(row[-2:] == ["not", "trained"] for row in rows)


def test_a_run_that_was_not_recorded_has_no_time_line():
    _, history, _ = fitted(CASES["sgd-float32"], False)
    for ask in (lambda: history.at(0), lambda: history.branch(0), lambda: history.steps):
        with pytest.raises(UsageError, match=r"this run was not recorded; try fit\(..., record=True\)"):
            ask()


@pytest.mark.parametrize("step", [-1, 21, 1.5, "3"])
def test_there_is_no_such_step(step):
    _, history, _ = fitted(CASES["sgd-float32"], True)
    with pytest.raises(ArgumentError):
        history.at(step)


def test_a_copy_of_a_history_leaves_the_recording_where_it_is():
    model, history, _ = fitted(CASES["sgd-float32"], True)
    for twin in (copy.deepcopy(history), pickle.loads(pickle.dumps(history)), copy.deepcopy(model).history):  # noqa: S301 -- what this test has written itself
        assert twin.history == history.history
        assert twin.recording is None


def test_a_run_without_epochs_has_one_moment():
    _, history, _ = fitted(CASES["sgd-float32"], True, epochs=0)
    assert (history.steps, history.at(0).step) == (0, 0)
