"""What a primitive is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from pellucid.errors import DtypeError
from pellucid.graph import NUMBER, Node, Shape, current_graph, lift

__all__ = [
    "PRIMITIVES",
    "Expression",
    "Formula",
    "GradientRule",
    "Primitive",
    "Sample",
    "ShapeRule",
    "primitive",
]

ShapeRule: TypeAlias = "Callable[..., tuple[Shape, str]]"
Expression: TypeAlias = "str | Callable[[Node], str]"
GradientRule: TypeAlias = "Callable[..., tuple[Node | float | None, ...]]"


class Sample:
    """Inputs on which a primitive is tested and documented: nested lists, and its attributes."""

    __slots__ = ("attributes", "inputs")

    def __init__(self, *inputs: Any, **attributes: Any) -> None:
        self.inputs = inputs
        self.attributes = attributes


class Formula:
    """A NumPy expression that calls functions which NumPy does not have; their source is printed."""

    __slots__ = ("expression", "helpers")

    def __init__(self, expression: Expression, *helpers: Callable[..., Any]) -> None:
        self.expression = expression
        self.helpers = helpers


class Primitive:
    """An operation that is not made of others; `primitive` makes one and enters it in the list.

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
        helpers: the functions that the formula calls.
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
        numpy: Expression | Formula,
        samples: Iterable[Sample],
        gradient: GradientRule | None = None,
        source: str = "",
        number: str | None = None,
        elementwise: bool = False,
    ) -> None:
        formula = numpy if isinstance(numpy, Formula) else Formula(numpy)
        self.name = name
        self.shape = shape
        self.numpy = formula.expression
        self.helpers = formula.helpers
        self.gradient = gradient
        self.samples = tuple(samples)
        self.source = source
        self.number = number
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
    numpy: Expression | Formula,
    samples: Iterable[Sample],
    gradient: GradientRule | None = None,
    source: str = "",
    number: str | None = None,
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
        elementwise=elementwise,
    )
    PRIMITIVES[name] = made
    return made
