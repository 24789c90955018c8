"""One thing that is wrong, and its remedy."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, final

__all__ = ["Code", "Finding"]

_WIDTH: Final = 100


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes:
        kind: what to call it: "head and loss", "unscaled inputs".
        wrong: what is wrong, with the numbers that show it.
        remedy: what to do instead.
        code: the remedy in the words of the user's program; "" where it is not a matter of code.
        weight: "mistake" if the program cannot do what it is for; "risk" if it can, but worse than it could.
    """

    kind: str
    wrong: str
    remedy: str
    code: str = ""
    weight: Literal["mistake", "risk"] = "mistake"

    @property
    def sentences(self) -> str:
        """What is wrong and what to do, in lines that fit a terminal."""
        from textwrap import fill

        kind = f"{self.kind[0].upper()}{self.kind[1:]} ({self.weight})."
        return fill(f"{kind} {self.wrong} {self.remedy}", _WIDTH, break_long_words=False)

    def __str__(self) -> str:
        return f"{self.sentences}\n\n{Code(self.code)}" if self.code else self.sentences


@final
class Code:
    """Lines of a program, as part of a report."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return "\n".join([f"    {line}" for line in self.text.splitlines()])

    def html(self) -> str:
        """Return the lines as HTML."""
        from html import escape

        return f"<pre>{escape(self.text)}</pre>"
