"""The names of inputs and answers: of numbers in a row, and of places in an array."""

from __future__ import annotations

from typing import Any, Final, final

import numpy as np

from pellucid.errors import ArgumentError, UnknownNameError

__all__ = ["Places"]

_LISTED: Final = 20  # names in an error


@final
class Places:
    """The numbers of an array, by name, number or indices.

    Args:
        kind: what they are: "input", "answer".
        names: of each number in a row; () where the array is no row.
        shape: of the array.
    Example:
        >>> inputs = Places("input", ("width", "height"), (2,))
        >>> inputs.number("height"), inputs.name(0)
        (1, 'width')
        >>> pixels = Places("input", (), (28, 28))
        >>> pixels.number((1, 2)), pixels.name(30)
        (30, '[1, 2]')
    """

    __slots__ = ("count", "kind", "names", "shape")

    def __init__(self, kind: str, names: tuple[str, ...], shape: tuple[int, ...]) -> None:
        self.kind = kind
        self.names = names
        self.shape = shape
        self.count = int(np.prod(shape))

    def name(self, number: int) -> str:
        """Return what a number is called; without a name, its place."""
        if self.names:
            return self.names[number]
        return str([int(index) for index in np.unravel_index(number, self.shape)])

    def number(self, given: Any) -> int:
        """Find a number, counted from 0 through the whole array.

        Args:
            given: its name; in a row its number; in an array with several axes its indices.
        Raises:
            UnknownNameError: if nothing has this name; the nearest is offered.
            ArgumentError: if there is no such place.
        """
        if isinstance(given, str) and self.names:
            return self._named(given)
        indices = given if isinstance(given, tuple) else (given,)
        whole = all(isinstance(index, int | np.integer) and not isinstance(index, bool) for index in indices)
        inside = len(indices) == len(self.shape) and all(
            whole and 0 <= index < size for index, size in zip(indices, self.shape, strict=True)
        )
        if not inside:
            largest = tuple([size - 1 for size in self.shape])
            row = len(self.shape) == 1
            raise ArgumentError(
                f"there is no such {self.kind}",
                expected=f"a number from 0 to {largest[0]}"
                if row
                else f"indices from {(0,) * len(largest)} to {largest}",
                received=repr(given),
            )
        return int(np.ravel_multi_index(indices, self.shape))

    def _named(self, name: str) -> int:
        if name not in self.names:
            known = list(self.names)
            if len(known) > _LISTED:
                from difflib import get_close_matches

                known = get_close_matches(name, known, n=_LISTED, cutoff=0)
            raise UnknownNameError(self.kind, name, known)
        return self.names.index(name)
