"""What pip installs: every file of the package, the command, and NumPy as the one requirement."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

import pellucid

from .source import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel as pip would, with the build backend that is installed here: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
    [file] = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        yield archive


@pytest.fixture
def metadata(wheel):
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return wheel.read(name).decode().splitlines()


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    source = ROOT / "src"
    files = {
        file.relative_to(source).as_posix()
        for file in (source / "pellucid").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    packed = {name for name in wheel.namelist() if name.startswith("pellucid/")}
    assert packed == files
    assert {"pellucid/py.typed", "pellucid/data/celsius.csv"} <= packed


def test_numpy_is_the_one_requirement(metadata):
    requirements = [line for line in metadata if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert requirements == ["Requires-Dist: numpy>=2.0"]


def test_the_package_knows_the_version_it_is_installed_as(metadata):
    assert f"Version: {pellucid.__version__}" in metadata


def test_the_command_is_installed(wheel):
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    assert "pellucid = pellucid.cli:main" in wheel.read(name).decode().splitlines()


def test_the_licence_goes_with_it(wheel, metadata):
    assert "License-Expression: Apache-2.0" in metadata
    assert any(name.endswith("/LICENSE") for name in wheel.namelist())
