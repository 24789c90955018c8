"""What the README says is so: its programs run, its commands work, its excerpt is what a model prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pellucid.cli import main
from pellucid.data.datasets import CELSIUS_FILE

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)


def block(beginning: str) -> str:
    (found,) = [text for _, text in BLOCKS if text.lstrip().startswith(beginning)]
    return found


@pytest.fixture
def names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    exec(block("import numpy as np"), scope)
    return scope


def test_the_first_program_runs(names, capsys):
    assert 211.27 < float(names["model"].predict([100.0], verbose=0)[0, 0]) < 211.34
    capsys.readouterr()


def test_the_excerpt_is_what_the_model_prints(names):
    printed = names["model"].numpy_source()
    assert block("# forward: dense (1 unit, linear)").strip("\n") in printed


def test_the_check_of_the_gradients_prints_what_the_readme_shows(names, capsys):
    capsys.readouterr()
    exec(block("model.set_weights("), names)
    printed, shown = (
        re.sub(r"\de-\d\d", "rounding", text).strip() for text in (capsys.readouterr().out, block("The grad"))
    )
    assert printed == shown


def test_the_doctor_prints_what_the_readme_shows(names, capsys):
    capsys.readouterr()
    exec(block("xor = "), names)
    assert capsys.readouterr().out.strip() == block("1 thing seems wrong").strip()


def test_the_commands_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("celsius.csv").write_text(Path(CELSIUS_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    for line in block("pellucid fit").strip().split("\n"):
        assert main(line.split()[1:]) == 0, capsys.readouterr().err
    assert "np.asarray" in capsys.readouterr().out


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    missing = [link for link in links if not (Path(__file__).parents[2] / link).exists()]
    assert missing == []
