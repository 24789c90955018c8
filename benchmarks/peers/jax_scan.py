"""JAX with a whole epoch as one compiled scan: the strongest peer of small networks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.peers.task import Task
from benchmarks.peers.work import Work, data, first_weights

__all__ = ["celsius", "prediction", "training", "versions"]

ACTIVATIONS: dict[str, Callable[[jax.Array], jax.Array]] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "gelu": partial(jax.nn.gelu, approximate=False),
}


def versions() -> dict[str, str]:
    return {"JAX": jax.__version__}


# ---------------------------------------------------------------- update rules, as Keras has them
def sgd(w: Any, g: Any, slots: Any, t: Any, rate: float = 0.01) -> Any:
    return w - rate * g, slots


def rmsprop(w: Any, g: Any, slots: Any, t: Any, rate: float = 0.001) -> Any:
    v = 0.9 * slots[0] + 0.1 * g**2
    return w - rate * g / jnp.sqrt(v + 1e-7), (v, slots[1])


def adam(w: Any, g: Any, slots: Any, t: Any, rate: float = 0.001) -> Any:
    m, v = 0.9 * slots[0] + 0.1 * g, 0.999 * slots[1] + 0.001 * g**2
    alpha = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - alpha * m / (jnp.sqrt(v) + 1e-7), (m, v)


RULES = {"sgd": sgd, "rmsprop": rmsprop, "adam": adam}


def fresh_state(weights: list[np.ndarray]) -> Any:
    arrays = [jnp.array(w) for w in weights]
    return arrays, [(jnp.zeros_like(w), jnp.zeros_like(w)) for w in arrays], jnp.zeros(())


def updated(state: Any, gradients: Any, rule: Callable[..., Any]) -> Any:
    weights, slots, t = state
    t = t + 1
    pairs = [rule(w, g, s, t) for w, g, s in zip(weights, gradients, slots, strict=True)]
    return [w for w, _ in pairs], [s for _, s in pairs], t


# ---------------------------------------------------------------- networks
def output(work: Work, weights: list[Any], x: Any) -> Any:
    """Return the output of the network, before the softmax."""
    activation = ACTIVATIONS[work.activation]
    layers = list(zip(weights[::2], weights[1::2], strict=True))
    for kernel, bias in layers[: len(work.filters)]:
        x = jax.lax.conv_general_dilated(
            x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.lax.reduce_window(
            activation(x + bias), -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"
        )
    x = x.reshape(len(x), -1)
    *hidden, (kernel, bias) = layers[len(work.filters) :]
    for w, b in hidden:
        x = activation(x @ w + b)
    return x @ kernel + bias


def loss(work: Work, weights: list[Any], x: Any, y: Any) -> Any:
    z = output(work, weights, x)
    if work.exponential:
        return jnp.mean((z - y) ** 2)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1))


def stepping(work: Work) -> Callable[..., Any]:
    """Return one training step: of data, state and the rows to learn from, the next state and the loss."""
    rule = RULES[work.optimizer]
    loss_and_gradients = jax.value_and_grad(partial(loss, work))

    def step(x: Any, y: Any, state: Any, rows: Any) -> Any:
        if work.batch < work.rows:  # a batch of all rows needs no order
            x, y = x[rows], y[rows]
        value, gradients = loss_and_gradients(state[0], x, y)
        return updated(state, gradients, rule), value

    return step


def scanning(work: Work) -> Callable[..., Any]:
    """Return one epoch as one compiled call."""
    step = stepping(work)
    whole = work.rows - work.rows % work.batch  # rows in batches that are full

    def epoch(x: Any, y: Any, state: Any, order: Any) -> Any:
        state, values = jax.lax.scan(partial(step, x, y), state, order[:whole].reshape(-1, work.batch))
        total = jnp.sum(values) * work.batch
        if whole < work.rows:
            state, value = step(x, y, state, order[whole:])
            total += value * (work.rows - whole)
        return state, total / work.rows

    return jax.jit(epoch, donate_argnums=2)


def looping(work: Work) -> Callable[..., Any]:
    """Return one epoch as a loop over a compiled step: XLA runs convolutions in a scan on slow paths."""
    step = jax.jit(stepping(work), donate_argnums=2)

    def epoch(x: Any, y: Any, state: Any, order: Any) -> Any:
        total = 0
        for start in range(0, work.rows, work.batch):
            rows = order[start : start + work.batch]
            state, value = step(x, y, state, rows)
            total += value * len(rows)
        return state, total / work.rows

    return epoch


def training(work: Work) -> Task:
    x, y = map(jnp.asarray, data(work))
    epoch = looping(work) if work.filters else scanning(work)
    random = np.random.default_rng(2)
    state: Any = None

    def restart() -> None:
        nonlocal state
        state = fresh_state(first_weights(work))

    def run(epochs: int) -> float:
        nonlocal state
        value: Any = None
        for _ in range(epochs):
            state, value = epoch(x, y, state, random.permutation(work.rows))
        return float(value)

    return Task(restart, run)


def prediction(work: Work) -> Task:
    x = jnp.asarray(data(work)[0])
    weights = [jnp.asarray(array) for array in first_weights(work)]
    predict = jax.jit(lambda weights, x: jax.nn.softmax(output(work, weights, x)))

    def run(epochs: int) -> None:
        for _ in range(epochs):
            batches = [x[start : start + work.batch] for start in range(0, work.rows, work.batch)]
            np.concatenate([predict(weights, batch) for batch in batches])

    return Task(lambda: None, run)


def celsius() -> None:
    """Learn the rule of the course's first program, all 500 epochs in one scan."""
    x = jnp.array([[-40.0], [-10.0], [0.0], [8.0], [15.0], [22.0], [38.0]])
    y = jnp.array([[-40.0], [14.0], [32.0], [46.0], [59.0], [72.0], [100.0]])

    def step(state: Any, _: None) -> Any:
        value, gradients = jax.value_and_grad(lambda p: jnp.mean((x @ p[0] + p[1] - y) ** 2))(state[0])
        return updated(state, gradients, partial(adam, rate=0.1)), value

    fit = jax.jit(lambda state: jax.lax.scan(step, state, None, length=500))
    (kernel, bias), *_ = fit(fresh_state([np.ones((1, 1), np.float32), np.zeros(1, np.float32)]))[0]
    print(100 * kernel + bias)
