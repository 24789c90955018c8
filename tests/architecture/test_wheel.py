"""What pip installs: every file of the package, the command, and NumPy as the one requirement."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pellucid

from .source import ROOT

EXCUSE = "Pellucid is installed without its native engine"


def build(folder: Path, settings: dict[str, str], **environment: str) -> tuple[Path, str]:
    """Build the wheel as pip would, with the build backend that is installed here: nothing is downloaded."""
    program = f"from scikit_build_core.build import build_wheel; build_wheel({str(folder)!r}, {settings})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)
    [file] = folder.glob("*.whl")
    return file, done.stdout


@pytest.fixture(scope="module")
def without_compiler(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    return build(folder, {}, CXX=str(folder / "no-compiler"))


@pytest.fixture(scope="module")
def wheel(without_compiler):
    """Open the wheel that is the quicker one to build; the other differs from it by the extension."""
    with zipfile.ZipFile(without_compiler[0]) as archive:
        yield archive


@pytest.fixture
def metadata(wheel):
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return wheel.read(name).decode().splitlines()


def packed(wheel):
    return {name for name in wheel.namelist() if name.startswith("pellucid/")}


def test_every_file_of_the_package_is_in_the_wheel(wheel):
    source = ROOT / "src"
    left_out = {"__pycache__", "cpp"}
    files = {
        file.relative_to(source).as_posix()
        for file in (source / "pellucid").rglob("*")
        if file.is_file() and not left_out & {*file.parts} and file.suffix not in {".so", ".pyd"}
    }
    assert packed(wheel) == files
    assert {"pellucid/py.typed", "pellucid/data/celsius.csv"} <= files


def test_without_a_compiler_the_wheel_is_pure_python_and_says_so_once(without_compiler):
    file, output = without_compiler
    assert file.name.endswith("-py3-none-any.whl")
    assert output.count(EXCUSE) == 1


@pytest.mark.slow  # it compiles the extension
def test_with_a_compiler_the_extension_is_all_that_is_added(wheel, tmp_path):
    file, output = build(tmp_path, {"cmake.define.PELLUCID_LEVELS": ""})
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
        [extension] = packed(archive) - packed(wheel)
        assert packed(wheel) < packed(archive)
    assert extension.startswith("pellucid/engines/native/_native.")
    assert EXCUSE not in output
    program = "from pellucid.engines.native import _native; print(_native.__file__, _native.level())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(tmp_path / extension), "baseline"]


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
