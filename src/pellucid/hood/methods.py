"""The methods of models that show what is inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.hood.opened import Opened

if TYPE_CHECKING:
    from pellucid.hood.explaining.explanation import Explanation
    from pellucid.hood.gradient_check import GradientCheck

__all__ = ["OpenHood"]


class OpenHood:
    """The methods of a model that show what is inside."""

    def opened(self, x: Any, y: Any = None, sample_weight: Any = None) -> Opened:
        """Return the graphs and numbers of this model, with these examples as arrays that fit it."""
        raise NotImplementedError(f"{type(self).__name__} needs opened")

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
        from pellucid.hood.explaining.explanation import explain

        return explain(self.opened(x, y, sample_weight))

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
