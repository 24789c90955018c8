"""The same seed gives the same bits: twice, on one core or two, whatever BLAS is told."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pellucid import keras
from pellucid.engines.numpy.cores import LARGE, one_core
from pellucid.keras import layers

from .models import CASES

pytestmark = pytest.mark.slow

# Trains a model from files and writes down what it becomes: layers, examples, batch size on the command line.
PROGRAM = """
import hashlib, os, sys
cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
if sys.argv[1] == "one core" and cores:
    os.sched_setaffinity(0, {min(cores)})
import numpy as np
from pellucid import keras
sizes, examples, batch_size = eval(sys.argv[2])
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((sizes[0],))])
for units in sizes[1:-1]:
    model.add(keras.layers.Dense(units, "relu"))
    model.add(keras.layers.Dropout(0.1))
model.add(keras.layers.Dense(sizes[-1], "softmax" if sizes[-1] > 1 else "sigmoid"))
loss = "sparse_categorical_crossentropy" if sizes[-1] > 1 else "binary_crossentropy"
model.compile("adam", loss, metrics=["accuracy"])
random = np.random.default_rng(2)
x, y = random.normal(size=(examples, sizes[0])), random.integers(0, max(2, sizes[-1]), examples)
history = model.fit(x, y, batch_size=batch_size, epochs=2, verbose=0).history
judged = model.evaluate(x, y, verbose=0)
bits = [*model.get_weights(), model.predict(x, verbose=0), np.array([*history.values()]), np.array(judged)]
print(hashlib.sha256(b"".join(array.tobytes() for array in bits)).hexdigest())
"""
NETWORKS = {
    "one unit": ((1, 1), 7, 32),
    "small": ((8, 20, 4), 100, 32),
    "wide batches": ((20, 20, 1), 600, 256),
    "digits": ((784, 128, 10), 100, 32),
    "digits at once": ((784, 128, 10), 1000, 1000),
    "square": ((300, 300, 300, 1), 100, 64),
}


def digest(cores, network, threads=None):
    environment = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    environment |= {"OPENBLAS_NUM_THREADS": threads} if threads else {}
    command = [sys.executable, "-c", PROGRAM, cores, repr(network)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_in_other_processes_on_one_core_or_all(network, each_engine):
    digests = {
        digest("one core", network),
        digest("all cores", network),
        digest("all cores", network, "1"),
        digest("all cores", network, "2"),
    }
    assert len(digests) == 1


@pytest.mark.parametrize("name", ["dropout-float32", "sparse-float64", "deep-float32"])
def test_twice_in_one_process(name, each_engine):
    case = CASES[name]
    results = []
    for _ in range(2):
        model = case.model(seed=5)
        x, y = case.examples(model)
        history = model.fit(x, y, epochs=3, batch_size=2, verbose=0).history
        results.append((history, [weight.tobytes() for weight in model.get_weights()]))
    assert results[0] == results[1]


def test_another_seed_gives_another_run():
    case = CASES["dropout-float32"]
    first, second = (case.model(seed).get_weights() for seed in (5, 6))
    assert not np.array_equal(first[0], second[0])


# ------------------------------------------------------------ cores
def threads_of_openblas():
    """How many threads OpenBLAS would use, or None where NumPy was built with something else."""
    files = [*Path(np.__file__).parent.parent.glob("numpy.libs/*openblas*")]
    return ctypes.CDLL(str(files[0])).scipy_openblas_get_num_threads64_ if files else None


@pytest.mark.skipif(threads_of_openblas() is None, reason="NumPy was built with another BLAS")
def test_one_core_holds_for_the_block_only():
    threads = threads_of_openblas()
    before = threads()
    with one_core():
        assert threads() == 1
    assert threads() == before
    with pytest.raises(ZeroDivisionError), one_core():
        1 / 0  # noqa: B018
    assert threads() == before


@pytest.mark.parametrize(("units", "large"), [(LARGE // 8, False), (LARGE // 8 + 1, True)])
def test_a_large_network_says_so_in_its_program(units, large):
    """What the engine does for itself, a program that runs alone must say before NumPy is loaded."""
    model = keras.Sequential([layers.Dense(units, input_shape=[8])])
    text = model.numpy_source()
    assert ('os.environ["OPENBLAS_NUM_THREADS"] = "1"' in text) is large
    assert ("import os\n" in text) is large
    if large:
        assert text.index("OPENBLAS_NUM_THREADS") < text.index("import numpy")
