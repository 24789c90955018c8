"""Functions of a program that come from graphs inside nodes: what is called often, and loops over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from pellucid.engines.numpy.expressions import formula_text, literal, written
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.graph import CONSTANT, INPUT, Graph, Node
from pellucid.ops import Primitive

__all__ = ["Above", "Functions", "collection", "constants", "docstring", "indented", "nothing", "wrapped"]

_WIDTH = 96  # of a line that lists things
_CALL_WIDTH = 87  # of a call without its signs


Above: TypeAlias = "Callable[[Functions, FunctionWriter, Node], Sequence[str]]"
"""What gives the comments that shall stand above the line of a value."""


def nothing(functions: Functions, writer: FunctionWriter, line: Node) -> Sequence[str]:
    """Write no comments."""
    return ()


class Functions:
    """The functions that a program defines; equal ones are defined once.

    Attributes:
        texts: the text of each, by name.
        writers: what the names in each stand for; several where equal functions became one.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.writers: defaultdict[str, list[FunctionWriter]] = defaultdict(list)
        self._names: dict[str, str] = {}
        self._bodies: dict[Graph, str] = {}
        self._forms: dict[tuple[object, ...], str] = {}

    def define(self, wanted: str, arguments: str, lines: Iterable[str]) -> str:
        """Define a function unless there is one with the same text; return its name."""
        text = f"({arguments}):\n" + "\n".join(indented(lines))
        key = wanted + text
        if key not in self._names:
            name, count = wanted, 1
            while name in self.texts:
                count += 1
                name = f"{wanted}_{count}"
            self._names[key] = name
            self.texts[name] = f"def {name}{text}"
        return self._names[key]

    def function_of(self, node: Node, graph: Graph) -> str:
        """Return the name of the function that does what the body of a node says."""
        body: Graph = node["body"]
        if body not in self._bodies:
            form = _form(node, body)
            if form not in self._forms:
                write = self._write_scan if node.op.name == "scan" else self._write_call
                self._forms[form] = write(node, body)
            self._bodies[body] = self._forms[form]
        return self._bodies[body]

    def _write_call(self, node: Node, body: Graph) -> str:
        leaves = body.leaves(INPUT)
        writer, lines = self._body_lines(body, {leaf: leaf["name"] for leaf in leaves})
        results = ", ".join(writer.text(result) for result in body.outputs.values())
        last, _, formula = lines[-1].partition(" = ") if lines else ("", "", "")
        ending = [*lines[:-1], f"return {formula}"] if last == results else [*lines, f"return {results}"]
        name = self.define(
            body.title,
            ", ".join(leaf["name"] for leaf in leaves),
            [*docstring(body.doc), *constants(body), *ending],
        )
        self.writers[name].append(writer)
        return name

    def _write_scan(self, node: Node, body: Graph) -> str:
        """for t in range(steps): the body, with x[t] in the place of x."""
        leaves = body.leaves(INPUT)
        memories, sequences = leaves[: node["memories"]], leaves[node["memories"] :][: node["sequences"]]
        given = {leaf: leaf["name"] for leaf in leaves}
        given |= {leaf: f"{leaf['name']}[t]" for leaf in sequences}
        writer, lines = self._body_lines(body, given)
        results = [writer.text(result) for result in body.outputs.values()]
        before = [f"{leaf['name']}_before" for leaf in memories]
        emitted = [f"emitted_{place + 1}" for place in range(len(results) - len(memories))]
        lists = [*before, *emitted]
        names = ", ".join(leaf["name"] for leaf in memories)
        loop = [f"{listed}.append({leaf['name']})" for listed, leaf in zip(before, memories, strict=True)]
        loop += lines
        loop += [
            f"{listed}.append({text})" for listed, text in zip(emitted, results[len(memories) :], strict=True)
        ]
        loop.append(f"{names} = {', '.join(results[: len(memories)])}")
        stacked = ", ".join(f"np.stack({listed})" for listed in lists)
        return self.define(
            body.title,
            ", ".join(leaf["name"] for leaf in leaves),
            [
                *docstring(body.doc),
                *constants(body),
                f"{', '.join(lists)} = {', '.join('[]' for _ in lists)}",
                f"for t in range(len({sequences[0]['name']})):",
                *indented(loop),
                f"return {names}, {stacked}",
            ],
        )

    def _body_lines(self, body: Graph, given: dict[Node, str]) -> tuple[FunctionWriter, list[str]]:
        nodes = body.live()
        rebinding = all(name.isidentifier() for name in given.values())
        fixed = [leaf["name"] for leaf in body.leaves(CONSTANT) if leaf["name"] is not None]
        writer = FunctionWriter(
            body, nodes, body.outputs.values(), given=given, numbers={}, taken=fixed, rebinding=rebinding
        )
        writer.assign_names()
        lines = []
        for line in writer.lines:
            if line.dtype == "several":
                lines.append(f"{writer.names[line]} = {self.call_text(line, body, writer)}")
            else:
                lines.append(f"{writer.names[line]} = {writer.formula(line)}")
        return writer, lines

    def call_text(self, node: Node, graph: Graph, writer: FunctionWriter) -> str:
        """Return the call of the function that a node's body became."""
        arguments = ", ".join(writer.text(operand) for operand in node.inputs)
        return f"{self.function_of(node, graph)}({arguments})"


def _form(node: Node, body: Graph) -> tuple[object, ...]:
    """Return all that the text of a body depends on: updates of different shapes mostly read alike."""
    places = {part: place for place, part in enumerate(body.notes)}
    rows: list[tuple[object, ...]] = []
    for part in (node, *body.notes):
        values = [value for _, value in part.attributes if value is not body]
        plain = [repr(value) for value in values if isinstance(value, int | float | str | Graph)]
        formula = formula_text(part) if isinstance(part.op, Primitive) else ""
        rows.append((part.op, formula, *plain, *map(places.get, part.inputs)))
    named = [(note.name, places.get(note.primal)) for note in body.notes.values()]  # type: ignore[call-overload]
    return body.title, body.doc, *rows, *named, *map(places.get, body.outputs.values())


def constants(body: Graph) -> list[str]:
    """Return the line that gives the named numbers of a graph their values."""
    named = [leaf for leaf in body.leaves(CONSTANT) if leaf["name"] is not None]
    if not named:
        return []
    names = ", ".join(leaf["name"] for leaf in named)
    return [f"{names} = {', '.join(written(literal(leaf['value'])) for leaf in named)}"]


def docstring(text: str) -> list[str]:
    """Return the lines of a docstring."""
    if not text:
        return []
    lines = text.split("\n")
    return [f'"""{lines[0]}"""'] if len(lines) == 1 else [f'"""{lines[0]}', *lines[1:], '"""']


def collection(opening: str, items: Sequence[str], closing: str) -> list[str]:
    """Write a list or a dictionary on one line if it fits, else as many items to a line as do."""
    short = f"{opening}{', '.join(items)}{closing}"
    if len(short) <= _WIDTH:
        return [short]
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > _WIDTH:
            lines.append("")
        lines[-1] += f"{item}, "
    return [opening, *indented([line.rstrip() for line in lines]), closing]


def wrapped(left: str, function: str, arguments: Sequence[str]) -> list[str]:
    """Write left = function(arguments) on as many lines as it takes."""
    listed = ", ".join(arguments)
    if len(left) + len(function) + len(listed) < _CALL_WIDTH:
        return [f"{left} = {function}({listed})"]
    return [f"{left} = {function}(", f"    {listed})"]


def indented(lines: Iterable[str]) -> Sequence[str]:
    """Move lines to the right by one level."""
    return [f"    {line}" if line else "" for line in lines]
