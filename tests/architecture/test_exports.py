"""`__all__` is written out, and it is the truth: what a module defines for others, no more and no less."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

import pytest

from .source import Source, parse, refuse, sources


def complaints_about_exports(source: Source) -> Iterator[str]:
    """Compare a file's `__all__` with its definitions.

    A module that defines something exports exactly that. A package's `__init__.py`, a module that defines
    nothing, and the other spellings in `compat` gather names: they may export what they import as well.
    """
    exports = [node for node in source.tree.body if "__all__" in targets(node)]
    if not exports:
        if not source.is_private:
            yield f"{source.at(1)}: no __all__; every public module has one"
        return
    line = exports[0].lineno
    names = literal_names(exports)
    if names is None:
        yield f"{source.at(line)}: __all__ is not one literal list of strings"
        return
    if len(set(names)) < len(names):
        yield f"{source.at(line)}: __all__ names something twice"
    defined, imported = definitions(source.tree.body), imports(source.tree.body)
    public = {name: node for name, node in defined.items() if not name.startswith("_")}
    for name in sorted(public.keys() - set(names)):
        yield f"{source.at(public[name])}: {name} is public but not in __all__"
    gathers = source.is_package or not public or source.module.startswith("pellucid.compat.")
    lazy = "__getattr__" in defined
    known = set(defined) | (set(imported) if gathers else set())
    for name in [] if lazy else sorted(set(names) - known):
        yield f"{source.at(line)}: __all__ has {name}, which is not defined here"


def targets(node: ast.stmt) -> list[str]:
    """The names that an assignment gives a value to."""
    if isinstance(node, ast.Assign):
        spots = [spot for target in node.targets for spot in ast.walk(target)]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        spots = [node.target]
    else:
        spots = []
    return [spot.id for spot in spots if isinstance(spot, ast.Name)]


def literal_names(exports: list[ast.stmt]) -> list[str] | None:
    """The strings of a single `__all__ = [...]`; None if it is anything else."""
    [assignment] = exports if len(exports) == 1 else [None]
    if not isinstance(assignment, ast.Assign | ast.AnnAssign) or not isinstance(assignment.value, ast.List):
        return None
    values = [item.value if isinstance(item, ast.Constant) else None for item in assignment.value.elts]
    return values if all(isinstance(value, str) for value in values) else None


def definitions(body: list[ast.stmt]) -> dict[str, int]:
    """Each name defined at the top of a module, inside `if`, `try` and `with` too, and its line."""
    found: dict[str, int] = {}
    for node in statements(body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = node.lineno
        else:
            found.update(dict.fromkeys(targets(node), node.lineno))
    return found


def imports(body: list[ast.stmt]) -> set[str]:
    return {
        alias.asname or alias.name.partition(".")[0]
        for node in statements(body)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for field in ("body", "orelse", "finalbody", "handlers"):
            if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
                yield from statements(getattr(node, field, []))


def test_every_public_module_says_what_it_exports():
    refuse(complaint for source in sources() for complaint in complaints_about_exports(source))


def test_everything_exported_is_there():
    """Import the modules: a name that a module finds only when it is asked for is found here."""
    refuse(
        f"{source.at(1)}: __all__ promises {name}, and the imported module has none"
        for source in sources()
        if not source.is_private
        for module in [importlib.import_module(source.module)]
        for name in getattr(module, "__all__", [])
        if not hasattr(module, name)
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def f(): ...", "no __all__"),
        ("__all__ = []\ndef f(): ...", ":2: f is public but not in __all__"),
        ("__all__ = []\ntry:\n    x = 1\nexcept OSError:\n    x = y = 2", ":5: x is public"),
        ("__all__ = ['f']", "__all__ has f"),
        ("from a import f\n__all__ = ['f', 'g']\ndef g(): ...", "__all__ has f"),
        ("__all__ = ['f', 'f']\ndef f(): ...", "twice"),
        ("__all__ = names()", "not one literal list"),
        ("__all__ = ['f']\n__all__ += ['g']", "not one literal list"),
    ],
)
def test_the_rule_sees_what_breaks_it(text, complaint):
    assert complaint in "\n".join(complaints_about_exports(parse(text)))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("__all__ = ['f', 'N']\nN: int = 1\n_m = 2\nimport ast\ndef f(): ...", "src/pellucid/nn/dense.py"),
        ("from a import f\n__all__ = ['f']", "src/pellucid/layers.py"),
        ("from a import f\n__all__ = ['f', 'g']\ndef g(): ...", "src/pellucid/compat/backend.py"),
        ("from a import f\n__all__ = ['f', 'g']\ndef g(): ...", "src/pellucid/nn/__init__.py"),
        ("__all__ = ['f']\ndef __getattr__(name): ...", "src/pellucid/__init__.py"),
        ("def f(): ...", "src/pellucid/nn/_helpers.py"),
    ],
    ids=["module", "gathers", "other spelling", "package", "lazy", "private"],
)
def test_the_rule_accepts_what_keeps_it(text, path):
    assert not list(complaints_about_exports(parse(text, path)))
