"""The methods of models that give reasons for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pellucid.hood.methods.openable import Openable

if TYPE_CHECKING:
    from pellucid.hood.explanations.attribution import Attribution
    from pellucid.hood.explanations.counterfactual import Counterfactual
    from pellucid.hood.explanations.partial_dependence import PartialDependence

__all__ = ["Reasons"]


class Reasons(Openable):
    """Why a model answers as it does."""

    def gradient_times_input(self, x: Any, answer: Any = None, of: str = "prediction") -> Attribution:
        """Multiply each input by the slope of the answer along it.

        Formula:
            adds[i] = x[i] d answer / d x[i]
        Args:
            x: the examples.
            answer: the name or number of the output to explain; unless given, the only one, or for each
                example the largest.
            of: "prediction", or "logit" for what goes into the softmax or sigmoid at the end.
        Returns:
            An `Attribution`: printed, it is a table; `values` has what each input adds.
        Raises:
            UnknownNameError, ArgumentError: if there is no such answer.
            DataError, ShapeError: if the examples do not fit the model.
        Example:
            >>> unit = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), unit])
            >>> model.gradient_times_input([[3.0, -1.0]]).values
            array([[ 3., -1.]])

        Source:
            Shrikumar, Greenside, Shcherbina & Kundaje 2016.
        """
        from pellucid.hood.explanations.gradients import gradient_times_input

        return gradient_times_input(self.opened(x), answer, of)

    def integrated_gradients(
        self, x: Any, baseline: Any = None, answer: Any = None, of: str = "prediction"
    ) -> Attribution:
        """Say what each input adds to the answer: its slopes along the straight way from a baseline.

        They add up to the answer to the example less that to the baseline: exactly where the network is
        linear piece by piece, as with relu, elsewhere but for rounding.

        Formula:
            adds[i] = (x[i] - b[i]) times the integral from t = 0 to 1 of d answer / d x[i] at b + t (x - b)
        Args:
            x: the examples.
            baseline: b, what they are compared with: one example, one for each, or a number for all inputs.
                Unless given, the mean that the network subtracts from its inputs first, as `Normalization`
                does; zeros if it does not.
            answer: the name or number of the output to explain; unless given, the only one, or for each
                example the largest.
            of: "prediction", or "logit" for what goes into the softmax or sigmoid at the end.
        Returns:
            An `Attribution`: printed, it is a table; `values` has what each input adds, `error` how far
            their sum is off.
        Raises:
            UnknownNameError, ArgumentError: if there is no such answer.
            DataError, ShapeError: if the examples or the baseline do not fit the model.
        Example:
            >>> unit = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), unit])
            >>> model.integrated_gradients([[3.0, -1.0]], baseline=1).values
            array([[ 2., -2.]])

        Source:
            Sundararajan, Taly & Yan 2017.
        """
        from pellucid.hood.explanations.integrated_gradients import integrated_gradients

        return integrated_gradients(self.opened(x), baseline, answer, of)

    def shapley_values(
        self,
        x: Any,
        background: Any = None,
        answer: Any = None,
        of: str = "prediction",
        orders: int | None = None,
        seed: int = 0,
    ) -> Attribution:
        """Say what each input adds to the answer, on average over all orders in which inputs are told.

        An input that is not told yet is as in the background. Where at most 12 inputs differ from it, the
        values are exact; beyond, some orders are drawn, and each value has a standard error.

        Formula:
            worth(S) = mean over the background of answer(x in S, background elsewhere)
            adds[i] = sum over S without i of |S|! (n - |S| - 1)! / n! (worth(S and i) - worth(S))
        Args:
            x: the examples.
            background: examples that stand for what is usual, or one. Unless given, what
                `integrated_gradients` takes for the baseline.
            answer: the name or number of the output to explain; unless given, the only one, or for each
                example the largest.
            of: "prediction", or "logit" for what goes into the softmax or sigmoid at the end.
            orders: how many are drawn; unless given, up to 1000, fewer where there are hundreds of inputs.
            seed: where they come from; the same seed gives the same orders.
        Returns:
            An `Attribution`: printed, it is a table; `values` has what each input adds.
        Raises:
            UnknownNameError, ArgumentError: if there is no such answer.
            DataError, ShapeError: if the examples or the background do not fit the model.
        Example:
            >>> unit = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), unit])
            >>> model.shapley_values([[3.0, -1.0]], background=[[0.0, 0.0], [2.0, 2.0]]).values
            array([[ 2., -2.]])

        Source:
            Shapley 1953; Strumbelj & Kononenko 2014; Lundberg & Lee 2017.
        """
        from pellucid.hood.explanations.shapley import shapley_values

        return shapley_values(self.opened(x), background, answer, of, orders, seed)

    def partial_dependence(
        self, x: Any, feature: Any, grid: Any = None, answer: Any = None
    ) -> PartialDependence:
        """Show how the answer depends on one input, or on two, while all others stay as they are.

        Formula:
            mean(v) = mean over the examples of answer(example with v for the input)
        Args:
            x: the examples.
            feature: the name or number of the input, its indices in an image; or two of these.
            grid: the values that the input takes, or two lists of values. Unless given, those in the
                examples, or equal steps between the least and the greatest where these are many.
            answer: the name or number of the output; unless given, all.
        Returns:
            A `PartialDependence`: printed, it is a curve or a table; `mean` has the means, `individual` has
            each example.
        Raises:
            UnknownNameError, ArgumentError: if there is no such input or answer, or no range.
            DataError, ShapeError: if the examples do not fit the model.
        Example:
            >>> unit = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), unit])
            >>> model.partial_dependence([[3.0, -1.0], [5.0, 1.0]], "x1", [0.0, 10.0]).mean
            array([[ 0.],
                   [10.]])

        Source:
            Friedman 2001; the curves of single examples: Goldstein, Kapelner, Bleich & Pitkin 2015.
        """
        from pellucid.hood.explanations.partial_dependence import partial_dependence

        return partial_dependence(self.opened(x), feature, grid, answer)

    def counterfactual(
        self,
        x: Any,
        answer: Any = None,
        target: float | None = None,
        scale: Any = None,
        fixed: Any = (),
        bounds: Any = None,
    ) -> Counterfactual:
        """Find the smallest change of each example that changes the answer: what would have to be otherwise.

        Where the network is linear piece by piece, as with relu, it is proven that none is smaller, unless
        there are too many pieces; elsewhere it is the smallest that was found.

        Formula:
            the x' with the smallest square root of the sum over i of ((x'[i] - x[i]) / scale[i])^2
        Args:
            x: the examples.
            answer: the name or number of the class that is wanted, any other unless given; with a target, of
                the output that it is meant for.
            target: the number to be reached, from whichever side; unless given, another class is wanted, or
                with a sigmoid at the end the other side of 0.5.
            scale: what counts as a change of 1, one number or one for each input. Unless given, the
                deviations that the network divides its inputs by first, as `Normalization` does; 1 if it
                does not.
            fixed: the names or numbers of inputs that stay.
            bounds: for each input that has some, how small and how large it may be:
                {"celsius": (-273.15, None)}; or one pair for all.
        Returns:
            A `Counterfactual`: printed, it says what to change; `changes` has the changed examples.
        Raises:
            UnknownNameError, ArgumentError: if there is no such input or answer, or it is not said what is
                wanted.
            DataError, ShapeError: if the examples do not fit the model.
        Example:
            >>> unit = keras.layers.Dense(1, kernel_initializer="ones")
            >>> model = keras.Sequential([keras.Input((2,)), unit])
            >>> model.counterfactual([[1.0, 2.0]], target=5.0).changes[0].changed.round(3)
            array([2., 3.], dtype=float32)

        Source:
            Wachter, Mittelstadt & Russell 2018; pieces: Jordan, Lewis & Dimakis 2019.
        """
        from pellucid.hood.explanations.counterfactual import counterfactual

        return counterfactual(self.opened(x), answer, target, scale, fixed, bounds)
