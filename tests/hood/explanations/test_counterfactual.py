"""The smallest change: of linear networks by hand, of others beside all points of a grid."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.errors import ArgumentError, DataError, ShapeError, UnknownNameError
from pellucid.keras import initializers, layers

pytestmark = pytest.mark.slow

NAMES = each_case()


def linear(weights, bias=0.0, activation=None):
    model = keras.Sequential([keras.Input((len(weights),)), layers.Dense(1, activation)])
    model.set_weights([np.array(weights)[:, None], [bias]])
    return model


def classifier():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "softmax")])
    model.set_weights([[[1, -1, 0], [0, 0, 1]], [0, 0, -2]])
    model.feature_names, model.answer_names = ["length", "width"], ["rock", "paper", "scissors"]
    return model


def only(found):
    (change,) = found.changes
    return change


# ------------------------------------------------------------ linear networks
def test_a_rule_is_turned_round(each_engine):
    change = only(linear([1.8], 32).counterfactual([12.0], target=100.0))
    np.testing.assert_allclose(change.changed, [68 / 1.8], rtol=1e-5)
    assert change.proven
    assert change.after[0] >= 100


def test_it_is_the_projection_on_the_border():
    change = only(linear([3, 4], -10).counterfactual([[1.0, 1.0]], target=22.0))
    # The answer is -3; 25 more, along (3, 4) / 5, which is 5 long: the step is (3, 4).
    np.testing.assert_allclose(change.changed, [4, 5], rtol=1e-5)
    assert (change.distance, change.bound) == pytest.approx((5, 5), rel=1e-5)


def test_from_above_it_goes_below():
    change = only(linear([3, 4]).counterfactual([[4.0, 3.0]], target=-1.0))
    np.testing.assert_allclose(change.changed, [4 - 3, 3 - 4], atol=1e-4)
    assert change.after[0] < -1


def test_yes_becomes_no():
    model = linear([1, -1], 0, "sigmoid")
    change = only(model.counterfactual([[3.0, 1.0]]))
    np.testing.assert_allclose(change.changed, [2, 2], atol=1e-4)
    assert (change.before[0] > 0.5, change.after[0] < 0.5) == (True, True)
    certain = only(model.counterfactual([[3.0, 1.0]], target=0.99))
    np.testing.assert_allclose(certain.changed[0] - certain.changed[1], np.log(99), rtol=1e-4)


def test_the_nearest_other_class_by_hand():
    # Scores are x1, -x1 and x2 - 2; from (1, 0) paper is 1 away, and scissors 3 / sqrt(2).
    model = classifier()
    change = only(model.counterfactual([[1.0, 0.0]]))
    np.testing.assert_allclose(change.changed, [0, 0], atol=1e-4)
    assert change.proven
    change = only(model.counterfactual([[1.0, 0.0]], "scissors"))
    np.testing.assert_allclose(change.changed, [-0.5 + 0.5, 2], atol=1e-4)
    assert change.after.argmax() == 2


def test_a_class_must_win_against_all_others():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(3)])
    model.set_weights([[[0, 1, 2]], [0, 0, -5]])  # 0, x and 2 x - 5: from 0, over x to 2 x - 5 at 5
    assert only(model.counterfactual([-1.0], 2)).distance == pytest.approx(6, rel=1e-4)


def test_distances_are_in_units_of_the_scale():
    # In units of (1, 10), along (3, 40): 25 / 1609 times (3, 400) in the inputs' own.
    change = only(linear([3, 4]).counterfactual([[0.0, 0.0]], target=25.0, scale=[1, 10]))
    np.testing.assert_allclose(change.changed, np.array([3, 400]) * 25 / 1609, rtol=1e-4)
    assert change.distance == pytest.approx(25 / np.sqrt(1609), rel=1e-4)


def test_the_scale_is_that_of_the_network_if_it_has_one():
    scale = layers.Normalization(mean=[0.0, 0.0], variance=[1.0, 100.0])
    model = keras.Sequential([keras.Input((2,)), scale, layers.Dense(1)])
    model.set_weights([[0, 0], [1, 100], [[3], [40]], [0]])
    found = model.counterfactual([[0.0, 0.0]], target=25.0)
    np.testing.assert_allclose(only(found).changed, np.array([3, 400]) * 25 / 1609, rtol=1e-4)
    assert "in units of the deviations that the network divides its inputs by" in str(found)


def test_some_inputs_stay():
    model = linear([3, 4])
    for fixed in (["x2"], "x2", 1, [1]):
        np.testing.assert_allclose(
            only(model.counterfactual([[0.0, 7.0]], target=58.0, fixed=fixed)).changed, [10, 7], rtol=1e-5
        )


def test_bounds_are_kept():
    model = linear([3, 4])
    change = only(model.counterfactual([[0.0, 0.0]], target=25.0, bounds={"x2": (None, 1)}))
    np.testing.assert_allclose(change.changed, [7, 1], rtol=1e-5)  # 25 - 4 is left for 3 x1
    assert change.changed[1] <= 1
    change = only(model.counterfactual([[0.0, 0.0]], target=25.0, bounds=(-4, 4)))
    np.testing.assert_allclose(change.changed, [3, 4], rtol=1e-5)


def test_within_bounds_there_may_be_none():
    found = linear([3, 4]).counterfactual([[0.0, 0.0]], target=25.0, bounds=(-1, 1))
    change = only(found)
    assert (change.changed, change.distance, change.bound) == (None, np.inf, np.inf)
    assert "No change that is allowed changes it: the network was gone through." in str(found)


def test_what_is_wanted_may_be_so_already():
    found = classifier().counterfactual([[1.0, 0.0]], "rock")
    assert only(found).distance == 0
    assert "is what is wanted already" in str(found)


# ------------------------------------------------------------ networks of linear pieces
def bent(seed, activation, classes=3):
    keras.utils.set_random_seed(seed)
    noise = initializers.RandomNormal(stddev=0.4)
    hidden = [layers.Dense(units, activation, bias_initializer=noise) for units in (6, 5)]
    return keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(classes, bias_initializer=noise)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "hard_tanh", "relu6"])
def test_no_point_of_a_grid_is_nearer(activation, seed):
    model = bent(seed, activation)
    x = np.random.default_rng(seed).normal(size=(1, 2)).astype("float32")
    change = only(model.counterfactual(x, bounds=(-3, 3)))
    side = np.linspace(-3, 3, 601, dtype="float32")
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    other = model.predict(grid, verbose=0).argmax(axis=1) != model.predict(x, verbose=0).argmax()
    nearest = np.linalg.norm(grid - x, axis=1)[other].min(initial=np.inf)
    assert change.proven
    assert change.distance <= nearest + 1e-4
    if change.changed is None:
        assert nearest == np.inf
    else:
        assert model.predict(change.changed[None], verbose=0).argmax() != change.before.argmax()
        assert nearest <= change.distance + 0.02  # the grid is 0.01 wide


def test_a_far_piece_may_hold_the_nearest_change():
    # |x| rises on both sides: from 0.4, the other side of -1.5 is farther than that of 1.5.
    model = keras.Sequential([keras.Input((1,)), layers.Dense(2, "relu"), layers.Dense(1)])
    model.set_weights([[[1, -1]], [0, 0], [[1], [1]], [0]])
    change = only(model.counterfactual([0.4], target=1.5))
    assert change.changed.item() == pytest.approx(1.5, rel=1e-4)
    change = only(model.counterfactual([0.4], target=1.5, bounds=(None, 1)))
    assert change.changed.item() == pytest.approx(-1.5, rel=1e-4)
    assert (change.proven, change.pieces) == (True, 2)


def test_an_example_may_lie_where_all_pieces_meet():
    # max(x1, 0) + 2 max(-x1, 0) + 4 max(x2, 0), from (0, 0), which shall be 1.
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, "relu"), layers.Dense(1)])
    model.set_weights([[[1, -1, 0], [0, 0, 1]], [0, 0, 0], [[1], [2], [4]], [0]])
    change = only(model.counterfactual([[0.0, 0.0]], target=1.0))
    assert change.proven
    # Along both, (1, 4) and (-2, 4): 1 / sqrt(17), and 1 / sqrt(20) is nearer.
    assert change.distance == pytest.approx(1 / np.sqrt(20), rel=1e-4)


def test_switches_upon_switches():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, "relu"), layers.Activation("relu")])
    model.add(layers.Dense(1))
    model.set_weights([[[1]], [0], [[1]], [0]])
    change = only(model.counterfactual([-2.0], target=3.0))
    assert change.changed.item() == pytest.approx(3, rel=1e-4)
    assert (change.proven, change.pieces) == (True, 2)


def test_beyond_a_jump_nothing_is_proven():
    model = keras.Sequential([keras.Input((1,)), layers.Activation("hard_shrink"), layers.Dense(1)])
    model.set_weights([[[1]], [0]])
    change = only(model.counterfactual([0.0], target=0.25))  # x from 0.5 on: there it jumps over 0.25
    assert change.changed.item() == pytest.approx(0.5, abs=1e-3)
    assert change.bound <= 0.5 + 1e-6


def test_an_answer_that_cannot_change_is_proven_not_to():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(3, "relu"), layers.Dense(1)])
    model.set_weights([[[1, -1, 2]], [0, 0, 1], [[1], [1], [1]], [0]])  # never below 0
    found = model.counterfactual([1.0], target=-0.5)
    assert only(found).bound == np.inf
    assert "'y' (4) stays." in str(found)  # 1 + 0 + 3


# ------------------------------------------------------------ networks of any kind
@pytest.mark.parametrize("name", NAMES)
def test_what_is_found_changes_the_models_own_answer(name):
    case = CASES[name]
    model = case.model()
    x = case.examples(model, 1)[0]
    count = int(np.prod(model.output_shape[1:]))
    answer = (
        None
        if len(model.output_shape) == 2 and count > 1 and "sigmoid" not in _head(model)
        else _first(model)
    )
    value = model.predict(x, verbose=0).ravel()[0]
    target = None if answer is None else 0.5 * float(value) if 0 < value < 1 else float(value) + 0.01
    found = model.counterfactual(x, answer, target)
    change = only(found)
    if change.changed is not None:
        after = model.predict(change.changed[None], verbose=0).ravel()
        np.testing.assert_allclose(after, change.after, rtol=1e-5, atol=1e-6)
        reached = (
            after.argmax() != change.before.argmax()
            if target is None
            else (after[0] >= target) != (value >= target)
        )
        assert reached
    assert change.bound <= change.distance * 1.001


def _head(model):
    return str(getattr(model.layers[-1], "activation", ""))


def _first(model):
    return (0,) * (len(model.output_shape) - 1) if len(model.output_shape) > 2 else 0


def test_of_a_smooth_network_it_is_the_nearest_point_of_the_border():
    # The border is an ellipse.
    def bowl(x):
        return x[:, 0:1] ** 2 + x[:, 1:2] ** 2 / 4

    model = keras.Sequential([keras.Input((2,)), layers.Activation(bowl)])
    change = only(model.counterfactual([[0.5, 0.1]], target=4.0))
    angles = np.linspace(0, 2 * np.pi, 100_001)
    border = np.stack([2 * np.cos(angles), 4 * np.sin(angles)], axis=1)
    assert change.distance == pytest.approx(np.linalg.norm(border - [0.5, 0.1], axis=1).min(), rel=1e-4)
    assert (change.bound, change.proven, change.pieces) == (0, False, 0)


# ------------------------------------------------------------ what is refused
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"answer": "papr"}, UnknownNameError, "try 'paper'"),
        ({"fixed": ["lenght"]}, UnknownNameError, "try 'length'"),
        ({"fixed": ["length", "width"]}, ArgumentError, "no input may change"),
        ({"bounds": {"with": (0, 1)}}, UnknownNameError, "try 'width'"),
        ({"bounds": {"width": (1, 0)}}, ArgumentError, r"the bounds of 'width'.*received \(1, 0\)"),
        ({"bounds": {"width": 1}}, ArgumentError, "expected .least, greatest."),
        ({"bounds": {"width": (np.nan, 1)}}, ArgumentError, "the bounds of 'width'"),
        ({"bounds": (0, 1, 2)}, ArgumentError, "the bounds of"),
        ({"scale": [1.0, 0.0]}, DataError, "numbers above 0"),
        ({"scale": [1.0, 2.0, 3.0]}, ShapeError, "scale does not fit"),
        ({"target": 0.5}, ArgumentError, "there are several answers.*try answer='rock'"),
        ({"target": 1.5, "answer": "rock"}, ArgumentError, "above 0 and below 1"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        classifier().counterfactual([[1.0, 0.0]], **options)


def test_a_number_needs_a_target():
    with pytest.raises(ArgumentError, match="try target="):
        linear([1.0]).counterfactual([1.0])


def test_bad_examples_are_refused():
    with pytest.raises(DataError, match="at least one example"):
        classifier().counterfactual([])
    with pytest.raises(DataError, match="finite"):
        classifier().counterfactual([[1.0, np.nan]])
    with pytest.raises(ShapeError):
        classifier().counterfactual([[1.0]])


# ------------------------------------------------------------ shown
def test_it_says_what_to_change():
    model = linear([1.8], 32)
    model.name, model.feature_names, model.answer_names = "degrees", ["celsius"], ["fahrenheit"]
    assert str(model.counterfactual([12.0], target=100.0)) == (
        "The smallest change that changes the answer of 'degrees'\n\n"
        "'fahrenheit' (53.6) becomes 100.\n\n"
        "input    now  instead  change\n"
        "celsius  12   37.78    +25.78\n\n"
        "It is a change of 25.78, in the inputs' own units.\n"
        "No smaller one does it: the network was gone through, 1 linear piece of it."
    )


def test_several_examples_are_told_apart():
    text = str(classifier().counterfactual([[1.0, 0.0], [0.0, 5.0]]))
    assert "Example 0: 'rock' (" in text
    assert "Example 1: 'scissors' (" in text
    assert "1 other" in text  # which does not change
