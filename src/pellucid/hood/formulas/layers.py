"""A network layer by layer: what each computes, with its numbers where they are few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.sections import Sections
from pellucid.graph import INPUT, STATE, Node, Path
from pellucid.hood.formulas.elements import Elements, element_names, plain
from pellucid.hood.formulas.labels import latex_name, latex_number
from pellucid.hood.formulas.spelling import spelled

__all__ = ["LayerFormula", "Line", "in_layers", "latex_line"]

_FEW: Final = 16  # numbers of a weight that are shown in LaTeX
_LONGEST: Final = 88  # characters of the formula of a single number


class Line(NamedTuple):
    """One value of a network.

    Attributes:
        name: what it is called.
        text: its formula: "tanh(z1)".
        numbers: formulas of each of its numbers, if these are few: {"z1[1]": "0.5 * x1 - 1.3 * x2"}.
        latex: the whole line in LaTeX.
    """

    name: str
    text: str
    numbers: dict[str, str]
    latex: str

    def __str__(self) -> str:
        lines = [f"{name} = {text}" for name, text in (self.numbers or {self.name: self.text}).items()]
        return "\n".join(lines)


class LayerFormula(NamedTuple):
    """What a layer computes.

    Attributes:
        name: the layer's name.
        title: what it is: "20 units, relu".
        lines: its values, in the order in which they are worked out.
        weights: the shapes of the weights that are called by a letter.
        latex: the lines in LaTeX, with the weights of few numbers.
    """

    name: str
    title: str
    lines: tuple[Line, ...]
    weights: dict[str, tuple[int, ...]]
    latex: tuple[str, ...]

    def __str__(self) -> str:
        heading = f"{self.name} ({self.title})" if self.title else self.name
        lines = [line for formula in self.lines for line in str(formula).split("\n")]
        if self.weights:
            sizes = [f"{name}: {' x '.join(map(str, shape))}" for name, shape in self.weights.items()]
            lines.append(f"with {', '.join(sizes)}")
        return "\n".join([heading, *[f"    {line}" for line in lines]])


def in_layers(
    writer: FunctionWriter,
    entries: Mapping[Path, Any],
    features: Sequence[str],
    answers: Sequence[str],
) -> list[LayerFormula]:
    """Write the formulas of a network.

    Args:
        writer: what writes its program's function `predict`.
        entries: the weights, by their paths.
        features: what the numbers of the input are called.
        answers: what those of the prediction are called.
    """
    graph = writer.graph
    (x,) = graph.leaves(INPUT)
    sections = Sections(graph, graph.live())
    names = {node: element_names(writer.names[node], node) for node in writer.lines}
    output = graph.outputs["prediction",]
    for node, given in ((output, answers), (x, features)):
        names[node] = np.array(given, object).reshape(1, *node.shape[1:]) if given else None
    elements = Elements(graph, entries, names)
    parts: dict[tuple[int, int], list[Node]] = {}
    for node in sections.ordered(writer.lines):
        parts.setdefault(sections.ranks[node], []).append(node)
    formulas = []
    for rank, nodes in parts.items():
        scope = sections.scopes[rank]
        lines = _without_known(list(_lines(nodes, writer, elements)), nodes, writer, elements)
        symbols = _symbols(nodes, writer, entries)
        shown = [line.name for line in lines if not line.numbers]
        weights = {
            name: array.shape
            for name, (array, readers) in symbols.items()
            if any(reader in shown for reader in readers)
        }
        matrices = [
            f"{latex_name(name)} = {_matrix(array)}"
            for name, (array, _) in symbols.items()
            if array.size <= _FEW and array.ndim <= 2
        ]
        latex = (*[latex_line(node, writer) for node in nodes], *matrices)
        formulas.append(LayerFormula(scope.name, scope.title, lines, weights, latex))
    return formulas


def latex_line(node: Node, writer: FunctionWriter) -> str:
    """Write the line of a value in LaTeX."""

    def reference(part: Node) -> str | None:
        if part in writer.names:
            return writer.names[part]
        return None if part.inputs or part.op.name == "constant" else writer.text(part)

    return f"{latex_name(writer.names[node])} = {spelled(node, reference).text}"


def _lines(nodes: Sequence[Node], writer: FunctionWriter, elements: Elements) -> Iterator[Line]:
    """Write lines; one that only serves the next is written into it, where that can be read."""
    waiting: Node | None = None
    for node in nodes:
        numbers = elements.texts(node, inside=waiting, longest=_LONGEST) if waiting is not None else {}
        if waiting is not None and not numbers:
            yield _line(waiting, writer, elements)
        if numbers:
            yield Line(writer.names[node], plain(writer.formula(node)), numbers, latex_line(node, writer))
            waiting = None
        elif elements.serves_one(node, nodes) and elements.texts(node):
            waiting = node
        else:
            waiting = None
            yield _line(node, writer, elements)
    if waiting is not None:
        yield _line(waiting, writer, elements)


def _without_known(
    lines: list[Line], nodes: Sequence[Node], writer: FunctionWriter, elements: Elements
) -> tuple[Line, ...]:
    """Leave out what does not depend on the input, if its numbers stand in the other lines."""
    known = {writer.names[node] for node in nodes if elements.is_known(node)}
    others = tuple([line for line in lines if line.name not in known])
    return others if others and all(line.numbers for line in others) else tuple(lines)


def _line(node: Node, writer: FunctionWriter, elements: Elements) -> Line:
    text = plain(writer.formula(node))
    return Line(writer.names[node], text, elements.texts(node), latex_line(node, writer))


def _symbols(
    nodes: Sequence[Node], writer: FunctionWriter, entries: Mapping[Path, Any]
) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Return the weights that lines read, by their names, and which lines these are."""
    readers: dict[Node, list[str]] = {}
    for node in nodes:
        for part in writer.reads(node):
            readers.setdefault(part, []).append(writer.names[node])
    return {
        writer.names[leaf]: (np.asarray(entries[leaf["path"]]), readers[leaf])
        for leaf in writer.graph.leaves(STATE)
        if leaf in readers
    }


def _matrix(array: np.ndarray) -> str:
    rows = [" & ".join([latex_number(float(number)) for number in row]) for row in np.atleast_2d(array)]
    if array.ndim == 0:
        return rows[0]
    inside = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"
