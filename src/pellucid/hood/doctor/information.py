"""Whether x says anything about y: three ways to find out, and what each finds where there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, final

import numpy as np

from pellucid.hood.doctor.examination import Examination, flat, some
from pellucid.hood.doctor.finding import Finding

__all__ = ["linear_share", "neighbours_share", "shuffled_labels"]

_LEAST: Final = 200  # examples, to say that there is nothing
_DIFFERENT: Final = 50  # of them, that differ from the most frequent answer
_MOST: Final = 1000  # examples that are compared with each other
_NEIGHBOURS: Final = 5
_SHUFFLES: Final = 40
_UNUSUAL: Final = 2.0  # deviations from what shuffled answers give


def shuffled_labels(examination: Examination) -> Iterator[Finding]:
    """Answers agree with their inputs no better than shuffled ones do.

    Three measures of agreement are taken: of straight lines, of products of two columns, and of nearest
    neighbours. Each is held against what it is for the same answers in other orders.

    Source:
        Fisher 1935, "The Design of Experiments": the permutation test.
    """
    measured = _Measured.of(examination)
    if measured is None or len(measured.answers) < _LEAST or not measured.varied:
        return
    random = np.random.default_rng(0)
    orders = [random.permutation(len(measured.answers)) for _ in range(_SHUFFLES)]
    for agreement in measured.agreements():
        usual = np.array([agreement(measured.answers[order]) for order in orders])
        if agreement(measured.answers) > usual.mean() + _UNUSUAL * usual.std():
            return
    yield Finding(
        "shuffled labels",
        f"In {len(measured.answers)} examples the inputs say nothing about the answers: straight lines, "
        f"products of two inputs and the {_NEIGHBOURS} nearest neighbours find them no better than they "
        "find the same answers in random order. Perhaps x and y were put into different orders.",
        "Look whether each row of x still belongs to its y: sort, shuffle and filter both with the same "
        "indices.",
        "order = np.random.permutation(len(x))\nx, y = x[order], y[order]",
    )


def linear_share(examination: Examination) -> float | None:
    """Return which share of the answers' variance straight lines explain, for examples that are left out."""
    measured = _Measured.of(examination)
    if measured is None or len(measured.answers) < 3 * _NEIGHBOURS:
        return None
    q = _basis(measured.inputs)
    left = 1 - (q**2).sum(axis=1, keepdims=True) - 1 / len(q)
    error = (measured.answers - q @ (q.T @ measured.answers)) / np.maximum(left, 1e-6)
    return _share(error, measured.answers)


def neighbours_share(examination: Examination) -> float | None:
    """Return which share of the answers' variance the nearest neighbours of each example explain."""
    measured = _Measured.of(examination)
    if measured is None or len(measured.answers) < 3 * _NEIGHBOURS:
        return None
    near = _nearest(measured.inputs)
    return _share(measured.answers - measured.answers[near].mean(axis=1), measured.answers)


def _share(error: np.ndarray, answers: np.ndarray) -> float:
    return 1 - float((error**2).sum() / max((answers**2).sum(), 1e-300))


@final
class _Measured(NamedTuple):
    """Inputs and answers as numbers of mean 0, so that they can be compared.

    Attributes:
        inputs: one row for each example, each column of deviation 1.
        answers: the same; for classes one column for each.
    """

    inputs: np.ndarray
    answers: np.ndarray

    @classmethod
    def of(cls, examination: Examination) -> _Measured | None:
        """Return what is measured; None where the answers are neither quantities nor classes."""
        rows = examination.rows[some(len(examination.rows), _MOST)]
        labels = examination.class_numbers(examination.y[rows])
        if labels is not None and labels.ndim == 1:
            answers = (labels[:, None] == np.unique(labels)).astype(np.float64)
        elif examination.numeric:
            answers = flat(examination.y[rows])
        else:
            return None
        x = examination.x[rows]
        inputs = flat(x) if x.ndim == 2 else np.hstack([_coarse(x), _rough(x)])
        return cls(_scaled(inputs), _scaled(answers))

    @property
    def varied(self) -> bool:
        """Whether enough answers differ from the most frequent one to tell a rule from chance."""
        _, counts = np.unique(self.answers, axis=0, return_counts=True)
        return len(self.answers) - int(counts.max()) >= _DIFFERENT

    def agreements(self) -> Iterator[Callable[[np.ndarray], float]]:
        """Yield functions that say how well answers in some order agree with the inputs."""
        yield _agreement(_basis(self.inputs))
        near = _nearest(self.inputs)
        yield lambda answers: -float(((answers - answers[near].mean(axis=1)) ** 2).sum())
        first, second = np.triu_indices(self.inputs.shape[1])
        if 3 * len(first) <= len(self.inputs):
            yield _agreement(_basis(_scaled(self.inputs[:, first] * self.inputs[:, second])))


def _agreement(basis: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda answers: float(((basis.T @ answers) ** 2).sum())


def _scaled(array: np.ndarray) -> np.ndarray:
    """Return the columns that vary, with mean 0 and deviation 1."""
    centred = array - array.mean(axis=0)
    deviation = centred.std(axis=0)
    varying = deviation > 1e-12 * np.abs(array).max(axis=0, initial=0)
    scaled: np.ndarray = centred[:, varying] / deviation[varying]
    return scaled


def _basis(inputs: np.ndarray) -> np.ndarray:
    """Return orthonormal columns that span the inputs, or the larger part of them if there are many."""
    squares, directions = np.linalg.eigh(inputs.T @ inputs)
    kept = squares > 1e-8 * squares.max(initial=0)
    most = len(inputs) // 3
    basis: np.ndarray = inputs @ directions[:, kept][:, -most:] / np.sqrt(squares[kept][-most:])
    return basis


def _nearest(inputs: np.ndarray) -> np.ndarray:
    """Return the numbers of the nearest other examples of each example."""
    squares = (inputs**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * inputs @ inputs.T
    np.fill_diagonal(distances, np.inf)
    return np.argpartition(distances, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]


# ------------------------------------------------------------ pictures and series
_PLACES: Final = 6  # along each axis


def _coarse(x: np.ndarray) -> np.ndarray:
    """Return pictures or series made small: what is bright where."""
    for axis in range(1, x.ndim):
        if x.shape[axis] > _PLACES:
            starts = np.linspace(0, x.shape[axis], _PLACES, endpoint=False).astype(int)
            x = np.add.reduceat(x, starts, axis=axis, dtype=np.float64)
    return flat(x)


def _rough(x: np.ndarray) -> np.ndarray:
    """Return what pictures or series are like wherever their things are: size, and change along each axis."""
    axes = tuple(range(1, x.ndim))
    columns = [np.square(x, dtype=np.float64).mean(axis=axes), x.max(axis=axes), x.min(axis=axes)]
    columns += [np.abs(np.diff(x, axis=axis)).mean(axis=axes) for axis in axes if x.shape[axis] > 1]
    return np.column_stack(columns).astype(np.float64)
