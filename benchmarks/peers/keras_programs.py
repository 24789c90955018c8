"""The same program for Keras and for Pellucid, which speaks its language: only the import differs."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.peers.task import Task
from benchmarks.peers.work import Work, data, first_weights

__all__ = ["celsius", "prediction", "training", "versions"]

# What Keras shall run on; without it, the program is Pellucid's.
BACKEND = os.environ.get("BENCHMARKED_BACKEND")
if BACKEND is not None:
    os.environ["KERAS_BACKEND"] = BACKEND
    import_module(BACKEND)  # where it is missing, Python names it; Keras would name the first that it missed
keras: Any = import_module("keras" if BACKEND else "pellucid")


def versions() -> dict[str, str]:
    if BACKEND is None:
        engine = import_module("pellucid.engines.choice").engine_name()
        return {"Pellucid": f"{keras.__version__} ({engine} engine)"}
    backend = {"jax": "JAX", "tensorflow": "TensorFlow"}[BACKEND]
    return {"Keras": keras.__version__, backend: import_module(BACKEND).__version__}


def network(work: Work) -> Any:
    layers = keras.layers
    model = keras.Sequential([keras.Input(work.inputs)])
    for filters in work.filters:
        model.add(layers.Conv2D(filters, 3, activation=work.activation))
        model.add(layers.MaxPooling2D())
    if work.filters:
        model.add(layers.Flatten())
    for units in work.units[:-1]:
        model.add(layers.Dense(units, activation=work.activation))
    model.add(layers.Dense(work.units[-1], activation=None if work.exponential else "softmax"))
    model.compile(loss=work.loss, optimizer=work.optimizer, metrics=[work.metric])
    return model


def training(work: Work) -> Task:
    x, y = data(work)
    model = network(work)

    def run(epochs: int) -> float:
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0).history
        return float(history["loss"][-1])

    return Task(lambda: model.set_weights(first_weights(work)), run)


def prediction(work: Work) -> Task:
    x, _ = data(work)
    model = network(work)

    def run(epochs: int) -> None:
        for _ in range(epochs):
            model.predict(x, batch_size=work.batch, verbose=0)

    return Task(lambda: None, run)


def celsius() -> None:
    """Run the course's first program, in the spelling that today's Keras takes."""
    c = np.array([-40, -10, 0, 8, 15, 22, 38], dtype=float)
    f = np.array([-40, 14, 32, 46, 59, 72, 100], dtype=float)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.1))
    model.fit(c, f, epochs=500, verbose=0)
    print(model.predict(np.array([100.0]), verbose=0))
