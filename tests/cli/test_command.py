"""The command as a whole: help, versions, exit codes, terminals, and as a process of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pellucid as library
from pellucid.cli import main
from pellucid.cli._watching import Watching


def command(*words, **options):
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "pellucid", *words],
        env={**os.environ, "PYTHONPATH": str(Path(library.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_says_what_there_is(pellucid):
    done = pellucid("--help")
    assert (done.code, done.err) == (0, "")
    for word in ("check", "demo", "fit", "predict", "source", "example:"):
        assert word in done.out
    assert pellucid() == (2, "", done.out)


@pytest.mark.parametrize("name", ["check", "demo", "fit", "predict", "source"])
def test_every_command_has_help_with_an_example(pellucid, name):
    done = pellucid(name, "--help")
    assert done.code == 0
    assert f"example:\n  pellucid {name} " in done.out


def test_version(pellucid):
    assert pellucid("--version") == (0, f"pellucid {library.__version__}\n", "")


def test_an_unknown_command(pellucid):
    done = pellucid("sauce")
    assert done.code == 2
    assert "invalid choice: 'sauce'" in done.err


def test_ctrl_c_anywhere(pellucid, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pellucid.data.tables.read_table", interrupted)
    done = pellucid("fit", "celsius.csv", "--target", "fahrenheit")
    assert (done.code, done.err) == (130, "\npellucid: stopped.\n")


def test_signs_that_the_terminal_lacks(folder, monkeypatch):
    (folder / "t.csv").write_text("größe,y\n1,2\n2,4\n", encoding="utf-8")
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main(["fit", "t.csv", "--target", "y"]) == 0
    terminal.seek(0)
    assert r"y = 2 * gr\xf6\xdfe" in terminal.read()


# ------------------------------------------------------------ a process of its own
def test_runs_as_a_module():
    done = command("predict", "nothing.safetensors", "--set", "a=1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("pellucid: there is no file 'nothing.safetensors'")
    assert command("fit", "celsius.csv", "--target", "fahrenheit").returncode == 0
    assert command("predict", "celsius.safetensors", "--set", "celsius=0").stdout == "fahrenheit = 31.9525\n"


def test_help_does_not_wait_for_numpy():
    program = (
        "import sys; from pellucid.cli import main; main(['fit', '--help']); print('numpy' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(library.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("False\n")


@pytest.mark.skipif(os.name != "posix", reason="pipes are closed in another way on Windows")
def test_nobody_needs_to_read_to_the_end(folder):
    rows = "\n".join(f"{place},{place % 7}" for place in range(30_000))
    (folder / "long.csv").write_text(f"a,y\n{rows}\n")
    assert command("fit", "long.csv", "--target", "y", "--epochs", "1").returncode == 0
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "pellucid", "predict", "long.safetensors", "long.csv"],
        env={**os.environ, "PYTHONPATH": str(Path(library.__file__).parents[1])},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


# ------------------------------------------------------------ a terminal
class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_the_present_epoch(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    times = iter([0.0, 0.0, 1.0, 2.0, 2.05, 3.0])
    monkeypatch.setattr("pellucid.cli._watching.perf_counter", lambda: next(times))
    watching = Watching("price", epochs=8)
    for epoch, loss in enumerate([16.0, 9.0, 4.0, 4.0, 1.0]):
        watching.on_epoch_end(epoch, {"loss": loss})
    watching.close()
    present = "       3           4  2 price  (5 epochs to go, 3 s)"
    assert terminal.getvalue() == (
        "       1          16  4 price\n"
        "       2           9  3 price\n"
        # Of the epochs in between, those are shown that come a tenth of a second after the last.
        f"{present}\r{' ' * len(present)}\r       5           1  1 price\n"
    )
