"""Sections that many layers have in common become functions: a deep network prints as a short program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from pellucid.engines.numpy.bodies import Above, Functions, nothing, wrapped
from pellucid.engines.numpy.function import FunctionWriter, plain_name
from pellucid.engines.numpy.sections import Rank, Sections
from pellucid.graph import CONSTANT, SIZE, Graph, Leaf, Node, Scope

__all__ = ["Repeats"]

_OFTEN = 3  # so many equal sections are written once


class _Use(NamedTuple):
    """One section as a call: what goes in and what comes out."""

    arguments: tuple[Node, ...]
    results: tuple[Node, ...]
    writer: FunctionWriter


def _common(scopes: Sequence[Scope]) -> Scope:
    """Return the first of several scopes, with as much of its title as holds for all: "relu"."""
    titles = [scope.title.split(", ") for scope in scopes]
    return scopes[0]._replace(
        title=", ".join(part for part in titles[0] if all(part in title for title in titles))
    )


class Repeats:
    """Finds sections that are equal up to the numbers in their names.

    Attributes:
        results: the values that come out of calls; they need names.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        needed: Sequence[Node],
        sections: Sections,
        functions: Functions,
        above: Above = nothing,
    ) -> None:
        self.graph = graph
        self._above = above
        self.sections = sections
        self.calls: dict[Rank, tuple[str, _Use]] = {}
        self._inside: set[Node] = set()
        self._read: set[Node] = set()
        members: dict[Rank, list[Node]] = {}
        readers: dict[Node, set[Rank]] = {}
        for node in nodes:
            rank = sections.ranks[node]
            if not isinstance(node.op, Leaf):
                members.setdefault(rank, []).append(node)
            for operand in node.inputs:
                readers.setdefault(operand, set()).add(rank)
        outputs = set(needed)
        found: dict[tuple[str, str], list[tuple[Rank, _Use, list[str]]]] = {}
        candidates = [rank for rank in members if self._may_repeat(rank)]
        sections_of = Counter(phase for phase, _ in candidates)
        for rank in candidates:
            if sections_of[rank[0]] < _OFTEN:
                continue
            section = members[rank]
            needed_here = [node for node in section if node in outputs or readers.get(node, set()) - {rank}]
            self._read.update(needed_here)
            self._consider(rank, section, needed_here, found)
        self._define(found, functions, members)

    def _may_repeat(self, rank: Rank) -> bool:
        scope = self.sections.scopes.get(rank)
        return scope is not None and scope.phase in ("forward", "backward") and scope.name != "loss"

    @property
    def results(self) -> list[Node]:
        return [node for _, use in self.calls.values() for node in use.results]

    def _consider(
        self,
        rank: Rank,
        section: list[Node],
        results: list[Node],
        found: dict[tuple[str, str], list[tuple[Rank, _Use, list[str]]]],
    ) -> None:
        """Write one section with neutral names, so that equal ones give equal texts."""
        own = set(section)
        arguments = dict.fromkeys(
            operand
            for node in section
            for operand in node.inputs
            if operand not in own and operand.op is not CONSTANT
        )
        layer = self.sections.scopes[rank].name
        given = self._neutral_names(tuple(arguments), layer)
        writer = FunctionWriter(self.graph, section, results, given=given, numbers={})
        writer.assign_names(self.sections.ordered(writer.lines))
        if len(writer.lines) < 2 or any(node.dtype == "several" for node in section):
            return
        lines = [f"{writer.names[line]} = {writer.formula(line)}" for line in writer.lines]
        if "n" not in given.values() and any(re.search(r"\bn\b", line) for line in lines):
            return  # it writes out the size of the batch, which only the whole step knows
        phase = self.sections.scopes[rank].phase
        if phase == "forward":
            results = writer.lines  # all of them, so that predict and train_step share the function
        results = [line for line in writer.lines if line in set(results)]
        lines.append(f"return {', '.join(writer.names[node] for node in results)}")
        signature = ", ".join(given.values())
        found.setdefault((phase, signature + "\n".join(lines)), []).append(
            (rank, _Use(tuple(arguments), tuple(results), writer), [signature, *lines])
        )

    def _neutral_names(self, arguments: Sequence[Node], layer: str) -> dict[Node, str]:
        """Call the layer's own values by their names; what comes from elsewhere is x, a gradient d_x."""
        names: dict[Node, str] = {}
        for node in arguments:
            note = self.graph.notes[node]
            if node.op is SIZE:
                name = "n"
            elif note.name is None:
                name = plain_name(node) if note.scope.name == layer else "x"
            else:
                name = str(note.name) if note.name.owner == layer else "d_x" if note.name.order else "x"
            while name in names.values():
                name += "_"
            names[node] = name
        return names

    def _define(
        self,
        found: dict[tuple[str, str], list[tuple[Rank, _Use, list[str]]]],
        functions: Functions,
        members: dict[Rank, list[Node]],
    ) -> None:
        for (phase, _), uses in found.items():
            if len(uses) < _OFTEN:
                continue
            scope = _common([self.sections.scopes[rank] for rank, _, _ in uses])
            kind = re.sub(r"_\d+$", "", scope.name)
            signature, *lines = uses[0][2]
            writer = uses[0][1].writer
            comments = [self._above(functions, writer, line) for line in writer.lines]
            back = phase == "backward"
            title = f" ({scope.title})" if scope.title else ""
            doc = f'"""{"Backward" if back else "Forward"} through a {kind} layer{title}."""'
            body = [*chain(*zip(comments, [[line] for line in lines[:-1]], strict=True)), lines[-1:]]
            name = functions.define(f"{kind}_layer{'_backward' * back}", signature, [doc, *chain(*body)])
            for rank, use, _ in uses:
                self.calls[rank] = name, use
                functions.writers[name].append(use.writer)
                self._inside.update(members[rank])

    # ------------------------------------------------------------ asked while writing
    def covers(self, node: Node) -> bool:
        """Whether a node is computed inside one of the functions."""
        return node in self._inside

    def continues(self, rank: Rank, previous: Rank | None) -> bool:
        """Whether two sections after one another are calls, so that the second needs no heading."""
        return (
            previous is not None and rank in self.calls and previous in self.calls and rank[0] == previous[0]
        )

    def heading_of(self, rank: Rank) -> Scope:
        """Return what a heading says of a section: "dense_1 to dense_6" where call follows on call."""
        scopes = [self.sections.scopes[rank]]
        phase, place = rank
        while rank in self.calls and (phase, place + len(scopes)) in self.calls:
            scopes.append(self.sections.scopes[phase, place + len(scopes)])
        first, last = scopes[0].name, scopes[-1].name
        return _common(scopes)._replace(name=first if len(scopes) == 1 else f"{first} to {last}")

    def call_lines(self, rank: Rank, writer: FunctionWriter) -> list[str]:
        """Write the call that a section became."""
        if rank not in self.calls:
            return []
        name, use = self.calls[rank]
        left = ", ".join(writer.names[node] if node in self._read else "_" for node in use.results)
        lines = wrapped(left, name, [writer.text(node) for node in use.arguments])
        scope = self.sections.scopes[rank]
        if len(lines) == 1 and scope.phase == "forward":
            lines = [f"{lines[0] + '  ':<56}# {scope.name}"]
        return lines
