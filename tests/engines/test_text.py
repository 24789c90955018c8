"""What every printed program is, read as a text: complete, without anything superfluous, in short lines."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter

import pytest

from .models import CASES, engine_of

LONGEST = 110


@pytest.fixture(scope="module", params=CASES)
def texts(request):
    """The program, and what is added to it for evaluation."""
    case = CASES[request.param]
    engine = engine_of(case.model(), case.weighted)
    return engine.program.text(), engine.program.evaluation()


def functions_of(text):
    return [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def test_every_name_is_defined(texts):
    """In each function: its arguments, what is assigned in it, and what stands at the top of the program."""
    whole = ast.parse("\n".join(texts))
    top = {node.name for node in whole.body if isinstance(node, ast.FunctionDef)}
    top |= {alias.asname or alias.name for node in ast.walk(whole) if isinstance(node, ast.Import) for alias in node.names}
    for function in functions_of("\n".join(texts)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        own = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        own |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        assert read - own - top - set(dir(builtins)) == set(), function.name


def test_every_name_is_assigned_before_it_is_read(texts):
    """The functions that come from graphs are straight lines, so the order of their lines decides."""
    for function in written_functions(texts):
        known = {argument.arg for argument in function.args.args}
        for statement in function.body:
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            if isinstance(statement, ast.For):
                known |= stored
            own = known_inside(statement)
            read = {node.id for node in names if isinstance(node.ctx, ast.Load)} - own
            local = read & {node.id for node in ast.walk(function) if is_stored(node)}
            assert local <= known, f"{function.name}, line {statement.lineno}"
            known |= stored


def known_inside(statement):
    """The names that comprehensions bind for themselves."""
    return {
        name.id
        for part in ast.walk(statement)
        if isinstance(part, ast.comprehension)
        for name in ast.walk(part.target)
        if isinstance(name, ast.Name)
    }


def is_stored(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def written_functions(texts):
    """The functions that were written from graphs; the others are carried as they stand in the library."""
    return [
        function
        for function in functions_of("\n".join(texts))
        if function.name in ("predict", "train_step", "evaluate_step", "results")
        or function.name.endswith(("_layer", "_layer_backward"))
        or (function.args.args and function.args.args[0].arg == "w")
    ]


def test_everything_that_is_assigned_is_read(texts):
    for function in written_functions(texts):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        assert stored <= read | {"_"}, function.name


def test_every_argument_is_read(texts):
    """Optimizers say what they are given, and need not use all of it; no other function may ask in vain."""
    for function in functions_of("\n".join(texts)):
        read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        assert {argument.arg for argument in function.args.args} <= read, function.name


def test_every_function_is_called_or_offered(texts):
    text = "\n".join(texts)
    offered = {"predict", "train", "train_step", "evaluate_step", "results", "initial_state"}
    called = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert {function.name for function in functions_of(text)} - called - offered == set()


def test_every_import_is_used(texts):
    text, _ = texts
    imported = [alias for node in ast.parse(text).body if isinstance(node, ast.Import) for alias in node.names]
    for alias in imported:
        assert re.search(rf"\b{alias.asname or alias.name}\.", text), alias.name


def test_no_function_is_defined_twice(texts):
    names = Counter(function.name for function in functions_of("\n".join(texts)))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_function_says_what_it_does(texts):
    for function in functions_of("\n".join(texts)):
        assert ast.get_docstring(function), function.name


def test_lines_are_short_and_end_with_what_is_seen(texts):
    for line in "\n".join(texts).splitlines():
        assert len(line) <= LONGEST, line
        assert line == line.rstrip(), line
