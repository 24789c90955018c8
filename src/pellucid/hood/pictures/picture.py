"""A picture that is shown in a notebook and saved in a file."""

from __future__ import annotations

import os
from typing import final

from pellucid.errors import ArgumentError

__all__ = ["Picture"]


@final
class Picture:
    """A diagram as SVG; a notebook shows it.

    Attributes:
        title: what it shows, in a line.
        svg: the picture itself, a whole file.
    """

    __slots__ = ("svg", "title")

    def __init__(self, title: str, svg: str) -> None:
        self.title = title
        self.svg = svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture into a file.

        Args:
            path: a name that ends in .svg.
        Raises:
            ArgumentError: if it ends otherwise.
        """
        name = os.fspath(path)
        if not name.lower().endswith(".svg"):
            raise ArgumentError(
                "the picture is written as SVG",
                expected="a name that ends in .svg",
                received=repr(name),
                attempt=repr(os.path.splitext(name)[0] + ".svg"),
            )
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.svg)

    def __str__(self) -> str:
        return f"{self.title}; .save('network.svg') writes it into a file."

    def __repr__(self) -> str:
        return str(self)

    def _repr_svg_(self) -> str:
        return self.svg

    def html(self) -> str:
        """Return the picture as a part of a page."""
        return self.svg
