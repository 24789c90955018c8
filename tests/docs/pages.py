"""The pages of docs/: their programs run in order, and what they print stands below them.

`python -m tests.docs.pages` writes anew what they print and draw; the tests compare it with what is there.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import tempfile
from pathlib import Path

__all__ = ["DOCS", "PAGES", "blocks_of", "difference", "run"]

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path for path in DOCS.glob("*.md") if "```python" in path.read_text(encoding="utf-8"))

_BLOCK = re.compile(
    r"```python\n(?P<program>.*?)```\n(?P<shown>\n```text\n(?P<printed>.*?)```\n)?", re.DOTALL
)
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")
_RELATIVE, _ABSOLUTE = 2e-3, 2e-5  # engines and levels of processors round in their own ways


def blocks_of(page: Path) -> list[re.Match[str]]:
    """Each program of a page, with what is said to come out."""
    return list(_BLOCK.finditer(page.read_text(encoding="utf-8")))


def run(page: Path) -> list[str]:
    """Run the programs of a page one after the other; returns what each prints."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed = []
    for block in blocks_of(page):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block["program"], f"{page.name}", "exec"), names)
        printed.append("\n".join(line.rstrip() for line in out.getvalue().splitlines()))
    return printed


def difference(shown: str, printed: str) -> str:
    """Say where a text is another one, but for the last digits of its numbers; "" if it is the same."""
    for line, (old, new) in enumerate(zip(shown.splitlines(), printed.splitlines(), strict=False), 1):
        if _NUMBER.sub("0", _spaced(old)) != _NUMBER.sub("0", _spaced(new)):
            return f"line {line}: {old!r} is {new!r}"
        for one, other in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True):
            if abs(float(one) - float(other)) > _ABSOLUTE + _RELATIVE * abs(float(one)):
                return f"line {line}: {one} is {other} in {new!r}"
    lines = len(shown.splitlines()), len(printed.splitlines())
    return "" if lines[0] == lines[1] else f"{lines[0]} lines are {lines[1]}"


def _spaced(line: str) -> str:
    """Columns of tables are as wide as their numbers."""
    return re.sub(r" +", " ", line).strip()


def write(page: Path) -> None:
    """Put what the programs print below them."""
    text = page.read_text(encoding="utf-8")
    for block, printed in reversed(list(zip(blocks_of(page), run(page), strict=True))):
        shown = f"\n```text\n{printed}\n```\n" if printed else ""
        end = block.end("shown") if block["shown"] else block.end()
        text = text[: block.end("program")] + "```\n" + shown + text[end:]
    page.write_text(text, encoding="utf-8")
    for picture in [*Path().glob("*.png"), *Path().glob("*.svg")]:
        shutil.move(picture, DOCS / "pictures" / picture.name)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for each in PAGES:
            write(each)
