"""What a step puts into the state: running sums, counters, and the optimizer's update of every weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pellucid.engines.numpy.bodies import Functions, indented, wrapped
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.graph import INPUT, NUMBER, SEVERAL, STATE, Graph, Leaf, Node, Path
from pellucid.ops import add, call, item

__all__ = ["Updates", "entry"]

_WIDTH = 100


def entry(path: Path) -> str:
    """Write an entry of the state: metrics["loss"]."""
    return f'{path[0]}["{path[1]}"]'


class Updates:
    """The outputs of a step's graph that are entries of the state."""

    def __init__(self, graph: Graph, functions: Functions) -> None:
        self.graph = graph
        self.functions = functions
        self.outputs = {path: node for path, node in graph.outputs.items() if len(path) == 2}
        self._stored = Counter(self.outputs.values())
        self.calls: dict[Node, dict[int, Path]] = {}
        for path, node in self.outputs.items():
            if node.op is item and node.inputs[0].op is call:
                self.calls.setdefault(node.inputs[0], {})[node["index"]] = path
        self._live = graph.live()
        self._read = {operand for node in self._live if not self.covers(node) for operand in node.inputs}
        self._read.update(node for path, node in graph.outputs.items() if len(path) == 1)
        self._read_by_calls = {operand for node in self.calls for operand in node.inputs}
        self._passed: dict[Node, None] = {}  # what the printed calls name one by one
        for group in self._groups().values():
            self._passed.update(dict.fromkeys(self._named_arguments(group)))

    def covers(self, node: Node) -> bool:
        """Whether a node is one of the calls that update a weight, or a result of one."""
        return node in self.calls or (node.op is item and node.inputs[0] in self.calls)

    def needed(self) -> list[Node]:
        """Values that must have a line because a call or the state takes them."""
        arguments = [operand for operand in self._read_by_calls if not isinstance(operand.op, Leaf)]
        stored = [node for node in self.outputs.values() if not self.covers(node) and not self.replaces(node)]
        return arguments + stored

    def read_outside(self, node: Node) -> bool:
        """Whether an entry of the state is read by name, and not only as one of all in a loop."""
        return node in self._read or node in self._passed or node in self._stored

    # ------------------------------------------------------------ sums, counters, what layers assign
    def replaces(self, node: Node) -> bool:
        """Whether a value only goes into one entry of the state: `metrics["loss"] += ...` says it all.

        What goes forward or backward may stand in a function of its own, so it keeps its line.
        """
        if isinstance(node.op, Leaf) or self._stored[node] > 1:
            return False
        elsewhere = node in self._read or node in self._read_by_calls
        return not elsewhere and self.graph.notes[node].scope.phase in ("metrics", "update")

    def stores(self, writer: FunctionWriter) -> dict[Node, list[str]]:
        """For each value after which something goes into the state, the lines that do it."""
        lines: dict[Node, list[str]] = {}
        for path, node in self.outputs.items():
            if not self.covers(node):
                lines.setdefault(node, []).extend(self._store(path, node, writer))
        return lines | self._calls(writer)

    def _store(self, path: Path, node: Node, writer: FunctionWriter) -> list[str]:
        if not self.replaces(node):
            return [f"{entry(path)} = {writer.text(node)}"]
        is_sum = node.op is add and node.inputs[0].op is STATE and node.inputs[0]["path"] == path
        if is_sum and node.dtype == NUMBER:  # into an array, += would write
            return [f"{entry(path)} += {writer.text(node.inputs[1])}"]
        line = f"{entry(path)} = {writer.formula(node)}"
        return [line] if len(line) < _WIDTH else [f"{entry(path)} = (", f"    {writer.formula(node)})"]

    def formula(self, node: Node, writer: FunctionWriter) -> str:
        """Return the right-hand side of a line; a node with a body becomes a call of its function."""
        if node.dtype == SEVERAL:
            return self.functions.call_text(node, self.graph, writer)
        return writer.formula(node)

    # ------------------------------------------------------------ the update of the weights
    def _calls(self, writer: FunctionWriter) -> dict[Node, list[str]]:
        """Write the calls; those that differ only in the weight become one loop, in the place of the last."""
        lines: dict[Node, list[str]] = {}
        for function, group in self._groups().items():
            write = self._loop if len(group) > 1 else self._single
            lines[group[-1]] = write(function, group, writer)
        return lines

    def _groups(self) -> dict[str, list[Node]]:
        groups: dict[str, list[Node]] = {}
        for node in self.calls:
            groups.setdefault(self.functions.function_of(node, self.graph), []).append(node)
        return groups

    def _single(self, function: str, group: Sequence[Node], writer: FunctionWriter) -> list[str]:
        (node,) = group
        left = ", ".join(entry(path) for _, path in sorted(self.calls[node].items()))
        return wrapped(left, function, [writer.text(operand) for operand in node.inputs])

    def _loop(self, function: str, group: Sequence[Node], writer: FunctionWriter) -> list[str]:
        arguments: list[str] = []
        varying: dict[str, list[str]] = {}
        formals = [leaf["name"] for leaf in group[0]["body"].leaves(INPUT)]
        for formal, column in zip(formals, zip(*[node.inputs for node in group], strict=True), strict=True):
            if all(operand is column[0] for operand in column):
                arguments.append(writer.text(column[0]))
            elif self._is_slot(column, group):
                arguments.append(f"{column[0]['path'][0]}[name]")
            else:
                arguments.append(formal)
                varying[formal] = [writer.text(operand) for operand in column]
        left = ", ".join(f"{path[0]}[name]" for _, path in sorted(self.calls[group[0]].items()))
        keys = [self._key(node) for node in group]
        lines = []
        for formal, texts in varying.items():
            lines += _dictionary(f"{formal}s", keys, texts)
        first, *others = varying
        fetch = [f"{formal} = {formal}s[name]" for formal in others]
        body = [*fetch, *wrapped(left, function, arguments)]
        return [*lines, f"for name, {first} in {first}s.items():", *indented(body)]

    def _named_arguments(self, group: Sequence[Node]) -> list[Node]:
        """The state that a group of calls names one by one, because it is no slot of a loop."""
        columns = zip(*[node.inputs for node in group], strict=True)
        alone = len(group) == 1
        return [
            operand for column in columns if alone or not self._is_slot(column, group) for operand in column
        ]

    def _is_slot(self, column: Sequence[Node], group: Sequence[Node]) -> bool:
        """Whether an argument is, for every weight, its own entry in one slot of the state."""
        if column[0].op is not STATE:
            return False
        slot = column[0]["path"][0]
        return all(
            operand.op is STATE and operand["path"] == (slot, self._key(node))
            for operand, node in zip(column, group, strict=True)
        )

    def _key(self, node: Node) -> str:
        """The weight that a call is about."""
        return self.calls[node][0][1]


def _dictionary(name: str, keys: Sequence[str], values: Sequence[str]) -> list[str]:
    """Write a dictionary; the weights of a layer share a line."""
    rows: dict[str, list[str]] = {}
    for key, value in zip(keys, values, strict=True):
        rows.setdefault(key.rpartition("/")[0], []).append(f'"{key}": {value}')
    lines = [", ".join(row) for row in rows.values()]
    if len(lines) == 1:
        return [f"{name} = {{{lines[0]}}}"]
    return [f"{name} = {{", *indented([f"{line}," for line in lines]), "}"]
