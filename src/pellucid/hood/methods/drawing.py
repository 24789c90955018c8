"""The methods of models that draw."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pellucid.hood.methods.openable import Openable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from pellucid.hood.pictures.picture import Picture

__all__ = ["Drawing"]


class Drawing(Openable):
    """Pictures of a model, and of what it makes of its inputs."""

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
