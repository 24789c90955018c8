"""The methods of models that show what they compute."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pellucid.hood.methods.openable import Openable

if TYPE_CHECKING:
    from pellucid.hood.formulas.formula import Formula
    from pellucid.hood.trace.explanation import Explanation

__all__ = ["Inside"]


class Inside(Openable):
    """What a model computes: number by number, as mathematics, as a program."""

    def explain(self, x: Any, y: Any = None, sample_weight: Any = None) -> Explanation:
        """Follow examples through the network number by number, and with the right answers back.

        The numbers are those of the engine, to the bit: those of a prediction, or of the step of training
        that would follow with these examples as its batch. Names are those of the printed program.

        Args:
            x: one example in a list, or a few.
            y: the right answers; without them only the way forward is shown.
            sample_weight: how much each example counts.
        Returns:
            An `Explanation`: printed, it shows every layer; `values`, `updates` and `loss_after` hold the
            numbers, `entry("z1", 0, 3)` and `terms` take a single one apart.
        Raises:
            UsageError: if there are answers and the model is not compiled.
            DataError, ShapeError: if the examples do not fit the model.
        Example:
            >>> start = [np.array([[1.8]]), np.array([32.0])]
            >>> model = keras.Sequential([keras.layers.Dense(1, input_shape=[1])], name="celsius")
            >>> model.set_weights(start)
            >>> print(model.explain([100.0]))
            'celsius', 1 example followed through it
            <BLANKLINE>
            x = 100
            <BLANKLINE>
            forward: dense (1 unit, linear)
              prediction = 1.8 * x + 32 = 212
        """
        from pellucid.hood.trace.explanation import explain

        return explain(self.opened(x, y, sample_weight))

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
