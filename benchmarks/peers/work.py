"""The work that all sides do alike: networks, and data and first weights made from a seed.

Every side's process reads this, in our environment and in that of the peers: NumPy is all it may need.
"""

from __future__ import annotations

from math import ceil, prod, sqrt
from typing import NamedTuple

import numpy as np

__all__ = ["WORKS", "Work", "data", "first_weights", "variants"]

OPTIMIZERS = ("sgd", "rmsprop", "adam")
ACTIVATIONS = ("tanh", "relu", "gelu")


class Work(NamedTuple):
    """A network, and what is done with it.

    Attributes:
        name: what it is called.
        title: the same with its sizes.
        aim: the share of the best peer's time that we want to stay under.
        inputs: the shape of one example.
        filters: outputs of each convolution, 3 by 3, followed by pooling 2 by 2.
        units: outputs of each dense layer, the last one's are the network's.
        rows: number of examples.
        batch: how many of them a step takes.
        epochs: how often one fit goes through them.
        activation: of all layers but the last.
        optimizer: by its name in Keras.
        exponential: whether the network learns the matrix exponential, by squared error; labels otherwise.
        predicts: whether the time of prediction is taken instead of that of training.
    """

    name: str
    title: str
    aim: float
    inputs: tuple[int, ...]
    filters: tuple[int, ...]
    units: tuple[int, ...]
    rows: int
    batch: int
    epochs: int
    activation: str = "relu"
    optimizer: str = "adam"
    exponential: bool = False
    predicts: bool = False

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last one may have fewer examples."""
        return ceil(self.rows / self.batch)

    @property
    def loss(self) -> str:
        """The loss, by its name in Keras."""
        return "mean_squared_error" if self.exponential else "sparse_categorical_crossentropy"

    @property
    def metric(self) -> str:
        """The metric that is kept beside the loss, by its name in Keras."""
        return "mse" if self.exponential else "accuracy"


_PICTURE = ((48, 48, 1), (32, 64, 128), (128, 7), 1280, 32)

WORKS = {
    work.name: work
    for work in (
        Work("ecom", "ecom, 8-20-4", 0.13, (8,), (), (20, 4), 400, 32, 200),
        Work("donut", "donut, 2-8-2", 0.15, (2,), (), (8, 2), 1000, 32, 100),
        Work("mnist", "mnist, 784-128-10", 0.40, (784,), (), (128, 10), 20_000, 32, 2),
        Work("wide", "wide, 784-512-512-10, batch 128", 0.72, (784,), (), (512, 512, 10), 20_000, 128, 2),
        Work(
            *("mexp", "mexp, 4-32-16-4, batch 10,000", 0.27, (4,), (), (32, 16, 4), 10_000, 10_000, 200),
            activation="tanh",
            exponential=True,
        ),
        Work("cnn48", "cnn48, training", 0.40, *_PICTURE, epochs=2),
        Work("cnn48-predict", "cnn48, prediction", 0.40, *_PICTURE, epochs=1, predicts=True),
    )
}


def variants(work: Work) -> list[Work]:
    """Return the work with every optimizer and activation."""
    return [
        work._replace(
            title=f"{work.title}, {optimizer}, {activation}", optimizer=optimizer, activation=activation
        )
        for optimizer in OPTIMIZERS
        for activation in ACTIVATIONS
    ]


def data(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """Return examples and targets, the same on every side."""
    random = np.random.default_rng(0)
    x = random.standard_normal((work.rows, *work.inputs), dtype=np.float32)
    if work.exponential:
        return x, _exponential(x.reshape(-1, 2, 2)).reshape(-1, 4).astype(np.float32)
    return x, random.integers(0, work.units[-1], work.rows)


def first_weights(work: Work) -> list[np.ndarray]:
    """Return the weights that training begins with, layer by layer as Keras orders them."""
    random = np.random.default_rng(1)
    *image, features = work.inputs
    shapes: list[tuple[int, ...]] = []
    for filters in work.filters:
        shapes.append((3, 3, features, filters))
        image = [(side - 2) // 2 for side in image]
        features = filters
    features *= prod(image)
    for units in work.units:
        shapes.append((features, units))
        features = units
    weights = []
    for shape in shapes:
        limit = sqrt(6 / (prod(shape[:-2]) * (shape[-2] + shape[-1])))  # Glorot's
        weights += [random.uniform(-limit, limit, shape), np.zeros(shape[-1])]
    return [array.astype(np.float32) for array in weights]


def _exponential(matrices: np.ndarray) -> np.ndarray:
    """Return e^A of each matrix: the series for A / 2^10, which is short, and then its square ten times."""
    scaled = matrices.astype(np.float64) / 2**10
    term = result = np.eye(matrices.shape[-1])
    for power in range(1, 9):
        term = term @ scaled / power
        result = result + term
    for _ in range(10):
        result = result @ result
    return result
