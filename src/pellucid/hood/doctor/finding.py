"""One thing that is wrong, and its remedy."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Finding"]


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

    def __str__(self) -> str:
        code = "".join([f"\n    {line}" for line in self.code.splitlines()])
        return f"{self.kind[0].upper()}{self.kind[1:]} ({self.weight}). {self.wrong} {self.remedy}{code}"
