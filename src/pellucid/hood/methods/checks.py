"""The methods of models that look for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.hood.methods.openable import Openable

if TYPE_CHECKING:
    from pellucid.hood.doctor.diagnosis import Diagnosis
    from pellucid.hood.gradient_check import GradientCheck
    from pellucid.hood.health.report import Health

__all__ = ["Checks"]


class Checks(Openable):
    """What may be wrong with a model, its training, or its gradients."""

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

    def health(self, x: Any, y: Any, sample_weight: Any = None) -> Health:
        """Look at weights, outputs and gradients, layer by layer, as a step of training has them now.

        Of very many examples some are looked at, at equal distances.

        Args:
            x: inputs; some hundred examples are enough.
            y: the right answers.
            sample_weight: how much each example counts.
        Returns:
            A `Health`: printed, it is a table and what is unusual about it: dead or saturated units,
            gradients that vanish or explode, steps that are too large or too small. The numbers are in
            `layers`.
        Raises:
            UsageError: if the model is not compiled.
            DataError, ShapeError: if the examples do not fit the model, or if there are none.
        Example:
            >>> model = keras.Sequential(
            ...     [keras.Input((1,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(1)]
            ... )
            >>> model.compile("sgd", "mean_squared_error")
            >>> [layer.units for layer in model.health([[1.0], [2.0]], [[3.0], [5.0]]).layers]
            [4, 1]
        """
        from pellucid.hood.health.examination import examine

        return examine(self.opened(x, y, sample_weight))
