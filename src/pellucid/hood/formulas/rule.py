"""A linear formula: an answer as a sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, final

from pellucid.errors import ShapeError
from pellucid.hood.formulas.labels import latex_name, latex_number, text_name
from pellucid.hood.numbers import number_text

__all__ = ["Rule"]

_LONGEST_LINE: Final = 88  # characters


@final
class Rule:
    """An answer as a sum: each input times a number, and one number more.

    Formula:
        output = coefficients[0] * inputs[0] + coefficients[1] * inputs[1] + ... + intercept
    Args:
        output: what the answer is called.
        inputs: what the inputs are called.
        coefficients: the number of each input; a formula leaves out an input whose number is 0.
        intercept: the number that is added in the end.
        tolerances: how far each number may be off when it is printed, that of the intercept last; without
            them, four significant digits are printed.
    Raises:
        ShapeError: if there is not one coefficient, and not one tolerance, for each input.
    Example:
        >>> print(Rule("fahrenheit", ["celsius"], [1.8], 32.0))
        fahrenheit = 1.8 * celsius + 32
    """

    __slots__ = ("_tolerances", "coefficients", "inputs", "intercept", "output")

    def __init__(
        self,
        output: str,
        inputs: Sequence[str],
        coefficients: Sequence[float],
        intercept: float,
        tolerances: Sequence[float] | None = None,
    ) -> None:
        self.output = output
        self.inputs = tuple(inputs)
        self.coefficients = tuple([float(number) for number in coefficients])
        self.intercept = float(intercept)
        count = len(self.inputs)
        self._tolerances = (math.inf,) * (count + 1) if tolerances is None else tuple(tolerances)
        if (len(self.coefficients), len(self._tolerances)) != (count, count + 1):
            raise ShapeError(
                "the numbers of a rule do not fit its inputs",
                expected=f"{count} coefficients, and {count + 1} tolerances if any",
                received=f"{len(self.coefficients)} and {len(self._tolerances)}",
            )

    def __str__(self) -> str:
        head = f"{text_name(self.output)} ="
        terms = self._terms(number_text, text_name, " * ")
        line = f"{head} {_joined(terms)}"
        if len(line) <= _LONGEST_LINE:
            return line
        first, *others = terms
        sign = "-" if first.startswith("- ") else ""
        return head + ("\n" + " " * (len(head) - 2)).join([f" {sign}{first[2:]}", *[f" {o}" for o in others]])

    def __repr__(self) -> str:
        return f"<Rule {self}>"

    @property
    def sum(self) -> str:
        """The right-hand side, on one line."""
        return _joined(self._terms(number_text, text_name, " * "))

    @property
    def latex(self) -> str:
        """The rule in LaTeX, without the signs that begin and end mathematics."""
        return f"{latex_name(self.output)} = {_joined(self._terms(latex_number, latex_name, chr(92) + ','))}"

    def _terms(
        self, number_of: Callable[[float, int, float], str], name_of: Callable[[str], str], times: str
    ) -> list[str]:
        """Write every term with its sign in front: "+ 1.8 * celsius"."""
        terms = []
        for name, number, tolerance in zip(
            self.inputs, self.coefficients, self._tolerances[:-1], strict=True
        ):
            if number:
                text = number_of(abs(number), 4, tolerance)
                factor = "" if text == "1" else f"{text}{times}"
                terms.append(f"{_sign(number)} {factor}{name_of(name)}")
        if self.intercept or not terms:
            text = number_of(abs(self.intercept), 4, self._tolerances[-1])
            terms.append(f"{_sign(self.intercept)} {text}")
        return terms


def _joined(terms: Sequence[str]) -> str:
    first, *others = terms
    sign = "-" if first.startswith("- ") else ""
    return " ".join([f"{sign}{first[2:]}", *others])


def _sign(number: float) -> str:
    return "-" if number < 0 else "+"
