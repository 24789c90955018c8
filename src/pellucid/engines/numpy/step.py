"""The functions of a program that a model's graphs become: predict, train_step, evaluate_step, results."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pellucid.engines.numpy.bodies import Above, Functions, docstring, indented, nothing
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.repeats import Repeats
from pellucid.engines.numpy.sections import Sections, heading
from pellucid.engines.numpy.updates import Updates
from pellucid.graph import INPUT, STATE, Graph, Node, shape_text

__all__ = ["as_array", "weight_names", "write_predict", "write_results", "write_step"]

_COLUMN = 60  # where comments with shapes begin
_LONGEST = 106  # characters that a line may have beside its indentation
_SLOTS = ("weights", "metrics", "optimizer")  # the parts of the state that come first


def write_predict(graph: Graph, functions: Functions, numbers: dict[str, str]) -> str:
    """Write predict(x, weights)."""
    prediction = graph.outputs["prediction",]
    (x,) = graph.leaves(INPUT)
    body = _StepWriter(graph, functions, numbers, [prediction])
    functions.writers["predict"].append(body.writer)
    sections = body.sections(phases=False)
    lines = [*body.weight_lines(), f"x = {as_array(x)}", *_batch_size(sections), *sections]
    last = body.writer.names.get(prediction)
    if lines[-1].startswith(f"{last} = "):
        lines[-1] = "return " + lines[-1].partition(" = ")[2].partition("  #")[0].rstrip()
    else:
        lines.append(f"return {body.writer.text(prediction)}")
    doc = f"x: {shape_text(x.shape)}. Returns {shape_text(prediction.shape)}."
    return "\n".join(["def predict(x, weights):", *indented([*docstring(doc), *lines])])


def as_array(leaf: Node) -> str:
    """Write how lists, or numbers without their brackets, become the array that an input is."""
    sizes = ", ".join(["-1", *map(repr, leaf.shape[1:])])
    return f"np.asarray({leaf['name']}, np.{leaf.dtype}).reshape({sizes})"


def write_step(
    graph: Graph, functions: Functions, numbers: dict[str, str], name: str, doc: str, above: Above = nothing
) -> str:
    """Write train_step(x, y, state) or evaluate_step: what one batch does to the state."""
    loss = graph.outputs["loss",]
    body = _StepWriter(graph, functions, numbers, [loss], above)
    functions.writers[name].append(body.writer)
    inputs = graph.leaves(INPUT)
    arguments = [leaf["name"] for leaf in inputs]
    arguments.insert(2, "state")
    about = ", ".join(_about(leaf) for leaf in inputs)
    sections = body.sections(phases=True)
    top = [*body.slot_lines(), *body.weight_lines(), *_batch_size(sections)]
    lines = [*docstring(doc.format(about=about)), *top, *sections]
    lines.append(f"return {body.writer.text(loss)}")
    return "\n".join([f"def {name}({', '.join(arguments)}):", *indented(lines)])


def _about(leaf: Node) -> str:
    kind = ", whole numbers" if leaf.dtype.startswith("int") else ""
    return f"{leaf['name']}: {shape_text(leaf.shape)}{kind}"


def write_results(graph: Graph, functions: Functions) -> str:
    """Write results(metrics): what the sums of an epoch mean."""
    writer = FunctionWriter(graph, graph.live(), [], given={}, numbers={})
    writer.assign_names()
    functions.writers["results"].append(writer)
    lines = [f"{writer.names[line]} = {writer.formula(line)}" for line in writer.lines]
    pairs = [f'"{path[0]}": {writer.text(node)}' for path, node in graph.outputs.items()]
    lines += (
        [f"return {{{pairs[0]}}}"] if len(pairs) == 1 else ["return {", *[f"    {p}," for p in pairs], "}"]
    )
    doc = docstring("The loss and the metrics of an epoch, from its sums.")
    return "\n".join(["def results(metrics):", *indented([*doc, *lines])])


def _batch_size(lines: Sequence[str]) -> list[str]:
    """Write the line that counts the examples, if the others need it."""
    code = (line.partition("#")[0] for line in lines)
    needed = any(re.search(r"\bn\b", text) for text in code)
    return [_with_comment("n = len(x)", "examples in this batch")] if needed else []


def weight_names(graph: Graph, weights: Sequence[Node], numbers: dict[str, str]) -> dict[Node, str]:
    """Call each weight by its hint and the number of its layer; two of a layer are told apart."""
    names: dict[str, Node] = {}
    for node in weights:
        wanted = str(graph.notes[node].name) + numbers.get(graph.owner(node), "")
        name, count = wanted, 1
        while name in names:
            count += 1
            name = f"{wanted}_{count}"
        names[name] = node
    return {node: name for name, node in names.items()}


class _StepWriter:
    """Writes one graph as sections of lines, with what they put into the state."""

    def __init__(
        self,
        graph: Graph,
        functions: Functions,
        numbers: dict[str, str],
        results: Sequence[Node],
        above: Above = nothing,
    ) -> None:
        self.graph = graph
        self.functions = functions
        self._above = above
        entries = [node for path, node in graph.outputs.items() if len(path) == 2]
        self.nodes = graph.live([*results, *entries])
        self.updates = Updates(graph, functions)
        weights = [node for node in self.nodes if node.op is STATE and node["path"][0] == "weights"]
        self.weights = weight_names(graph, weights, numbers)
        inside = [node for node in self.nodes if not self.updates.covers(node)]
        self.sections_of = Sections(graph, self.nodes)
        results = [*results, *self.updates.needed()]
        self.repeats = Repeats(graph, inside, results, self.sections_of, functions, above)
        needed = [*results, *self.repeats.results]
        self.writer = FunctionWriter(
            graph,
            inside,
            needed,
            given=self.weights,
            numbers=numbers,
            taken=[leaf["name"] for leaf in graph.leaves(INPUT)] + ["n"],
        )
        self.writer.assign_names(self.sections_of.ordered(self.writer.lines))

    # ------------------------------------------------------------ the top
    def weight_lines(self) -> list[str]:
        """Write the lines that give the weights their short names."""
        return [
            _with_comment(f'{name} = weights["{node["path"][1]}"]', shape_text(node.shape))
            for node, name in self.weights.items()
            if self.updates.read_outside(node)
        ]

    def slot_lines(self) -> list[str]:
        """Write the lines that take the parts of the state."""
        used = dict.fromkeys(
            [node["path"][0] for node in self.nodes if node.op is STATE]
            + [path[0] for path in self.graph.outputs if len(path) == 2]
        )
        first = [slot for slot in _SLOTS if slot in used]
        rest = [slot for slot in used if slot not in _SLOTS]
        return [
            ", ".join(part) + " = " + ", ".join(map('state["{}"]'.format, part))
            for part in (first, rest)
            if part
        ]

    # ------------------------------------------------------------ the sections
    def sections(self, phases: bool) -> list[str]:
        """Write all sections, each under its heading."""
        stores = self.updates.stores(self.writer)
        lines: list[str] = []
        present = None
        for node in self._in_order(stores):
            rank = self.sections_of.ranks[node]
            if rank != present:
                lines += self._heading(rank, present, phases)
                present = rank
                lines += self.repeats.call_lines(rank, self.writer)
            lines += self._node_lines(node) + stores.get(node, [])
        return lines

    def _in_order(self, stores: dict[Node, list[str]]) -> list[Node]:
        lines = dict.fromkeys((*self.writer.lines, *stores))
        return self.sections_of.ordered([node for node in self.nodes if node in lines])

    def _heading(self, rank: tuple[int, int], previous: tuple[int, int] | None, phases: bool) -> list[str]:
        scope = self.sections_of.scopes.get(rank)
        if scope is None or not scope.name or self.repeats.continues(rank, previous):
            return []
        gap = [""] if phases else []
        return [*gap, *heading(self.graph, self.repeats.heading_of(rank), phases)]

    def _node_lines(self, node: Node) -> list[str]:
        """Write the line of a value, if it has one here."""
        if node not in self.writer.names or node in self.weights:
            return []
        if self.repeats.covers(node) or self.updates.replaces(node):
            return []
        text = f"{self.writer.names[node]} = {self.updates.formula(node, self.writer)}"
        is_array = node.shape and node.dtype != "several"
        line = _with_comment(text, shape_text(node.shape)) if is_array else text
        return [*self._above(self.functions, self.writer, node), line]


def _with_comment(text: str, comment: str) -> str:
    """Write a comment behind a line, if there is room for it."""
    line = f"{text + '  ':<{_COLUMN - 4}}# {comment}"
    return line if len(line) <= _LONGEST else text
