"""The network that learns a table, and how it learns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.cli._table import check_spread
from pellucid.data.tables import Table
from pellucid.nn.layers import Dense, Normalization
from pellucid.nn.optimizers import SGD, Adam, Optimizer
from pellucid.training.callbacks import Callback, LambdaCallback
from pellucid.training.model import Model
from pellucid.training.sequential import Sequential

__all__ = ["ACTIVATION", "Plan", "learn", "make_network", "make_plan"]

ACTIVATION: Final = "tanh"  # smooth, and of all tried the most even over smooth and sharp tables

# Linear networks
_EXACT: Final = 1e-12  # what is left of the first error in the end
_EASY: Final = 100.0  # a table easier than this is learnt as if it were not: its learning can be watched
_MOST_EPOCHS: Final = 20_000

# Networks with hidden layers
_RATE: Final = 0.02
_LAST_RATE: Final = 0.01  # as a part of the first
_STEPS: Final = 5000
_BATCH: Final = 32
_BATCHES: Final = 50  # in an epoch at most; a larger table has larger batches


class Plan(NamedTuple):
    """How a network learns.

    Attributes:
        optimizer: what changes the weights.
        batch_size: rows for each change.
        epochs: how often it sees all rows.
        cooling: whether the learning rate falls, along half a cosine.
        alike: columns so nearly determined by one another that other rules fit as well.
    """

    optimizer: Optimizer
    batch_size: int
    epochs: int
    cooling: bool
    alike: tuple[str, ...] = ()


def make_network(x: Table, y: np.ndarray, target: str, layers: Sequence[int], seed: int) -> Sequential:
    """Make a network that takes and gives numbers in the units of the table.

    It works in float64, so that dates and other large numbers keep their last digits. A linear one starts
    from 0: then the rule does not depend on chance, and of many rules that fit alike, the one with the
    smallest numbers is found.
    """
    check_spread(y, target)
    scale = Normalization(epsilon=0, dtype="float64", name="inputs", input_shape=x.values.shape[1:])
    scale.adapt(x.values)
    unscale = Normalization(epsilon=0, invert=True, dtype="float64", name="answer")
    unscale.adapt(y)
    hidden = [Dense(units, ACTIVATION, dtype="float64") for units in layers]
    start = "glorot_uniform" if layers else "zeros"
    last = Dense(1, kernel_initializer=start, dtype="float64")
    name = "".join([sign for sign in target if sign.isprintable() and sign not in '/\\"'])
    model = Sequential([scale, *hidden, last, unscale], name=name or "network")
    model.seed = seed
    return model


def make_plan(x: Table, y: np.ndarray, layers: Sequence[int], epochs: int | None) -> Plan:
    """Choose how to learn. All choices are the same whatever units the columns have."""
    size = float(y.var()) or 1.0  # of the loss, and of its gradient with respect to the scaled answer
    if not layers:
        return _linear_plan(x, size, epochs)
    batch = max(_BATCH, -(-len(x) // _BATCHES))
    steps = -(-len(x) // batch)  # in an epoch
    optimizer = Adam(_RATE, epsilon=1e-7 * size)
    return Plan(optimizer, min(batch, len(x)), epochs or -(-_STEPS // steps), cooling=True)


def _linear_plan(x: Table, size: float, epochs: int | None) -> Plan:
    """Choose step size and momentum so that the least-squares rule is found in as few epochs as possible.

    The mean squared error of a linear network is a bowl. How steep it is at its steepest and at its flattest
    are eigenvalues of the correlations between the columns, and Nesterov's method needs about as many epochs
    as the square root of their ratio, times the logarithm of the wanted exactness.

    Source:
        Nesterov 2004, Introductory Lectures on Convex Optimization, section 2.2: constant step size.
    """
    scaled = (x.values - x.values.mean(axis=0)) / x.values.std(axis=0)
    if len(x.columns) <= len(x):
        steepness, directions = np.linalg.eigh(scaled.T @ scaled / len(x))
    else:  # more columns than rows: the other eigenvalues are 0
        steepness, directions = np.linalg.eigvalsh(scaled @ scaled.T / len(x)), None
    steepest = float(steepness.max())
    felt = steepness[steepness > 1e-12 * steepest]  # along the others, the loss is level
    flattest = min(float(felt.min()), 1.0)  # 1 for the bias
    steepest = max(steepest, _EASY * flattest)
    ratio = math.sqrt(steepest / flattest)
    needed = math.ceil(ratio * math.log(1 / _EXACT))
    longest = min(needed, _MOST_EPOCHS)
    ratio *= longest / needed
    optimizer = SGD(1 / (2 * size * steepest), momentum=(ratio - 1) / (ratio + 1), nesterov=True)
    level = len(felt) < len(x.columns) or longest < needed
    alike = _alike(x.columns, directions) if level else ()
    return Plan(optimizer, len(x), epochs or longest, cooling=False, alike=alike)


def _alike(columns: Sequence[str], directions: np.ndarray | None) -> tuple[str, ...]:
    """Name the columns along whose common direction the loss is flattest."""
    if directions is None:
        return tuple(columns)
    shares = np.abs(directions[:, 0])
    return tuple([name for name, share in zip(columns, shares, strict=True) if share > 0.1 * shares.max()])


def learn(model: Model, plan: Plan, x: Table, y: np.ndarray, watcher: Callback) -> bool:
    """Train; Ctrl-C ends it earlier.

    Returns:
        Whether all epochs were done. The model holds what was learnt either way.
    """
    model.compile(optimizer=plan.optimizer, loss="mean_squared_error")
    callbacks: list[Callback] = [watcher]
    first_rate = plan.optimizer.learning_rate
    if plan.cooling:
        callbacks.append(LambdaCallback(on_epoch_begin=_cooling(plan)))
    try:
        model.fit(
            x.values,
            y,
            epochs=plan.epochs,
            batch_size=plan.batch_size,
            shuffle=plan.batch_size < len(x),  # all rows at once have no order
            verbose=0,
            callbacks=callbacks,
        )
    except KeyboardInterrupt:
        return False
    finally:
        plan.optimizer.learning_rate = first_rate  # the program that is saved begins as this one did
    return True


def _cooling(plan: Plan) -> Any:
    first = plan.optimizer.learning_rate

    def cool(epoch: int, _: object) -> None:
        warmth = (1 + math.cos(math.pi * epoch / plan.epochs)) / 2
        plan.optimizer.learning_rate = first * (_LAST_RATE + (1 - _LAST_RATE) * warmth)

    return cool
