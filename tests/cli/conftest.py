"""The command in a folder of its own, and tables to give it."""

from __future__ import annotations

import shutil
from typing import NamedTuple

import numpy as np
import pytest

from pellucid.cli import main
from pellucid.data.datasets import CELSIUS_FILE


class Done(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, but for the Celsius table."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(CELSIUS_FILE, "celsius.csv")
    return tmp_path


@pytest.fixture
def pellucid(capsys):
    """Run a command line in this process: pellucid("fit", "celsius.csv", "--target", "fahrenheit")."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def write(folder):
    """Write a table: write("t.csv", a=[1, 2], b=[3, 4])."""

    def write_table(name, **columns):
        names = ",".join(column.replace("_", " ") for column in columns)
        rows = np.column_stack(list(columns.values()))
        np.savetxt(folder / name, rows, delimiter=",", header=names, comments="", fmt="%.17g")
        return name

    return write_table


@pytest.fixture
def celsius(pellucid):
    """The file of a network that has learnt the Celsius table."""
    assert pellucid("fit", "celsius.csv", "--target", "fahrenheit").code == 0
    return "celsius.safetensors"
