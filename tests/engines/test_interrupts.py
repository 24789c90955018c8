"""Ctrl-C at any moment leaves weights, slots, counters, metrics and history that belong together."""

from __future__ import annotations

import sys
from functools import cache
from itertools import count

import numpy as np
import pytest

from pellucid.engines import engine_for
from pellucid.engines.native import engine as native_engine
from pellucid.engines.numpy import engine as numpy_engine
from pellucid.keras import callbacks

from .models import CASES, engine_of

pytestmark = pytest.mark.slow

EPOCHS, BATCH = 2, 3  # of 7 examples: three batches in an epoch
CASE = CASES["adam-float32"]

# Where an interruption may come: at the lines of these files, of which there are so many in a run.
FILES = {"numpy": (numpy_engine.__file__, "<program"), "native": (native_engine.__file__,)}
LINES = {"numpy": 300, "native": 50}


class Interruption:
    """Raises KeyboardInterrupt at one of the lines that run in some files, or in some functions."""

    def __init__(self, files, place, functions=None):
        self.files = files
        self.functions = functions
        self.left = place
        self.raised = False

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _trace(self, frame, event, _):
        code = frame.f_code
        if not code.co_filename.startswith(self.files):
            return None
        if event == "line" and (self.functions is None or code.co_name in self.functions):
            self.left -= 1
            if self.left == 0:
                self.raised = True
                raise KeyboardInterrupt
        return self._trace


def bits(value):
    """Write a state as something that can be compared, to the last bit."""
    if isinstance(value, dict):
        return {name: bits(part) for name, part in value.items()}
    return (str(value.dtype), value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


@pytest.fixture(scope="module")
def model():
    return CASE.model()


@pytest.fixture
def engine(each_engine, model):
    return engine_for(engine_of(model).blueprint)


def begin(engine, model, shuffle=True):
    state = engine.initial_state(3)
    return engine.run(CASE.examples(model), state, BATCH, EPOCHS, shuffle), state


def stand(run, state):
    return bits(state), run.epoch, run.batch, list(run.history)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batches", [1, 2, 10])
def test_a_slice_is_done_or_not_done_and_the_run_can_go_on(each_engine, engine, model, batches, shuffle):
    """At every line of the engine and of the program, in slices of some batches."""
    expected = []
    run, state = begin(engine, model, shuffle)
    while not run.finished:
        expected.append(stand(run, state))
        run.advance(60, epochs=EPOCHS, batches=batches)
        run.settle()
    end = stand(run, state)
    for place in count(1):
        run, state = begin(engine, model, shuffle)
        slices = 0
        with Interruption(FILES[each_engine], place) as interruption:
            try:
                while not run.finished:
                    run.advance(60, epochs=EPOCHS, batches=batches)
                    slices += 1
                run.settle()
            except KeyboardInterrupt:
                pass
        if not interruption.raised:
            break
        run.settle()
        after = 1 if each_engine == "numpy" else 2  # the compiled loop may be through already
        assert stand(run, state) in [*expected, end][slices : slices + after], f"line {place}"
        while not run.finished:
            run.advance(60, epochs=EPOCHS, batches=batches)
        run.settle()
        assert stand(run, state) == end, f"line {place}"
    assert place > LINES[each_engine]


def test_an_error_in_a_step_leaves_the_run_as_it_was(engine, model):
    """The update fails after the metrics and the counter have changed already."""
    run, state = begin(engine, model)
    run.advance(60, batches=2)
    run.settle()
    rate = state["optimizer"]["learning_rate"]
    state["optimizer"]["learning_rate"] = "fast"
    before = stand(run, state)
    with pytest.raises((TypeError, ValueError)):
        run.advance(60)
    run.settle()
    assert stand(run, state) == before
    state["optimizer"]["learning_rate"] = rate
    run.advance(60, epochs=EPOCHS)
    assert run.finished


# ------------------------------------------------------------ fit
class Weights(callbacks.Callback):
    """Writes down the weights after every batch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append([weight.tobytes() for weight in self.model.get_weights()])


@pytest.fixture
def uninterrupted(each_engine):
    """The weights before and after every batch, and the history."""
    return trained_on(each_engine)


@cache
def trained_on(_):
    model = CASE.model()
    start = [weight.tobytes() for weight in model.get_weights()]
    watch = Weights()
    x, y = CASE.examples(model)
    history = model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0, callbacks=[watch])
    return [start, *watch.seen], history.history


def check_stopped(model, uninterrupted):
    """The weights are those after some batch; the history holds the epochs that were finished by then."""
    steps, history = uninterrupted
    now = [weight.tobytes() for weight in model.get_weights()]
    assert now in steps
    finished = steps.index(now) // 3
    assert len(model.history.epoch) in (finished, finished - 1)  # the last one may not have been told yet
    for name, values in model.history.history.items():
        assert values == history[name][: len(model.history.epoch)]


def check_usable(model):
    x, y = CASE.examples(model)
    assert np.isfinite(model.predict(x, verbose=0)).all()
    history = model.fit(x, y, epochs=1, batch_size=BATCH, verbose=0)
    assert history.epoch == [0]


# Within these functions, at these lines of them.
WITHIN = {
    "numpy": (("<program",), ("orders", "train_step", "adam", "results")),
    "native": (FILES["native"], ("advance", "give", "_give", "history")),
}
PLACES = {"numpy": (1, 5, 40, 100, 200, 300, 400), "native": range(1, LINES["native"])}


@pytest.mark.parametrize("verbose", [0, 2])
def test_an_interrupted_fit_leaves_a_usable_model_and_history(
    verbose, each_engine, uninterrupted, monkeypatch, capsys
):
    monkeypatch.setattr("pellucid.training._fit.SLICE", 0.0)  # one batch each
    files, functions = WITHIN[each_engine]
    for place in PLACES[each_engine]:
        model = CASE.model()
        x, y = CASE.examples(model)
        with Interruption(files, place, functions) as interruption, pytest.raises(KeyboardInterrupt):
            model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=verbose)
        assert interruption.raised
        check_stopped(model, uninterrupted)
        check_usable(model)


@pytest.mark.parametrize(
    "moment", ["on_train_batch_begin", "on_train_batch_end", "on_epoch_begin", "on_epoch_end"]
)
@pytest.mark.parametrize("which", [0, 1])
def test_a_callback_that_is_interrupted_leaves_the_same(moment, which, uninterrupted):
    model = CASE.model()
    x, y = CASE.examples(model)

    def interrupt(number, logs):
        if number == which:
            raise KeyboardInterrupt

    stopper = callbacks.LambdaCallback(**{moment: interrupt})
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0, callbacks=[stopper])
    check_stopped(model, uninterrupted)
    check_usable(model)
