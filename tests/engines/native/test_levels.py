"""Levels: the kernels compiled for what a processor has, the best of them in use unless one is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pellucid

pytest.importorskip("pellucid.engines.native._native", reason="the extension is not compiled here")

from pellucid.engines.native import _native

ROOT = Path(__file__).parents[3]
ORDER = ["baseline", "avx2", "avx512"]
JUDGES = "primitives models nan_and_infinity predictions".split()


def with_level(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask a process of its own, since a level is chosen once; without arguments it says which."""
    program = "from pellucid.engines.native import _native; print(_native.level())"
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", program))],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(pellucid.__file__).parents[1]),
            "PELLUCID_LEVEL": name,
        },
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_every_machine_runs_the_baseline():
    levels = _native.levels()
    assert levels[0] == "baseline"
    assert levels == [level for level in ORDER if level in levels]


@pytest.mark.parametrize("level", _native.levels())
def test_each_level_that_runs_here_can_be_named(level):
    done = with_level(level)
    assert (done.stdout.strip(), done.returncode) == (level, 0), done.stderr


def test_the_best_level_is_in_use_where_none_is_named():
    assert with_level("").stdout.strip() == _native.levels()[-1]


@pytest.mark.parametrize("level", ["avx9", "AVX2", " baseline"])
def test_a_level_that_does_not_run_here_is_refused(level):
    done = with_level(level)
    [sentence] = done.stderr.strip().splitlines()[-1:]
    assert done.returncode
    assert f"expected {' or '.join(_native.levels())}, received {level}; try without it." in sentence


@pytest.mark.slow
@pytest.mark.parametrize("level", _native.levels())
def test_each_level_agrees_with_the_reference(level):
    files = [str(Path(__file__).with_name(f"test_{name}.py")) for name in JUDGES]
    done = with_level(level, *"-m pytest -q -p no:cacheprovider -p no:xdist -m".split(), "not slow", *files)
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
