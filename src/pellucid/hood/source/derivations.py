"""Why each gradient of a program is what it is, worked out from the lines of its forward pass.

A gradient is followed from where it is known - the loss, or a line of the program - through every operation
to the value that it belongs to. All operations on the way are named. That the program's line, which may have
been simplified, is what these steps lead to is not believed: both are worked out with random numbers, and
where they differ nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

import numpy as np

from pellucid.engines import Blueprint, evaluation_of
from pellucid.engines.numpy.bodies import Functions
from pellucid.engines.numpy.function import FunctionWriter
from pellucid.graph import INPUT, NUMBER, SEVERAL, STATE, Graph, Node, Path
from pellucid.hood.opened import Opened
from pellucid.hood.source.sentences import UNBROKEN, Step, repeated, said
from pellucid.transforms import gradient, in_double, simplify

__all__ = ["Derivations"]

_WIDTH: Final = 100  # characters of a comment
_EXAMPLES: Final = 3  # in the batch of random numbers
_ALIKE: Final = 1e-7


class Derivations:
    """What stands above the gradients of a program.

    Args:
        opened: a compiled model.
    """

    def __init__(self, opened: Opened) -> None:
        self._graph = opened.training.step
        self._loss = self._graph.outputs["loss",]
        to_loss = self._graph.live([self._loss])
        self._order = {node: place for place, node in enumerate(to_loss)}
        self._users: dict[Node, list[Step]] = {}
        for node in reversed(to_loss):
            if node is self._loss or node in self._users:
                for operand, part in enumerate(node.inputs):
                    if part.dtype.startswith(("float", NUMBER, SEVERAL)):
                        self._users.setdefault(part, []).append(Step(node, operand))
        claimed = {
            node: note.primal
            for node, note in self._graph.notes.items()
            if isinstance(note.primal, Node) and note.primal in self._order
        }
        leaves = {leaf["path"]: leaf for leaf in self._graph.leaves(STATE)}
        claimed |= {node: leaves["weights", path] for path, node in opened.gradients().items()}
        self._primals = _confirmed(opened.blueprint, self._loss, claimed)
        self._comments: dict[FunctionWriter, dict[Node, list[str]]] = {}

    def __call__(self, functions: Functions, writer: FunctionWriter, line: Node) -> Sequence[str]:
        """Return the comments above a line."""
        if writer not in self._comments:
            self._comments[writer] = self._written(functions, writer)
        return self._comments[writer].get(line, ())

    def explains(self, line: Node) -> bool:
        """Whether it is known which value a line is the gradient of."""
        return line in self._primals

    def _written(self, functions: Functions, writer: FunctionWriter) -> dict[Node, list[str]]:
        """Write all comments of a function; those of a gradient stand above the lines that prepare it."""
        view = _view(functions, writer, self._graph)
        comments: dict[Node, list[str]] = {}
        preparing: list[Node] = []
        for line in writer.lines:
            if self._graph.notes[line].scope.phase != "backward":
                continue
            if line not in self._primals:
                preparing.append(line)
                continue
            needed = _needed(line, preparing)
            first = next((part for part in preparing if part in needed), line)
            comments[first] = comments.get(first, []) + self._derivation(line, view)
            preparing = []
        return comments

    # ------------------------------------------------------------ one gradient
    def _derivation(self, line: Node, view: FunctionWriter) -> list[str]:
        primal = self._primals[line]
        gradients = {self._primals[node]: name for node, name in view.names.items() if node in self._primals}
        gradients.pop(primal, None)
        lines: dict[str, list[tuple[str, bool]]] = {}
        for step in self._steps(primal, gradients):
            node, part = step.node, step.node.inputs[step.operand]
            known = gradients.get(node, f"gradient of {view.text(node)}")
            if step.hands_on and part.shape == node.shape and node in gradients:
                gradients.setdefault(part, known)
            operands = [view.text(operand) for operand in node.inputs]
            sentences = lines.setdefault(self._where(node, view), [])
            sentences.append((said(step, operands, view.text(node), known), step.is_plain))
            if step.is_repeated:
                sentences.append((repeated(step, view.text(part)), False))
        comments = []
        for where, sentences in lines.items():
            told = [sentence for sentence, is_plain in sentences if not is_plain] or [sentences[0][0]]
            comments += _comment(f"{where}: {'; '.join(dict.fromkeys(told))}.")
        places = len(self._users.get(primal, ()))
        if places > 1:
            comments += _comment(
                f"{view.text(primal)} stands in {places} places: all their gradients add up."
            )
        return comments

    def _steps(self, primal: Node, known: Mapping[Node, str]) -> list[Step]:
        """Return the operations between a value and where gradients are known, from there to the value."""
        found: dict[Step, None] = {}
        stack, seen = [primal], {primal}
        while stack:
            for step in self._users.get(stack.pop(), ()):
                found[step] = None
                if step.node not in known and step.node not in seen:
                    seen.add(step.node)
                    stack.append(step.node)
        return sorted(found, key=lambda step: -self._order[step.node])

    def _where(self, node: Node, view: FunctionWriter) -> str:
        """Return the line of the forward pass that an operation stands in."""
        while node not in view.names and node in self._users:
            node = self._users[node][0].node
        return f"{view.names.get(node, 'loss')} = {view.formula(node)}".replace(" ", UNBROKEN)


def _comment(text: str) -> list[str]:
    lines = wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#     ", break_long_words=False)
    return [line.replace(UNBROKEN, " ") for line in lines]


def _needed(line: Node, others: Sequence[Node]) -> set[Node]:
    """Return those of some nodes that a node depends on."""
    wanted, stack, found = set(others), [line], set()
    seen = {line}
    while stack:
        for part in stack.pop().inputs:
            if part in wanted:
                found.add(part)
            if part not in seen:
                seen.add(part)
                stack.append(part)
    return found


def _view(functions: Functions, writer: FunctionWriter, graph: Graph) -> FunctionWriter:
    """Return a writer that knows, for a function that goes back through a layer, its way forward as well."""
    from copy import copy

    if writer in functions.writers["train_step"]:
        return writer
    view, layer = copy(writer), graph.notes[writer.lines[0]].scope.name
    for others in functions.writers.values():
        for other in others:
            if other.graph is graph and other.lines and graph.notes[other.lines[0]].scope.name == layer:
                view.names = other.names | view.names
    return view


def _confirmed(blueprint: Blueprint, loss: Node, claimed: dict[Node, Node]) -> dict[Node, Node]:
    """Return those gradients that the forward pass leads to, each with what it is the gradient of."""
    step, scratch = blueprint.compiled_training.step, Graph("confirmation")
    outputs: dict[Path, Node] = {("loss",): loss}
    for place, (node, primal) in enumerate(claimed.items()):
        outputs |= {("gradient", str(place)): node, ("primal", str(place)): primal}
    with scratch:
        leaves = step.leaves(INPUT)
        inputs = [scratch.input(leaf["name"], leaf.shape, leaf.dtype) for leaf in leaves]
        copies = dict(zip(outputs, scratch.include(step.asked_for(outputs), inputs), strict=True))
        primals = [copies["primal", str(place)] for place in range(len(claimed))]
        for place, derived in enumerate(gradient(copies["loss",], primals)):
            scratch.outputs["derived", str(place)] = derived
            scratch.outputs["gradient", str(place)] = copies["gradient", str(place)]
    given, entries = _random_numbers(blueprint, leaves)
    with np.errstate(all="ignore"):
        values = evaluation_of(in_double(simplify(scratch)))(given, entries)
    return {
        node: primal
        for place, (node, primal) in enumerate(claimed.items())
        if _alike(values["gradient", str(place)], values["derived", str(place)])
    }


def _alike(one: Any, other: Any) -> bool:
    size = np.abs(other).max(initial=0.0)
    return bool(np.isfinite(size) and np.abs(one - other).max(initial=0.0) <= _ALIKE * size)


def _random_numbers(blueprint: Blueprint, leaves: Sequence[Node]) -> tuple[dict[str, Any], dict[Path, Any]]:
    """Return examples and a state for which no gradient is 0 only because all weights are."""
    random = np.random.default_rng(0)
    classes = blueprint.predict.outputs["prediction",].shape[-1]
    given: dict[str, Any] = {}
    for leaf in leaves:
        shape = tuple([size if isinstance(size, int) else _EXAMPLES for size in leaf.shape])
        if leaf.dtype.startswith("int"):
            given[leaf["name"]] = random.integers(0, classes if isinstance(classes, int) else 1, shape)
        else:
            given[leaf["name"]] = (
                random.normal(size=shape) if leaf is leaves[0] else random.uniform(0.1, 0.9, shape)
            )
    state = blueprint.initial_state(0)
    entries: dict[Path, Any] = {}
    for slot, value in state.items():
        for name, entry in value.items() if isinstance(value, dict) else ():
            is_array = isinstance(entry, np.ndarray)
            entries[slot, name] = np.asarray(random.uniform(0.1, 0.9, entry.shape)) if is_array else entry
        if not isinstance(value, dict):
            entries[slot,] = value
    return given, entries
