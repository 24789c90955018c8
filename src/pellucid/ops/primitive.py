"""What a primitive is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from pellucid.errors import DtypeError
from pellucid.graph import NUMBER, Node, Shape, current_graph, lift

__all__ = ["PRIMITIVES", "Formula", "GradientRule", "Primitive", "Sample", "ShapeRule", "primitive"]

ShapeRule: TypeAlias = "Callable[..., tuple[Shape, str]]"
Formula: TypeAlias = "str | Callable[[Node], str]"
GradientRule: TypeAlias = "Callable[..., tuple[Node | float | None, ...]]"


class Sample:
    """Inputs on which a primitive is tested and documented: nested lists, and its attributes."""

    __slots__ = ("attributes", "inputs")

    def __init__(self, *inputs: Any, **attributes: Any) -> None:
        self.inputs = inputs
        self.attributes = attributes


class Primitive:
    """An operation that is not made of others.

    Attributes:
        name: the standard name.
        shape: from the inputs and attributes to the shape and dtype of the result; raises a typed error.
        numpy: the formula, a NumPy expression over x, y, z (or x0, x1, ...) and the attributes' names; or a
            function that writes the expression for a given node.
        gradient: from (gradient of the result, result, inputs ...) to the gradient of each input, as nodes;
            None where there is none. The transform undoes broadcasting. Where the result has shape (), its
            gradient may be a plain number.
        samples: inputs for tests and documentation.
        source: where the formula comes from.
        number: the formula where the result is a Python number; None where it never is one.
        helpers: NumPy functions that the formula calls; their source is printed.
        elementwise: whether each number of the result depends only on the numbers at its place.
    """

    __slots__ = (
        "elementwise",
        "gradient",
        "helpers",
        "name",
        "number",
        "numpy",
        "samples",
        "shape",
        "source",
    )

    def __init__(
        self,
        name: str,
        *,
        shape: ShapeRule,
        numpy: Formula,
        gradient: GradientRule | None,
        samples: Iterable[Sample],
        source: str,
        number: str | None,
        helpers: tuple[Callable[..., Any], ...],
        elementwise: bool,
    ) -> None:
        self.name = name
        self.shape = shape
        self.numpy = numpy
        self.gradient = gradient
        self.samples = tuple(samples)
        self.source = source
        self.number = number
        self.helpers = helpers
        self.elementwise = elementwise

    def __call__(self, *inputs: Any, **attributes: Any) -> Node:
        """Add this operation to the graph that is being built."""
        nodes = tuple([lift(value) for value in inputs])
        shape, dtype = self.shape(*nodes, **attributes)
        if dtype == NUMBER and (shape or self.number is None):
            raise DtypeError(
                f"{self.name!r} needs an array",
                received="nothing but Python numbers",
                attempt='broadcast_to(x, shape=(), dtype="float32")',
            )
        return current_graph().add(self, nodes, attributes, shape, dtype)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive by its name, in the order of the files."""


def primitive(
    name: str,
    *,
    shape: ShapeRule,
    numpy: Formula,
    samples: Iterable[Sample],
    gradient: GradientRule | None = None,
    source: str = "",
    number: str | None = None,
    helpers: tuple[Callable[..., Any], ...] = (),
    elementwise: bool = False,
) -> Primitive:
    """Make a primitive and enter it in the list."""
    made = Primitive(
        name,
        shape=shape,
        numpy=numpy,
        gradient=gradient,
        samples=samples,
        source=source,
        number=number,
        helpers=helpers,
        elementwise=elementwise,
    )
    PRIMITIVES[name] = made
    return made
