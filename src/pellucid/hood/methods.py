"""The methods of models that show what is inside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pellucid.hood.opened import Opened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.hood.explaining.explanation import Explanation
    from pellucid.hood.formulas.formula import Formula
    from pellucid.hood.gradient_check import GradientCheck
    from pellucid.hood.health.report import Health
    from pellucid.hood.pictures.picture import Picture

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

    # ------------------------------------------------------------ pictures
    def draw(self, path: str | os.PathLike[str] | None = None, x: Any = None) -> Picture:
        """Draw the network: its units as circles, its weights as lines.

        A line is the thicker the larger the weight is beside the others of its layer; those of negative
        weights are dashed. Of wide layers the first and the last units are drawn. Arrays of more than one
        axis are blocks.

        Args:
            path: where to save the picture; the name ends in .svg.
            x: one example; what each unit makes of it is written into the unit.
        Returns:
            A `Picture`, which a notebook shows; `svg` is its text.
        Raises:
            ArgumentError: if path ends otherwise.
            DataError, ShapeError: if x does not fit the model, or is more than one example.
            UsageError: if the model does not know yet what its inputs look like.
        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="sum")
            >>> model.draw().title
            "The network 'sum'. x: 2 numbers; dense: 1 unit, linear"
        """
        from pellucid.hood.pictures.network import draw

        picture = draw(self.opened(x))
        if path is not None:
            picture.save(path)
        return picture

    def plot_decision_regions(self, x: Any, y: Any = None) -> Figure:
        """Draw what a model of two inputs answers at every point of the plane, with the examples as points.

        Classes have colours, the paler the less certain the model is; a number is a map with lines of equal
        height. Of very many examples some are drawn, at equal distances.

        Args:
            x: examples; the picture reaches a little beyond them.
            y: the right answers, which give the points their colours.
        Returns:
            A figure of matplotlib; `savefig("regions.pdf")` writes it into a file.
        Raises:
            ShapeError: if the model has more or fewer than two inputs, or the examples do not fit it.
            UnsupportedError: if matplotlib is not installed.
            UsageError: if there is a y, and the model is not compiled.
        """
        from pellucid.hood.pictures.plane import plot_decision_regions

        return plot_decision_regions(self.opened(x, y))

    def plot_units(self, x: Any, y: Any = None) -> Figure:
        """Draw what each unit of each layer gives over the plane of two inputs, or as curves over one.

        Args:
            x: examples; the picture reaches a little beyond them.
            y: the right answers, which tell the points apart.
        Returns:
            A figure of matplotlib. Of wide layers, it has the first units.
        Raises:
            ShapeError: if the model has more than two inputs, or the examples do not fit it.
            UnsupportedError: if matplotlib is not installed.
            UsageError: if there is a y, and the model is not compiled.
        """
        from pellucid.hood.pictures.units import plot_units

        return plot_units(self.opened(x, y))

    def plot_confusion_matrix(self, x: Any, y: Any) -> Figure:
        """Draw, for the examples of each class, what the model takes them for: how many, and which share.

        Args:
            x: examples.
            y: their classes: labels, one-hot rows, or 0 and 1 for a model with one output.
        Returns:
            A figure of matplotlib: what it is in rows, what the model says in columns.
        Raises:
            DataError: if y holds no classes, if the answers are no numbers, or if there are no examples.
            ShapeError: if the examples do not fit the model.
            UnsupportedError: if matplotlib is not installed.
            UsageError: if the model is not compiled.
        """
        from pellucid.hood.pictures.confusion import plot_confusion_matrix

        return plot_confusion_matrix(self.opened(x, y))

    def plot_filters(self, layer: str | None = None, shape: Sequence[int] | None = None) -> Figure:
        """Draw the kernel of a layer as images: what each of its filters or units looks for.

        Args:
            layer: its name; the first layer with a kernel unless given.
            shape: the shape of an image, (28, 28) or (32, 32, 3), for a dense layer whose inputs are pixels;
                that of the model's inputs unless given.
        Returns:
            A figure of matplotlib. Bright is positive, dark negative; three channels are red, green and blue.
        Raises:
            UnknownNameError: if no layer with a kernel has this name.
            ShapeError: if the kernel makes no images of this shape.
            UnsupportedError: if the model has no kernel, or matplotlib is not installed.
        """
        from pellucid.hood.pictures.filters import plot_filters

        return plot_filters(self.opened(), layer, shape)
