"""What holds for the whole process is put back after every test here: the seed, the dtype, the verbosity."""

from __future__ import annotations

import logging

import pytest

from pellucid import keras
from pellucid.compat import spellings
from pellucid.compat.logging import get_verbosity, set_verbosity


@pytest.fixture(autouse=True)
def _settings():
    keras.utils.set_random_seed(1)
    verbosity, floatx = get_verbosity(), keras.backend.floatx()
    yield
    set_verbosity(verbosity)
    keras.backend.set_floatx(floatx)


@pytest.fixture
def said(caplog, monkeypatch):
    """Return what was said so far, by a library that has said nothing yet."""
    monkeypatch.setattr(spellings, "_said", set())
    caplog.set_level(logging.INFO, logger="pellucid")
    return lambda: [record.message for record in caplog.records]
