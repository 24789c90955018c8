from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.errors import ArgumentError, ShapeError, UnknownNameError, UnsupportedError
from pellucid.graph import BATCH, CONSTANT, Graph
from pellucid.nn import regularizers
from pellucid.testing import check_gradient

W = np.array([[1.0, -2.0], [0.0, 3.0]])


# ------------------------------------------------------------ penalties
@pytest.mark.parametrize(
    ("regularizer", "penalty"),
    [
        (regularizers.L1(), 0.06),  # 0.01 (1 + 2 + 0 + 3)
        (regularizers.L1(0.5), 3),
        (regularizers.L2(), 0.14),  # 0.01 (1 + 4 + 0 + 9)
        (regularizers.L2(0.5), 7),
        (regularizers.L1L2(), 0),
        (regularizers.L1L2(l1=0.5), 3),
        (regularizers.L1L2(l2=0.5), 7),
        (regularizers.L1L2(l1=0.5, l2=0.1), 4.4),
        (regularizers.L1(None), 0.06),
        (regularizers.L1L2(None, None), 0),
        # The rows (1, -2) and (0, 3) have the cosine -6 / (3 sqrt(5)).
        (regularizers.OrthogonalRegularizer(1), 2 / 5**0.5),
        # The columns (1, 0) and (-2, 3) have the cosine -2 / sqrt(13).
        (regularizers.OrthogonalRegularizer(0.5, mode="columns"), 1 / 13**0.5),
    ],
    ids=repr,
)
def test_penalties_worked_out_by_hand(regularizer, penalty):
    assert regularizer(W) == pytest.approx(penalty, rel=1e-14)
    single = regularizer(W.astype(np.float32))
    assert single.dtype == "float32"
    assert single == pytest.approx(penalty, rel=1e-6)


def test_the_mean_over_the_pairs_of_rows():
    """Cosines of (1, 0), (1, 1), (0, 2) and a row of zeros, in pairs: 1 / sqrt(2) twice, and 0 four times."""
    rows = np.array([[1.0, 0], [1, 1], [0, 2], [0, 0]])
    assert regularizers.OrthogonalRegularizer(6)(rows) == pytest.approx(2**0.5)
    assert regularizers.OrthogonalRegularizer()(rows[:1]) == 0
    assert regularizers.OrthogonalRegularizer()(rows[:0]) == 0


@pytest.mark.parametrize(
    "regularizer", [regularizers.L1(0.3), regularizers.L2(0.3), regularizers.L1L2(0.3, 0.2)]
)
@pytest.mark.parametrize("shape", [(), (3,), (2, 2, 2), (0, 3)])
def test_any_number_of_axes(regularizer, shape):
    x = np.full(shape, -2.0)
    l1, l2 = (regularizer.get_config().get(name, 0) for name in ("l1", "l2"))
    assert regularizer(x) == pytest.approx(x.size * (2 * l1 + 4 * l2))


@pytest.mark.parametrize(
    "regularizer",
    [
        regularizers.L1(0.3),
        regularizers.L2(0.3),
        regularizers.L1L2(0.3, 0.2),
        regularizers.OrthogonalRegularizer(0.3),
        regularizers.OrthogonalRegularizer(0.3, "columns"),
    ],
    ids=repr,
)
def test_gradients_against_differences(regularizer):
    check_gradient(regularizer, np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]]))


def test_a_row_of_zeros_has_a_gradient():
    check_gradient(lambda x: regularizers.OrthogonalRegularizer()(ops.concatenate(x, x * 0, axis=0)), W)


def test_the_penalty_is_one_product_and_one_sum():
    with Graph() as graph:
        x = graph.input("x", (BATCH, 3), "float32")
        penalty = regularizers.L2(0.01)(x)
    factor, total = penalty.inputs
    assert penalty.op is ops.multiply
    assert (factor.op, factor["value"]) == (CONSTANT, 0.01)
    assert (total.op, total["axes"], total.shape) == (ops.reduce_sum, (0, 1), ())
    assert total.inputs[0].op is ops.power


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "0.1"], ids=repr)
def test_factors_that_cannot_be_used(value):
    for make in (
        regularizers.L1,
        regularizers.L2,
        regularizers.L1L2,
        lambda factor: regularizers.L1L2(l2=factor),
        regularizers.OrthogonalRegularizer,
    ):
        with pytest.raises(ArgumentError, match="a finite number, at least 0"):
            make(value)


def test_only_matrices_have_rows_and_columns():
    with pytest.raises(ArgumentError, match="'rows' or 'columns', received 'row'"):
        regularizers.OrthogonalRegularizer(mode="row")
    with pytest.raises(ShapeError, match="two axes of known size"):
        regularizers.OrthogonalRegularizer()(np.ones(3))
    with Graph() as graph, pytest.raises(ShapeError, match="two axes of known size"):
        regularizers.OrthogonalRegularizer()(graph.input("x", (BATCH, 3), "float32"))


# ------------------------------------------------------------ names and configurations
def double(x):
    return 2 * x


class Tenth(regularizers.Regularizer):
    def __call__(self, x):
        return 0.1 * x


@pytest.mark.parametrize(
    ("regularizer", "title"),
    [
        (regularizers.L1(0.5), "L1 penalty 0.5"),
        (regularizers.L2(), "L2 penalty 0.01"),
        (regularizers.L1L2(0.1, 1e-5), "L1 penalty 0.1 and L2 penalty 1e-05"),
        (regularizers.L1L2(l2=0.1), "L2 penalty 0.1"),
        (regularizers.L1L2(), "no penalty"),
        (regularizers.OrthogonalRegularizer(), "penalty 0.01 for rows that are not orthogonal"),
        (Tenth(), "penalty Tenth"),
        (double, "penalty double"),
        (lambda x: x, "custom penalty"),
    ],
)
def test_titles(regularizer, title):
    assert regularizers.title(regularizer) == title


@pytest.mark.parametrize(
    ("identifier", "kind", "config"),
    [
        ("l1", regularizers.L1, {"l1": 0.01}),
        ("L1", regularizers.L1, {"l1": 0.01}),
        ("l2", regularizers.L2, {"l2": 0.01}),
        (regularizers.L2, regularizers.L2, {"l2": 0.01}),
        ({"class_name": "L2", "config": {"l2": 0.5}}, regularizers.L2, {"l2": 0.5}),
        ("l1_l2", regularizers.L1L2, {"l1": 0.01, "l2": 0.01}),
        ("l1l2", regularizers.L1L2, {"l1": 0, "l2": 0}),
        ("L1L2", regularizers.L1L2, {"l1": 0, "l2": 0}),
        ("orthogonal_regularizer", regularizers.OrthogonalRegularizer, {"factor": 0.01, "mode": "rows"}),
    ],
)
def test_get(identifier, kind, config):
    found = regularizers.get(identifier)
    assert type(found) is kind
    assert found.get_config() == config


def test_get_what_is_one_already():
    l2 = regularizers.L2()
    assert regularizers.get(l2) is l2
    assert regularizers.get(double) is double
    assert regularizers.get(None) is None
    assert regularizers.l1_l2 is regularizers.L1L2


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no regularizer is called 'l3'.*'l1', 'l2', 'l1_l2'"):
        regularizers.get("l3")
    with pytest.raises(ArgumentError, match="this is no regularizer"):
        regularizers.get(0.01)


@pytest.mark.parametrize(
    "regularizer",
    [
        regularizers.L1(0.5),
        regularizers.L2(0.5),
        regularizers.L1L2(0.5, 0.25),
        regularizers.OrthogonalRegularizer(0.5, "columns"),
    ],
    ids=repr,
)
def test_written_down_and_made_again(regularizer):
    written = regularizers.serialize(regularizer)
    again = regularizers.deserialize(written)
    assert written == {"class_name": type(regularizer).__name__, "config": regularizer.get_config()}
    assert type(again) is type(regularizer)
    assert again.get_config() == regularizer.get_config()


def test_the_users_own():
    own = {"double": double, "Tenth": Tenth}
    assert regularizers.deserialize(regularizers.serialize(double), own) is double
    assert type(regularizers.deserialize(regularizers.serialize(Tenth()), own)) is Tenth
    with pytest.raises(UnsupportedError, match="a function with a name"):
        regularizers.serialize(lambda x: x)
    assert regularizers.serialize(None) is regularizers.deserialize(None) is None


def test_the_base_class_has_no_penalty():
    with pytest.raises(NotImplementedError, match="__call__"):
        regularizers.Regularizer()(1.0)
