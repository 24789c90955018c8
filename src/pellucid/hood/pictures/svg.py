"""The signs that SVG is made of."""

from __future__ import annotations

from typing import Final

__all__ = ["element", "text"]

_UNDRAWN: Final = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd"
)
"""Signs that XML does not know, however they are written."""


def text(words: str) -> str:
    """Write a text so that it stays one, whatever signs are in it."""
    from html import escape

    return escape(words.translate(_UNDRAWN))


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Write an element.

    Args:
        name: its name: "circle".
        content: what is in it, written as SVG already.
        attributes: by their names, with _ for - and without _ at the end: stroke_width, class_.
    Example:
        >>> element("circle", r=2.50, stroke_width=1)
        '<circle r="2.5" stroke-width="1"/>'
    """
    listed = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{listed}>{content}</{name}>" if content else f"<{name}{listed}/>"


def _value(value: str | float) -> str:
    return text(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
