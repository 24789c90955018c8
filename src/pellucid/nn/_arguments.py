"""Arguments that users give, checked; a wrong one is told what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from inspect import Parameter, signature
from typing import Any

import numpy as np

from pellucid.errors import ArgumentError, DtypeError, UnknownNameError

__all__ = ["arguments_of", "floating", "label", "number", "refuse_unknown", "seed", "share", "size", "whole"]

_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)


def whole(name: str, value: Any, least: int = 0) -> int:
    """Return a whole number that is large enough; 3.0 is one too."""
    number = value.item() if isinstance(value, np.generic) else value
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or number % 1 != 0 or number < least:
        raise ArgumentError(
            f"{name} cannot be used", expected=f"a whole number, at least {least}", received=repr(value)
        )
    return int(number)


def number(name: str, value: Any, expected: str, allowed: Callable[[float], bool]) -> float:
    """Return a finite number that is allowed.

    Args:
        name: what the user calls it.
        value: what the user gave.
        expected: which numbers are allowed, in words.
        allowed: whether a number is.
    """
    number = value.item() if isinstance(value, np.generic) else value
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if not is_number or not abs(number) < np.inf or not allowed(number):
        raise ArgumentError(f"{name} cannot be used", expected=expected, received=repr(value))
    return float(number)


def size(name: str, value: Any) -> float:
    """Return a number that is not negative."""
    return number(name, value, "a number, at least 0", lambda size: size >= 0)


def share(name: str, value: Any) -> float:
    """Return a part of a whole: of something that does not all stay, or not all go."""
    return number(name, value, "a number from 0 to below 1", lambda part: 0 <= part < 1)


def seed(value: Any) -> int:
    """Return a whole number that random numbers can start from."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < 2**64:
        raise ArgumentError(
            "this seed cannot be used", expected="a whole number from 0 to 2**64 - 1", received=repr(value)
        )
    return int(value)


def floating(dtype: Any) -> str:
    """Return the name of a dtype that weights can have: of "float64", np.float64 or np.dtype("float64")."""
    try:
        name: str = np.dtype(dtype).name
    except TypeError:
        name = ""
    if name not in ("float32", "float64"):
        raise DtypeError(
            "this dtype cannot be trained in", expected="float32 or float64", received=repr(dtype)
        )
    return name


def label(kind: str, value: Any) -> str:
    """Return a name that can stand in a program, in a file and in a table.

    Model files come from strangers and a printed program is run: no name may end the text that it is part of.

    Args:
        kind: what has the name: "a layer".
        value: the name.
    """
    if not isinstance(value, str) or not value or not value.isprintable() or set(value) & set('/\\"'):
        raise ArgumentError(
            f"{kind} cannot have this name",
            expected='a text of printable signs without / \\ and "',
            received=repr(value),
        )
    return value


def arguments_of(made: Callable[..., Any]) -> list[str]:
    """Return the names of a function's arguments; of a class, also those that it passes on."""
    functions = [made]
    if isinstance(made, type):
        functions = [vars(base)["__init__"] for base in made.__mro__[:-1] if "__init__" in vars(base)]
    found = [
        name
        for function in functions
        for name, parameter in signature(function).parameters.items()
        if parameter.kind in _NAMED and name != "self"
    ]
    return list(dict.fromkeys(found))


def refuse_unknown(made: Callable[..., Any], unknown: Iterable[str]) -> None:
    """Raise if a function or class was given arguments that it does not know.

    Raises:
        UnknownNameError: naming the first of them; it offers the nearest of the known ones.
    """
    for name in unknown:
        raise UnknownNameError(f"argument of {made.__name__}", name, arguments_of(made))
