"""The primitives: what every engine must be able to do.

Each is one value in one place: shape rule, NumPy formula, gradient rule, samples, source.
"""

from pellucid.graph import operators
from pellucid.ops.arithmetic import (
    absolute,
    add,
    clip,
    cos,
    divide,
    erf,
    exp,
    expm1,
    floor,
    log,
    maximum,
    minimum,
    multiply,
    negative,
    power,
    sigmoid,
    sign,
    sin,
    softplus,
    sqrt,
    stop_gradient,
    subtract,
    tanh,
)
from pellucid.ops.classes import log_sum_exp, one_hot, pick, softmax
from pellucid.ops.comparison import (
    equal,
    greater,
    greater_equal,
    logical_and,
    logical_not,
    logical_or,
    select,
)
from pellucid.ops.control import call, item, scan
from pellucid.ops.layout import (
    concatenate,
    gather,
    gather_gradient,
    reshape,
    reverse,
    slice_axis,
    slice_gradient,
    transpose,
)
from pellucid.ops.primitive import PRIMITIVES, Formula, Primitive, Sample, primitive
from pellucid.ops.products import matmul
from pellucid.ops.randomness import random_uniform
from pellucid.ops.reduction import (
    argmax,
    broadcast_to,
    cast,
    count_true,
    expand_dims,
    reduce_max,
    reduce_mean,
    reduce_sum,
)

__all__ = [
    "PRIMITIVES",
    "Formula",
    "Primitive",
    "Sample",
    "absolute",
    "add",
    "argmax",
    "broadcast_to",
    "call",
    "cast",
    "clip",
    "concatenate",
    "cos",
    "count_true",
    "divide",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "expm1",
    "floor",
    "gather",
    "gather_gradient",
    "greater",
    "greater_equal",
    "item",
    "log",
    "log_sum_exp",
    "logical_and",
    "logical_not",
    "logical_or",
    "matmul",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "one_hot",
    "pick",
    "power",
    "primitive",
    "random_uniform",
    "reduce_max",
    "reduce_mean",
    "reduce_sum",
    "reshape",
    "reverse",
    "scan",
    "select",
    "sigmoid",
    "sign",
    "sin",
    "slice_axis",
    "slice_gradient",
    "softmax",
    "softplus",
    "sqrt",
    "stop_gradient",
    "subtract",
    "tanh",
    "transpose",
]

operators.update(
    {
        made.name: made
        for made in (
            absolute,
            add,
            divide,
            equal,
            greater,
            greater_equal,
            logical_and,
            logical_not,
            logical_or,
            matmul,
            multiply,
            negative,
            power,
            subtract,
        )
    }
)
