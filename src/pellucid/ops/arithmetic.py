"""Element-wise arithmetic and functions."""

from __future__ import annotations

import math
from typing import Any

from pellucid.graph import CONSTANT, Node
from pellucid.ops import formulas
from pellucid.ops._shapes import arithmetic, floating, unchanged
from pellucid.ops.comparison import equal, greater, select
from pellucid.ops.primitive import Formula, GradientRule, Primitive, Sample, primitive

__all__ = [
    "absolute",
    "add",
    "clip",
    "cos",
    "divide",
    "erf",
    "exp",
    "expm1",
    "floor",
    "log",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "power",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "sqrt",
    "stop_gradient",
    "subtract",
    "tanh",
]


_ROW = [[-1.5, -0.25, 0.5], [0.75, 1.0, 2.5]]
_POSITIVE = [[0.25, 0.5, 1.5], [2.0, 3.0, 0.125]]
_PAIR = Sample(_ROW, [0.5, -2.0, 1.25])


# ------------------------------------------------------------ + - * / **
add = primitive(
    "add",
    numpy="x + y",
    number="x + y",
    shape=arithmetic,
    elementwise=True,
    samples=[_PAIR],
    gradient=lambda g, out, x, y: (g, g),
)
subtract = primitive(
    "subtract",
    numpy="x - y",
    number="x - y",
    shape=arithmetic,
    elementwise=True,
    samples=[_PAIR],
    gradient=lambda g, out, x, y: (g, -g),
)
multiply = primitive(
    "multiply",
    numpy="x * y",
    number="x * y",
    shape=arithmetic,
    elementwise=True,
    samples=[_PAIR],
    gradient=lambda g, out, x, y: (g * y, g * x),
)
divide = primitive(
    "divide",
    numpy="x / y",
    number="x / y",
    shape=floating,
    elementwise=True,
    samples=[_PAIR],
    gradient=lambda g, out, x, y: (g / y, -(g * out / y)),
)
negative = primitive(
    "negative",
    numpy="-x",
    number="-x",
    shape=arithmetic,
    elementwise=True,
    samples=[Sample(_ROW)],
    gradient=lambda g, out, x: (-g,),
)
power = primitive(
    "power",
    numpy="x ** y",
    number="x ** y",
    shape=floating,
    elementwise=True,
    samples=[Sample(_POSITIVE, 3.0), Sample(_POSITIVE, [0.5, -1.0, 2.0])],
    gradient=lambda g, out, x, y: (g * (y * x ** (y - 1)), None if y.op is CONSTANT else g * (out * log(x))),
)


# ------------------------------------------------------------ larger, smaller, nearest
def _larger_or_second(g: Node, out: Node, x: Node, y: Node) -> tuple[Node, Node]:
    """On a tie the gradient goes to the second: relu is maximum(z, 0), with slope 0 at 0."""
    first = greater(x, y)
    return select(first, g, 0), select(first, 0, g)


def _smaller_or_second(g: Node, out: Node, x: Node, y: Node) -> tuple[Node, Node]:
    first = greater(y, x)
    return select(first, g, 0), select(first, 0, g)


maximum = primitive(
    "maximum",
    numpy="np.maximum(x, y)",
    number="max(x, y)",
    shape=arithmetic,
    elementwise=True,
    samples=[_PAIR, Sample(_ROW, 0.25)],
    gradient=_larger_or_second,
)
minimum = primitive(
    "minimum",
    numpy="np.minimum(x, y)",
    number="min(x, y)",
    shape=arithmetic,
    elementwise=True,
    samples=[_PAIR, Sample(_ROW, 0.25)],
    gradient=_smaller_or_second,
)
clip = primitive(
    "clip",
    numpy="np.clip(x, low, high)",
    shape=unchanged,
    elementwise=True,
    samples=[Sample(_ROW, low=-0.5, high=1.5)],
    gradient=lambda g, out, x: (select(equal(out, x), g, 0),),
)
absolute = primitive(
    "absolute",
    numpy="np.abs(x)",
    number="abs(x)",
    shape=arithmetic,
    elementwise=True,
    samples=[Sample(_ROW)],
    gradient=lambda g, out, x: (g * sign(x),),
)
sign: Primitive = primitive(
    "sign",
    numpy="np.sign(x)",
    shape=arithmetic,
    elementwise=True,
    samples=[Sample(_ROW)],
    gradient=lambda g, out, x: (None,),
    source="its slope is 0 wherever it has one",
)
floor = primitive(
    "floor",
    numpy="np.floor(x)",
    number="math.floor(x)",
    shape=floating,
    elementwise=True,
    samples=[Sample(_ROW[0])],
    gradient=lambda g, out, x: (None,),
    source="its slope is 0 wherever it has one",
)
stop_gradient = primitive(
    "stop_gradient",
    numpy="x",
    number="x",
    shape=unchanged,
    elementwise=True,
    samples=[],
    gradient=lambda g, out, x: (None,),
    source="the value itself, held constant for the gradient",
)


# ------------------------------------------------------------ functions
def _function(
    name: str, numpy: str | Formula, gradient: GradientRule, sample: Any = _ROW, **more: Any
) -> Primitive:
    return primitive(
        name,
        numpy=numpy,
        gradient=gradient,
        shape=floating,
        elementwise=True,
        samples=[Sample(sample)],
        **more,
    )


exp = _function("exp", "np.exp(x)", lambda g, out, x: (g * out,), number="math.exp(x)")
expm1 = _function("expm1", "np.expm1(x)", lambda g, out, x: (g * (out + 1),), number="math.expm1(x)")
log: Primitive = _function("log", "np.log(x)", lambda g, out, x: (g / x,), _POSITIVE, number="math.log(x)")
sqrt = _function("sqrt", "np.sqrt(x)", lambda g, out, x: (g / (2 * out),), _POSITIVE, number="x ** 0.5")
sin = _function("sin", "np.sin(x)", lambda g, out, x: (g * cos(x),), number="math.sin(x)")
cos: Primitive = _function("cos", "np.cos(x)", lambda g, out, x: (-(g * sin(x)),), number="math.cos(x)")
tanh = _function("tanh", "np.tanh(x)", lambda g, out, x: (g * (1 - out**2),), number="math.tanh(x)")
erf = _function(
    "erf",
    Formula("erf(x)", formulas.erf),
    lambda g, out, x: (g * (2 / math.pi**0.5 * exp(-(x**2))),),
    number="math.erf(x)",
    source="Abramowitz & Stegun 1964, 7.1.1",
)
sigmoid = _function(
    "sigmoid", Formula("sigmoid(x)", formulas.sigmoid), lambda g, out, x: (g * out * (1 - out),)
)
softplus = _function(
    "softplus", "np.logaddexp(0, x)", lambda g, out, x: (g * sigmoid(x),), source="log(1 + exp(x))"
)
