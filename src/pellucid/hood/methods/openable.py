"""What the methods that show the inside of a model ask of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pellucid.hood.opened import Opened

__all__ = ["Openable"]


class Openable:
    """A model that can be opened; `training.Model` is one.

    Attributes:
        notes: short texts by name that the model's file keeps and its program shows.
    """

    notes: dict[str, str]

    def opened(self, x: Any = None, y: Any = None, sample_weight: Any = None) -> Opened:
        """Return the graphs and numbers of this model, with these examples, if any, as arrays that fit it."""
        raise NotImplementedError(f"{type(self).__name__} needs opened")

    def opened_for_fit(
        self, x: Any, y: Any, fitting: Mapping[str, Any]
    ) -> tuple[Opened, Sequence[np.ndarray]]:
        """Return this model with the examples that fit would learn from, and those it would judge with.

        Args:
            x: inputs.
            y: the right answers.
            fitting: what else fit is given, by its names there.
        """
        raise NotImplementedError(f"{type(self).__name__} needs opened_for_fit")
