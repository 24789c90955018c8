"""A network as mathematics: its layers, and all of them together where they are linear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Final, final

import numpy as np

from pellucid.engines.numpy.program import Program
from pellucid.graph import INPUT, Axis
from pellucid.hood.formulas.labels import latex_name, text_name
from pellucid.hood.formulas.layers import LayerFormula, in_layers
from pellucid.hood.formulas.pieces import Piece, Pieces, in_pieces
from pellucid.hood.formulas.places import place_latex, place_text
from pellucid.hood.formulas.rule import Rule
from pellucid.hood.formulas.sizes import Sizes, sizes_in_graph, sizes_of_pieces
from pellucid.hood.opened import Opened
from pellucid.hood.report import Part, Report

__all__ = ["Formula", "formula_of"]

_SHOWN: Final = 20  # pieces, and rules, that are printed; all of them are in the report's attributes
_WIDEST: Final = 48  # characters of a place that stands beside its rule
_NAMED: Final = 4096  # numbers of an array that get names


@final
class Formula(Report):
    """A network as mathematics; printed, it is text, and a notebook shows LaTeX.

    Attributes:
        title: the model's name.
        features: what the inputs are called.
        answers: what the outputs are called.
        layers: what each layer computes.
        pieces: the parts of the inputs in which the network is linear, and how; a linear network has one
            piece. There are none where it is not made of linear pieces, or has bends and more than two
            inputs.
        obstacle: why there are no pieces: a sentence.
    """

    __slots__ = ("_sizes", "answers", "features", "layers", "obstacle", "pieces", "title")

    def __init__(
        self,
        title: str,
        names: tuple[tuple[str, ...], tuple[str, ...]],
        layers: Sequence[LayerFormula],
        found: Pieces,
        sizes: Sizes | None,
    ) -> None:
        self.title = title
        self.features, self.answers = names
        self.layers = tuple(layers)
        self.pieces, self.obstacle = found
        self._sizes = sizes

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The formula of each answer of a linear network; none for others."""
        return self.rules_of(self.pieces[0]) if len(self.pieces) == 1 else ()

    def rules_of(self, piece: Piece) -> tuple[Rule, ...]:
        """Return the formula of each answer in a piece."""
        if self._sizes is not None:
            piece = self._sizes.without_rounding(piece)
        rules = []
        for output, name in enumerate(self.answers):
            slopes, intercept = piece.coefficients[output].tolist(), float(piece.intercepts[output])
            tolerances = None if self._sizes is None else self._sizes.tolerances(output)
            rules.append(Rule(name, self.features, slopes, intercept, tolerances))
        return tuple(rules)

    @property
    def latex(self) -> str:
        """The whole in LaTeX, without the signs that begin and end mathematics."""
        rows = [self._together_latex()] if self.pieces else []
        for layer in self.layers:
            heading = f"{layer.name} ({layer.title})" if layer.title else layer.name
            rows += [rf"&\text{{{_escaped(heading)}}}", *[_aligned(line) for line in layer.latex]]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    # ------------------------------------------------------------ as text
    def parts(self) -> Iterator[str | Part]:
        """Return what is said of all layers together, and each of them."""
        yield f"The model {self.title!r} as a formula"
        yield _Mathematics("\n\n".join(self._together()), self._together_latex() if self.pieces else "")
        if len(self.layers) > 1 or len(self.pieces) != 1:
            yield "Layer by layer:"
            for layer in self.layers:
                yield _Mathematics(str(layer), " \\\\\n".join(map(_aligned, layer.latex)))

    def _together(self) -> Iterator[str]:
        if len(self.pieces) == 1:
            if len(self.layers) > 1:
                yield "Multiplied out, all its layers together are linear:"
            yield _indented("\n".join(self._rule_texts()))
        elif self.pieces:
            inputs = "its input" if len(self.features) == 1 else "its two inputs"
            count = f"{len(self.pieces):,} pieces"
            yield f"It is linear in each of {count}, which are exact and hold all values of {inputs}:"
            yield _indented("\n".join(self._piece_texts()))
            if len(self.pieces) > _SHOWN:
                yield f"These are the {_SHOWN} largest; all of them are in `pieces`."
        else:
            yield f"{self.obstacle} Its formula is that of its layers, one within the other."

    def _rule_texts(self) -> list[str]:
        if len(self.features) > _SHOWN or len(self.answers) > _SHOWN:
            return [
                f"prediction = x @ M + c, with M: {len(self.features)} x {len(self.answers)}",
                "M is pieces[0].coefficients.T, and c is pieces[0].intercepts",
            ]
        return [str(rule) for rule in self.rules]

    def _shown(self) -> list[Piece]:
        """Return the largest pieces, in their order."""
        if len(self.pieces) <= _SHOWN:
            return list(self.pieces)
        order = sorted(range(len(self.pieces)), key=lambda place: -self.pieces[place].where.extent)
        return [self.pieces[place] for place in sorted(order[:_SHOWN])]

    def _piece_texts(self) -> list[str]:
        shown = self._shown()
        wheres = [f"for {place_text(piece.where, self.features, self._sizes)}:" for piece in shown]
        width = max(map(len, wheres))
        lines = []
        for where, piece in zip(wheres, shown, strict=True):
            rules = [f"{text_name(rule.output)} = {rule.sum}" for rule in self.rules_of(piece)[:_SHOWN]]
            if len(self.answers) > _SHOWN:
                rules.append(f"and {len(self.answers) - _SHOWN} more answers")
            if len(rules) == 1 and width <= _WIDEST:
                lines.append(f"{where:<{width}}  {rules[0]}")
            else:
                lines += [where, *[f"    {rule}" for rule in rules]]
        return lines

    # ------------------------------------------------------------ as LaTeX
    def _together_latex(self) -> str:
        if len(self.pieces) == 1:
            few = len(self.features) <= _SHOWN and len(self.answers) <= _SHOWN
            return " \\\\\n".join(
                [_aligned(rule.latex) for rule in self.rules] if few else [r"\hat y &= x\,M + c"]
            )
        rows = []
        shown = self._shown()
        for output, name in enumerate(self.answers[:_SHOWN]):
            cases = []
            for piece in shown:
                value = self.rules_of(piece)[output].latex.partition(" = ")[2]
                cases.append(
                    rf"{value} & \text{{for }} {place_latex(piece.where, self.features, self._sizes)}"
                )
            more = [r"\dots"] if len(shown) < len(self.pieces) else []
            inside = " \\\\\n".join([*cases, *more])
            rows.append(f"{latex_name(name)} &= \\begin{{cases}}\n{inside}\n\\end{{cases}}")
        return " \\\\\n".join(rows)


class _Mathematics:
    """A text, which a notebook shows as LaTeX."""

    __slots__ = ("latex", "text")

    def __init__(self, text: str, latex: str) -> None:
        self.text = text
        self.latex = latex

    def __str__(self) -> str:
        return self.text

    def html(self) -> str:
        """Return the LaTeX between the signs that begin and end mathematics."""
        from html import escape

        if not self.latex:
            return f"<p>{escape(self.text)}</p>"
        heading = escape(self.text.partition("\n")[0])
        latex = escape(f"\\begin{{aligned}}\n{self.latex}\n\\end{{aligned}}")
        return f"<p>{heading}</p><p>$${latex}$$</p>"


def formula_of(opened: Opened) -> Formula:
    """Write a network as mathematics."""
    graph, entries = opened.blueprint.predict, opened.entries
    writer = Program(opened.blueprint._replace(training=None)).functions.writers["predict"][0]
    output = graph.outputs["prediction",]
    (x,) = graph.leaves(INPUT)
    features = opened.features or _places("x", x.shape[1:])
    answers = opened.answers or _places("y", output.shape[1:])
    layers = in_layers(writer, entries, features, answers)
    found = in_pieces(graph, entries)
    if found.pieces and not (features and answers):
        found = Pieces((), "It has too many inputs or answers for a formula of each.")
    sizes = None
    if found.pieces:
        sizes = sizes_in_graph(graph, entries, len(features), len(answers)) or sizes_of_pieces(found.pieces)
    return Formula(opened.blueprint.title, (features, answers), layers, found, sizes)


def _places(name: str, shape: Sequence[Axis]) -> tuple[str, ...]:
    """Return names for the numbers of an array: x[0,0], x[0,1]."""
    sizes = [size for size in shape if isinstance(size, int)]
    if len(sizes) < len(shape) or prod(sizes) > _NAMED:
        return ()
    return tuple([f"{name}[{','.join(map(str, place))}]" for place in np.ndindex(*sizes)])


def _indented(text: str) -> str:
    return "\n".join([f"    {line}" for line in text.split("\n")])


def _aligned(line: str) -> str:
    """Put the mark for the alignment in front of the first sign of equality."""
    left, _, right = line.partition(" = ")
    return f"{left} &= {right}"


def _escaped(text: str) -> str:
    return "".join([f"\\{sign}" if sign in "#$%&_{}" else sign for sign in text if sign not in "\\^~"])
