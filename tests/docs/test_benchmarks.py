"""The README's table of times is written by the benchmarks, between two markers, and by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def table(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.peers import table

    return table


def test_the_readme_takes_a_table_and_keeps_all_else(table):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = table.replaced(readme, "| work | time |\n")
    before, _, rest = readme.partition(table.BEGIN)
    after = rest.partition(table.END)[2]
    assert written == f"{before}{table.BEGIN}\n\n| work | time |\n\n{table.END}{after}"
    assert table.replaced(table.replaced(readme, "another"), "| work | time |") == written


@pytest.mark.parametrize("text", ["", "{end}\n{begin}", "{begin}\n{end}\n{begin}\n{end}"])
def test_without_its_two_places_nothing_is_written(table, text):
    with pytest.raises(ValueError, match="one line"):
        table.replaced(text.format(begin=table.BEGIN, end=table.END), "a table")


def test_a_share_is_the_middle_of_the_rounds(table):
    from benchmarks.peers.rounds import Row
    from benchmarks.peers.sides import OURS, PEERS

    fast, slow = PEERS[:2]
    # Round by round 1/4, 2/8 and 3/2 of the faster peer: in the middle 0.25, though the medians are 2 and 4.
    times = {OURS: [1e-6, 2e-6, 3e-6], fast: [4e-6, 8e-6, 2e-6], slow: [1.0, 1.0]}
    lines = table.table([Row("a network", 0.4, times, [], [])], [OURS, fast, slow, PEERS[2]]).splitlines()
    assert lines[-1] == "| a network | 2.00 us | **4.00 us** | 1.00 s | – | 0.25 | 0.40 |"
