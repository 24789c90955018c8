"""`check_layer` finds what is wrong with a layer: each of these has one mistake."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.errors import CheckError
from pellucid.graph import NUMBER, current_graph
from pellucid.layers import Layer
from pellucid.ops import random_uniform, reduce_sum, stop_gradient
from pellucid.testing import check_layer

X = np.random.default_rng(0).normal(size=(4, 3))


class Scale(Layer):
    """Correct: each feature times a weight of its own."""

    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor


class Forgetful(Scale):
    """Its configuration lacks an argument."""

    def __init__(self, power=1, **options):
        super().__init__(**options)
        self.power = power

    def get_config(self):
        return super().get_config() | {"power": self.power + 1}


class Unsavable(Scale):
    def get_config(self):
        return super().get_config() | {"where": {1, 2}}


class Summing(Scale):
    """One value for the whole batch."""

    def call(self, inputs):
        return reduce_sum(inputs * self.factor, axes=(0,))


class Noisy(Scale):
    """Random when it predicts, too."""

    def call(self, inputs):
        seed = current_graph().state(("seed",), (), NUMBER)
        return inputs * self.factor + random_uniform(seed, 0, shape=inputs.shape, stream="noise")


class Counting(Scale):
    """Depends on how many examples there are at once."""

    def call(self, inputs):
        return inputs * self.factor * current_graph().size(inputs.shape[0])


class Halved(Scale):
    """Sends back half of the gradient."""

    def call(self, inputs):
        output = inputs * self.factor
        return output / 2 + stop_gradient(output) / 2


class Idle(Scale):
    """Has a weight that is of no use."""

    def build(self, input_shape):
        super().build(input_shape)
        self.idle = self.add_weight((2,), name="idle")


class Moody(Scale):
    """Two of the same seed are not alike."""

    made = 0

    def build(self, input_shape):
        Moody.made += 1
        self.factor = self.add_weight((input_shape[-1],), np.full(3, float(Moody.made)), name="factor")


WRONG = {
    Forgetful: r"from_config does not make the layer 'forgetful' again: .*'power': 2.*'power': 3",
    Unsavable: "get_config of 'unsavable' cannot be saved: expected numbers, texts",
    Summing: "the output of 'summing' is not one float32 value for each example",
    Noisy: "predictions of 'noisy' are random; try `training` in call",
    Counting: "the layer 'counting' answers otherwise for examples one by one",
    Halved: "gradient with respect to x0 is wrong",
    Idle: "the weight 'idle/idle' has no influence on the output",
    Moody: "the layer 'moody' answers otherwise by another model of the same seed",
}


def test_a_correct_layer_passes_and_stays_without_weights():
    layer = Scale()
    check_layer(layer, X)
    assert not layer.built


@pytest.mark.parametrize("kind", WRONG, ids=lambda kind: kind.__name__)
def test_a_mistake_is_found(kind):
    with pytest.raises(CheckError, match=WRONG[kind]):
        check_layer(kind(), X)
