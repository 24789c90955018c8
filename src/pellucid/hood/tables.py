"""Small tables: in a terminal, and as HTML."""

from __future__ import annotations

from typing import final

__all__ = ["Table"]


@final
class Table:
    """Rows of texts under a heading; columns are as wide as they have to be.

    Args:
        heading: the names of the columns.
    Example:
        >>> table = Table("weight", "shape")
        >>> table.add("dense/kernel", "3x1")
        >>> print(table)
        weight        shape
        dense/kernel  3x1
    """

    __slots__ = ("heading", "rows")

    def __init__(self, *heading: str) -> None:
        self.heading = heading
        self.rows: list[tuple[str, ...]] = []

    def add(self, *row: str) -> None:
        """Add a row."""
        self.rows.append(row)

    def __str__(self) -> str:
        rows = [self.heading, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
        return "\n".join(lines)

    def html(self) -> str:
        """Return the table as HTML."""
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.heading)
        body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
