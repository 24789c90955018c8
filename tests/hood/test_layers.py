"""The layers of a graph: all that do something, in their order, each fed by the one before it."""

from __future__ import annotations

import pytest
from tests.engines.models import CASES, each_case

import pellucid as keras
from pellucid.hood.layers import layers_of
from pellucid.keras import layers

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", each_case())
def test_each_is_fed_by_the_one_before_it(name):
    model = CASES[name].model()
    blueprint = model.opened().blueprint
    for graph in (blueprint.predict, blueprint.training.step):
        found = layers_of(graph)
        nodes = [next(iter(graph.notes)), *[layer.output for layer in found]]
        assert [id(layer.source) for layer in found] == [id(node) for node in nodes[:-1]]
        assert nodes[-1] is graph.outputs["prediction",]
        names = [layer.name for layer in model.layers]
        assert [layer.name for layer in found] == [name for name in names if name in {x.name for x in found}]
        assert {path for layer in found for path in layer.weights} <= {
            weight.path for weight in model.weights
        }
        assert all(path.startswith(f"{layer.name}/") for layer in found for path in layer.weights)


def test_what_does_nothing_in_a_graph_has_no_nodes_there():
    idle = [layers.Dropout(0.5), layers.Activation("linear")]
    model = keras.Sequential([keras.Input((3,)), *idle, layers.Dense(1)])
    model.compile("sgd", "mse")
    blueprint = model.opened().blueprint
    assert [layer.name for layer in layers_of(blueprint.predict)] == ["dense"]
    assert [layer.name for layer in layers_of(blueprint.training.step)] == ["dropout", "dense"]


def test_what_an_activation_is_given():
    stack = [layers.Dense(4, "gelu"), layers.Dense(4), layers.Activation("selu"), layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((3,)), *stack])
    model.compile("sgd", "mse")
    gelu, linear, selu, dropout = layers_of(model.opened().training.step)
    assert gelu.before_activation.op.name == "add"
    assert gelu.before_activation in set(gelu.nodes)
    assert linear.before_activation is None  # the output is all there is
    assert selu.before_activation is linear.output
    assert dropout.before_activation is None  # chance decides too


def test_a_model_without_operations_has_no_layers():
    model = keras.Sequential([keras.Input((3,)), layers.Activation("linear")])
    assert layers_of(model.opened().blueprint.predict) == []
