"""Formulas put together: syntax trees are substituted, never texts pasted, so parentheses are right."""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from pellucid.graph import NUMBER, Node
from pellucid.ops import Primitive

__all__ = ["double_quoted", "formula_text", "literal", "name_tree", "substituted", "written"]

_LETTERS = ("x", "y", "z")


def formula_text(node: Node) -> str:
    """Return the formula of a node's primitive, over x, y, z (or x0, x1, ...) and its attributes."""
    op = node.op
    if not isinstance(op, Primitive):
        raise TypeError(f"{op.name!r} has no formula")
    if node.dtype == NUMBER and op.number is not None:
        return op.number
    return op.numpy if isinstance(op.numpy, str) else op.numpy(node)


@cache
def _parsed(text: str) -> ast.expr:
    """Parse an expression; the same tree is shared by all who ask."""
    return ast.parse(text, mode="eval").body


def name_tree(name: str) -> ast.expr:
    """Return the tree of a variable, or of a text such as optimizer["step"]."""
    return ast.Name(name) if name.isidentifier() else _parsed(name)


def literal(value: Any) -> ast.expr:
    """Return the tree of a number, a text or a tuple of them."""
    return _parsed(repr(value))


def substituted(node: Node, inputs: list[ast.expr]) -> ast.expr:
    """Return the tree of a node's formula with trees in the place of its inputs and attributes."""
    bindings = dict(zip(_LETTERS if len(inputs) <= 3 else (), inputs, strict=False))
    bindings |= {f"x{place}": tree for place, tree in enumerate(inputs)}
    for name, value in node.attributes:
        if isinstance(value, (int, float, str)):
            bindings[name] = literal(value)
    tree: ast.expr = _replace(_parsed(formula_text(node)), bindings)
    return tree


def _replace(tree: Any, bindings: dict[str, ast.expr]) -> Any:
    if isinstance(tree, ast.Name):
        return bindings.get(tree.id, tree)
    if isinstance(tree, list):
        return [_replace(part, bindings) for part in tree]
    if not isinstance(tree, ast.expr | ast.keyword):
        return tree
    return type(tree)(**{field: _replace(getattr(tree, field), bindings) for field in tree._fields})


def written(tree: ast.expr) -> str:
    """Return the text of a tree, with double quotes."""
    return double_quoted(ast.unparse(tree))


def double_quoted(text: str) -> str:
    """Put double quotes around texts, unless they hold some."""
    return text if '"' in text or "\\" in text else text.replace("'", '"')
