"""Names as they stand in formulas: in text, and in LaTeX."""

from __future__ import annotations

import math
import re
from typing import Final

from pellucid.hood.numbers import number_text

__all__ = ["latex_name", "latex_number", "text_name"]

_GREEK: Final = frozenset("alpha beta gamma delta epsilon theta lambda mu rho sigma".split())
_SPECIAL: Final = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{sign: "\\" + sign for sign in "#$%&_{}"},
}


def text_name(name: str) -> str:
    """Put a name in quotes that would be taken for more than a name; "a1[2]" is a number of a1."""
    if re.fullmatch(r"[^\W\d]\w*( \w+)*(\[\d+(,\d+)*\])?", name):
        return name
    return f'"{name}"' if name.isprintable() and '"' not in name else repr(name)


def latex_name(name: str) -> str:
    r"""Write a name as mathematicians do.

    Example:
        >>> print(latex_name("a1[2]"), latex_name("gamma"), latex_name("d_W1"), latex_name("price"))
        a_{1,2} \gamma \frac{\partial L}{\partial W_{1}} \mathrm{price}
    """
    if name.startswith("d_"):
        return rf"\frac{{\partial L}}{{\partial {latex_name(name[2:])}}}"
    parts = re.fullmatch(r"([^\W\d_](?:\w*[^\W\d_])?)_?(\d+(?:_\d+)?)?(?:\[([\d,]+)\])?", name)
    if parts is None:
        return _upright(name)
    word, number, place = parts.groups()
    letters = f"\\{word}" if word in _GREEK else word if len(word) == 1 and word.isascii() else _upright(word)
    below = ",".join(part.replace("_", ",") for part in (number, place) if part)
    return f"{letters}_{{{below}}}" if below else letters


def _upright(text: str) -> str:
    escaped = "".join([_SPECIAL.get(sign, sign) for sign in text])
    return rf"\mathrm{{{escaped}}}" if re.fullmatch(r"\w+", text) else rf"\text{{{escaped}}}"


def latex_number(number: float, digits: int = 4, tolerance: float = math.inf) -> str:
    r"""Write a number with few digits: 3.2e-09 is 3.2 \cdot 10^{-9}."""
    if not math.isfinite(number):
        return r"\text{nan}" if math.isnan(number) else r"\infty" if number > 0 else r"-\infty"
    mantissa, _, exponent = number_text(number, digits, tolerance).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa
