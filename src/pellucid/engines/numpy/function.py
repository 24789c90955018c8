"""One function of a program: which values get a line, what they are called, and the text of each line."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterable, Mapping, Sequence

from pellucid.engines.numpy.expressions import formula_text, literal, name_tree, substituted, written
from pellucid.graph import CONSTANT, INPUT, SIZE, STATE, Graph, Leaf, Node
from pellucid.ops import Primitive

__all__ = ["FunctionWriter", "plain_name"]

_LONGEST = 76  # characters that the right-hand side of a line may have
_RESERVED = frozenset(
    (*keyword.kwlist, *dir(builtins), "np", "math", "state", "name", "weights", "metrics", "optimizer")
)
_PLAIN_NAMES = {
    "reduce_sum": "total",
    "reduce_mean": "mean",
    "reduce_max": "largest",
    "greater": "mask",
    "matmul": "product",
    "greater_equal": "mask",
    "equal": "same",
    "select": "chosen",
    "expand_dims": "column",
    "divide": "ratio",
    "random_uniform": "chance",
}


def plain_name(node: Node) -> str:
    """Return what to call a value that nobody gave a name."""
    return _PLAIN_NAMES.get(node.op.name, "part")


class FunctionWriter:
    """Writes the assignments of one function.

    Args:
        graph: where the nodes and their names are.
        nodes: what the function computes, inputs before users.
        results: nodes that must have a line of their own, whatever they are.
        given: nodes that are there already, and how they are written: arguments, W1, optimizer["step"].
        numbers: for the owner of a name, the number it takes: W1, W2.
        rebinding: whether `m = m + ...` may reuse the name of an argument.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        results: Iterable[Node],
        *,
        given: Mapping[Node, str],
        numbers: Mapping[str, str],
        taken: Iterable[str] = (),
        rebinding: bool = False,
    ) -> None:
        self.graph = graph
        self.nodes = [node for node in nodes if node not in given]
        self.names: dict[Node, str] = dict(given)
        self.numbers = numbers
        self.rebinding = rebinding
        self.lines: list[Node] = []
        self._results = set(results)
        self._given = dict(given)
        called = {
            helper.__name__ for node in nodes if isinstance(node.op, Primitive) for helper in node.op.helpers
        }
        self._taken: dict[str, Node | None] = dict.fromkeys([*taken, *sorted(called)])
        self._taken.update({name: node for node, name in given.items()})
        self._uses: dict[Node, int] = {}
        for node in self.nodes:
            for operand in node.inputs:
                self._uses[operand] = self._uses.get(operand, 0) + 1
        self._promoted: set[Node] = set()
        self._sizes: dict[Node, int] = {}
        self._decide()

    # ------------------------------------------------------------ which values get a line
    def _decide(self) -> None:
        for node in self.nodes:
            if isinstance(node.op, Leaf):
                continue
            self._sizes[node] = self._size(node)
            while self._sizes[node] > _LONGEST:
                parts = [operand for operand in node.inputs if self._inlined(operand)]
                if not parts:
                    break
                self._promoted.add(max(parts, key=self._sizes.__getitem__))
                self._sizes[node] = self._size(node)
        self.lines = [node for node in self.nodes if self.is_line(node)]

    def _size(self, node: Node) -> int:
        """About how many characters the formula takes: x, y, z make room for the operands."""
        parts = [
            self._sizes[operand] if self._inlined(operand) else self._label_size(operand)
            for operand in node.inputs
        ]
        return len(formula_text(node)) + sum(parts) - len(parts)

    def _label_size(self, node: Node) -> int:
        if node in self.names:
            return len(self.names[node])
        if node.op is CONSTANT:
            return len(node["name"] or repr(node["value"]))
        name = self.graph.notes[node].name
        return len(str(name)) + 1 if name else 5

    def _inlined(self, node: Node) -> bool:
        return node in self._sizes and not self.is_line(node)

    def is_line(self, node: Node) -> bool:
        """Whether a value has a line: it has a name, is a result, is used twice, or made a line too long."""
        if isinstance(node.op, Leaf) or node in self._given:
            return False
        if node in self._results or node in self._promoted or self.graph.notes[node].name is not None:
            return True
        if node.op.name in ("transpose", "expand_dims", "item"):
            return False
        return self._uses.get(node, 0) > 1 and not self._cheap(node)

    def _cheap(self, node: Node) -> bool:
        """1 - p is plainer written twice than named once."""
        operands = [operand for operand in node.inputs if operand.op is not CONSTANT]
        return (
            len(operands) < len(node.inputs) <= 2
            and getattr(node.op, "elementwise", False)
            and all(not self._inlined(operand) for operand in operands)
        )

    # ------------------------------------------------------------ what they are called
    def assign_names(self, order: Sequence[Node] | None = None) -> None:
        """Choose the names, in the order in which the lines will stand."""
        self.lines = list(self.lines if order is None else order)
        last_use = self._last_uses() if self.rebinding else {}
        for place, node in enumerate(self.lines):
            if node not in self.names:
                name = self._free_name(self._wanted_name(node), place, last_use)
                self.names[node] = name
                self._taken[name] = node

    def _wanted_name(self, node: Node) -> str:
        note = self.graph.notes[node]
        if isinstance(note.primal, Node) and self.names.get(note.primal, "").isidentifier():
            return "d_" + self.names[note.primal]
        if note.name is None:
            return plain_name(node)
        return str(note.name) + self.numbers.get(note.name.owner, "")

    def _free_name(self, wanted: str, place: int, last_use: dict[Node, int]) -> str:
        name, count = wanted, 1
        while name in _RESERVED or name in self._taken:
            holder = self._taken.get(name)
            if holder is not None and holder in last_use and last_use[holder] <= place:
                break
            count += 1
            name = f"{wanted}_{count}"
        return name

    def _last_uses(self) -> dict[Node, int]:
        """For each value with a name, the place of the last line that reads it; results stay to the end."""
        last: dict[Node, int] = dict.fromkeys((*self._given, *self.lines), -1)
        for place, line in enumerate(self.lines):
            for node in self.reads(line):
                last[node] = place
        last.update(dict.fromkeys(self._results, len(self.lines)))
        return last

    def reads(self, line: Node) -> list[Node]:
        """Return the named values that stand on the right-hand side of a line."""
        found, stack = [], list(line.inputs)
        while stack:
            node = stack.pop()
            if self._inlined(node):
                stack.extend(node.inputs)
            else:
                found.append(node)
        return found

    # ------------------------------------------------------------ the text
    def tree(self, node: Node) -> ast.expr:
        """Return the syntax tree of a node's formula, with the names of what has a line."""
        return substituted(node, [self.reference(operand) for operand in node.inputs])

    def reference(self, node: Node) -> ast.expr:
        """Return how a node is written where it is used."""
        if node in self.names:
            return name_tree(self.names[node])
        if node.op is CONSTANT:
            return literal(node["value"]) if node["name"] is None else name_tree(node["name"])
        if node.op is SIZE:
            return name_tree("n" if node["symbol"] == "batch" else node["symbol"])
        if node.op is INPUT:
            return name_tree(node["name"])
        if node.op is STATE:
            path = node["path"]
            return name_tree(path[0] if len(path) == 1 else f"{path[0]}[{path[1]!r}]")
        return self.tree(node)

    def text(self, node: Node) -> str:
        """Return how a node is written where it is used, as text."""
        return written(self.reference(node))

    def formula(self, node: Node) -> str:
        """Return the right-hand side of a node's line."""
        return written(self.tree(node))
