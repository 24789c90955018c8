"""Which engine runs a model: what the environment asks for, and what is there."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from pellucid import keras
from pellucid.engines import engine_name, evaluation_of
from pellucid.errors import ArgumentError, UnknownNameError, UsageError
from pellucid.graph import BATCH, Graph

# Trains a neuron and says on what.
PROGRAM = """
from pellucid import keras
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
model.fit([[1.0], [2.0]], [[3.0], [4.0]], verbose=0)
engine = type(model._session.latest()).__name__
print(keras.backend.backend(), engine, model.predict([[1.0]], verbose=0).shape)
"""
PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
NUMPY, NATIVE = "numpy NumpyEngine (1, 1)", "native NativeEngine (1, 1)"

# A finder in front of all others, for which the extension is not there; or is there, but cannot be loaded.
HIDDEN = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name == "pellucid.engines.native._native":
            raise {error}
sys.meta_path.insert(0, Hidden())
"""
MISSING = HIDDEN.format(error='ModuleNotFoundError("No module named " + repr(name), name=name)')
BROKEN = HIDDEN.format(error='ImportError("undefined symbol", name=name)')


def run(program, engine=None):
    environment = {name: value for name, value in os.environ.items() if name != "PELLUCID_ENGINE"}
    environment |= {} if engine is None else {"PELLUCID_ENGINE": engine}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def compiled():
    pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")


@pytest.mark.slow
class TestProcesses:
    @pytest.mark.parametrize(("engine", "answer"), [(None, NATIVE), ("native", NATIVE), ("numpy", NUMPY)])
    def test_the_environment_chooses(self, compiled, engine, answer):
        done = run(PROGRAM, engine)
        assert done.stdout.strip() == answer, done.stderr

    @pytest.mark.parametrize("engine", ["", "NumPy", "fast"])
    def test_a_name_that_is_no_engine(self, engine):
        done = run(PROGRAM, engine)
        assert done.returncode
        assert "UnknownNameError" in done.stderr
        assert "'native', 'numpy'" in done.stderr.strip().splitlines()[-1]

    @pytest.mark.parametrize("engine", [None, "numpy"])
    def test_without_the_extension_all_runs_on_numpy(self, engine):
        done = run(MISSING + PROGRAM, engine)
        assert (done.stdout.strip(), done.stderr) == (NUMPY, "")

    def test_an_extension_that_was_asked_for_has_to_be_there(self):
        done = run(MISSING + PROGRAM, "native")
        assert "No module named 'pellucid.engines.native._native'" in done.stderr

    def test_an_extension_that_cannot_be_loaded_is_not_passed_over_in_silence(self):
        assert "ImportError: undefined symbol" in run(BROKEN + PROGRAM).stderr


# ------------------------------------------------------------ in this process
def test_the_name_of_the_backend():
    assert keras.backend.backend() == engine_name()


def test_the_reference_engine_can_be_chosen(numpy_engine):
    assert keras.backend.backend() == engine_name() == "numpy"


def test_a_wrong_name(monkeypatch, numpy_engine):
    monkeypatch.setenv("PELLUCID_ENGINE", "nmupy")
    engine_name.cache_clear()
    with pytest.raises(UnknownNameError, match="numpy"):
        engine_name()


def test_a_graph_is_worked_out_with_its_named_numbers(each_engine):
    graph = Graph()
    with graph:
        x = graph.input("x", (BATCH,), "float64")
        graph.outputs["result",] = x ** graph.constant(-2, "power") - graph.constant(-0.5, "shift")
    result = evaluation_of(graph)({"x": np.array([1.0, 2.0])}, {})["result",]
    np.testing.assert_allclose(result, [1.5, 0.75])


class TestThreads:
    """How many threads: `keras.config.threads`."""

    @pytest.fixture(autouse=True)
    def _afterwards(self):
        yield
        if engine_name() == "native":
            keras.config.threads = None

    def test_as_many_as_there_are_processors_and_no_more(self, compiled):
        keras.config.threads = 1
        assert keras.config.threads == keras.backend.threads == 1
        for most in (None, 256):
            keras.config.threads = most
            assert keras.config.threads == PROCESSORS

    @pytest.mark.parametrize("most", [0, -1, 257, 1.0, True, "2"])
    def test_no_number_of_threads(self, compiled, most):
        keras.config.threads = 1
        with pytest.raises(ArgumentError, match="from 1 to 256"):
            keras.config.threads = most
        assert keras.config.threads == 1

    def test_numpy_has_none_of_its_own(self, numpy_engine):
        assert keras.config.threads == 1
        with pytest.raises(UsageError, match="OPENBLAS_NUM_THREADS"):
            keras.config.threads = 2
