"""One fit after the other, and what changes in between: on each engine the same as if it had been one run."""

from __future__ import annotations

import gc
import os
import signal
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from pellucid import keras
from pellucid.engines import engine_for
from pellucid.keras import callbacks, layers

from .models import CASES, engine_of

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("each_engine")]

NAMES = [
    "adam-all-float32",
    "batch-normalization-float32",
    "dropout-float64",
    "nesterov-float32",
    "partly-trained",
    "pictures",
    "sparse-float32-weighted",
]


def fit(model, examples, epochs, **options):
    x, y, *weight = examples
    options = {"batch_size": 3, "verbose": 0} | options
    return model.fit(x, y, epochs=epochs, sample_weight=weight[0] if weight else None, **options)


def bits(model):
    return [weight.tobytes() for weight in model.get_weights()]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_several_fits_are_one_long_one(name, shuffle):
    """With predictions, judgements and validation in between, which change nothing."""
    case = CASES[name]
    model, together = case.model(), case.model()
    x, y, *weight = examples = case.examples(model)
    parts = [
        fit(model, examples, 2, shuffle=shuffle),
        fit(model, examples, 1, shuffle=shuffle, validation_data=tuple(array[:4] for array in examples)),
    ]
    model.predict(x, verbose=0)
    model.evaluate(x, y, sample_weight=weight[0] if weight else None, verbose=0)
    parts.append(fit(model, examples, 3, shuffle=shuffle))
    whole = fit(together, examples, 6, shuffle=shuffle)
    assert bits(model) == bits(together)
    for metric, values in whole.history.items():
        assert [value for part in parts for value in part.history[metric]] == values


@pytest.mark.parametrize("seen", ["epochs", "batches", "progress"])
def test_who_looks_on_changes_nothing(seen, capsys):
    case = CASES["adam-all-float32"]
    model, alone = case.model(), case.model()
    examples = case.examples(model)
    watch = {
        "epochs": {"callbacks": [callbacks.LambdaCallback(on_epoch_end=lambda *_: model.get_weights())]},
        "batches": {
            "callbacks": [callbacks.LambdaCallback(on_train_batch_end=lambda *_: model.get_weights())]
        },
        "progress": {"verbose": 1},
    }
    history, other = fit(model, examples, 4, **watch[seen]), fit(alone, examples, 4)
    assert bits(model) == bits(alone)
    assert history.history == other.history


# ------------------------------------------------------------ weights that somebody changes
def plain():
    """A model that is trained with nothing but its weights: the same weights, the same step."""
    return CASES["sgd-float32"].model()


def test_weights_that_are_set_between_fits():
    model = plain()
    examples = CASES["sgd-float32"].examples(model)
    start = model.get_weights()
    fit(model, examples, 1, shuffle=False)
    once = bits(model)
    model.set_weights(start)
    assert bits(model) == [weight.tobytes() for weight in start]
    fit(model, examples, 1, shuffle=False)
    assert bits(model) == once
    for weight, array in zip(model.weights, start, strict=True):
        weight.assign(array)
    fit(model, examples, 1, shuffle=False)
    assert bits(model) == once


def test_one_weight_that_is_set():
    model, other = plain(), plain()
    examples = CASES["sgd-float32"].examples(model)
    fit(model, examples, 1, shuffle=False)
    model.layers[0].kernel.assign(np.zeros((3, 4)))
    weights = model.get_weights()
    assert not weights[0].any()
    other.set_weights(weights)
    for each in (model, other):
        fit(each, examples, 2, shuffle=False)
    assert bits(model) == bits(other)


def test_predictions_and_judgements_see_weights_that_are_set():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit([[1.0]], [[1.0]], verbose=0)
    for weight in (2.0, 3.0):
        model.set_weights([np.full((1, 1), weight), np.zeros(1)])
        assert model.predict([[5.0]], verbose=0).item() == 5 * weight
        assert model.evaluate([[5.0]], [[0.0]], verbose=0) == (5 * weight) ** 2


def test_a_callback_that_sets_weights_at_the_end_of_each_epoch():
    model, other = plain(), plain()
    examples = CASES["sgd-float32"].examples(model)
    start = model.get_weights()
    back = callbacks.LambdaCallback(on_epoch_end=lambda *_: model.set_weights(start))
    history = fit(model, examples, 3, shuffle=False, callbacks=[back])
    assert bits(model) == [weight.tobytes() for weight in start]
    first = fit(other, examples, 1, shuffle=False).history["loss"]
    assert history.history["loss"] == 3 * first


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_train_batch_begin"])
def test_a_callback_that_sets_weights_before_the_work(moment):
    model = plain()
    x, y = CASES["sgd-float32"].examples(model)
    zeros = [np.zeros_like(weight) for weight in model.get_weights()]
    clear = callbacks.LambdaCallback(**{moment: lambda *_: model.set_weights(zeros)})
    history = model.fit(x, y, batch_size=7, epochs=2, verbose=0, callbacks=[clear])
    assert history.history["loss"] == pytest.approx(2 * [np.mean(np.square(y))])


def test_a_callback_that_sets_the_learning_rate():
    model = plain()
    examples = CASES["sgd-float32"].examples(model)
    seen = []

    def stop_learning(epoch, logs):
        seen.append(bits(model))
        model.optimizer.learning_rate = 0.0

    fit(model, examples, 3, callbacks=[callbacks.LambdaCallback(on_epoch_end=stop_learning)])
    assert seen[0] == seen[1] == seen[2]
    model.optimizer.learning_rate = 0.1
    fit(model, examples, 1)
    assert bits(model) != seen[2]


def test_an_array_that_was_handed_out_does_not_change_later():
    model = plain()
    examples = CASES["sgd-float32"].examples(model)
    fit(model, examples, 1)
    weights, prediction = model.get_weights(), model.predict(examples[0], verbose=0)
    copies = [array.copy() for array in (*weights, prediction)]
    fit(model, examples, 2)
    model.predict(2 * examples[0], verbose=0)
    for array, copy in zip((*weights, prediction), copies, strict=True):
        assert_array_equal(array, copy)


def test_a_state_gets_new_arrays_and_the_old_ones_stay():
    """So that whoever keeps a state, as a checkpoint does, keeps its numbers."""
    case = CASES["batch-normalization-float32"]
    model = case.model()
    engine = engine_for(engine_of(model).blueprint)
    state = engine.initial_state(3)
    for _ in range(2):
        before = [array for slot in ("weights", "m", "v") for array in state[slot].values()]
        copies = [array.copy() for array in before]
        run = engine.run(case.examples(model), state, 3, 1, True)
        run.advance(60)
        run.settle()
        after = [array for slot in ("weights", "m", "v") for array in state[slot].values()]
        assert not any(map(np.array_equal, after, copies))
        for array, copy in zip(before, copies, strict=True):
            assert_array_equal(array, copy)


def test_examples_that_change_between_fits_are_read_anew():
    model, other = plain(), plain()
    x, y = CASES["sgd-float32"].examples(model)
    moved = x + 1
    for each in (model, other):
        fit(each, (x, y), 1)
    x += 1
    fit(model, (x, y), 1)
    fit(other, (moved, y), 1)
    assert bits(model) == bits(other)


def test_a_prepared_function_keeps_its_weights():
    model = plain()
    x, y = CASES["sgd-float32"].examples(model)
    answer, before = model.make_predict_function(), model.predict(x, verbose=0)
    assert_array_equal(answer(x), before)
    fit(model, (x, y), 2)
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    assert_array_equal(answer(x), before)
    assert not model.predict(x, verbose=0).any()
    other = model.make_predict_function()
    assert not other(x).any()
    assert answer(x[:0]).shape == (0, 2)


# ------------------------------------------------------------ Ctrl-C, forks
@pytest.fixture
def interruptible():
    """Ctrl-C interrupts, also where these tests were started in the background, which leaves it ignored.

    Python may deliver a signal inside a callback of its collector, and drops what is raised there: one
    is set by the library that makes the random tests. So nothing is collected meanwhile.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("verbose", [0, 2])
def test_ctrl_c_in_a_long_fit(verbose, capsys):
    """What is left is the state after some step, which another run reaches as well."""
    model, other = (CASES["adam-float32"].model() for _ in range(2))
    x, y = CASES["adam-float32"].examples(model)
    for each in (model, other):
        fit(each, (x, y), 1, batch_size=7)
    before = model._session.slots["optimizer"]["step"]
    timer = threading.Timer(0.3, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=7, epochs=10**7, verbose=verbose)
    timer.join()
    steps = model._session.slots["optimizer"]["step"] - before
    told = len(model.history.epoch)
    assert told in (steps, steps - 1) if verbose else told == steps
    assert steps > 0
    history = other.fit(x, y, batch_size=7, epochs=steps, verbose=0)
    assert bits(other) == bits(model)
    assert history.history["loss"][:told] == model.history.history["loss"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_process_goes_on(each_engine):
    """It trains as its parent would have done, on as many threads, and the parent still can."""
    case = CASES["adam-all-float32"]
    model = case.model()
    examples = case.examples(model, 5000)
    fit(model, examples, 1, batch_size=5000)
    if each_engine == "native":
        model._session.latest()._compiled("step", 5000).program.threads = 2
    fit(model, examples, 1, batch_size=5000)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        fit(model, examples, 2, batch_size=5000)
        os.write(writer, bits(model)[0])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    answer = os.read(reader, 10_000)
    os.close(reader)
    os.close(writer)
    fit(model, examples, 2, batch_size=5000)
    assert bits(model)[0] == answer
