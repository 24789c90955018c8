"""The formula of each single number of an array, where the numbers are few."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np

from pellucid.engines.numpy.expressions import substituted
from pellucid.graph import BATCH, CONSTANT, INPUT, SIZE, Graph, Node, Path
from pellucid.hood.formulas.affine import REARRANGING, Affine, Value, computed, followed, known_values
from pellucid.hood.formulas.cells import Cut, Space
from pellucid.hood.formulas.labels import text_name
from pellucid.hood.formulas.rule import Rule
from pellucid.hood.numbers import number_text
from pellucid.ops import Primitive

__all__ = ["Elements", "element_names", "plain"]

_FEW: Final = 16  # numbers of an array whose formulas are written one by one, and of what they are made of

_Value: TypeAlias = "Value | _Trees"


class _Trees:
    """An array of formulas, as syntax trees."""

    __slots__ = ("array",)

    def __init__(self, array: np.ndarray) -> None:
        self.array = array


def element_names(name: str, node: Node) -> np.ndarray | None:
    """Return what the numbers of an array are called for one example: z1[0], z1[1]; None if they are many."""
    shape = _for_one(node)
    if shape is None or np.prod(shape) > _FEW:
        return None
    array = np.empty(shape, object)
    for place in np.ndindex(shape):
        inner = [str(index) for index in (place[1:] if node.shape and node.shape[0] == BATCH else place)]
        array[place] = name if array.size == 1 or not inner else f"{name}[{','.join(inner)}]"
    return array


def _for_one(node: Node) -> tuple[int, ...] | None:
    """Return the shape that an array has for one example."""
    shape = tuple([1 if size == BATCH else size for size in node.shape])
    return shape if all(isinstance(size, int) for size in shape) else None  # type: ignore[return-value]


class Elements:
    """Writes formulas of single numbers.

    Args:
        graph: the prediction.
        entries: the weights, by their paths.
        names: what the numbers of those values are called that formulas may refer to; None for many.
    """

    def __init__(
        self, graph: Graph, entries: Mapping[Path, Any], names: Mapping[Node, np.ndarray | None]
    ) -> None:
        self._graph = graph
        self._names = names
        with np.errstate(all="ignore"):
            self._known = known_values(graph, entries)
        self._users: dict[Node, int] = {}
        for node in graph.live():
            for operand in node.inputs:
                self._users[operand] = self._users.get(operand, 0) + 1

    def is_known(self, node: Node) -> bool:
        """Whether a value does not depend on the input."""
        return node in self._known

    def serves_one(self, node: Node, others: Sequence[Node]) -> bool:
        """Whether a value is used once, by one of these."""
        return self._users.get(node, 0) == 1 and any(
            part is node for other in others for part in other.inputs
        )

    def texts(self, node: Node, inside: Node | None = None, longest: int | None = None) -> dict[str, str]:
        """Return the formulas of all numbers of a value by their names; nothing if they cannot be read.

        Args:
            node: the value.
            inside: another value that is written into the formulas instead of its name.
            longest: more characters make a formula that cannot be read.
        """
        names = self._names.get(node)
        variables = self._variables(node, inside)
        if names is None or names.size > _FEW or len(variables) > _FEW:
            return {}
        with np.errstate(all="ignore"):
            value = self._value(node, node, inside, variables)
        if value is None or (inside is not None and not isinstance(value, _Trees)):
            return {}
        if inside is None and not self._says_more(node):
            return {}
        labels = list(variables)
        texts = [_text(tree, labels) for tree in np.ravel(_trees(value, labels))]
        if len(texts) != names.size or (longest is not None and max(map(len, texts)) > longest):
            return {}
        return {text_name(name): text for name, text in zip(np.ravel(names), texts, strict=True)}

    def _says_more(self, node: Node) -> bool:
        """Whether numbers or names come in that are not in the formula of the whole array."""
        special = (self._graph.outputs["prediction",], *self._graph.leaves(INPUT))
        if node in self._known or node is special[0]:
            return True
        stack = list(node.inputs)
        while stack:
            part = stack.pop()
            if part is special[1] or (part in self._known and part.op not in (CONSTANT, SIZE)):
                return True
            if part not in self._names:
                stack.extend(part.inputs)
        return False

    def _variables(self, node: Node, inside: Node | None) -> dict[str, int]:
        """Number what formulas refer to; more names than can be read if an array is too large."""
        found: dict[str, int] = {}
        for part in self._read(node, inside):
            names = self._names[part]
            listed = [str(place) for place in range(_FEW + 1)] if names is None else np.ravel(names)
            for name in listed:
                found.setdefault(str(name), len(found))
        return found

    def _read(self, node: Node, inside: Node | None) -> list[Node]:
        found: dict[Node, None] = {}
        stack = list(node.inputs)
        while stack:
            part = stack.pop()
            if part in self._known:
                continue
            if part in self._names and part is not inside:
                found[part] = None
            else:
                stack.extend(part.inputs)
        return list(found)

    def _value(
        self, node: Node, top: Node, inside: Node | None, variables: Mapping[str, int]
    ) -> _Value | None:
        if node in self._known:
            known: np.ndarray = np.asarray(self._known[node])
            return known
        if node in self._names and node is not top and node is not inside:
            return _variable(self._names[node], variables)
        operands = [self._value(part, top, inside, variables) for part in node.inputs]
        given = [operand for operand in operands if operand is not None]
        if len(given) < len(operands):
            return None
        if not any(isinstance(operand, _Trees) for operand in given):
            outcome = followed(node, given, Space(max(1, len(variables))))  # type: ignore[arg-type]
            if outcome is not None and not isinstance(outcome, Cut):
                return outcome
        return _as_trees(node, given, list(variables))


def _variable(names: np.ndarray | None, variables: Mapping[str, int]) -> Affine | None:
    if names is None:
        return None
    rows = np.zeros((len(variables) + 1, *names.shape))
    for place in np.ndindex(names.shape):
        rows[(variables[str(names[place])], *place)] = 1
    return Affine(rows)


# ------------------------------------------------------------ trees
def _as_trees(node: Node, operands: Sequence[_Value], labels: Sequence[str]) -> _Trees | None:
    """Apply one operation to formulas: to each for itself, or moving them about."""
    arrays = [_trees(operand, labels) for operand in operands]
    if node.op.name in REARRANGING:
        return _Trees(computed(node, arrays))
    shape = _for_one(node)
    if not isinstance(node.op, Primitive) or not node.op.elementwise or shape is None:
        return None
    wide: list[Any] = [np.broadcast_to(array, shape) for array in arrays]
    result = np.empty(shape, object)
    for place in np.ndindex(shape):
        result[place] = substituted(node, [array[place] for array in wide])
    return _Trees(result)


def _trees(value: _Value, labels: Sequence[str]) -> np.ndarray:
    """Return the formulas of all numbers of a value; the variable with number 3 is _3 in them."""
    if isinstance(value, _Trees):
        return value.array
    rows = value.rows if isinstance(value, Affine) else np.asarray(value)[None]
    array = np.empty(rows.shape[1:], object)
    names = [f"_{place}" for place in range(len(rows) - 1)]
    for place in np.ndindex(array.shape):
        *slopes, constant = rows[(slice(None), *place)].tolist()
        is_truth = isinstance(constant, bool)
        text = str(constant) if is_truth else Rule("y", names, slopes, constant).sum
        array[place] = ast.parse(text if slopes or is_truth else number_text(constant), mode="eval").body
    return array


def _text(tree: ast.expr, labels: Sequence[str]) -> str:
    text = plain(ast.unparse(tree))
    return re.sub(r"\b_(\d+)\b", lambda found: text_name(labels[int(found[1])]), text)


def plain(text: str) -> str:
    """Write functions as mathematics calls them, without saying that they are NumPy's."""
    return re.sub(r"np\.((?:max|min)(?=imum)(?:imum))?", lambda found: (found[1] or "")[:3], text)
