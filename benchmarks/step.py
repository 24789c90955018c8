"""A training step of the softmax classifier 8-20-4 with Adam against the same step by hand in NumPy."""

from __future__ import annotations

import numpy as np
from build import classifier
from machine import describe, paired

STEPS = 1000
ROUNDS = 9


def by_hand(x: np.ndarray, y: np.ndarray, batch: int = 32) -> None:
    """Train as a person would who writes for speed: in place, one formula after the other."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=s).astype(np.float32) for s in ((8, 20), (20,), (20, 4), (4,))]
    m, v = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights]
    rows, t = np.arange(batch), 0
    while t < STEPS:
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch):
            t += 1
            part = order[start : start + batch]
            xb, yb = x[part], y[part]
            w1, b1, w2, b2 = weights
            a1 = np.maximum(xb @ w1 + b1, 0)
            z2 = a1 @ w2 + b2
            e = np.exp(z2 - z2.max(axis=1, keepdims=True))
            d2 = e / e.sum(axis=1, keepdims=True)
            d2[rows, yb] -= 1
            d2 /= batch
            d1 = np.where(a1 > 0, d2 @ w2.T, np.float32(0))
            rate = 0.001 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
            for i, g in enumerate((xb.T @ d1, d1.sum(0), a1.T @ d2, d2.sum(0))):
                m[i] += 0.1 * (g - m[i])
                v[i] += 0.001 * (g * g - v[i])
                weights[i] -= rate * m[i] / (np.sqrt(v[i]) + 1e-7)


def main() -> None:
    """Print both times and their ratio."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3200, 8)).astype(np.float32)
    y = rng.integers(0, 4, 3200)
    model = classifier()
    ours, peer = paired(
        lambda: model.fit(x, y, epochs=STEPS * 32 // len(x), verbose=0), lambda: by_hand(x, y), ROUNDS
    )
    print(describe())
    print(
        f"a step of 8-20-4, batch 32, Adam: Pellucid {1e6 * ours / STEPS:.0f} us with loss and accuracy,"
        f" by hand {1e6 * peer / STEPS:.0f} us without: {ours / peer:.2f} times"
    )


if __name__ == "__main__":
    main()
