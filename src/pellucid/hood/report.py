"""What the hood shows: sentences, tables and pictures, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

__all__ = ["Part", "Report", "paragraph"]


class Part(Protocol):
    """Something that is shown: a table, a picture."""

    def __str__(self) -> str: ...
    def html(self) -> str: ...


class Report:
    """The base of everything that is shown; it prints its parts, and a notebook shows them as HTML."""

    __slots__ = ()

    def parts(self) -> Iterable[str | Part]:
        """Return what is shown: sentences and tables, from top to bottom."""
        raise NotImplementedError(f"{type(self).__name__} needs parts")

    def __str__(self) -> str:
        return "\n\n".join([str(part) for part in self.parts()])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join([paragraph(part) if isinstance(part, str) else part.html() for part in self.parts()])


def paragraph(text: str) -> str:
    """Return a text as HTML; its lines stay lines."""
    from html import escape

    return "<p>" + escape(text).replace("\n", "<br/>") + "</p>"
