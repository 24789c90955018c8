"""Why a gradient is what it is: a sentence for each primitive and each of its operands.

In the sentences x and y are the operands as the program writes them, out is the result, and g its gradient;
x:p has parentheses around it if it needs them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias, final

from pellucid.graph import BATCH, CONSTANT, Node, product
from pellucid.ops import Primitive
from pellucid.ops.reduction import size_text

__all__ = ["SENTENCES", "UNBROKEN", "Step", "repeated", "said"]


class Step(NamedTuple):
    """One operation on the way back from the loss.

    Attributes:
        node: the operation.
        operand: the number of the operand whose gradient is wanted.
    """

    node: Node
    operand: int

    @property
    def hands_on(self) -> bool:
        """Whether the operation hands its gradient on as it is."""
        name = self.node.op.name
        return name == "add" or (name == "subtract" and self.operand == 0)

    @property
    def is_plain(self) -> bool:
        """Whether not much has to be said of the operation: what it hands back are the same numbers."""
        return self.hands_on or self.node.op.name in ("cast", "expand_dims", "reshape", "transpose")

    @property
    def is_repeated(self) -> bool:
        """Whether each number of the operand stands for several in the result."""
        part = self.node.inputs[self.operand]
        return (
            isinstance(self.node.op, Primitive) and self.node.op.elementwise and part.shape != self.node.shape
        )


UNBROKEN: Final = "\u00a0"
"""Stands for a space in a formula: a line is not broken there."""


@final
class _Text(str):
    """A formula that goes into a sentence."""

    __slots__ = ()

    def __format__(self, kind: str) -> str:
        text = self.replace(" ", UNBROKEN)
        return text if kind != "p" or self._is_one() else f"({text})"

    def _is_one(self) -> bool:
        try:
            tree = ast.parse(self, mode="eval").body
        except SyntaxError:  # words
            return False
        return isinstance(tree, ast.Name | ast.Constant | ast.Call | ast.Subscript | ast.Attribute)


_Sentence: TypeAlias = "str | Callable[[Step], str]"


def said(step: Step, operands: Sequence[str], out: str, gradient: str) -> str:
    """Say why an operation hands back what it does.

    Args:
        step: the operation.
        operands: as the program writes them.
        out: its result.
        gradient: the gradient of that.
    """
    sentence = SENTENCES[step.node.op.name]
    template = sentence if isinstance(sentence, str) else sentence(step)
    x, y, z = (_Text(text) for text in (*operands, "", "", "")[:3])
    text = template.format(x=x, y=y, z=z, out=_Text(out), g=_Text(gradient))
    return re.sub(r" (@|\*\*|[-*/<>]|>=|<=) ", rf"{UNBROKEN}\1{UNBROKEN}", text)


def repeated(step: Step, operand: str) -> str:
    """Say that a number which stands for several gets all of their gradients."""
    part, node = step.node.inputs[step.operand], step.node
    operand, missing = f"{_Text(operand)}", len(node.shape) - len(part.shape)
    if missing and node.shape[0] == BATCH:
        return f"the same {operand} serves every example, so that all their gradients add up"
    return f"each number of {operand} stands for several, and all their gradients add up"


def _slope(text: str) -> str:
    """Say by which factor the result moves with its first operand."""
    return "the slope of {out} in {x} is " + text


# ------------------------------------------------------------ those that depend on the node
def _power(step: Step) -> str:
    if step.operand == 1:
        return "the slope of {out} in {y} is {out:p} * log({x})"
    exponent = step.node.inputs[1]
    if exponent.op is CONSTANT and exponent["value"] == 2:
        return _slope("2 * {x:p}")
    return _slope("{y:p} * {x:p} ** ({y} - 1)")


def _mean(step: Step) -> str:
    shape = step.node.inputs[0].shape
    count = size_text(product(tuple([shape[axis] for axis in step.node["axes"]])))
    return f"each of the {count} numbers counts 1 / {_Text(count):p} in their mean"


def _clip(step: Step) -> str:
    low, high = step.node["low"], step.node["high"]
    return f"the gradient passes where {{x}} lies between {low!r} and {high!r}; beyond, {{out}} does not move"


def _either(first: str, second: str) -> _Sentence:
    return lambda step: (first, second)[step.operand]


_FLAT: Final = "{out} does not change a little when {x} does, so nothing passes"
_SHAPE: Final = "{out} has the numbers of {x}, arranged otherwise; its gradient is arranged back"
_WINDOW: Final = (
    "each weight in {y} meets one number at every place of the window; all that comes back adds up"
)
_PLACES: Final = "each number of {x} gets back what it gave to every window that it lay under"

SENTENCES: Final[dict[str, _Sentence]] = {
    # arithmetic
    "add": "a sum hands its gradient on to each of its terms",
    "subtract": _either(
        "a difference hands its gradient on to what stands in front",
        "what is taken away, {y}, gets the gradient with its sign changed",
    ),
    "multiply": _either(
        _slope("the other factor, {y}"), "the slope of {out} in {y} is the other factor, {x}"
    ),
    "divide": _either(_slope("1 / {y:p}"), "the slope of {out} in {y} is -{x:p} / {y:p} ** 2"),
    "negative": "the minus changes the sign of the gradient",
    "power": _power,
    "maximum": _either(
        "the gradient passes where {x} > {y}, and is 0 elsewhere",
        "the gradient passes where {y} >= {x}, and is 0 elsewhere",
    ),
    "minimum": _either(
        "the gradient passes where {x} < {y}, and is 0 elsewhere",
        "the gradient passes where {y} <= {x}, and is 0 elsewhere",
    ),
    "clip": _clip,
    "absolute": _slope("the sign of {x}"),
    "sign": _FLAT,
    "floor": _FLAT,
    "stop_gradient": "{x} counts as a constant here, so nothing passes",
    # functions
    "exp": _slope("{out} itself"),
    "expm1": _slope("exp({x})"),
    "log": _slope("1 / {x:p}"),
    "sqrt": _slope("1 / (2 * {out:p})"),
    "sin": _slope("cos({x})"),
    "cos": _slope("-sin({x})"),
    "tanh": _slope("1 - {out:p} ** 2"),
    "erf": _slope("2 / sqrt(pi) * exp(-{x:p} ** 2), the bell curve that it is the area of"),
    "sigmoid": _slope("{out:p} * (1 - {out})"),
    "softplus": _slope("sigmoid({x})"),
    # classes
    "softmax": "with s = {out}, the gradient g of s goes back as s * (g - sum(g * s)): what raises one share "
    "lowers all others",
    "log_sum_exp": "the slope of log(sum(exp(z))) in each z is its share of the sum, softmax({x})",
    "pick": _either("only the number that the label names moves {out}: one_hot({y}, ...)", _FLAT),
    "one_hot": _FLAT,
    # comparison
    "greater": _FLAT,
    "greater_equal": _FLAT,
    "equal": _FLAT,
    "logical_and": _FLAT,
    "logical_or": _FLAT,
    "logical_not": _FLAT,
    "select": lambda step: (
        _FLAT,
        "the gradient passes where {x}, and is 0 elsewhere",
        "the gradient passes where not {x:p}, and is 0 elsewhere",
    )[step.operand],
    # products
    "matmul": _either(
        "each number of {x} meets one of {y} in every column, and gets back {g:p} @ {y:p}.T",
        "each number of {y} meets one of {x} in every row, and gets back {x:p}.T @ {g:p}",
    ),
    # reduction
    "broadcast_to": "{x} is repeated, and all its copies hand back their gradients",
    "expand_dims": _SHAPE,
    "reduce_sum": "each number of {x} counts once in the sum, and gets the gradient of the sum",
    "count_true": _FLAT,
    "reduce_mean": _mean,
    "reduce_max": "only the largest number moves {out}; equally large ones share the gradient",
    "argmax": _FLAT,
    "cast": "{out} is {x} in another dtype, and so is the gradient",
    # layout
    "reshape": _SHAPE,
    "transpose": _SHAPE,
    "slice_axis": "{out} is a part of {x}; the rest gets the gradient 0",
    "slice_gradient": "{x} lies in {out} with 0 around it; its part of the gradient is cut out",
    "concatenate": "each of the parts that are joined gets its own part of the gradient",
    "reverse": "the order is turned round, and so is that of the gradient",
    "gather": "each row of {x} gets back the gradients of all places where it was looked up",
    "gather_gradient": "each row of {x} gets the gradient of the place where it was added",
    "pad": "what was put around {x} is cut off the gradient",
    # windows
    "convolution": _either(_PLACES, _WINDOW),
    "convolution_input_gradient": _either(_PLACES, _WINDOW),
    "convolution_kernel_gradient": _either(_PLACES, _WINDOW),
    "max_pool": "only the largest number under each window gets its gradient",
    "max_pool_gradient": _either("each gradient is read where the largest number lay", _FLAT),
    "max_pool_pick": _either("each gradient is put where the largest number lay", _FLAT),
    "average_pool": "the numbers under a window share its gradient equally",
    "average_pool_gradient": "each window gets the mean of the gradients under it",
    # the rest
    "random_uniform": "random numbers depend on nothing that is learnt",
    "item": "one of several results hands its gradient to what made them all",
    "call": "the function's own steps are gone through backwards",
    "scan": "the loop is gone through backwards, from its last step to its first",
}
"""What is said of each primitive."""
