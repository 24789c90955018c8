"""A single number: how it is made, in names and in numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, final

import numpy as np

from pellucid.engines.numpy.expressions import name_tree, substituted, written
from pellucid.graph import STATE, Leaf, Node
from pellucid.hood.numbers import number_text
from pellucid.hood.trace.places import broadcast, followed, moved
from pellucid.hood.trace.terms import Sum, Terms, compared, sum_of
from pellucid.hood.trace.trace import Trace
from pellucid.ops import Primitive

__all__ = ["Entries", "Entry", "placed"]

_Place: TypeAlias = "tuple[int, ...]"
_Show: TypeAlias = "Callable[[Node, _Place], ast.expr]"

_ALL_TERMS: Final = 8  # so many are written out; of more, the largest
_LARGEST: Final = 5
_CLASSES: Final = 6  # so many exponentials of a softmax are written out


class Entry(NamedTuple):
    """One number of a line.

    Attributes:
        name: what it is called: z1[0].
        formula: how it is made of others: 0.52 * x1 - 1.3 * x2 + 0.05; weights stand as numbers.
        numbers: the same with numbers alone.
        value: what comes out.
        weighted: whether the formula adds up others with weights; then it says enough without its numbers.
    """

    name: str
    formula: str
    numbers: str
    value: float
    weighted: bool

    @property
    def parts(self) -> list[str]:
        """The sides of the equation that is shown; none stands there twice."""
        numbers = [] if self.weighted else [self.numbers]
        return list(dict.fromkeys([self.formula, *numbers, number_text(self.value)]))

    def __str__(self) -> str:
        return " = ".join([self.name, *self.parts])


@final
class Entries:
    """Says of single numbers how they are made.

    Args:
        trace: all numbers.
        features: what the inputs are called; () if they are no rows.
        answers: what the outputs are called; () if they are no rows.
        digits: with how many digits numbers are written.
        places: whether names are followed by the place in the array.
    """

    __slots__ = ("_answers", "_digits", "_features", "_places", "_trace")

    def __init__(
        self,
        trace: Trace,
        features: tuple[str, ...] = (),
        answers: tuple[str, ...] = (),
        *,
        digits: int = 4,
        places: bool = True,
    ) -> None:
        self._trace = trace
        self._features = features
        self._answers = answers
        self._digits = digits
        self._places = places

    def entry(self, line: Node, place: _Place) -> Entry:
        """Explain the number of a line at a place."""
        value = float(self._trace.value(line)[place])
        name = self.label(line, place)
        parts = sum_of(self._trace, line, place)
        if parts is None:
            formula, numbers = (_text(self._made(line, place, show)) for show in (self._named, self._number))
            return Entry(name, formula, numbers, value, weighted=False)
        formula, numbers = (self._sum_text(parts, show) for show in (self._named, self._number))
        weighted = any(_is_weight(node) for each in parts.terms for node, _ in each.factors)
        return Entry(name, formula, numbers, value, weighted)

    def terms(self, line: Node, place: _Place) -> list[tuple[str, float]]:
        """Return each term of a sum, in words and as a number, the largest first; [] for what is no sum."""
        parts = sum_of(self._trace, line, place)
        found: list[tuple[str, float]] = []
        for each in [] if parts is None else parts.terms:
            texts = [_text(self._term(each, number, self._named)) for number in range(each.size)]
            found += zip(texts, each.values(self._trace).tolist(), strict=True)
        return sorted(found, key=lambda pair: -abs(pair[1]))

    def label(self, node: Node, place: _Place) -> str:
        """Call a number by the name of its array and its place in it, or as the user's columns are called."""
        name, shape = self._trace.names[node], self._trace.value(node).shape
        indices = [str(index) for index in place]
        if len(shape) == 2 and name == "x" and len(self._features) == shape[1]:
            name = self._features[place[1]]
            shape, indices = shape[:1], indices[:1]
        elif len(shape) == 2 and name in ("y", "prediction") and len(self._answers) == shape[1]:
            indices[1] = self._answers[place[1]]
        return placed(name, indices, shape) if self._places else name

    # ------------------------------------------------------------ how a number is shown
    def _named(self, node: Node, place: _Place) -> ast.expr:
        """A weight as a number, all else by its name."""
        return self._number(node, place) if _is_weight(node) else ast.Name(self.label(node, place))

    def _number(self, node: Node, place: _Place) -> ast.expr:
        """A number, with few digits; a negative one so that powers and products of it stay right."""
        number = float(self._trace.value(node)[place])
        text = number_text(abs(number), self._digits)
        return ast.UnaryOp(ast.USub(), ast.Name(text)) if number < 0 else ast.Name(text)

    # ------------------------------------------------------------ sums
    def _sum_text(self, parts: Sum, show: _Show) -> str:
        """Write a sum: all terms in their order, or of many the largest."""
        values = np.concatenate([each.values(self._trace) for each in parts.terms])
        order = list(range(len(values)))
        if len(values) > _ALL_TERMS:
            largest = np.argsort(-np.abs(values), kind="stable")[:_LARGEST]
            order = sorted(largest[values[largest] != 0].tolist()) or [0]
        text = _text(self._sum_tree(parts, order, show))
        if len(order) < len(values):
            rest = float(values.sum() - values[order].sum())
            text += f" + {len(values) - len(order)} smaller terms ({number_text(rest, self._digits)})"
        if parts.divisor == 1:
            return text
        return f"({text}) / {parts.divisor}" if len(values) > 1 else f"{text} / {parts.divisor}"

    def _sum_tree(self, parts: Sum, order: Sequence[int], show: _Show) -> ast.expr:
        """Add up the terms with these numbers."""
        owners = [(each, place) for each in parts.terms for place in range(each.size)]
        total: ast.expr | None = None
        for each, place in [owners[index] for index in order]:
            negative, term = _unsigned(self._term(each, place, show))
            if total is None:
                total = _negated(term) if negative != (each.sign < 0) else term
            else:
                total = ast.BinOp(total, ast.Sub() if negative != (each.sign < 0) else ast.Add(), term)
        return ast.Name("0") if total is None else total

    def _term(self, each: Terms, number: int, show: _Show) -> ast.expr:
        """One term, without its sign; the weight stands first."""
        factors = sorted(each.factors, key=lambda factor: not _is_weight(factor[0]))
        trees = [
            self._tree(node, tuple([int(np.atleast_1d(axis)[number]) for axis in places]), show)
            for node, places in factors
        ]
        return trees[0] if len(trees) == 1 else ast.BinOp(trees[0], ast.Mult(), trees[1])

    # ------------------------------------------------------------ anything else
    def _tree(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """A number where it is used: by its name if it has one, else as it is made."""
        if self._trace.is_mention(node):
            return show(node, place)
        source, places = followed(self._trace, node, tuple([np.array(index) for index in place]))
        inner = tuple([int(index) for index in places])
        return show(source, inner) if self._trace.is_mention(source) else self._made(source, inner, show)

    def _made(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """A number as it is made."""
        if isinstance(node.op, Leaf):
            return self._number(node, place)
        before = moved(self._trace, node, tuple([np.array(index) for index in place]))
        if before is not None:
            return self._tree(before[0], tuple([int(index) for index in before[1]]), show)
        write = _WRITERS.get(node.op.name)
        if write is not None:
            tree: ast.expr = write(self, node, place, show)
            return tree
        if isinstance(node.op, Primitive) and node.op.elementwise:
            return substituted(node, [self._operand(x, place, show) for x in node.inputs])
        parts = sum_of(self._trace, node, place)
        count = 0 if parts is None else sum(each.size for each in parts.terms)
        if parts is None or count > _ALL_TERMS:
            return self._whole(node, place, show)
        total = self._sum_tree(parts, range(count), show)
        return total if parts.divisor == 1 else ast.BinOp(total, ast.Div(), ast.Name(str(parts.divisor)))

    def _operand(self, operand: Node, place: _Place, show: _Show) -> ast.expr:
        shape = self._trace.value(operand).shape
        places = broadcast(tuple([np.array(index) for index in place]), shape)
        return self._tree(operand, tuple([int(index) for index in places]), show)

    def _whole(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """The formula of the whole array and a place in it, where a single number has no short one."""
        if show == self._number:
            return self._number(node, place)
        text = _text(substituted(node, [self._array(operand) for operand in node.inputs]))
        return ast.Name(f"{text}[{', '.join(map(str, place))}]" if place else text)

    def _array(self, node: Node) -> ast.expr:
        if self._trace.is_mention(node):
            return name_tree(self._trace.names[node])
        if isinstance(node.op, Leaf):
            return self._number(node, ())
        return substituted(node, [self._array(operand) for operand in node.inputs])

    # ------------------------------------------------------------ rows and windows
    def _exponentials(self, z: Node, row: _Place, show: _Show) -> list[ast.expr]:
        count = self._trace.value(z).shape[-1]
        return [_call("exp", self._tree(z, (*row, column), show)) for column in range(count)]

    def write_softmax(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """exp(z) as a share of all exp(z) of the row."""
        if self._trace.value(node).shape[-1] > _CLASSES:
            return self._whole(node, place, show)
        parts = self._exponentials(node.inputs[0], place[:-1], show)
        return ast.BinOp(parts[place[-1]], ast.Div(), _added(parts))

    def write_log_sum_exp(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """The logarithm of the sum of all exp(z) of the row."""
        if self._trace.value(node.inputs[0]).shape[-1] > _CLASSES:
            return self._whole(node, place, show)
        return _call("log", _added(self._exponentials(node.inputs[0], place, show)))

    def write_pick(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """The number that a label chooses."""
        table, labels = node.inputs
        return self._tree(table, (*place, int(self._trace.value(labels)[place])), show)

    def write_known(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """The number itself: it is 0 or 1, or drawn by lot."""
        return self._number(node, place)

    def write_largest(self, node: Node, place: _Place, show: _Show) -> ast.expr:
        """The largest of several."""
        each = compared(self._trace, node, place)
        trees = [self._term(each, number, show) for number in range(each.size)]
        return self._whole(node, place, show) if len(trees) > _ALL_TERMS else _call("max", *trees)


_WRITERS: dict[str, Callable[[Entries, Node, _Place, _Show], Any]] = {
    "log_sum_exp": Entries.write_log_sum_exp,
    "max_pool": Entries.write_largest,
    "one_hot": Entries.write_known,
    "pick": Entries.write_pick,
    "random_uniform": Entries.write_known,
    "reduce_max": Entries.write_largest,
    "softmax": Entries.write_softmax,
}


def placed(name: str, indices: Sequence[object], shape: Sequence[int]) -> str:
    """Write a place behind the name of an array, without the axes that have but one: W1[0,2]."""
    written_out = [str(index) for index, size in zip(indices, shape, strict=True) if size > 1]
    return f"{name}[{','.join(written_out)}]" if written_out else name


def _unsigned(term: ast.expr) -> tuple[bool, ast.expr]:
    """Take off the sign of a term or of its first factor; say whether it was there."""
    if isinstance(term, ast.UnaryOp) and isinstance(term.op, ast.USub):
        return True, term.operand
    if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult | ast.Div):
        negative, first = _unsigned(term.left)
        return negative, ast.BinOp(first, term.op, term.right)
    return False, term


def _negated(term: ast.expr) -> ast.expr:
    """Put a sign in front of a term: of a product, in front of its first factor."""
    if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Mult | ast.Div):
        return ast.BinOp(_negated(term.left), term.op, term.right)
    return ast.UnaryOp(ast.USub(), term)


def _is_weight(node: Node) -> bool:
    return node.op is STATE and node["path"][0] == "weights"


def _added(parts: list[ast.expr]) -> ast.expr:
    total = parts[0]
    for part in parts[1:]:
        total = ast.BinOp(total, ast.Add(), part)
    return total


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name), list(arguments), [])


def _text(tree: ast.expr) -> str:
    """Write a tree, without the np. before the names of functions."""
    return re.sub(r"\bnp\.", "", written(tree))
