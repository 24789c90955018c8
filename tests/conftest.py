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


# ------------------------------------------------------------ engines
@pytest.fixture
def numpy_engine(monkeypatch):
    """Let models, and programs that a test starts, run on the reference engine, as the printed text does."""
    yield from _on("numpy", monkeypatch)


@pytest.fixture(params=["numpy", "native"])
def each_engine(request, monkeypatch):
    """Let them run on one engine, and in a test of its own on the other."""
    if request.param == "native":
        pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")
    yield from _on(request.param, monkeypatch)


def _on(name, monkeypatch):
    from pellucid.engines import engine_name

    monkeypatch.setenv("PELLUCID_ENGINE", name)
    engine_name.cache_clear()
    yield name
    engine_name.cache_clear()
