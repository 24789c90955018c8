"""A normal form for products, so that derived gradients read as if written by hand.

Every expression is seen as

    numerator * factors * core / (denominator * divisors)

with plain numbers in numerator and denominator, single values (such as the batch size n) in factors and
divisors, and one array, the core. Multiplying, dividing and adding happen on this form: scalars move to the
outside, where they meet, cancel and print once. A value with a name is never taken apart: somebody wrote it
down as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from math import gcd
from typing import NamedTuple
from weakref import WeakKeyDictionary

from pellucid.graph import CONSTANT, SIZE, Graph, Node, Operation, current_graph, lift
from pellucid.ops import add, divide, multiply, negative, select, subtract

__all__ = ["Term", "added", "is_number", "product_of", "quotient_of", "term"]


_MANY = 8  # a product of more single values than these is left as it is


class Term(NamedTuple):
    """An expression as a product; see the top of the file."""

    numerator: float = 1
    denominator: float = 1
    factors: tuple[Node, ...] = ()
    divisors: tuple[Node, ...] = ()
    core: Node | None = None

    def scaled_like(self, other: Term) -> bool:
        """Whether both are the same multiple, up to the sign, of their cores."""
        return (
            abs(self.numerator) == abs(other.numerator)
            and self.denominator == other.denominator
            and self.unknowns() == other.unknowns()
        )

    def unknowns(self) -> tuple[list[int], list[int]]:
        """The single values it is multiplied with and divided by, in an order that can be compared."""
        return sorted(map(id, self.factors)), sorted(map(id, self.divisors))

    def negated(self) -> Term:
        return self._replace(numerator=-self.numerator)

    def build(self) -> Node:
        """Make the nodes of this expression."""
        times = _number(abs(self.numerator), self.factors)
        over = _number(self.denominator, self.divisors)
        if self.core is None:
            whole = lift(1) if times is None else times
        else:
            whole = self.core if times is None else _times(times, self.core)
        if over is not None:
            plain = is_number(whole) and is_number(over)
            whole = lift(whole["value"] / over["value"]) if plain else divide(whole, over)
        if self.numerator < 0:
            whole = lift(-whole["value"]) if is_number(whole) else negative(whole)
        return whole


def _times(number: Node, core: Node, depth: int = _MANY) -> Node:
    """Multiply from the left, so that 2 x y needs no parentheses; a very long product may have them."""
    if depth and core.op is multiply and current_graph().notes[core].name is None:
        return multiply(_times(number, core.inputs[0], depth - 1), core.inputs[1])
    return multiply(number, core)


def _number(value: float, nodes: Iterable[Node]) -> Node | None:
    """Multiply a number with single values; None stands for 1."""
    result = None if value == 1 else lift(value)
    for node in nodes:
        result = node if result is None else multiply(result, node)
    return result


def is_number(node: Node, value: float | None = None) -> bool:
    """Whether a node is a number without a name (and has this value)."""
    return node.op is CONSTANT and node["name"] is None and value in (None, node["value"])


def term(node: Node) -> Term:
    """See an expression as a product."""
    if is_number(node):
        return Term(numerator=node["value"])
    if node.op not in _PRODUCTS or current_graph().notes[node].name is not None:
        return _atom(node)
    known = _known()
    if node not in known:
        made = _PRODUCTS[node.op](*node.inputs)
        known[node] = made if len(made.factors) + len(made.divisors) <= _MANY else _atom(node)
    return known[node]


def product_of(x: Node, y: Node) -> Term:
    """Multiply two expressions."""
    a, b = term(x), term(y)
    if a.core is None or b.core is None:
        core = a.core if b.core is None else b.core
    else:
        core = multiply(a.core, b.core)
    return _reduced(
        a.numerator * b.numerator,
        a.denominator * b.denominator,
        a.factors + b.factors,
        a.divisors + b.divisors,
        core,
    )


def quotient_of(x: Node, y: Node) -> Term:
    """Divide two expressions."""
    a, b = term(x), term(y)
    if b.numerator == 0:
        return _atom(divide(x, y))
    core = a.core
    if b.core is not None:
        if core is None:
            return _atom(divide(x, y))
        core = divide(core, b.core)
    return _reduced(
        a.numerator * b.denominator,
        a.denominator * b.numerator,
        a.factors + b.divisors,
        a.divisors + b.factors,
        core,
    )


def _atom(node: Node) -> Term:
    return Term(factors=(node,)) if node.shape == () else Term(core=node)


def _reduced(
    numerator: float,
    denominator: float,
    factors: tuple[Node, ...],
    divisors: tuple[Node, ...],
    core: Node | None,
) -> Term:
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if isinstance(numerator, int) and isinstance(denominator, int):
        common = gcd(numerator, denominator) or 1
        numerator, denominator = numerator // common, denominator // common
    elif abs(numerator) != 1:
        numerator, denominator = numerator / denominator, 1
    if abs(numerator) < 2**53 and numerator == int(numerator):  # in this order: an overflow is no integer
        numerator = int(numerator)
    above = [node for node in factors if node.op is SIZE]
    if above:
        sizes = Counter(above) & Counter(divisors)  # n / n, one by one
        factors, divisors = (tuple((Counter(nodes) - sizes).elements()) for nodes in (factors, divisors))
    return Term(numerator, denominator, factors, divisors, core)


_PRODUCTS: dict[Operation, Callable[..., Term]] = {
    negative: lambda x: term(x).negated(),
    multiply: product_of,
    divide: quotient_of,
}
_terms: WeakKeyDictionary[Graph, dict[Node, Term]] = WeakKeyDictionary()


def _known() -> dict[Node, Term]:
    """The terms of the present graph that were needed before: chains of products are gone through once."""
    return _terms.setdefault(current_graph(), {})


# ------------------------------------------------------------ sums
def added(x: Node, y: Node) -> Node:
    """Add two expressions, taking out what they have in common."""
    a, b = term(x), term(y)
    if a.numerator == 0 and y.shape == _sum_shape(x, y):
        return y
    if b.numerator == 0 and x.shape == _sum_shape(x, y):
        return x
    if a.core is not None and b.core is not None:
        together = _collected(a, b)
        if together is not None:
            return together.build()
    if b.numerator < 0:
        return subtract(x, b.negated().build())
    if a.numerator < 0:
        return subtract(y, a.negated().build())
    return add(x, y)


def _sum_shape(x: Node, y: Node) -> object:
    return add.shape(x, y)[0]


def _collected(a: Term, b: Term) -> Term | None:
    """Add two products with a common part: x/n - y/n = (x - y)/n, x w + y w = (x + y) w, x + 2 x = 3 x."""
    if a.core is b.core and a.unknowns() == b.unknowns() and a.denominator == b.denominator:
        return a._replace(numerator=a.numerator + b.numerator)
    if not a.scaled_like(b):
        return None
    if a.numerator < 0 < b.numerator:
        a, b = b, a
    opposite = (a.numerator < 0) != (b.numerator < 0)
    return a._replace(core=_combined(a.core, b.core, opposite))  # type: ignore[arg-type]


def _combined(x: Node, y: Node, opposite: bool, depth: int = _MANY) -> Node:
    """x + y, or x - y; a factor or a condition that both have is written once."""
    combine = subtract if opposite else add
    notes = current_graph().notes
    if notes[x].name or notes[y].name:
        return combine(x, y)
    if depth and x.op is multiply and y.op is multiply:
        for i, j in ((1, 1), (0, 0), (1, 0), (0, 1)):
            if x.inputs[i] is y.inputs[j] and x.inputs[1 - i].shape == y.inputs[1 - j].shape == x.shape:
                rest = _combined(x.inputs[1 - i], y.inputs[1 - j], opposite, depth - 1)
                return multiply(rest, x.inputs[i])
    if x.op is select and y.op is select and x.inputs[0] is y.inputs[0]:
        condition, yes, no = x.inputs
        if is_number(no, 0) and is_number(y.inputs[1], 0):
            return _chosen(condition, yes, _signed(y.inputs[2], opposite))
        if is_number(yes, 0) and is_number(y.inputs[2], 0):
            return _chosen(condition, _signed(y.inputs[1], opposite), no)
    return combine(x, y)


def _signed(node: Node, negated: bool) -> Node:
    return term(node).negated().build() if negated else node


def _chosen(condition: Node, yes: Node, no: Node) -> Node:
    choice: Node = select(condition, yes, no)
    return yes if yes is no and yes.shape == choice.shape else choice
