"""What holds for all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# No test depends on how fast the machine is, nor on what was tried in an earlier run.
settings.register_profile("pellucid", deadline=None, derandomize=True, database=None)
settings.load_profile("pellucid")

# Plots are drawn into memory: no window opens, whatever the desktop.
os.environ["MPLBACKEND"] = "Agg"


@pytest.fixture
def numpy_engine(monkeypatch):
    """Let models, and programs that the test starts, run on the reference engine, which runs the printed text."""
    from pellucid.engines import engine_name

    monkeypatch.setenv("PELLUCID_ENGINE", "numpy")
    engine_name.cache_clear()
    yield
    engine_name.cache_clear()
