"""Where a node comes from, in the user's words."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Line", "Name", "Note", "Path", "Phase", "Scope"]

Path: TypeAlias = "tuple[str, ...]"  # ("loss",), ("weights", "dense/kernel")

Phase: TypeAlias = Literal["forward", "loss", "metrics", "backward", "update"]


class Scope(NamedTuple):
    """The part of a model that made a node.

    Attributes:
        name: the layer's name, or "loss", "metrics", "optimizer".
        title: what a heading says about it: "20 units, relu".
        phase: the part of a training step it belongs to.
    """

    name: str
    title: str = ""
    phase: Phase = "forward"


class Line(NamedTuple):
    """A line of the user's code."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


class Name(NamedTuple):
    """What a person would call a value.

    Attributes:
        text: the letters: "W", "error", "d_z".
        owner: the layer whose number it takes when there are several: W1, W2.
        order: how often it has been differentiated: 1 prints as d_W.
    """

    text: str
    owner: str = ""
    order: int = 0

    def __str__(self) -> str:
        return "d_" * self.order + self.text


class Note:
    """What a graph remembers about one of its nodes; rewriting may merge and move it.

    Attributes:
        scope: the part of the model that made the node.
        line: the line of user code that led to it.
        name: what to call it, if anyone said.
        primal: the node whose gradient it is: it is called d_ and the name of that one.
    """

    __slots__ = ("line", "name", "primal", "scope")

    def __init__(self, scope: Scope, line: Line | None) -> None:
        self.scope = scope
        self.line = line
        self.name: Name | None = None
        self.primal: object | None = None
