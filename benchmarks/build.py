"""How long it takes to build, simplify, write and compile a model: python -m benchmarks.build [runs]."""

from __future__ import annotations

import sys
from functools import partial

from benchmarks.measuring import Time, in_turn, machine, medians, of_call
from pellucid import keras
from pellucid.engines.numpy import NumpyEngine
from pellucid.keras.layers import Dense
from pellucid.training.graphs import blueprint

DEPTHS = (10, 30, 100, 300)


def softmax_classifier() -> keras.Sequential:
    return _compiled([Dense(20, "relu", input_shape=[8]), Dense(4, "softmax")])


def deep(layers: int) -> keras.Sequential:
    hidden = [Dense(20, "relu", input_shape=[20]) for _ in range(layers - 1)]
    return _compiled([*hidden, Dense(4, "softmax")])


def _compiled(layers: list[Dense]) -> keras.Sequential:
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.build()
    return model


def steps(model: keras.Sequential) -> list[partial[Time]]:
    """Return what times the two halves: graphs, and the program that they become."""
    arguments = (model.name, model.layers, model.known_shape(), model.compiled(weighted=False))
    graphs = blueprint(*arguments)
    return [
        partial(of_call, partial(blueprint, *arguments)),
        partial(of_call, partial(NumpyEngine, graphs)),
    ]


def report(title: str, model: keras.Sequential, runs: int) -> None:
    built, written = map(medians, in_turn(runs, *steps(model)))
    whole = Time(built.wall + written.wall, built.cpu + written.cpu)
    layers = len(model.layers)
    print(
        f"{title}: {1000 * whole.wall:.1f} ms ({1000 * whole.cpu:.1f} of a processor): "
        f"graphs {1000 * built.wall:.1f}, program {1000 * written.wall:.1f}; "
        f"{1000 * whole.wall / layers:.2f} a layer"
    )


def main(runs: int) -> None:
    print(machine())
    model = softmax_classifier()
    first = of_call(lambda: [timer() for timer in steps(model)[1:]])  # builds graphs, writes, compiles
    print(f"softmax classifier, the first model of a process: {1000 * first.wall:.1f} ms")
    report("softmax classifier", model, runs)
    for depth in DEPTHS:
        report(f"{depth} layers", deep(depth), max(3, runs * 10 // depth))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
