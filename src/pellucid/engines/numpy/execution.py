"""Running the text of a program, so that errors show its lines."""

from __future__ import annotations

import linecache
from typing import Any
from weakref import finalize

__all__ = ["execute"]

_count = iter(range(10**12))


def execute(text: str, title: str, functions: dict[str, Any], main: str) -> None:
    """Run the text of a program; errors inside show its lines, as long as the main function lives."""
    filename = f"{title} {next(_count)}"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), functions)
    finalize(functions[main], linecache.cache.pop, filename, None).atexit = False
