"""Imports go one way, in no circle, and `import pellucid` costs NumPy's modules and its own."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import numpy
from importlinter.cli import lint_imports

from .source import ROOT, refuse, sources

# `from __future__ import annotations` is a part of the language; the module behind it is a few names.
LANGUAGE = {"__future__"}

# No program that learns or predicts waits for these rooms.
UNHURRIED = ("pellucid.cli", "pellucid.testing")


def test_rooms_import_from_the_rooms_below(capsys):
    """The contracts stand in pyproject.toml; the report names each forbidden import and its line."""
    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0
    refuse([] if kept else [capsys.readouterr().out])


def test_no_module_needs_itself():
    """Find the circles through a package's own `__init__.py`, which no contract between siblings sees."""
    graph = grimp.build_graph("pellucid", cache_dir=None)
    refuse(
        f"{importer}, line {place['line_number']}: `{place['line_contents']}` closes a circle"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if graph.chain_exists(importer=imported, imported=importer)
        for place in graph.get_import_details(importer=importer, imported=imported)
    )


def test_importing_the_library_loads_only_what_numpy_loads():
    program = (
        "import sys, numpy; before = set(sys.modules); import pellucid; print(*set(sys.modules) - before)"
    )
    loaded = words_printed_by(program)
    foreign = {module for module in loaded - LANGUAGE if module.partition(".")[0] != "pellucid"}
    assert "pellucid" in loaded
    refuse(
        f"{place}: `import pellucid` loads {module}"
        for module in sorted(foreign)
        for place in importers(module)
    )


def test_costly_modules_are_imported_where_they_are_used():
    """At the top of a file stand this library, and what is loaded once NumPy is."""
    free = words_printed_by("import sys, numpy; print(*sys.modules)") | LANGUAGE
    refuse(
        f"{source.at(line)}: import {module} inside the function that needs it"
        for source in sources()
        if not source.module.startswith(UNHURRIED)
        for module, line in imports_at_the_top(source.tree.body)
        if module not in free and module.partition(".")[0] != "pellucid"
    )


def words_printed_by(program: str) -> set[str]:
    """Run a program that sees NumPy and the library alone, without what this environment starts with."""
    places = [str(ROOT / "src"), str(Path(numpy.__file__).parents[1])]
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def importers(module: str) -> list[str]:
    """Where the library imports a module itself; if nowhere, something that it imports does."""
    return [
        source.at(line)
        for source in sources()
        for imported, line in imports_at_the_top(source.tree.body)
        if imported == module
    ] or ["src/pellucid"]


def imports_at_the_top(body: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    """Each module imported when the file is, and the line; what only type checkers read does not count."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
        elif isinstance(node, ast.If) and ast.unparse(node.test) != "TYPE_CHECKING":
            yield from imports_at_the_top([*node.body, *node.orelse])
        elif isinstance(node, ast.Try | ast.With):
            yield from imports_at_the_top(node.body)


def test_imports_at_the_top_are_found():
    body = ast.parse(
        "import json, csv\n"
        "if TYPE_CHECKING:\n    import decimal\n"
        "try:\n    from os.path import join\nexcept ImportError: ...\n"
        "def f():\n    import argparse\n"
    ).body
    assert list(imports_at_the_top(body)) == [("json", 1), ("csv", 1), ("os.path", 5)]
