"""The program of a model as a Jupyter notebook: one step in slow motion, then the program itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from pellucid.engines.numpy.function import FunctionWriter
from pellucid.engines.numpy.program import Program
from pellucid.graph import INPUT
from pellucid.hood.formulas.layers import latex_line
from pellucid.hood.opened import Opened
from pellucid.hood.source.derivations import Derivations

__all__ = ["notebook_text"]

_EXAMPLES: Final = 8
_EPOCHS: Final = 10
_BECOMES: Final = r" \leftarrow "
_MAIN: Final = ("predict", "train_step", "results", "train", "initial_state", "trained_weights")


class _Section(NamedTuple):
    """A part of a step: its heading, what is remarked on it, and its lines."""

    heading: str
    remarks: list[str]
    lines: list[str]


def notebook_text(opened: Opened, about: Sequence[str], trained: str) -> str:
    """Write a model as a notebook.

    Args:
        opened: the model.
        about: lines that say what it is.
        trained: the function that returns its weights.
    Returns:
        The text of a file in the format of Jupyter, version 4.5.
    Source:
        nbformat.readthedocs.io, "The notebook file format".
    """
    import json

    cells = []
    for number, (kind, text) in enumerate(_Cells(opened, about, trained).cells()):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell | {"source": text.strip("\n").splitlines(keepends=True)})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


class _Cells:
    """Writes the cells, from top to bottom."""

    def __init__(self, opened: Opened, about: Sequence[str], trained: str) -> None:
        self._opened = opened
        self._about = about
        blueprint = opened.blueprint
        graph = blueprint.predict if blueprint.training is None else blueprint.training.step
        self._inputs = graph.leaves(INPUT)
        self._program = Program(opened.blueprint)
        head, *functions = self._program.text(" ", trained).strip().split("\n\n\n")
        self._imports = head.partition('"""\n\n')[2]
        names = [text.partition("(")[0].removeprefix("def ") for text in functions]
        self._functions = dict(zip(names, functions, strict=True))

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield the kind of each cell, and its text."""
        facts = "\n\n".join(_plain(line) for line in self._about if line)
        yield "markdown", f"# {_plain(self._opened.blueprint.title)}\n\n{facts}"
        yield "code", self._imports
        helpers = [text for name, text in self._functions.items() if name not in _MAIN]
        if helpers:
            yield "markdown", "## Functions that are called further down"
            yield "code", "\n\n\n".join(helpers)
        yield (
            "markdown",
            "## The weights\n\nThose that training starts from, and those that it has ended with.",
        )
        yield "code", f"{self._functions['initial_state']}\n\n\n{self._functions['trained_weights']}"
        yield "markdown", "## From an example to an answer"
        yield "code", self._functions["predict"]
        yield "markdown", _ABOUT_EXAMPLES
        yield "code", "\n".join(self._examples())
        if self._opened.blueprint.training is not None:
            yield from self._training()
        else:
            yield "markdown", "## Answers"
            yield "code", "predict(x, trained_weights())"

    def _examples(self) -> Iterator[str]:
        """Make examples that fit the model."""
        x, *others = self._inputs
        sizes = ", ".join([str(_EXAMPLES), *map(repr, x.shape[1:])])
        yield f"x = np.random.default_rng(0).normal(size=({sizes})).astype(np.{x.dtype})"
        for leaf in others:
            answers = "predict(x, trained_weights())"
            if leaf["name"] != "y":
                yield f"{leaf['name']} = np.ones({_EXAMPLES}, np.{leaf.dtype})"
            elif leaf.dtype.startswith("int"):
                yield f"y = np.argmax({answers}, axis=-1)"
            else:
                yield f"y = {answers}"

    # ------------------------------------------------------------ a step
    def _training(self) -> Iterator[tuple[str, str]]:
        seed = self._opened.state["seed"]
        writer = self._program.functions.writers["train_step"][0]
        derivations = Derivations(self._opened)
        top, *sections = _sections(self._functions["train_step"])
        yield "markdown", _ABOUT_STEP
        yield "code", "\n".join([f"state = initial_state(seed={seed})", *top.lines])
        for section in sections:
            yield "markdown", "\n\n".join(self._explained(section, writer, derivations))
            yield "code", "\n".join(section.lines)
        yield "markdown", "## The same as functions\n\nThey do this again and again, with all examples."
        yield "code", "\n\n\n".join(self._functions[name] for name in ("train_step", "results", "train"))
        yield "markdown", "## A short training\n\nFrom the first weights on, and then the answers of both."
        x, *others = [leaf["name"] for leaf in self._inputs]
        arguments = ", ".join([x, *others[:1], "state", *others[1:], f"epochs={_EPOCHS}"])
        yield (
            "code",
            f"state = initial_state(seed={seed})\nhistory = train({arguments})\nhistory[0], history[-1]",
        )
        yield "code", 'predict(x, state["weights"]), predict(x, trained_weights())'

    def _explained(
        self, section: _Section, writer: FunctionWriter, derivations: Derivations
    ) -> Iterator[str]:
        """Yield a heading, remarks, and each line as mathematics, with why it is so."""
        yield f"### {_plain(section.heading[:1].upper() + section.heading[1:])}"
        if section.remarks:
            yield _plain(" ".join(section.remarks))
        nodes = {name: node for node, name in writer.names.items()}
        for line in section.lines:
            node = nodes.get(line.partition(" = ")[0])
            if node is not None:
                for sentence in _sentences(derivations(self._program.functions, writer, node)):
                    yield _plain(sentence)
                yield f"$${latex_line(node, writer)}$$"
        if section.heading.startswith("update"):
            yield from self._update(section)

    def _update(self, section: _Section) -> Iterator[str]:
        """Yield what the functions say that a section calls, and their lines as mathematics."""
        text = "\n".join(section.lines)
        for name, writers in self._program.functions.writers.items():
            if name not in _MAIN and re.search(rf"\b{name}\(", text):
                doc = self._functions[name].partition('"""')[2].partition('"""')[0]
                yield _plain(" ".join(doc.split()))
                for node in writers[0].lines:
                    yield f"$${latex_line(node, writers[0]).replace(' = ', _BECOMES, 1)}$$"


_ABOUT_EXAMPLES: Final = """\
## Examples

Put your own here. These are random numbers, and the right answers to them are those of the trained network: \
so a network that starts anew has something to learn."""
_ABOUT_STEP: Final = """\
## One step of training, in slow motion

What follows is the function `train_step`, line by line, on the examples above. First the state: the \
weights, and what the optimizer and the metrics keep. $L$ is the loss."""


def _sections(function: str) -> Iterator[_Section]:
    """Take the body of a step apart at its headings."""
    body = function.partition('"""\n')[2].removesuffix("\n    return loss")
    for block in body.split("\n\n    # "):
        lines = [line.removeprefix("    ") for line in block.split("\n")]
        heading = lines.pop(0) if re.match(r"(forward|loss|metrics|backward|update): ", lines[0]) else ""
        remarks: list[str] = []
        while heading and lines and lines[0].startswith("# "):
            remarks.append(lines.pop(0).removeprefix("# "))
        yield _Section(heading, remarks, lines)


def _sentences(comments: Sequence[str]) -> list[str]:
    """Turn comments back into sentences."""
    sentences: list[str] = []
    for comment in comments:
        if comment.startswith("#     "):
            sentences[-1] += f" {comment.removeprefix('#     ')}"
        else:
            sentences.append(comment.removeprefix("# "))
    return sentences


def _plain(text: str) -> str:
    """Write a text so that Markdown takes no sign of it for its own."""
    return re.sub(r"([\\`*_{}\[\]<>#+|$~])", r"\\\1", text)
