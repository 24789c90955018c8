"""The rules of style that no linter knows: sizes, numbers of arguments, and what is never written here.

A rule is a function from one source file to its complaints. Each is held against the whole library, and
against a few lines that break it and a few that do not: a rule that sees nothing would be kept by anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from .source import Source, parse, refuse, sources

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 40
ARGUMENTS = 8

# Keras fixed these signatures, and programs written for it pass these arguments by position and by name.
KERAS_ROOMS = ("pellucid.nn", "pellucid.training", "pellucid.compat")
KERAS_METHODS = {"__init__", "compile", "fit", "evaluate", "predict"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def small_files(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines >= LINES_OF_A_FILE:
        yield f"{source.at(lines)}: {lines} lines; a file has fewer than {LINES_OF_A_FILE}"


def small_functions(source: Source) -> Iterator[str]:
    for function in ast.walk(source.tree):
        if isinstance(function, Function):
            lines = lines_of(function) - lines_of_docstring(function)
            if lines >= LINES_OF_A_FUNCTION:
                yield (
                    f"{source.at(function.lineno)}: {function.name} has {lines} lines beside its docstring; "
                    f"a function has fewer than {LINES_OF_A_FUNCTION}"
                )


def few_arguments(source: Source) -> Iterator[str]:
    for function in ast.walk(source.tree):
        if isinstance(function, Function) and function not in keras_signatures(source):
            count = number_of_arguments(function.args)
            if count > ARGUMENTS:
                yield (
                    f"{source.at(function.lineno)}: {function.name} takes {count} arguments; "
                    f"at most {ARGUMENTS}"
                )


def no_assertions(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert):
            yield f"{source.at(node.lineno)}: assert; raise an error of pellucid.errors"


def no_bare_excepts(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"{source.at(node.lineno)}: bare except; name what can be handled"


def no_probing(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == "hasattr":
            yield f"{source.at(node.lineno)}: hasattr; let the type say what a value can do"


def lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def lines_of_docstring(function: Function) -> int:
    return lines_of(function.body[0]) if ast.get_docstring(function, clean=False) is not None else 0


def number_of_arguments(arguments: ast.arguments) -> int:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [star for star in (arguments.vararg, arguments.kwarg) if star]
    itself = bool(named) and named[0].arg in ("self", "cls")
    return len(named) + len(starred) - itself


def keras_signatures(source: Source) -> list[ast.AST]:
    """The methods of public classes, in the rooms that speak Keras, whose signatures are Keras's own."""
    if not source.module.startswith(KERAS_ROOMS):
        return []
    return [
        member
        for definition in source.tree.body
        if isinstance(definition, ast.ClassDef) and not definition.name.startswith("_")
        for member in definition.body
        if isinstance(member, Function) and member.name in KERAS_METHODS
    ]


# For each rule, lines that break it and lines that just keep it.
NINE = ", ".join("abcdefghi")
RULES = {
    small_files: ("x = 1\n" * 400, "x = 1\n" * 399),
    small_functions: (
        'def f():\n    """Say.\n\n    More.\n    """\n' + "    x = 1\n" * 39,
        'def f():\n    """Say.\n\n    More.\n    """\n' + "    x = 1\n" * 38,
    ),
    few_arguments: (
        f"class Dense:\n    def call(self, {NINE}): ...",
        f"class Dense:\n    def __init__(self, {NINE}, *, j=1, **rest): ...",
    ),
    no_assertions: ("def f(x):\n    assert x", "assertion = 1"),
    no_bare_excepts: ("try: x\nexcept: pass", "try: x\nexcept OSError: pass"),
    no_probing: ("hasattr(x, 'shape')", "x.hasattr"),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_library_keeps_the_rule(rule):
    refuse(complaint for source in sources() for complaint in rule(source))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_sees_what_breaks_it_and_only_that(rule):
    broken, kept = RULES[rule]
    [complaint] = rule(parse(broken))
    assert complaint.startswith("src/pellucid/nn/sample.py:")
    assert not list(rule(parse(kept)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/pellucid/graph/sample.py", f"class Graph:\n    def __init__(self, {NINE}): ..."),
        ("src/pellucid/nn/sample.py", f"class _Dense:\n    def __init__(self, {NINE}): ..."),
        ("src/pellucid/nn/sample.py", f"def fit({NINE}): ..."),
    ],
    ids=["not a room of Keras", "private class", "not a method"],
)
def test_only_public_classes_in_rooms_of_keras_may_take_more(path, text):
    assert list(few_arguments(parse(text, path)))
