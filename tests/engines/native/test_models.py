"""Models of every kind, trained by both engines: the same numbers within the tolerance table."""

from __future__ import annotations

import pytest
from tests.engines.models import CASES

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from .runs import alike, engines, evaluated, examples, trained

TOLERANCES = {"float32": (1e-3, 1e-5), "float64": (1e-9, 1e-11)}
"""After all steps: errors of rounding grow along a training run. A share of the number, and a number."""


# A quick check goes through one dtype of each case, and not through every activation at both ends of a model.
NAMES = [
    pytest.param(name, marks=pytest.mark.slow if "float64" in name or name.startswith("last-") else ())
    for name in CASES
]


@pytest.mark.parametrize("name", NAMES)
def test_model(name):
    reference, native = engines(name)
    agree(reference, native, examples(name, 7), 3, 4, TOLERANCES[CASES[name].dtype])


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_large_batches(name):
    """Batches so large that they are worked on in chunks, and a rest of 808 examples."""
    reference, native = engines(name)
    agree(reference, native, examples(name, 5000), 4192, 2, TOLERANCES[CASES[name].dtype])


@pytest.mark.parametrize(
    "name",
    [
        "deep-float32",
        *[
            pytest.param(n, marks=pytest.mark.slow)
            for n in ("images", "pictures-deep", "batch-normalization-deep")
        ],
    ],
)
def test_a_large_batch_and_a_small_one(name):
    """The rest of an epoch, 2 examples, has fewer chunks than sums have parts: others add nothing."""
    reference, native = engines(name)
    agree(reference, native, examples(name, 3002), 3000, 3, TOLERANCES["float32"])


def agree(reference, native, arrays, batch, epochs, tolerance):
    expected, history = trained(reference, arrays, batch, epochs)
    received, own_history = trained(native, arrays, batch, epochs)
    alike(received, expected, *tolerance)
    alike(own_history, history, *tolerance)
    weights = expected["weights"]
    alike(native.predict(arrays[0], weights), reference.predict(arrays[0], weights), *tolerance)
    alike(
        evaluated(native, arrays, expected, batch), evaluated(reference, arrays, expected, batch), *tolerance
    )
