"""What a user leaves out is filled in as Keras does: arguments and first weights."""

from __future__ import annotations

import pytest

import pellucid as keras

from .golden import FACTS
from .surface import INITIALIZERS, INTERFACES, defaults, initial_kernel, statistics

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("interface", INTERFACES)
def test_arguments_have_the_defaults_and_the_order_of_keras(interface: str):
    golden = FACTS["defaults"][interface]
    here = defaults(keras, interface)
    shared = {name: value for name, value in here.items() if name in golden}
    assert bool(shared) == bool(golden)
    assert list(shared.items()) == [(name, golden[name]) for name in golden if name in here]


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initial_weights_have_the_distribution_of_keras(name: str):
    golden = FACTS["initializers"][name]
    here = statistics(initial_kernel(keras, INITIALIZERS[name]))
    deviation = golden["deviation"]
    # Of 60,000 draws the mean is known to 0.4% of the deviation and the deviation to 0.3% of itself,
    # one standard error each; there are two such samples, and five errors to be safe.
    assert here["mean"] == pytest.approx(golden["mean"], abs=0.03 * deviation + 1e-7)
    assert here["deviation"] == pytest.approx(deviation, rel=0.02)
    # A bounded distribution comes close to its bounds. Where a normal one ends is chance, but
    # it ends beyond three deviations.
    for end in ("smallest", "largest"):
        distance = abs(golden[end] - golden["mean"])
        if distance <= 3 * deviation:
            assert here[end] == pytest.approx(golden[end], abs=0.02 * deviation + 1e-7)
        else:
            assert abs(here[end] - here["mean"]) > 3 * deviation
