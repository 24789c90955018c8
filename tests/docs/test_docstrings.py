"""Every example in a docstring runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest

import pellucid
from pellucid import graph, ops
from pellucid.nn import _initial

SOURCE = Path(pellucid.__file__).parent
FILES = sorted(path for path in SOURCE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    parts = ("pellucid", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_examples_run(path: Path):
    module = importlib.import_module(module_name(path))
    names = {"np": np, "keras": pellucid}
    for room in (graph, ops, _initial, pellucid.layers, module):
        names |= vars(room)
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    for example in finder.find(module, module.__name__, globs=names):
        runner.run(example)
    assert runner.summarize(verbose=False).attempted > 0
    assert runner.summarize(verbose=False).failed == 0


def test_there_are_examples():
    assert len(FILES) > 10
