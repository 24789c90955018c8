"""What every test here reads: the files of the library, parsed; and how a test says what is wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

__all__ = ["ROOT", "Source", "parse", "refuse", "sources"]

ROOT = Path(__file__).parents[2]


class Source(NamedTuple):
    """One Python file of the library."""

    path: Path  # relative to the root of the repository
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        parts = self.path.with_suffix("").parts[1:]  # without "src"
        return ".".join(parts[:-1] if self.is_package else parts)

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def is_private(self) -> bool:
        return any(part.startswith("_") for part in self.module.split("."))

    def at(self, line: int) -> str:
        """Name a place the way editors and terminals make a link of."""
        return f"{self.path}:{line}"


def parse(text: str, path: str = "src/pellucid/nn/sample.py") -> Source:
    """Make a Source of a text; without a path, of a few lines that a rule is tried on."""
    return Source(Path(path), text, ast.parse(text, filename=path))


@cache
def sources() -> list[Source]:
    """Every Python file of the library, in order; there are some, so no rule holds for want of files."""
    files = sorted((ROOT / "src").rglob("*.py"))
    if not files:
        pytest.fail(f"no Python file under {ROOT / 'src'}", pytrace=False)
    return [parse(file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))) for file in files]


def refuse(complaints: Iterable[str]) -> None:
    """Fail with one complaint on a line, and nothing else."""
    lines = list(complaints)
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
