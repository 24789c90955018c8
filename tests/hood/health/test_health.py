"""The health of a model: numbers worked out by hand, and what is said about a model that is not well."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.errors import ArgumentError, DataError, ShapeError, UnknownNameError, UsageError
from pellucid.keras import layers

pytestmark = pytest.mark.slow

NAMES = each_case()


def compiled(*stack, inputs=1, optimizer="sgd", loss="mean_squared_error"):
    model = keras.Sequential([keras.Input((inputs,)), *stack])
    model.compile(optimizer, loss)
    return model


def kinds(health):
    return [(finding.kind, *finding.layers) for finding in health.findings]


# ------------------------------------------------------------ numbers
def test_of_one_unit_by_hand(each_engine):
    model = compiled(layers.Dense(1, name="unit"), optimizer=keras.optimizers.SGD(0.1))
    model.set_weights([[[3.0]], [4.0]])
    # The answers to 1 and 2 are 7 and 10, the errors 1 and 3, the loss (1 + 9) / 2.
    # d_answer = 2 / 2 * (1, 3); d_w = 1 * 1 + 3 * 2 = 7, d_b = 1 + 3 = 4. A step moves w by 0.7 and b by 0.4.
    (unit,) = model.health([1.0, 2.0], [6.0, 7.0]).layers
    assert (unit.name, unit.units, unit.judged) == ("unit", 1, False)
    assert unit.activations.mean == 8.5
    assert (unit.signal.smallest, unit.signal.largest) == (1.0, 3.0)
    assert unit.signal_length == pytest.approx(np.sqrt(1 + 9))
    kernel, bias = unit.weights
    assert (kernel.path, kernel.values.mean, kernel.gradient.mean) == ("unit/kernel", 3.0, 7.0)
    assert kernel.update_length == pytest.approx(0.7, rel=1e-6)
    assert bias.update_ratio == pytest.approx(0.4 / 4, rel=1e-6)
    assert unit.gradient_length == pytest.approx(np.hypot(7, 4))
    assert unit.update_ratio == pytest.approx(np.hypot(0.7, 0.4) / 5, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_of_training(name):
    case = CASES[name]
    model = case.model()
    arrays = case.examples(model)
    health = model.health(*arrays)
    before = {weight.path: weight.value.astype(np.float64) for weight in model.weights}
    weight_of_examples = {"sample_weight": arrays[2]} if case.weighted else {}
    model.fit(*arrays[:2], batch_size=len(arrays[0]), shuffle=False, verbose=0, **weight_of_examples)
    trained = {weight.path for weight in model.trainable_weights}
    found = {weight.path: weight for layer in health.layers for weight in layer.weights}
    assert set(found) == set(before)
    for weight in model.weights:
        there = found[weight.path]
        assert there.values.mean == pytest.approx(before[weight.path].mean(), rel=1e-6, abs=1e-9)
        assert (there.gradient is not None) == (weight.path in trained)
        if there.gradient is not None:
            change = np.linalg.norm(weight.value - before[weight.path])
            assert there.update_length == pytest.approx(change, rel=1e-3, abs=1e-7)
    assert all(layer.activations.all_finite for layer in health.layers)
    assert len(str(health).splitlines()) >= len(health.layers) + 6


@pytest.mark.parametrize("name", list(CASES)[::8])
def test_of_a_single_example(name):
    case = CASES[name]
    model = case.model()
    health = model.health(*[array[:1] for array in case.examples(model)])
    assert (health.examples, health.given) == (1, 1)
    assert "by 1 example\n" in str(health)


@pytest.mark.parametrize(
    "name", ["pictures", "dropout-float32", "adam-all-float64", "batch-normalization-float32"]
)
def test_engines_agree(name, monkeypatch):
    from pellucid.engines import engine_name

    reports = []
    for engine in ("numpy", engine_name()):
        monkeypatch.setenv("PELLUCID_ENGINE", engine)
        engine_name.cache_clear()
        case = CASES[name]
        model = case.model()
        reports.append(model.health(*case.examples(model)))
    engine_name.cache_clear()
    for one, other in zip(*[report.layers for report in reports], strict=True):
        assert one.signal_length == pytest.approx(other.signal_length, rel=1e-4)
        assert one.activations.deviation == pytest.approx(other.activations.deviation, rel=1e-4)
        assert bool(one.trained) == bool(other.trained)
        if one.trained:
            assert one.update_ratio == pytest.approx(other.update_ratio, rel=1e-3)
        assert (len(one.dead), len(one.saturated)) == (len(other.dead), len(other.saturated))


def test_the_model_stays_as_it_is():
    model = compiled(layers.Dense(3, "tanh"), layers.Dense(1), optimizer="adam")
    model.fit([1.0, 2.0], [6.0, 7.0], epochs=2, verbose=0)
    before = model.get_weights()
    first = str(model.health([1.0, 2.0], [6.0, 7.0]))
    assert str(model.health([1.0, 2.0], [6.0, 7.0])) == first
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_of_many_examples_some_are_looked_at():
    model = compiled(layers.Dense(1))
    health = model.health(np.arange(1200.0), np.arange(1200.0))
    assert (health.examples, health.given) == (500, 1200)
    assert "by 500 of 1,200 examples, at equal distances" in str(health)


# ------------------------------------------------------------ dead and saturated units
def test_dead_units_are_found(each_engine):
    hidden = layers.Dense(3, "relu", name="hidden")
    model = compiled(hidden, layers.Dense(1))
    hidden.set_weights(
        [[[1.0, -1.0, 1.0]], [0.0, 0.0, -100.0]]
    )  # the second is on for -1, the third for nothing
    health = model.health([-1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert health.layer("hidden").dead.tolist() == [2]
    assert health.layer("hidden").saturated.tolist() == []
    (finding,) = [finding for finding in health.findings if finding.kind == "dead"]
    assert finding.sentence.startswith("Unit 3 of the 3 of 'hidden' is dead")


def test_a_unit_that_gives_0_but_lets_the_gradient_through_is_not_dead():
    hidden = layers.Dense(2, "tanh", kernel_initializer="zeros")
    health = compiled(hidden, layers.Dense(1)).health([1.0], [2.0])
    assert health.layers[0].activations.zeros == 1
    assert len(health.layers[0].dead) == 0


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softsign", "hard_sigmoid", "elu", "erf_like"])
def test_saturated_units_are_found_whatever_the_activation(activation):
    from pellucid.ops import exp, maximum

    def erf_like(z):  # a user's own: flat far away from 0
        return 1 - exp(-maximum(z * z, 0.0))

    chosen = erf_like if activation == "erf_like" else activation
    hidden = layers.Dense(2, chosen, name="hidden")
    model = compiled(hidden, layers.Dense(1))
    hidden.set_weights([[[0.5, 0.5]], [0.25, -50.0 if activation == "elu" else 50.0]])
    health = model.health([-1.0, 0.0, 1.0], [1.0, 2.0, 3.0])
    assert health.layer("hidden").saturated.tolist() == [1]
    assert ("saturated", "hidden") in kinds(health)


def test_an_activation_as_a_layer_of_its_own_is_judged():
    hidden = layers.Dense(2)
    model = compiled(hidden, layers.Activation("tanh", name="bent"), layers.Dense(1))
    hidden.set_weights([[[0.5, 0.5]], [0.0, 50.0]])
    health = model.health([-1.0, 1.0], [1.0, 2.0])
    assert not health.layers[0].judged
    assert health.layer("bent").saturated.tolist() == [1]


def test_a_softmax_in_between_is_judged_row_by_row():
    hidden = layers.Dense(3, "softmax")
    model = compiled(hidden, layers.Dense(1))
    hidden.set_weights([[[1.0, 0.0, -1.0]], [0.0, 0.0, 0.0]])
    assert model.health([-1.0, 0.0, 1.0], [1.0, 2.0, 3.0]).layers[0].saturated.tolist() == []
    hidden.set_weights([[[1.0, 0.0, -1.0]], [90.0, 0.0, 0.0]])
    assert 0 in model.health([-1.0, 0.0, 1.0], [1.0, 2.0, 3.0]).layers[0].saturated


def test_saturation_that_the_loss_goes_around_does_no_harm():
    """Cross-entropy is worked out from what the sigmoid is given, so that no gradient goes through it."""
    last = layers.Dense(1, "sigmoid", name="last")
    model = compiled(last, loss="binary_crossentropy")
    last.set_weights([[[1.0]], [50.0]])
    layer = model.health([1.0, 2.0], [0.0, 1.0]).layer("last")
    assert not layer.judged
    assert layer.signal_length == pytest.approx(0.5)  # (1 - 0) / 2 for the first example, 0 for the second


def test_what_dropout_takes_out_is_not_dead():
    model = compiled(layers.Dropout(0.9), layers.Dense(4), inputs=6)
    health = model.health(np.ones((1, 6)), np.ones((1, 4)))
    assert health.layers[0].activations.zeros > 0
    assert not health.layers[0].judged


# ------------------------------------------------------------ gradients and steps
def deep(activation, deviation):
    start = keras.initializers.RandomNormal(stddev=deviation, seed=0)
    hidden = [layers.Dense(16, activation, kernel_initializer=start) for _ in range(8)]
    model = compiled(*hidden, layers.Dense(1), inputs=16)
    random = np.random.default_rng(0)
    return model.health(random.normal(size=(20, 16)), random.normal(size=20))


def test_vanishing_gradients_are_found():
    health = deep("sigmoid", 0.1)
    assert ("vanishing", "dense_1") in kinds(health)
    assert "The gradient vanishes: from 'dense_9' to 'dense_1', it falls to" in str(health)


def test_exploding_gradients_are_found():
    assert ("exploding", "dense_1") in kinds(deep("linear", 2.0))


def test_a_model_that_is_well():
    health = deep("relu", np.sqrt(2 / 16))
    assert [kind for kind, *_ in kinds(health) if kind in ("vanishing", "exploding", "saturated")] == []


def test_nothing_to_learn():
    model = compiled(layers.Dense(1, kernel_initializer="ones"))
    health = model.health([1.0, 2.0], [1.0, 2.0])
    assert kinds(health) == [("vanishing", "dense")]
    assert "nothing can be learnt from these examples" in str(health)


@pytest.mark.parametrize(("rate", "kind"), [(10.0, "large update"), (1e-9, "small update")])
def test_steps_of_an_unusual_size_are_found(rate, kind):
    model = compiled(layers.Dense(1, kernel_initializer="ones"), optimizer=keras.optimizers.SGD(rate))
    health = model.health([1.0, 2.0], [2.0, 1.0])
    assert kinds(health) == [(kind, "dense")]
    assert not health.well


def test_steps_of_several_layers_are_one_sentence():
    model = compiled(
        *[layers.Dense(1, kernel_initializer="ones") for _ in range(3)], optimizer=keras.optimizers.SGD(10)
    )
    health = model.health([1.0], [2.0])
    assert kinds(health) == [("large update", "dense_1", "dense_2", "dense_3")]
    # Each weight and each bias has the gradient 2 * (1 - 2): a step of 20 along two axes, from a length of 1.
    assert "the weights of 'dense_1', 'dense_2' and 'dense_3' by 2828%; about 0.1% is usual." in str(health)


def test_where_gradients_vanish_nothing_is_said_of_small_steps():
    assert [kind for kind, *_ in kinds(deep("sigmoid", 0.1))] == ["vanishing"]


def test_numbers_that_are_none():
    model = compiled(layers.Dense(2), layers.Dense(1))
    model.set_weights([[[np.nan, 1.0]], [0.0, 0.0], [[1.0], [1.0]], [0.0]])
    health = model.health([1.0], [2.0])
    assert kinds(health) == [("not finite", "dense_1")]
    assert "In the weight 'dense_1/kernel', 1 of 2 numbers" in str(health)
    assert health.layers[0].weights[0].values.mean == 1.0


def test_weights_that_begin_with_0_come_from_there():
    model = compiled(layers.Dense(1, kernel_initializer="zeros"))
    health = model.health([1.0], [2.0])
    assert health.layers[0].update_ratio == np.inf
    assert "from 0" in str(health)


def test_a_model_that_learns_nothing():
    health = compiled(layers.Dense(1, trainable=False)).health([1.0], [2.0])
    assert health.layers[0].update_ratio is None
    assert health.layers[0].gradient_length is None
    assert health.well


# ------------------------------------------------------------ what is shown, and what cannot be
def test_what_is_printed():
    model = compiled(
        layers.Dense(2, "relu", kernel_initializer="ones"), layers.Dense(1, kernel_initializer="ones")
    )
    model.name = "a < b"
    lines = str(model.health([1.0, 2.0], [2.5, 3.5])).splitlines()
    assert lines[0] == "The health of 'a < b', by 2 examples"
    assert lines[2].split() == "layer units weights outputs zeros gradient update dead saturated".split()
    assert lines[3].split() == "dense_1 2 1 ± 0 1.5 ± 0.5 0% 1.0e+00 5.0e-03 0 0".split()
    assert lines[4].split() == "dense_2 1 1 ± 0 3 ± 1 0% 7.1e-01 5.0e-03 - -".split()
    assert lines[-1] == "Nothing unusual."
    page = model.health([1.0], [2.0])._repr_html_()
    assert "a &lt; b" in page
    assert page.count("<tr>") == 3


def test_bad_examples():
    model = compiled(layers.Dense(1))
    with pytest.raises(DataError, match="no examples"):
        model.health([], [])
    with pytest.raises(ShapeError):
        model.health([[1.0, 2.0]], [1.0])
    with pytest.raises(UsageError):
        keras.Sequential([keras.Input((1,)), layers.Dense(1)]).health([1.0], [1.0])
    with pytest.raises(UnknownNameError, match="dense"):
        model.health([1.0], [1.0]).layer("dens")


# ------------------------------------------------------------ over time
def test_a_monitor_looks_after_every_epoch(each_engine):
    model = compiled(layers.Dense(1))
    monitor = keras.callbacks.HealthMonitor([1.0, 2.0], [6.0, 7.0])
    history = model.fit([1.0, 2.0], [6.0, 7.0], epochs=4, verbose=0, callbacks=[monitor])
    assert history.health is monitor.reports
    assert [report.epoch for report in history.health] == [0, 1, 2, 3]
    assert (
        str(history.health[-1]).splitlines()[1:] == str(model.health([1.0, 2.0], [6.0, 7.0])).splitlines()[1:]
    )
    assert "after epoch 4" in str(history.health[-1])


def test_a_monitor_may_look_less_often_and_begins_anew_with_each_fit():
    model = compiled(layers.Dense(1))
    monitor = keras.callbacks.HealthMonitor([1.0], [6.0], every=2)
    first = model.fit([1.0], [6.0], epochs=5, verbose=0, callbacks=monitor)
    model.compile("adam", "mean_absolute_error")  # other graphs
    second = model.fit([1.0], [6.0], epochs=2, verbose=0, callbacks=monitor)
    assert [report.epoch for report in first.health] == [1, 3]
    assert [report.epoch for report in second.health] == [1]


def test_a_monitor_changes_nothing():
    def trained(*callbacks):
        keras.utils.set_random_seed(1)
        model = compiled(layers.Dense(4, "tanh"), layers.Dropout(0.5), layers.Dense(1), optimizer="adam")
        x = np.arange(40.0)
        model.fit(x, x, epochs=3, verbose=0, callbacks=list(callbacks), sample_weight=np.ones(40))
        return model.get_weights()

    watched, alone = trained(keras.callbacks.HealthMonitor([1.0, 2.0], [6.0, 7.0])), trained()
    for one, other in zip(watched, alone, strict=True):
        np.testing.assert_array_equal(one, other)


def test_bad_monitors():
    with pytest.raises(ArgumentError):
        keras.callbacks.HealthMonitor([1.0], [1.0], every=0)
    history = compiled(layers.Dense(1)).fit([1.0], [2.0], verbose=0)
    assert history.health == []
