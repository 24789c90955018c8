"""From layers to a running program: graphs, simplification, writing, compiling, for networks of any depth."""

from __future__ import annotations

import statistics
import time

import numpy as np
from machine import describe, median_ms

import pellucid as keras
from pellucid.engines.numpy import NumpyEngine
from pellucid.training.graphs import blueprint

ROUNDS = 9


def classifier() -> keras.Sequential:
    """Return the softmax classifier 8-20-4."""
    model = keras.Sequential(
        [keras.layers.Dense(20, "relu", input_shape=[8]), keras.layers.Dense(4, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    return model


def deep(layers: int) -> keras.Sequential:
    """Return a network of many equal layers."""
    hidden = [keras.layers.Dense(16, "relu", input_shape=[16]) for _ in range(layers - 1)]
    model = keras.Sequential([*hidden, keras.layers.Dense(1)])
    model.compile("adam", "mean_squared_error")
    return model


def stages(model: keras.Sequential) -> tuple[float, float, int]:
    """Time building and simplifying the graphs, then writing and compiling the program; count its lines."""
    model.build()
    begin = time.perf_counter()
    plan = blueprint(model.name, model.layers, model.known_shape(), model.compiled(weighted=False))
    middle = time.perf_counter()
    engine = NumpyEngine(plan)
    end = time.perf_counter()
    return middle - begin, end - middle, engine.program.text().count("\n")


def main() -> None:
    """Print a row for each network."""
    print(describe())
    heads = ("build, simplify", "write, compile", "together")
    print(f"{'network':<24}" + "".join(f"{head:>18}" for head in heads) + f"{'lines':>8}{'ms a layer':>12}")
    networks = [("softmax 8-20-4", 2, classifier)]
    networks += [
        (f"{layers} layers", layers, lambda layers=layers: deep(layers)) for layers in (10, 30, 100, 300)
    ]
    for name, layers, make in networks:
        times = [stages(make()) for _ in range(ROUNDS if layers < 100 else 3)]
        building, writing, lines = zip(*times, strict=True)
        both = [a + b for a, b in zip(building, writing, strict=True)]
        each = f"{1e3 * statistics.median(both) / layers:.2f}"
        print(
            f"{name:<24}{median_ms(building):>18}{median_ms(writing):>18}{median_ms(both):>18}"
            f"{int(np.median(lines)):>8}{each:>12}"
        )


if __name__ == "__main__":
    main()
