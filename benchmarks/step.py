"""How long a training step takes, beside the same step written by hand: python -m benchmarks.step [runs].

The program that a model prints is itself straight NumPy. The peer is what one would write for this one
network: no dictionaries, no metrics, and every formula where it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.machine import machine
from benchmarks.measuring import in_turn, medians, of_call, ratio
from pellucid import keras
from pellucid.engines.numpy import NumpyEngine
from pellucid.keras.layers import Dense
from pellucid.training.graphs import blueprint

NETWORKS = {"8-20-4": (8, 20, 4), "2-8-8-2": (2, 8, 8, 2), "784-128-10": (784, 128, 10)}
BATCH = 32


def by_hand(weights: list[np.ndarray]) -> Callable[[np.ndarray, np.ndarray], float]:
    """Return a training step of layers with relu and a softmax at the end, trained by Adam."""
    w = [array.copy() for array in weights]
    m = [np.zeros_like(array) for array in w]
    v = [np.zeros_like(array) for array in w]
    t = 0

    def step(x: np.ndarray, y: np.ndarray) -> float:
        nonlocal t
        n, last = len(x), len(w) - 2
        rows = np.arange(n)
        outputs = [x]
        for layer in range(0, last, 2):
            outputs.append(np.maximum(outputs[-1] @ w[layer] + w[layer + 1], 0))
        z = outputs[-1] @ w[last] + w[last + 1]
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(p[rows, y]).mean()

        d_z = p
        d_z[rows, y] -= 1
        d_z /= n
        gradients = [np.empty(0)] * len(w)
        for layer in range(last, -1, -2):
            a = outputs[layer // 2]
            gradients[layer], gradients[layer + 1] = a.T @ d_z, d_z.sum(axis=0)
            if layer:
                d_z = (d_z @ w[layer].T) * (a > 0)

        t += 1
        rate = 0.001 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
        for i, gradient in enumerate(gradients):
            m[i] += 0.1 * (gradient - m[i])
            v[i] += 0.001 * (gradient**2 - v[i])
            w[i] -= rate * m[i] / (np.sqrt(v[i]) + 1e-7)
        return float(loss)

    return step


def engine_for(sizes: tuple[int, ...]) -> NumpyEngine:
    model = keras.Sequential([keras.Input((sizes[0],)), *[Dense(n, "relu") for n in sizes[1:-1]]])
    model.add(Dense(sizes[-1], "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.build()
    return NumpyEngine(
        blueprint(model.name, model.layers, model.known_shape(), model.compiled(weighted=False))
    )


def check_alike(engine: NumpyEngine, state: dict[str, Any], x: np.ndarray, y: np.ndarray) -> None:
    """A comparison means something only between two that compute the same."""
    peer = by_hand(list(state["weights"].values()))
    ours = [float(engine.functions["train_step"](x, y, state)) for _ in range(20)]
    np.testing.assert_allclose(ours, [peer(x, y) for _ in range(20)], rtol=1e-4)


def main(runs: int) -> None:
    print(machine())
    random = np.random.default_rng(0)
    for title, sizes in NETWORKS.items():
        engine = engine_for(sizes)
        x = random.normal(size=(BATCH, sizes[0])).astype(np.float32)
        y = random.integers(0, sizes[-1], BATCH)
        check_alike(engine, engine.initial_state(0), x, y)
        state = engine.initial_state(0)
        peer = by_hand(list(state["weights"].values()))
        repeat = 200 if sizes[0] < 100 else 20
        with engine.cores():
            times = in_turn(
                runs,
                partial(of_call, partial(engine.functions["train_step"], x, y, state), repeat),
                partial(of_call, partial(peer, x, y), repeat),
            )
        ours, theirs = map(medians, times)
        by_wall, by_cpu, _ = ratio(*times)
        print(
            f"{title}, {BATCH} examples: {1e6 * ours.wall:.0f} us a step, {1e6 * theirs.wall:.0f} by hand; "
            f"{by_wall:.2f} times as long ({by_cpu:.2f} of a processor)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
