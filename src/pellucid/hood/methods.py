"""The methods of models that show what is inside."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pellucid.hood.opened import Opened

if TYPE_CHECKING:
    from pellucid.hood.formulas.formula import Formula
    from pellucid.hood.gradient_check import GradientCheck

__all__ = ["OpenHood"]


class OpenHood:
    """The methods of a model that show what is inside.

    Attributes:
        notes: short texts by name that the model's file keeps and its program shows.
    """

    notes: dict[str, str]

    def opened(self, x: Any = None, y: Any = None, sample_weight: Any = None) -> Opened:
        """Return the graphs and numbers of this model, with these examples, if any, as arrays that fit it."""
        raise NotImplementedError(f"{type(self).__name__} needs opened")

    def check_gradients(self, x: Any, y: Any, sample_weight: Any = None) -> GradientCheck:
        """Compare the gradient of every weight with what the loss does when the weight is moved a little.

        Formula:
            measured = (loss(w + h) - loss(w - h)) / (2 h)
        Args:
            x: inputs; a few examples are enough.
            y: the right answers.
            sample_weight: how much each example counts.
        Returns:
            A `GradientCheck`: printed, it is a table; `passed` says whether all is well, `worst` where it is
            least so.
        Raises:
            UsageError: if the model is not compiled.
            DataError, ShapeError: if the examples do not fit the model.
        Example:
            >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "mean_squared_error")
            >>> model.check_gradients([[1.0], [2.0]], [[3.0], [5.0]]).passed
            True
        """
        from pellucid.hood.gradient_check import check_gradients

        return check_gradients(self.opened(x, y, sample_weight))

    def formula(self) -> Formula:
        """Write the network as mathematics: layer by layer, and in one where it is made of linear pieces.

        Linear layers are multiplied out. A network with bends, such as those of relu, and with one or two
        inputs is taken apart into the pieces in which it is linear.

        Returns:
            A `Formula`: printed, it is text; `latex` is LaTeX, which a notebook shows. `rules` are the
            formulas of a linear network, `pieces` the pieces of one with bends.
        Raises:
            UsageError: if the model does not know its input yet.
        Example:
            >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
            >>> model.set_weights([[[1.8]], [32]])
            >>> model.formula().rules
            (<Rule y = 1.8 * x + 32>,)
        """
        from pellucid.hood.formulas.formula import formula_of

        return formula_of(self.opened())

    def numpy_source(self, path: str | os.PathLike[str] | None = None, derivations: bool = False) -> str:
        """Return the NumPy program that this model is: what predicts, and what trains it.

        The program needs NumPy only. It is the very text that the reference engine runs.

        Args:
            path: where to save it; large weights go into a file beside it, with the ending .npz. With the
                ending .ipynb it becomes a notebook, which explains every step, with the derivations.
            derivations: whether it says above each gradient why that is the gradient.
        Returns:
            The program; of a notebook, its file's text.
        Raises:
            UsageError: if the model does not know its input yet.
        """
        from pellucid.hood.source.printed import printed_program

        return printed_program(self.opened(), self.notes, path, derivations)
