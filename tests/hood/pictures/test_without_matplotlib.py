"""Where matplotlib is missing, plots say what to install, and diagrams are drawn all the same."""

from __future__ import annotations

import sys

import pytest

import pellucid as keras
from pellucid.errors import UnsupportedError


@pytest.fixture
def model(monkeypatch):
    from pellucid.hood.pictures.style import _figure_class

    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    _figure_class.cache_clear()
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    yield made
    _figure_class.cache_clear()


def test_plots_say_what_to_install(model):
    history = model.fit([[1.0, 2.0]], [1.0], verbose=0)
    for plot in (
        history.plot,
        lambda: model.plot_decision_regions([[1.0, 2.0]]),
        lambda: model.plot_units([[1.0, 2.0]]),
        lambda: model.plot_confusion_matrix([[1.0, 2.0]], [1]),
        lambda: model.plot_filters(shape=(1, 2)),
    ):
        with pytest.raises(UnsupportedError, match=r"try pip install 'pellucid\[plots\]'"):
            plot()


def test_the_network_is_drawn_without_it(model):
    assert model.draw().svg.startswith("<svg")
