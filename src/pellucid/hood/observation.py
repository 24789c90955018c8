"""What an engine works out on its way through a graph, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid.engines import Engine, State
from pellucid.engines.numpy import NumpyEvaluation
from pellucid.graph import CONSTANT, INPUT, SIZE, STATE, Leaf, Node, Path
from pellucid.hood.opened import Opened

__all__ = ["observed"]


def observed(opened: Opened, outputs: Sequence[Node], engine: Engine) -> tuple[dict[Node, Any], State]:
    """Work out some nodes and all that they are made of, as the engine does it.

    Where the engine does several operations at a time, so that it never has the number between them, that
    number is worked out from those that it has.

    Args:
        opened: the model, and one batch of examples.
        outputs: nodes of the graph of a step; of that of a prediction, where there are no answers.
        engine: what runs the model.
    Returns:
        The numbers of all nodes, and the state after the step; without answers, that is the state before.
    """
    nodes = opened.graph.live(outputs)
    watched: dict[Path, Node] = {
        ("node", str(place)): node for place, node in enumerate(nodes) if not isinstance(node.op, Leaf)
    }
    seen, after = engine.observe(opened.arrays, opened.state, watched)
    values = {watched[path]: value for path, value in seen.items()}
    missing = {path: node for path, node in watched.items() if path not in seen}
    if missing:
        evaluation = NumpyEvaluation(opened.graph.asked_for(missing), known=list(values))
        between = evaluation(opened.given, opened.entries, list(values.values()))
        values |= {missing[path]: value for path, value in between.items()}
    return values | _leaf_values(opened, nodes), after


def _leaf_values(opened: Opened, nodes: Sequence[Node]) -> dict[Node, Any]:
    given, entries = opened.given, opened.entries
    values: dict[Node, Any] = {}
    for node in nodes:
        if node.op is INPUT:
            values[node] = given[node["name"]]
        elif node.op is STATE:
            values[node] = entries[node["path"]]
        elif node.op is CONSTANT:
            values[node] = node["value"]
        elif node.op is SIZE:
            values[node] = len(opened.arrays[0])
    return values
