"""Every test here starts from the same seed, so that a run can be repeated."""

from __future__ import annotations

import pytest

from pellucid import utils


@pytest.fixture(autouse=True)
def _seed():
    utils.set_random_seed(1)
