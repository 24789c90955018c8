"""How each primitive is written in LaTeX: one table, and what puts its formulas together.

Parentheses stand where they are needed: each formula says how tightly it is bound, and what it needs of the
formulas inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from pellucid.graph import BATCH, CONSTANT, Axis, Node
from pellucid.hood.formulas.labels import latex_name, latex_number

__all__ = ["SPELLINGS", "Latex", "spelled"]

_TRUTH, _SUM, _PRODUCT, _POWER, _ATOM = range(5)
_NEEDED: Final = 12  # digits of a number that stands in a formula, such as sqrt(2)


class Latex(NamedTuple):
    """A formula, and how tightly its parts are bound together."""

    text: str
    level: int = _ATOM


_Spelling: TypeAlias = "Callable[[Node, Sequence[Latex]], Latex]"


def spelled(node: Node, reference: Callable[[Node], str | None]) -> Latex:
    """Write the formula of a value.

    Args:
        node: the value.
        reference: gives the name of a value that is not to be written out.
    """
    parts = [_part(operand, reference) for operand in node.inputs]
    return SPELLINGS[node.op.name](node, parts)


def _part(node: Node, reference: Callable[[Node], str | None]) -> Latex:
    name = reference(node)
    if name is not None:
        return Latex(latex_name(name), _POWER if name.startswith("d_") else _ATOM)
    if node.op is CONSTANT:
        text = latex_name(node["name"]) if node["name"] else latex_number(node["value"], _NEEDED)
        return Latex(text, _SUM if text.startswith("-") else _PRODUCT if r"\cdot" in text else _ATOM)
    return spelled(node, reference)


def _bound(part: Latex, level: int) -> str:
    return part.text if part.level >= level else rf"\left({part.text}\right)"


# ------------------------------------------------------------ kinds of spelling
def _infix(sign: str, level: int, left: int, right: int) -> _Spelling:
    """x + y."""
    return lambda node, parts: Latex(f"{_bound(parts[0], left)} {sign} {_bound(parts[1], right)}", level)


def _around(template: str, level: int = _ATOM, inside: int = _TRUTH) -> _Spelling:
    r"""\sqrt{x}: # stands for what is inside; ## for a second formula."""

    def write(node: Node, parts: Sequence[Latex]) -> Latex:
        texts = [_bound(part, inside) for part in parts]
        text = re.sub("##?", lambda sign: texts[-1] if sign[0] == "##" else texts[0], template)
        return Latex(text, level)

    return write


def _function(name: str) -> _Spelling:
    r"""\tanh\left(x, y\right)."""

    def write(node: Node, parts: Sequence[Latex]) -> Latex:
        return Latex(rf"{name}\left({', '.join(part.text for part in parts)}\right)")

    return write


def _named(word: str) -> _Spelling:
    return _function(rf"\operatorname{{{word}}}")


def _over_axes(name: str, level: int = _ATOM) -> _Spelling:
    r"""\operatorname{mean}_{\text{axis 1}}: without axes where nothing is left of them."""

    def write(node: Node, parts: Sequence[Latex]) -> Latex:
        x, axes = node.inputs[0], node["axes"]
        below = "" if len(axes) == len(x.shape) else rf"_{{\text{{{_axes_text(x, axes)}}}}}"
        if level == _ATOM:
            return Latex(rf"{name}{below}\left({parts[0].text}\right)")
        return Latex(rf"{name}{below} {_bound(parts[0], _PRODUCT)}", level)

    return write


def _axes_text(x: Node, axes: Sequence[int]) -> str:
    words = ["batch"] if x.shape[0] == BATCH and 0 in axes else []
    rest = [str(axis) for axis in axes if not words or axis]
    return " and ".join([*words, *(["axis " + ", ".join(rest)] if rest else [])])


def _same(node: Node, parts: Sequence[Latex]) -> Latex:
    """Write what only changes its shape or its dtype like itself."""
    return parts[0]


def _multiply(node: Node, parts: Sequence[Latex]) -> Latex:
    x, y = (_bound(part, _PRODUCT) for part in parts)
    arrays = all(operand.shape for operand in node.inputs)
    sign = r"\odot" if arrays else r"\cdot" if y[0].isdigit() else r"\,"
    return Latex(f"{x} {sign} {y}", _PRODUCT)


def _maximum(node: Node, parts: Sequence[Latex]) -> Latex:
    zero = node.inputs[1].op is CONSTANT and node.inputs[1]["value"] == 0
    return _named("relu")(node, parts[:1]) if zero else _function(r"\max")(node, parts)


def _select(node: Node, parts: Sequence[Latex]) -> Latex:
    condition, yes, no = (part.text for part in parts)
    cases = rf"{yes} & \text{{where }} {condition} \\ {no} & \text{{elsewhere}}"
    return Latex(rf"\begin{{cases}} {cases} \end{{cases}}", _SUM)


def _clip(node: Node, parts: Sequence[Latex]) -> Latex:
    low, high = latex_number(node["low"], _NEEDED), latex_number(node["high"], _NEEDED)
    return Latex(rf"\min\left(\max\left({parts[0].text}, {low}\right), {high}\right)")


def _transpose(node: Node, parts: Sequence[Latex]) -> Latex:
    axes = node["axes"]
    if axes == tuple(reversed(range(len(axes)))):
        return Latex(rf"{_bound(parts[0], _ATOM)}^{{\top}}", _POWER)
    order = ", ".join(map(str, axes))
    return Latex(rf"\operatorname{{transpose}}_{{{order}}}\left({parts[0].text}\right)")


def _reshape(node: Node, parts: Sequence[Latex]) -> Latex:
    return Latex(rf"\operatorname{{reshape}}_{{{_sizes(node.shape)}}}\left({parts[0].text}\right)")


def _sizes(shape: Sequence[Axis]) -> str:
    words = [latex_name("n") if size == BATCH else str(size).replace("batch", "n") for size in shape]
    return r" \times ".join(words) or "1"


def _slice(node: Node, parts: Sequence[Latex]) -> Latex:
    places = [":"] * node["axis"] + [rf"{node['start']}{{:}}{node['stop']}"]
    return Latex(rf"{_bound(parts[0], _ATOM)}\left[{', '.join(places)}\right]")


def _join(node: Node, parts: Sequence[Latex]) -> Latex:
    return Latex(rf"\left[{'; '.join(part.text for part in parts)}\right]")


def _pooling(name: str) -> _Spelling:
    def write(node: Node, parts: Sequence[Latex]) -> Latex:
        inside = ", ".join(part.text for part in parts)
        return Latex(rf"{name}_{{{_sizes(node['window'])}}}\left({inside}\right)")

    return write


def _uniform(node: Node, parts: Sequence[Latex]) -> Latex:
    return Latex(r"\mathcal{U}\left(0, 1\right)")


def _item(node: Node, parts: Sequence[Latex]) -> Latex:
    return Latex(f"{_bound(parts[0], _ATOM)}_{{{node['index']}}}")


def _body(node: Node, parts: Sequence[Latex]) -> Latex:
    title: Any = node["body"]
    return _function(latex_name(title.title))(node, parts)


_CONV: Final = r"\operatorname{conv}"

SPELLINGS: Final[dict[str, _Spelling]] = {
    # arithmetic
    "add": _infix("+", _SUM, _SUM, _PRODUCT),
    "subtract": _infix("-", _SUM, _SUM, _PRODUCT),
    "multiply": _multiply,
    "divide": _around(r"\frac{#}{##}", _PRODUCT),
    "negative": _around("-#", _SUM, _PRODUCT),
    "power": lambda node, parts: Latex(f"{_bound(parts[0], _ATOM)}^{{{parts[1].text}}}", _POWER),
    "maximum": _maximum,
    "minimum": _function(r"\min"),
    "clip": _clip,
    "absolute": _around(r"\left|#\right|"),
    "sign": _named("sign"),
    "floor": _around(r"\left\lfloor # \right\rfloor"),
    "stop_gradient": _same,
    # functions
    "exp": _around("e^{#}", _POWER),
    "expm1": _around("e^{#} - 1", _SUM),
    "log": _function(r"\ln"),
    "sqrt": _around(r"\sqrt{#}"),
    "sin": _function(r"\sin"),
    "cos": _function(r"\cos"),
    "tanh": _function(r"\tanh"),
    "erf": _named("erf"),
    "sigmoid": _function(r"\sigma"),
    "softplus": _around(r"\ln\left(1 + e^{#}\right)"),
    # classes
    "softmax": _named("softmax"),
    "log_sum_exp": _around(r"\ln \sum_{k} e^{#_k}", _SUM, _ATOM),
    "pick": _around(r"#_{[##]}", _POWER, _ATOM),
    "one_hot": _around(r"\mathbf{1}_{[#]}"),
    # comparison
    "greater": _infix(">", _TRUTH, _SUM, _SUM),
    "greater_equal": _infix(r"\ge", _TRUTH, _SUM, _SUM),
    "equal": _infix("=", _TRUTH, _SUM, _SUM),
    "logical_and": _infix(r"\land", _TRUTH, _SUM, _SUM),
    "logical_or": _infix(r"\lor", _TRUTH, _SUM, _SUM),
    "logical_not": _around(r"\lnot #", _TRUTH, _SUM),
    "select": _select,
    # products
    "matmul": _infix(r"\,", _PRODUCT, _PRODUCT, _POWER),
    # reduction
    "broadcast_to": _same,
    "expand_dims": _same,
    "reduce_sum": _over_axes(r"\sum", _SUM),
    "count_true": _named("count"),
    "reduce_mean": _over_axes(r"\operatorname{mean}"),
    "reduce_max": _over_axes(r"\max"),
    "argmax": _named("arg\\,max"),
    "cast": _same,
    # layout
    "reshape": _reshape,
    "transpose": _transpose,
    "slice_axis": _slice,
    "slice_gradient": _named("place"),
    "concatenate": _join,
    "reverse": _named("reverse"),
    "gather": _around(r"#\left[##\right]", _ATOM, _ATOM),
    "gather_gradient": _named("scatter"),
    "pad": _named("pad"),
    # windows
    "convolution": _infix(r"\star", _PRODUCT, _PRODUCT, _POWER),
    "convolution_input_gradient": _function(rf"{_CONV}^{{\top}}"),
    "convolution_kernel_gradient": _function(rf"{_CONV}^{{\top}}_{{\mathrm{{kernel}}}}"),
    "max_pool": _pooling(r"\operatorname{maxpool}"),
    "max_pool_gradient": _pooling(r"\operatorname{maxpool}^{\top}"),
    "max_pool_pick": _pooling(r"\operatorname{pick}"),
    "average_pool": _pooling(r"\operatorname{meanpool}"),
    "average_pool_gradient": _pooling(r"\operatorname{meanpool}^{\top}"),
    # the rest
    "random_uniform": _uniform,
    "item": _item,
    "call": _body,
    "scan": _body,
}
"""For each primitive, what writes its formula, given those of its operands."""
