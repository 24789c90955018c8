from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.errors import (
    ArgumentError,
    DataError,
    DtypeError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
)
from pellucid.nn import _initial, initializers, settings
from pellucid.nn.initializers import SEED, Recipe

from .initial import EVERY, RANDOM, made


# ------------------------------------------------------------ names
def test_every_name_of_keras():
    """The class, its name in both spellings, and Keras's other names for it."""
    others = {
        "normal": "random_normal",
        "uniform": "random_uniform",
        "zero": "zeros",
        "one": "ones",
        "IdentityInitializer": "identity",
        "OrthogonalInitializer": "orthogonal",
    }
    for name in EVERY:
        kind = getattr(initializers, name)
        assert getattr(initializers, kind.__name__) is kind
        assert type(initializers.get(name)) is kind
        assert type(initializers.get(kind.__name__)) is kind
    for other, name in others.items():
        assert type(initializers.get(other)) is getattr(initializers, name)
    assert initializers.IdentityInitializer is initializers.Identity
    assert initializers.OrthogonalInitializer is initializers.Orthogonal


# ------------------------------------------------------------ recipes
@pytest.mark.parametrize(
    ("initializer", "text"),
    [
        (initializers.Zeros(), "np.zeros((8, 20), np.float32)"),
        (initializers.Ones(), "np.ones((8, 20), np.float32)"),
        (initializers.Constant(0.5), "np.full((8, 20), 0.5, np.float32)"),
        (initializers.Identity(), "identity((8, 20))"),
        (initializers.Identity(2.0), "identity((8, 20), gain=2.0)"),
        (initializers.GlorotUniform(), "glorot_uniform((8, 20), seed, 'dense/kernel')"),
        (initializers.GlorotUniform(seed=5), "glorot_uniform((8, 20), 5, 'dense/kernel')"),
        (initializers.GlorotNormal(), "glorot_normal((8, 20), seed, 'dense/kernel')"),
        (initializers.HeUniform(), "he_uniform((8, 20), seed, 'dense/kernel')"),
        (initializers.HeNormal(), "he_normal((8, 20), seed, 'dense/kernel')"),
        (initializers.LecunUniform(), "lecun_uniform((8, 20), seed, 'dense/kernel')"),
        (initializers.LecunNormal(), "lecun_normal((8, 20), seed, 'dense/kernel')"),
        (initializers.Orthogonal(), "orthogonal((8, 20), seed, 'dense/kernel')"),
        (initializers.Orthogonal(gain=3), "orthogonal((8, 20), seed, 'dense/kernel', gain=3)"),
        (initializers.RandomUniform(-1, 1), "uniform((8, 20), seed, 'dense/kernel', low=-1, high=1)"),
        (initializers.RandomNormal(), "normal((8, 20), seed, 'dense/kernel', mean=0.0, deviation=0.05)"),
        (
            initializers.TruncatedNormal(stddev=1.0),
            "truncated_normal((8, 20), seed, 'dense/kernel', mean=0.0, deviation=1.0)",
        ),
        (
            initializers.VarianceScaling(2.0, "fan_out"),
            "bounded_normal((8, 20), seed, 'dense/kernel', variance=0.1)",  # 2 / 20
        ),
    ],
    ids=repr,
)
def test_a_recipe_reads_like_the_call_that_it_is(initializer, text):
    recipe = initializer.recipe((8, 20), "float32", "dense/kernel")
    assert str(recipe) == text
    printed = eval(text, {**vars(_initial), "seed": 7})  # noqa: S307 - the text is the one above
    np.testing.assert_array_equal(recipe.make(7), printed)


def test_recipes_of_other_shapes_and_dtypes():
    assert str(initializers.Zeros().recipe((4,), "float32", "bias")) == "np.zeros(4, np.float32)"
    assert str(initializers.Zeros().recipe((), "int64", "count")) == "np.zeros((), np.int64)"
    assert str(initializers.Ones().recipe((2,), np.float64, "x")) == "np.ones(2, np.float64)"
    glorot = initializers.GlorotUniform().recipe((2, 3), "float64", "x")
    assert str(glorot) == "glorot_uniform((2, 3), seed, 'x', dtype=np.float64)"
    assert str(initializers.Values([[1.5], [2]]).recipe((2, 1))) == "np.array([[1.5], [2.0]], np.float32)"
    assert str(initializers.Constant([1, 2]).recipe((3, 2))) == "np.full((3, 2), [1, 2], np.float32)"


def test_a_recipe_takes_the_seed_of_the_model():
    recipe = Recipe(divmod, (SEED, 5))
    assert recipe.make(seed=17).tolist() == [3, 2]
    assert str(recipe) == "divmod(seed, 5)"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("shape", [(4, 4), (0, 3), (3, 0), (1, 1), (300, 2)])
def test_shape_and_dtype(name, shape):
    single, double = made(name, shape), made(name, shape, "float64")
    assert single.shape == double.shape == shape
    assert (single.dtype, double.dtype) == ("float32", "float64")
    # The same numbers, rounded.
    np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", sorted({*EVERY} - {"identity", "orthogonal"}))
@pytest.mark.parametrize("shape", [(), (5,), (3, 3, 2, 4)])
def test_any_number_of_axes(name, shape):
    assert made(name, shape).shape == shape


# ------------------------------------------------------------ the same in every run
def test_constants_worked_out_by_hand():
    assert made("zeros", (2,)).tolist() == [0, 0]
    assert made("ones", (2, 1)).tolist() == [[1], [1]]
    assert made(initializers.Constant(2.5), (2,)).tolist() == [2.5, 2.5]
    assert made(initializers.Constant(3), (2,), "int64").tolist() == [3, 3]
    assert made(initializers.Constant([1, 2]), (2, 2)).tolist() == [[1, 2], [1, 2]]
    assert made(initializers.Identity(2.0), (2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize("value", [[1, 2, 3], [[1], [2], [3]], [[[1]]]], ids=repr)
def test_a_constant_that_does_not_fit(value):
    with pytest.raises(ShapeError, match=r"expected the shape \(2, 2\)"):
        initializers.Constant(value).recipe((2, 2))


@pytest.mark.parametrize("value", ["text", float("nan"), [1, np.inf], None, [[1], [1, 2]]], ids=repr)
def test_a_constant_is_made_of_numbers(value):
    with pytest.raises(DataError, match=r"numbers|lists of equal length"):
        initializers.Constant(value)


def test_only_matrices_are_identities():
    with pytest.raises(ShapeError, match="expected two axes"):
        initializers.Identity().recipe((3,))


# ------------------------------------------------------------ random: the same for the same seed
@pytest.mark.parametrize("name", RANDOM)
def test_numbers_depend_on_seed_and_stream_only(name):
    first = made(name, (60, 50), seed=3)
    np.testing.assert_array_equal(first, made(name, (60, 50), seed=3))
    for other in (made(name, (60, 50), seed=4), made(name, (60, 50), stream="dense_2/kernel", seed=3)):
        # The correlation of 3000 independent pairs has a standard deviation of 1 / sqrt(3000) = 0.018.
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.08


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_of_its_own(name):
    seeded = getattr(initializers, name)(seed=5)
    np.testing.assert_array_equal(made(seeded, (4, 4), seed=1), made(name, (4, 4), seed=5))
    np.testing.assert_array_equal(seeded((4, 4)), seeded((4, 4)))


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "5", True], ids=repr)
def test_seeds_that_cannot_be_used(seed):
    with pytest.raises(ArgumentError, match="a whole number from 0"):
        initializers.HeNormal(seed=seed)


def test_the_largest_seed():
    assert np.isfinite(made(initializers.HeNormal(seed=2**64 - 1), (3, 3))).all()


def test_a_call_without_a_model_follows_the_global_seed(monkeypatch):
    monkeypatch.setattr(settings, "_seed", None)  # put back after the test
    initializer = initializers.GlorotUniform()
    settings.set_random_seed(11)
    first, second = initializer((4, 4)), initializer((4, 4), dtype="float64")
    assert (first.dtype, second.dtype) == ("float32", "float64")
    assert not np.allclose(first, second)
    settings.set_random_seed(11)
    np.testing.assert_array_equal(initializer((4, 4)), first)


# ------------------------------------------------------------ arguments
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.VarianceScaling(scale=0), "more than 0, received 0"),
        (
            lambda: initializers.VarianceScaling(mode="in"),
            "'fan_in' or 'fan_out' or 'fan_avg', received 'in'",
        ),
        (lambda: initializers.VarianceScaling(distribution="x"), "this distribution cannot be used"),
        (lambda: initializers.RandomNormal(stddev=-1), "at least 0, received -1"),
        (lambda: initializers.RandomNormal(mean="a"), "this mean cannot be used"),
        (lambda: initializers.RandomUniform(maxval=float("inf")), "this maxval cannot be used"),
        (lambda: initializers.Identity(gain=float("nan")), "this gain cannot be used"),
    ],
)
def test_arguments_outside_their_range(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_normal_means_truncated_as_in_keras():
    assert initializers.VarianceScaling(distribution="normal").distribution == "truncated_normal"


@pytest.mark.parametrize("shape", [(None, 3), (-1,), "ab", (2.0,), None], ids=repr)
def test_a_weight_needs_known_sizes(shape):
    with pytest.raises(ShapeError, match="a weight needs known sizes"):
        initializers.Zeros().recipe(shape)


@pytest.mark.parametrize("dtype", ["text", "bfloat17", str, object], ids=str)
def test_a_weight_is_made_of_numbers(dtype):
    with pytest.raises(DtypeError, match="no dtype of numbers"):
        initializers.Zeros().recipe((2,), dtype)


@pytest.mark.parametrize("name", RANDOM)
def test_random_weights_have_fractions(name):
    with pytest.raises(DtypeError, match="float32 or float64, received int64"):
        initializers.get(name).recipe((2, 2), "int64")


# ------------------------------------------------------------ numbers made elsewhere
def counting(shape, dtype=None):
    return np.arange(math.prod(shape), dtype=dtype).reshape(shape)


class Counting(initializers.Initializer):
    def __init__(self, start=0):
        self.start = start

    def __call__(self, shape, dtype=None):
        return self.start + counting(shape, dtype)

    def get_config(self):
        return {"start": self.start}


@pytest.mark.parametrize(
    "identifier",
    [counting, Counting, Counting(), np.array([[0.0, 1], [2, 3]])],
    ids=["function", "class", "object", "array"],
)
def test_the_users_own_numbers(identifier):
    recipe = initializers.get(identifier).recipe((2, 2), "float32", "x")
    assert str(recipe) == "np.array([[0.0, 1.0], [2.0, 3.0]], np.float32)"
    numbers = recipe.make(seed=3)
    assert numbers.dtype == "float32"
    assert numbers.tolist() == [[0, 1], [2, 3]]
    assert initializers.get(identifier)((2, 2)).tolist() == [[0, 1], [2, 3]]


def test_made_numbers_are_a_copy():
    given = np.ones(3, np.float32)
    initializer = initializers.get(given)
    given[:] = 7
    recipe = initializer.recipe((3,))
    recipe.make(seed=0)[:] = 8
    assert recipe.make(seed=0).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("identifier", "error"),
    [
        (np.ones((2, 3)), ShapeError),
        (np.ones(2), ShapeError),
        (lambda shape, dtype=None: np.ones(3), ShapeError),
        (lambda shape, dtype=None: np.full(shape, np.nan), DataError),
        (lambda shape, dtype=None: "text", DataError),
    ],
)
def test_the_users_own_numbers_must_fit(identifier, error):
    with pytest.raises(error, match=r"a weight cannot start from|no array of numbers"):
        initializers.get(identifier).recipe((2, 2))


def test_the_base_class_makes_nothing():
    with pytest.raises(NotImplementedError, match="__call__"):
        initializers.Initializer().recipe((2,))


# ------------------------------------------------------------ names and configurations
def test_get():
    zeros = initializers.Zeros()
    assert initializers.get(None) is None
    assert initializers.get(zeros) is zeros
    assert initializers.get({"class_name": "Constant", "config": {"value": 3}}).value == 3
    assert initializers.get({"class_name": "Zeros", "module": "keras.initializers"}).get_config() == {}


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(
        UnknownNameError, match=r"no initializer is called 'glorot_unifrom'.*try 'glorot_uniform'"
    ):
        initializers.get("glorot_unifrom")


@pytest.mark.parametrize("identifier", [3, [1.0], {}], ids=repr)
def test_what_is_no_initializer(identifier):
    with pytest.raises(ArgumentError, match="this is no initializer"):
        initializers.get(identifier)


@pytest.mark.parametrize(
    "initializer",
    [
        *map(initializers.get, EVERY),
        initializers.Constant([1.0, 2.0]),
        initializers.Values([[1.0]]),
        initializers.Orthogonal(gain=2.0, seed=1),
        initializers.GlorotUniform(seed=1, input_axes=[0], output_axes=[1]),
        initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=4),
        initializers.TruncatedNormal(mean=1.0, stddev=2.0),
    ],
    ids=repr,
)
def test_written_down_and_made_again(initializer):
    written = initializers.serialize(initializer)
    again = initializers.deserialize(written)
    assert written["class_name"] == type(initializer).__name__
    assert type(again) is type(initializer)
    assert again.get_config() == initializer.get_config()


def test_keras_configurations_are_understood():
    again = initializers.deserialize(
        {
            "module": "keras.initializers",
            "class_name": "GlorotUniform",
            "config": {"seed": None, "input_axes": None, "output_axes": None},
            "registered_name": None,
        }
    )
    assert type(again) is initializers.GlorotUniform


@pytest.mark.parametrize("config", [{"sed": 1}, [1], {"seed": 1, "scale": 2}, None], ids=repr)
def test_a_configuration_with_other_arguments(config):
    with pytest.raises(
        ArgumentError, match=r"GlorotUniform cannot be made.*expected seed, input_axes, output_axes"
    ):
        initializers.deserialize({"class_name": "GlorotUniform", "config": config})


def test_the_users_own_initializers_are_written_down_by_name():
    function, instance = initializers.get(counting), Counting(start=2)
    own = {"counting": counting, "Counting": Counting}
    assert initializers.serialize(function) == {"class_name": "function", "config": "counting"}
    assert initializers.serialize(instance) == {"class_name": "Counting", "config": {"start": 2}}
    for initializer in (function, instance):
        again = initializers.deserialize(initializers.serialize(initializer), own)
        assert again((2,)).tolist() == initializer((2,)).tolist()
    with pytest.raises(UnsupportedError, match="a function with a name"):
        initializers.serialize(initializers.get(lambda shape, dtype: np.zeros(shape)))
    assert initializers.serialize(None) is initializers.deserialize(None) is None
