"""What every printed program is, read as a text: complete, without anything superfluous, in short lines."""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter

import pytest

from .models import CASES, engine_of

pytestmark = pytest.mark.slow

LONGEST = 110
OFFERED = {"predict", "train", "train_step", "evaluate_step", "results", "initial_state"}


class Text:
    """A program and what is added to it for evaluation, with what stands in it."""

    def __init__(self, engine):
        self.program = engine.program.text()
        self.lines = f"{self.program}\n{engine.program.evaluation()}".splitlines()
        tree = ast.parse("\n".join(self.lines))
        self.functions = [Function(node) for node in tree.body if isinstance(node, ast.FunctionDef)]
        imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        self.imported = {alias.asname or alias.name for node in imports for alias in node.names}
        self.top = self.imported | {function.name for function in self.functions}
        from_graphs = {*engine.program.functions.writers}
        self.written = [function for function in self.functions if function.name in from_graphs]


class Function:
    """A function, with the names in it. Comprehensions count as part of it."""

    def __init__(self, tree):
        self.tree = tree
        self.name = tree.name
        self.arguments = {argument.arg for argument in tree.args.args}
        self.stored, self.read = names_in(tree)


def names_in(tree):
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored, read = (
        {node.id for node in names if isinstance(node.ctx, kind)} for kind in (ast.Store, ast.Load)
    )
    return stored, read


@pytest.fixture(scope="module", params=[name for name in CASES if "float64" not in name])
def text(request):
    case = CASES[request.param]
    return Text(engine_of(case.model(), case.weighted))


def test_every_name_is_defined(text):
    """In each function: its arguments, what is assigned in it, and what stands at the top of the program."""
    for function in text.functions:
        known = function.arguments | function.stored | text.top | set(dir(builtins))
        assert function.read - known == set(), function.name


def test_every_name_is_assigned_before_it_is_read(text):
    """The functions that come from graphs are straight lines, so the order of their lines decides."""
    for function in text.written:
        known = set(function.arguments)
        for statement in function.tree.body:
            stored, read = names_in(statement)
            if isinstance(statement, ast.For):
                known |= stored  # the loop's own names
            assert read & function.stored <= known, f"{function.name}: {ast.unparse(statement)}"
            known |= stored


def test_everything_that_is_assigned_is_read(text):
    for function in text.written:
        assert function.stored <= function.read | {"_"}, function.name


def test_every_argument_is_read(text):
    for function in text.functions:
        assert function.arguments <= function.read, function.name


def test_every_function_is_called_or_offered(text):
    called = set().union(*[function.read for function in text.functions])
    assert {function.name for function in text.functions} - called == OFFERED - called


def test_every_import_is_used(text):
    for name in text.imported:
        assert re.search(rf"\b{name}[.(]", text.program), name


def test_no_function_is_defined_twice(text):
    names = Counter(function.name for function in text.functions)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_function_says_what_it_does(text):
    for function in text.functions:
        assert ast.get_docstring(function.tree), function.name


def test_lines_are_short_and_end_with_what_is_seen(text):
    for line in text.lines:
        assert len(line) <= LONGEST, line
        assert line == line.rstrip(), line
