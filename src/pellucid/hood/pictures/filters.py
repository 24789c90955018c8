"""The kernels of the first layer as images: what it looks for."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from pellucid.errors import ShapeError, UnknownNameError, UnsupportedError
from pellucid.hood.layers import LayerNodes, layers_of
from pellucid.hood.opened import Opened
from pellucid.hood.pictures.style import dress, figure, shared_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_filters"]

_ACROSS: Final = 8  # images side by side
_MOST: Final = 64
_COLOURS: Final = 3  # channels that are red, green and blue


class _Images(NamedTuple):
    """Kernels as images.

    Attributes:
        pixels: (images, height, width) or (images, height, width, 3).
        names: what each is called.
    """

    pixels: np.ndarray
    names: list[str]


def plot_filters(opened: Opened, layer: str | None, shape: Sequence[int] | None) -> Figure:
    """Draw the kernel of a layer as images, one for each unit or filter, with one scale for all.

    Args:
        opened: the model.
        layer: the name of a layer; the first that has a kernel unless given.
        shape: the shape of an image, for a dense layer whose inputs are its pixels; that of the model's
            inputs unless given.
    Raises:
        UnknownNameError: if no layer with a kernel has this name.
        ShapeError: if the kernel makes no images of this shape.
    """
    kernels = {
        found.name: path for found in layers_of(opened.blueprint.predict) if (path := _kernel(found, opened))
    }
    if not kernels:
        raise UnsupportedError("filters are drawn of layers with a kernel", received="a model without one")
    name = next(iter(kernels)) if layer is None else layer
    if name not in kernels:
        raise UnknownNameError("layer with a kernel", name, kernels)
    kernel = np.asarray(opened.state["weights"][kernels[name]], np.float64)
    x = next(node for node in opened.blueprint.predict.notes if node.op.name == "input")
    own = tuple([size for size in x.shape[1:] if isinstance(size, int)])
    asked = own if shape is None else tuple(shape)
    images = _images_of(kernel, asked, name)
    return _draw(images, f"{opened.blueprint.title!r}: what the kernel of {name!r} looks for")


def _kernel(layer: LayerNodes, opened: Opened) -> str | None:
    """Return the path of a layer's kernel: of its weights of two or more axes the largest."""
    weights = [path for path in layer.weights if opened.state["weights"][path].ndim > 1]
    return max(weights, key=lambda path: int(opened.state["weights"][path].size), default=None)


def _images_of(kernel: np.ndarray, shape: tuple[int, ...], name: str) -> _Images:
    """Lay out a kernel whose last axis is the units or filters."""
    if kernel.ndim == 2:
        if len(shape) not in (2, 3) or prod(shape) != kernel.shape[0]:
            raise ShapeError(
                f"the kernel of {name!r} makes no images of the shape {shape}",
                expected=f"height and width, {kernel.shape[0]} numbers in all",
                received=str(shape),
                attempt="shape=(28, 28), or whatever the images are",
            )
        kernel = kernel.reshape(*shape, -1)
        kernel = kernel[:, :, None] if kernel.ndim == 3 else kernel
    elif kernel.ndim == 3:
        kernel = kernel.transpose(1, 0, 2)[:, :, None]  # a series: its channels below each other
    filters = np.moveaxis(kernel, -1, 0)
    numbers = range(len(filters))
    if filters.shape[-1] == _COLOURS:
        return _Images(filters, [str(number) for number in numbers])
    if filters.shape[-1] == 1:
        return _Images(filters[..., 0], [str(number) for number in numbers])
    single = np.moveaxis(filters, -1, 1).reshape(-1, *filters.shape[1:-1])
    channels = range(filters.shape[-1])
    return _Images(single, [f"{number}, channel {channel}" for number in numbers for channel in channels])


def _draw(images: _Images, heading: str) -> Figure:
    pixels = images.pixels[:_MOST]
    if len(images.pixels) > _MOST:
        heading += f" ({_MOST} of {len(images.pixels):,})"
    columns = min(_ACROSS, len(pixels))
    rows = -(-len(pixels) // columns)
    drawn, axes = figure(rows, columns, max(1.0, 6.0 / max(4, columns)))
    largest = float(np.max(np.abs(pixels), initial=0.0, where=np.isfinite(pixels))) or 1.0
    coloured = pixels.ndim == 4
    for image, name, place in zip(pixels, images.names, axes.flat, strict=False):
        if coloured:
            shown = place.imshow(0.5 + 0.5 * image / largest)
        else:
            shown = place.imshow(image, cmap="gray", vmin=-largest, vmax=largest)
        place.set_xticks([])
        place.set_yticks([])
        dress(place, name)
        place.title.set_fontsize(8)
    for place in axes.flat[len(pixels) :]:
        place.remove()
    if not coloured:
        shared_scale(drawn, shown, list(axes.flat[: len(pixels)]), "weight")
    drawn.suptitle(heading + (f"; grey is 0, the brightest {largest:.3g}" if coloured else ""), fontsize=10)
    return drawn
