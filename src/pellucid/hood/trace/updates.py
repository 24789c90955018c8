"""What the optimizer makes of a weight."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pellucid.engines import State, entries_of
from pellucid.engines.numpy import NumpyEvaluation
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.graph import INPUT, Graph, Leaf, Node, Path
from pellucid.hood.opened import Opened
from pellucid.hood.trace.entries import Entries, Entry
from pellucid.hood.trace.trace import Trace

__all__ = ["Update", "title_of", "updates_of", "worked_out"]


class Update(NamedTuple):
    """The update of one weight.

    Attributes:
        path: the weight's path: "dense/kernel".
        name: what it is called in the printed program: W1.
        before: its numbers before the step.
        gradient: the derivative of the loss with respect to each.
        after: its numbers after the step.
    """

    path: str
    name: str
    before: np.ndarray
    gradient: np.ndarray
    after: np.ndarray


def updates_of(opened: Opened, trace: Trace, after: State) -> list[Update]:
    """Return the updates of all weights that are trained."""
    leaves = {node["path"]: node for node in trace.names if node.op.name == "state"}
    found = []
    for path, gradient in opened.gradients().items():
        leaf = leaves.get(("weights", path))
        name = path if leaf is None else trace.names[leaf]
        before, new = opened.state["weights"][path], after["weights"][path]
        found.append(Update(path, name, np.asarray(before), trace.value(gradient), np.asarray(new)))
    return found


def title_of(opened: Opened) -> str:
    """Say which rule the optimizer goes by."""
    step = opened.training.step
    (path, *_) = opened.training.trainable
    return step.notes[_call_of(opened, path)].scope.title


def worked_out(opened: Opened, trace: Trace, after: State, path: str, place: tuple[int, ...]) -> list[Entry]:
    """Follow the update of one number of a weight, line by line."""
    call = _call_of(opened, path)
    body: Graph = call["body"]
    given = _arguments(opened, trace, call, body)
    nodes: dict[Path, Node] = {
        ("node", str(number)): node
        for number, node in enumerate(body.live())
        if not isinstance(node.op, Leaf)
    }
    found = NumpyEvaluation(body.asked_for(nodes))(given, {})
    values: dict[Node, Any] = {nodes[each]: value for each, value in found.items()}
    values |= {node: node["value"] for node in body.live() if node.op.name == "constant"}
    values |= {leaf: given[leaf["name"]] for leaf in body.leaves(INPUT)}
    values |= _results(opened, call, body, after)
    names = {leaf: leaf["name"] for leaf in body.leaves(INPUT)}
    writer = FunctionWriter(body, body.live(), body.outputs.values(), given=names, numbers={}, rebinding=True)
    writer.assign_names()
    lines = Trace(writer, values)
    entries = Entries(lines, places=False)
    return [entries.entry(line, place[: lines.value(line).ndim]) for line in lines.lines]


def _call_of(opened: Opened, path: str) -> Node:
    """Return the node that updates a weight."""
    (call,) = opened.training.step.outputs["weights", path].inputs
    return call


def _arguments(opened: Opened, trace: Trace, call: Node, body: Graph) -> dict[str, Any]:
    """Return what the update is called with, by the names that its body has for it."""
    step = opened.training.step
    gradients = list(opened.gradients().values())
    wanted: dict[Path, Node] = {
        (leaf["name"],): operand for leaf, operand in zip(body.leaves(INPUT), call.inputs, strict=True)
    }
    known = [trace.value(gradient) for gradient in gradients]
    found = NumpyEvaluation(step.asked_for(wanted), gradients)(opened.given, opened.entries, known)
    return {path[0]: value for path, value in found.items()}


def _results(opened: Opened, call: Node, body: Graph, after: State) -> dict[Node, Any]:
    """Return the results of the body as the engine has them."""
    entries = entries_of(after)
    results = list(body.outputs.values())
    return {
        results[node["index"]]: entries[path]
        for path, node in opened.training.step.outputs.items()
        if node.op.name == "item" and node.inputs[0] is call
    }
