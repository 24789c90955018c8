"""scikit-learn's multi-layer perceptrons, told neither to stop early nor to shrink the weights."""

from __future__ import annotations

import warnings

import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.peers.task import Task
from benchmarks.peers.work import Work, data

__all__ = ["celsius", "prediction", "training", "versions"]


def versions() -> dict[str, str]:
    return {"scikit-learn": sklearn.__version__}


def training(work: Work) -> Task | None:
    if work.filters:
        return None
    x, y = data(work)
    warnings.simplefilter("ignore", ConvergenceWarning)
    kind = MLPRegressor if work.exponential else MLPClassifier

    def run(epochs: int) -> float:
        model = kind(
            hidden_layer_sizes=work.units[:-1],
            activation=work.activation,
            alpha=0,
            batch_size=work.batch,
            max_iter=epochs,
            n_iter_no_change=epochs + 1,
        )
        loss = model.fit(x, y).loss_curve_[-1]
        return float(2 * loss if work.exponential else loss)  # it halves squared errors

    return Task(lambda: None, run)  # every fit begins anew


def prediction(work: Work) -> Task | None:
    """Return nothing: there are no convolutions."""
    return None


def celsius() -> None:
    """Learn the rule of the course's first program: a perceptron without a hidden layer."""
    x = [[-40.0], [-10.0], [0.0], [8.0], [15.0], [22.0], [38.0]]
    y = [-40.0, 14.0, 32.0, 46.0, 59.0, 72.0, 100.0]
    warnings.simplefilter("ignore", ConvergenceWarning)
    model = MLPRegressor(
        hidden_layer_sizes=(), learning_rate_init=0.1, alpha=0, max_iter=500, n_iter_no_change=501
    )
    print(model.fit(x, y).predict([[100.0]]))
