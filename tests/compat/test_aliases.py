"""Whichever way a program imports it, it is the same module with the same classes."""

from __future__ import annotations

import importlib
import subprocess
import sys

import numpy as np
import pytest

import pellucid
import pellucid as tf
from pellucid import keras
from pellucid.compat.aliases import MODULES
from pellucid.engines import engine_name

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_two_more_names(name):
    module = importlib.import_module(MODULES[name])
    assert importlib.import_module(f"pellucid.{name}") is module
    assert importlib.import_module(f"pellucid.keras.{name}") is module
    assert getattr(pellucid, name) is module
    assert getattr(tf.keras, name) is module


@pytest.mark.parametrize(
    ("alias", "name"), [("errors", "errors"), ("nn.layers", "nn.layers"), ("data", "data")]
)
def test_a_module_that_keeps_its_name_is_not_loaded_again_under_keras(alias, name):
    assert importlib.import_module(f"pellucid.keras.{alias}") is importlib.import_module(f"pellucid.{name}")


def test_what_is_inside_an_aliased_package_is_not_loaded_again():
    assert importlib.import_module("pellucid.layers.dense") is importlib.import_module(
        "pellucid.nn.layers.dense"
    )
    assert importlib.import_module("pellucid.keras.optimizers.sgd").SGD is keras.optimizers.SGD


def test_a_module_keeps_its_own_name():
    importlib.import_module("pellucid.keras.layers")
    assert pellucid.layers.__name__ == pellucid.layers.__spec__.name == "pellucid.nn.layers"
    assert pellucid.__spec__.name == "pellucid"


@pytest.mark.parametrize(
    "program",
    [
        "from pellucid.keras.layers import Dense; import pellucid; assert Dense is pellucid.layers.Dense",
        "import pellucid.keras.layers as L; from pellucid.nn.layers import Dense; assert L.Dense is Dense",
        "from pellucid.nn.layers import Dense; import pellucid; assert Dense is pellucid.layers.Dense",
        "from pellucid.models import Sequential; import pellucid; assert Sequential is pellucid.Sequential",
        "import pellucid.keras.models as m; from pellucid import Sequential as s; assert m.Sequential is s",
        "from pellucid import keras; import pellucid; assert keras is pellucid",
        "import pellucid as tf; assert tf.keras.Sequential is tf.keras.models.Sequential",
        "import pellucid.keras; assert pellucid.keras.layers.Dense is pellucid.layers.Dense",
        "import pellucid.keras.errors, pellucid.errors; assert pellucid.keras.errors is pellucid.errors",
        "from pellucid.keras.optimizers import SGD; SGD(lr=0.1)",
        "from pellucid import *; Sequential([layers.Dense(output_dim=1)])",
    ],
)
def test_it_does_not_matter_which_import_comes_first(program):
    """Each in an interpreter of its own: here, everything is loaded already."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------ names that there are not
@pytest.mark.parametrize(
    "name",
    [
        "pellucid.nonsense",
        "pellucid.keras.nonsense",
        "pellucid.layers.nonsense",
        "pellucid.keras.nn.nonsense",
    ],
)
def test_an_unknown_module_is_not_found(name):
    with pytest.raises(ModuleNotFoundError, match=f"^No module named '{name}'$") as caught:
        importlib.import_module(name)
    assert caught.value.name == name


def test_a_module_has_nothing_inside():
    with pytest.raises(ModuleNotFoundError, match=r"'pellucid\.logging' is not a package"):
        importlib.import_module("pellucid.logging.levels")


@pytest.mark.parametrize("module", [tf, tf.keras, tf.nn, tf.layers])
def test_an_unknown_name_is_no_attribute(module):
    with pytest.raises(AttributeError, match=f"module '{module.__name__}' has no attribute 'nonsense'"):
        _ = module.nonsense


def test_an_unknown_name_cannot_be_imported_from_it():
    with pytest.raises(ImportError, match="cannot import name 'nonsense' from 'pellucid'"):
        from pellucid import nonsense  # noqa: F401


def test_dir_names_everything_public():
    assert {*pellucid.__all__, "__version__"} <= set(dir(pellucid))
    assert {"Sequential", "keras", "layers", "optimizers", "logging"} <= set(pellucid.__all__)


# ------------------------------------------------------------ TensorFlow's corners
def test_activations_are_found_in_nn():
    layer = tf.keras.layers.Dense(2, activation=tf.nn.relu)
    assert layer.activation is tf.nn.relu is keras.activations.relu
    model = tf.keras.Sequential([tf.keras.layers.Activation(tf.nn.relu, input_shape=[2])])
    assert np.array_equal(model.predict([[-1.0, 2.0]], verbose=0), [[0.0, 2.0]])


@pytest.mark.parametrize(
    "set_seed", [tf.random.set_seed, tf.random.set_random_seed, keras.utils.set_random_seed]
)
def test_a_seed_gives_the_same_weights_again(set_seed):
    def weights(seed):
        set_seed(seed)
        return keras.Sequential([keras.layers.Dense(3, input_dim=2)]).get_weights()[0]

    assert np.array_equal(weights(5), weights(5))
    assert not np.array_equal(weights(5), weights(6))


def test_the_backend_knows_the_dtype_of_new_layers():
    assert tf.keras.backend.floatx() == keras.config.floatx() == "float32"
    tf.keras.backend.set_floatx("float64")
    assert tf.keras.backend.floatx() == "float64"
    assert keras.Sequential([keras.layers.Dense(1, input_dim=1)]).get_weights()[0].dtype == np.float64


def test_the_backend_answers_what_programs_ask_of_it():
    assert (keras.backend.backend(), keras.backend.epsilon()) == (engine_name(), 1e-7)
    assert keras.backend.image_data_format() == "channels_last"
    assert keras.backend.clear_session() is None
