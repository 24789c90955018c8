"""The pages of docs/ are true: their programs run, and print what stands below them."""

from __future__ import annotations

import re

import pytest

from .pages import DOCS, PAGES, blocks_of, difference, run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_programs_print_what_the_page_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for block, printed in zip(blocks_of(page), run(page), strict=True):
        shown = (block["printed"] or "").rstrip("\n")
        assert difference(shown, printed) == "", block["program"]
    drawn = {path.name for path in tmp_path.iterdir() if path.suffix in (".png", ".svg")}
    assert drawn == set(re.findall(r"\]\(pictures/([^)]+)\)", page.read_text(encoding="utf-8")))


def test_the_index_leads_to_every_page_and_every_link_to_a_file():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    for page in [DOCS / "README.md", *PAGES]:
        links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == []
    assert {page.name for page in PAGES} <= set(re.findall(r"\]\(([^)#:]+)\)", index))


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a = 1.0000\nb", "a = 1.001\nb", True),
        ("a = 1.00", "a = 1.01", False),
        ("a = 1", "b = 1", False),
        ("w  1.25   2", "w  1.2   2", False),
        ("w  1.25   2", "w   1.25  2", True),
        ("a\nb", "a", False),
    ],
)
def test_a_difference_is_found(shown, printed, same):
    assert (difference(shown, printed) == "") is same
