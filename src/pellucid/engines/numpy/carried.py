"""The source of Python functions that a program carries, and of all that these call."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable
from functools import cache
from types import FunctionType
from typing import Any

__all__ = ["carried", "source_of"]


def carried(functions: Iterable[Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return these functions and those that they call, each after its first caller."""
    found: dict[str, Callable[..., Any]] = {}
    waiting = list(functions)
    while waiting:
        function = waiting.pop(0)
        if function.__name__ not in found:
            found[function.__name__] = function
            waiting = _called(function) + waiting
    return found


def _called(function: Callable[..., Any]) -> list[Callable[..., Any]]:
    if not isinstance(function, FunctionType):
        return []
    known = function.__globals__
    return [known[name] for name in function.__code__.co_names if isinstance(known.get(name), FunctionType)]


@cache
def source_of(function: Callable[..., Any]) -> str:
    """Return the source of a function: its first line and the indented ones after it."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :]
    body = [lines[0]]
    for line in lines[1:]:
        if line.strip() and not line.startswith((" ", ")")):
            break
        body.append(line)
    return "".join(body).rstrip()
