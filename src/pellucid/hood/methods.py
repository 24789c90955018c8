"""The methods of models that show what is inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.hood.opened import Opened

if TYPE_CHECKING:
    from pellucid.hood.doctor.diagnosis import Diagnosis
    from pellucid.hood.gradient_check import GradientCheck

__all__ = ["OpenHood"]


class OpenHood:
    """The methods of a model that show what is inside."""

    def opened(self, x: Any, y: Any = None, sample_weight: Any = None) -> Opened:
        """Return the graphs and numbers of this model, with these examples as arrays that fit it."""
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

    def check(self, x: Any, y: Any, validation_data: Any = None, **fitting: Any) -> Diagnosis:
        """Look for the classic mistakes before training, and name the remedy.

        It takes what fit takes. It trains for a few steps on copies; the model stays as it is. What it is not
        sure of it does not say.

        Args:
            x: inputs.
            y: the right answers.
            validation_data: (x, y) or (x, y, sample_weight) to judge with.
            fitting: what else fit is to be given: batch_size, epochs, validation_split, class_weight, ...
        Returns:
            A `Diagnosis`: printed, it says what is wrong and what to write instead; `findings` are the same
            as data, `healthy` is True if there are none.
        Raises:
            UsageError: if the model is not compiled.
            DataError, ShapeError: if the examples do not fit the model, as fit would say.
            UnknownNameError: if fit takes no such argument.
        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "binary_crossentropy")
            >>> [finding.kind for finding in model.check([[1.0, 2.0], [2.0, 1.0]], [0, 1]).findings]
            ['head and loss']
        """
        from pellucid.hood.doctor.diagnosis import diagnose
        from pellucid.hood.doctor.examination import Examination, plan_of

        plan = plan_of(fitting | {"validation_data": validation_data})
        opened, held_out = self.opened_for_fit(x, y, fitting | {"validation_data": validation_data})
        return diagnose(Examination(opened, plan._replace(held_out=tuple(held_out))))
