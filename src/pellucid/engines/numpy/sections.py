"""The order of a program: section by section, as a teacher would go through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pellucid.graph import STATE, Graph, Node, Scope

__all__ = ["Rank", "Sections", "heading"]

_PHASES = ("forward", "loss", "metrics", "backward", "update")
_BY_NAME = ("forward", "update")  # those with a section for each name
Rank: TypeAlias = "tuple[int, int]"


class Sections:
    """Phase by phase; layers forwards, then backwards; a value that is needed earlier is computed earlier.

    Attributes:
        ranks: for each node, the place of its section.
        scopes: for each section, what made it.
    """

    def __init__(self, graph: Graph, nodes: Sequence[Node]) -> None:
        self._graph = graph
        self._weights = {node: place for place, node in enumerate(graph.leaves(STATE))}
        scopes = [graph.notes[node].scope for node in nodes]
        named = dict.fromkeys(scope.name for phase in _BY_NAME for scope in scopes if scope.phase == phase)
        places = {name: place for place, name in enumerate(named)}
        self.ranks: dict[Node, Rank] = {}
        self.scopes: dict[Rank, Scope] = {}
        for node in nodes:
            scope = graph.notes[node].scope
            self.ranks[node] = rank = _rank(scope, places)
            self.scopes.setdefault(rank, scope)
        for node in reversed(nodes):
            for operand in node.inputs:
                self.ranks[operand] = min(self.ranks.get(operand, self.ranks[node]), self.ranks[node])
        self._passed_on = self._only_elsewhere()

    def ordered(self, lines: Sequence[Node]) -> list[Node]:
        """Return the lines in the order of the sections.

        The gradients of a layer's weights stand in the order of the weights, and what the layer passes on
        backwards stands last.
        """
        return sorted(lines, key=self._place)

    def _place(self, node: Node) -> tuple[Rank, int, int]:
        if node not in self._passed_on:
            return self.ranks[node], 0, 0
        primal = self._graph.notes[node].primal
        if isinstance(primal, Node) and primal in self._weights:
            return self.ranks[node], 1, self._weights[primal]
        return self.ranks[node], 2, 0

    def _only_elsewhere(self) -> set[Node]:
        """Gradients that only another section needs."""
        here: set[Node] = set()
        elsewhere: set[Node] = set()
        for node, rank in self.ranks.items():
            for operand in node.inputs:
                if _PHASES[self.ranks[operand][0]] == "backward":
                    (here if self.ranks[operand] == rank else elsewhere).add(operand)
        return elsewhere - here


def _rank(scope: Scope, places: dict[str, int]) -> Rank:
    phase = _PHASES.index(scope.phase)
    if scope.phase == "backward":
        return phase, len(places) - places[scope.name] if scope.name in places else 0
    return phase, places[scope.name] if scope.phase in _BY_NAME else 0


def heading(graph: Graph, scope: Scope, phase: bool = True) -> list[str]:
    """Return the comment above a section, with what its maker had to remark."""
    title = f"{scope.name} ({scope.title})" if scope.title else scope.name
    if scope.phase == "backward":
        title = scope.name
    elif scope.phase != "forward":
        title = scope.title or scope.name
    remarks = graph.remarks.get(scope, [])
    lines = [f"# {scope.phase}: {title}" if phase else f"# {title}"]
    for remark in remarks:
        lines += [f"# {line}" for line in remark.split("\n")]
    return lines
