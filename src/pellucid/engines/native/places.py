"""Where the numbers of a value lie: in whose memory, and how far from each other. Views cost nothing.

A place is found when its value is met, before memory is given out: it names the value whose memory it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pellucid.engines.native.extents import contiguous, product, times
from pellucid.engines.native.plan import Extent, Step
from pellucid.engines.native.values import Shape, Value

__all__ = ["VIEWS", "Place", "broadcast_strides", "own_place"]


class Place(NamedTuple):
    """Numbers in memory.

    Attributes:
        owner: the value whose memory it is.
        shape: the sizes of the axes.
        strides: from one number to the next along each.
        offset: the place of the first: a sum.
        steps: how they move in loops.
    """

    owner: Value
    shape: Shape
    strides: Shape
    offset: tuple[Extent, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is all of the owner's numbers, one after the other."""
        if self.offset or self.steps or self.strides != contiguous(self.shape):
            return False
        return product(self.shape) == product(self.owner.shape)

    def element(self, loop: int) -> Place:
        """Return the one of the parts along the first axis that is as far on as a loop."""
        stride, *strides = self.strides
        steps = (Step(loop, stride),) if stride != 0 else ()  # the same in each round, if it is repeated
        return self._replace(shape=self.shape[1:], strides=tuple(strides), steps=self.steps + steps)


def own_place(value: Value) -> Place:
    """Return the place of a value with memory of its own."""
    return Place(value, value.shape, contiguous(value.shape))


def broadcast_strides(place: Place, shape: Shape) -> Shape:
    """Return the strides along the axes of a larger shape; 0 where the numbers are repeated."""
    lead = len(shape) - len(place.shape)
    repeated = [
        0 if extent == 1 and shape[lead + axis] != 1 else place.strides[axis]
        for axis, extent in enumerate(place.shape)
    ]
    return (*[0] * lead, *repeated)


# ------------------------------------------------------------ views: from a place to a place, or None
def _reshape(value: Value, place: Place) -> Place | None:
    if place.strides != contiguous(place.shape):
        return None
    return place._replace(shape=value.shape, strides=contiguous(value.shape))


def _expand_dims(value: Value, place: Place) -> Place:
    axis = value.attributes["axis"]
    strides = (*place.strides[:axis], 0, *place.strides[axis:])
    if place.whole:
        strides = contiguous(value.shape)
    return place._replace(shape=value.shape, strides=strides)


def _broadcast(value: Value, place: Place) -> Place:
    return place._replace(shape=value.shape, strides=broadcast_strides(place, value.shape))


def _transpose(value: Value, place: Place) -> Place:
    axes = value.attributes["axes"]
    return place._replace(shape=value.shape, strides=tuple([place.strides[axis] for axis in axes]))


def _moved(place: Place, axis: int, numbers: Extent) -> tuple[Extent, ...]:
    distance = times(numbers, place.strides[axis])
    return place.offset if distance == 0 else (*place.offset, distance)


def _slice_axis(value: Value, place: Place) -> Place:
    offset = _moved(place, value.attributes["axis"], value.attributes["start"])
    return place._replace(shape=value.shape, offset=offset)


def _reverse(value: Value, place: Place) -> Place:
    axis = value.attributes["axis"]
    extent, stride = place.shape[axis], place.strides[axis]
    backwards = times(-1, stride)
    strides = (*place.strides[:axis], backwards, *place.strides[axis + 1 :])
    return place._replace(strides=strides, offset=(*place.offset, times(extent, stride), backwards))


def _shifted(value: Value, place: Place) -> Place:
    starts, steps = value.attributes["starts"], value.attributes["steps"]
    offset, strides = place.offset, list(place.strides)
    for axis, (start, step) in enumerate(zip(starts, steps, strict=True), 1):
        if start:
            offset = (*offset, times(start, place.strides[axis]))
        strides[axis] = times(step, place.strides[axis])
    return place._replace(shape=value.shape, strides=tuple(strides), offset=offset)


VIEWS: dict[str, Callable[[Value, Place], Place | None]] = {
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "broadcast": _broadcast,
    "transpose": _transpose,
    "slice_axis": _slice_axis,
    "reverse": _reverse,
    "shifted": _shifted,
}
"""What only looks at numbers in another way; None where that takes a copy."""
