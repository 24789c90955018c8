"""Small problems to learn from, made on the spot.

Points of two classes in the plane:

    xor         two opposite corners, or quadrants, against the other two
    donut       a ring inside a wider ring
    circle      a disc inside a ring
    gauss       two round clouds
    spiral      two spirals wound into each other
    two_moons   two crescents that interlock

Numbers to predict:

    plane       the height of a slope over a square
    celsius     temperatures in Fahrenheit

Each takes the number of examples n, the noise and the seed, and returns x, float32 and one row per
example, and y, one entry per example: the class, int64 0 or 1, or the number, float32. The classes are of
equal size; an odd n gives class 0 the one more. The rows come in random order, so that the last tenth is as
good a sample as any; only xor's four corners and the rising temperatures of celsius keep theirs.

The same seed gives the same examples (within a NumPy version: its generators may change between them), and
more noise moves the very same points further. Noise never changes a class.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from pellucid.data.tables import read_table
from pellucid.errors import ArgumentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Points = NDArray[np.float64]  # (n, 2)
    _Labels = NDArray[np.int64]  # (n,), each 0 or 1
    _Classification = tuple[NDArray[np.float32], _Labels]
    _Regression = tuple[NDArray[np.float32], NDArray[np.float32]]

__all__ = ["CELSIUS_FILE", "celsius", "circle", "donut", "gauss", "plane", "spiral", "two_moons", "xor"]

# The table that celsius() gives, as a file to read or to copy.
CELSIUS_FILE = os.path.join(os.path.dirname(__file__), "celsius.csv")


def xor(n: int | None = None, noise: float = 0.0, seed: int | None = 0) -> _Classification:
    """Make points of class 1 where exactly one coordinate is high, and of class 0 elsewhere.

    Without n, or with n = 4, these are the four corners (0, 0), (0, 1), (1, 0), (1, 1) of the truth table, in
    this order. Otherwise they are drawn from the square from -5 to 5, where high means above 0: class 1 is
    where the signs of the coordinates differ. A strip of 0.3 on either side of each axis is left empty.

    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0; None for the truth table.
        noise: each coordinate moves by at most this share of half the square's side.
        seed: any integer, or None for other points at every call.
    Example:
        >>> x, y = xor()
        >>> y
        array([0, 1, 1, 0])

    Source:
        TensorFlow Playground, dataset.ts. There the class is that of the moved point, the noiseless point is
        returned, class 1 is where the signs agree, and the points reach out to 5.3.
    """
    random, labels = _two_classes(4 if n is None else n, noise, seed)
    if labels.size == 4:
        corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
        moved = corners + _shift(random, corners, 0.5 * noise)
        return moved.astype(np.float32), np.array([0, 1, 1, 0], dtype=np.int64)
    first = random.choice([-1.0, 1.0], size=labels.size)
    signs = _columns(first, np.where(labels == 1, -first, first))
    points = signs * random.uniform(0.3, 5.0, size=signs.shape)
    return _shuffled(random, points + _shift(random, points, 5.0 * noise), labels)


def donut(n: int = 1000, noise: float = 1.0, seed: int | None = 0) -> _Classification:
    """Make a ring of radius 5, class 0, inside a ring of radius 10, class 1.

    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: standard deviation of a point's distance from the centre.
        seed: any integer, or None for other points at every call.
    """
    random, labels = _two_classes(n, noise, seed)
    angle = random.uniform(0.0, 2.0 * math.pi, size=labels.size)
    radius = np.array([5.0, 10.0])[labels] + noise * random.standard_normal(labels.size)
    return _shuffled(random, _polar(radius, angle), labels)


def circle(n: int = 500, noise: float = 0.0, seed: int | None = 0) -> _Classification:
    """Make a disc of radius 2.5, class 1, inside a ring from 3.5 to 5, class 0.

    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: each coordinate moves by at most 5 times this.
        seed: any integer, or None for other points at every call.
    Source:
        TensorFlow Playground, dataset.ts. There the class is that of the moved point, and the noiseless
        point is returned.
    """
    random, labels = _two_classes(n, noise, seed)
    angle = random.uniform(0.0, 2.0 * math.pi, size=labels.size)
    radius = random.uniform(np.array([3.5, 0.0])[labels], np.array([5.0, 2.5])[labels])
    points = _polar(radius, angle)
    return _shuffled(random, points + _shift(random, points, 5.0 * noise), labels)


def gauss(n: int = 500, noise: float = 0.0, seed: int | None = 0) -> _Classification:
    """Make a normal cloud around (-2, -2), class 0, and one around (2, 2), class 1.

    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: the variance of each coordinate is 0.5 + 7 noise.
        seed: any integer, or None for other points at every call.
    Source:
        TensorFlow Playground, dataset.ts.
    """
    random, labels = _two_classes(n, noise, seed)
    centre = np.array([-2.0, 2.0])[labels]
    spread = math.sqrt(0.5 + 7.0 * noise)
    points = _columns(centre, centre) + spread * random.standard_normal((labels.size, 2))
    return _shuffled(random, points, labels)


def spiral(n: int = 500, noise: float = 0.0, seed: int | None = 0) -> _Classification:
    """Make two spirals of 1 3/4 turns, from the centre to radius 5, half a turn apart.

    Formula:
        (x1, x2) = 5 p (sin t, cos t)
        t = 2 pi 1.75 p for class 1, and pi more for class 0
        p = 0, 1 / (n / 2), 2 / (n / 2), ... below 1
    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: each coordinate moves by at most this.
        seed: any integer, or None for another order and other noise at every call.
    Source:
        TensorFlow Playground, dataset.ts.
    """
    random, labels = _two_classes(n, noise, seed)
    progress = _progress(labels)
    points = _polar(5.0 * progress, 2.0 * math.pi * 1.75 * progress + math.pi * (1 - labels))
    return _shuffled(random, points + _shift(random, points, noise), labels)


def two_moons(n: int = 500, noise: float = 0.0, seed: int | None = 0) -> _Classification:
    """Make two half circles of radius 1, each reaching into the other.

    Formula:
        (x1, x2) = (cos t, sin t) for class 0
        (x1, x2) = (1 - cos t, 1/2 - sin t) for class 1
        t = pi p, with p = 0, 1 / (n / 2), 2 / (n / 2), ... below 1
    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: standard deviation by which each coordinate moves.
        seed: any integer, or None for another order and other noise at every call.
    """
    random, labels = _two_classes(n, noise, seed)
    angle = math.pi * _progress(labels)
    upper = _columns(np.cos(angle), np.sin(angle))
    points = np.where(labels[:, None] == 0, upper, np.array([1.0, 0.5]) - upper)
    return _shuffled(random, points + noise * random.standard_normal(points.shape), labels)


def plane(n: int = 1200, noise: float = 0.0, seed: int | None = 0) -> _Regression:
    """Make heights of a slope over points of the square from -6 to 6.

    Formula:
        y = (x1 + x2) / 10
    Shape:
        returns: (n, 2) and (n,)
    Args:
        n: number of points, at least 0.
        noise: y is the height at a point whose coordinates are off by at most 6 times this.
        seed: any integer, or None for other points at every call.
    Source:
        TensorFlow Playground, dataset.ts.
    """
    random = _random(n, noise, seed)
    points = random.uniform(-6.0, 6.0, size=(n, 2))
    heights = (points + _shift(random, points, 6.0 * noise)).sum(axis=1) / 10.0
    return points.astype(np.float32), heights.astype(np.float32)


def celsius(n: int | None = None, noise: float = 0.0, seed: int | None = 0) -> _Regression:
    """Make temperatures in Celsius and what they are in Fahrenheit, in rising order.

    Without n, these are seven everyday temperatures, in Fahrenheit to the nearest degree as a person would
    have written them down. Otherwise they are n temperatures at equal distances from -40 to 38.

    Formula:
        y = 1.8 x + 32
    Shape:
        returns: (n, 1) and (n,)
    Args:
        n: number of temperatures, at least 0; None for the seven.
        noise: standard deviation of an error in the Fahrenheit temperatures.
        seed: any integer, or None for other errors at every call.
    Example:
        >>> x, y = celsius()
        >>> x[:, 0]
        array([-40., -10.,   0.,   8.,  15.,  22.,  38.], dtype=float32)
        >>> y
        array([-40.,  14.,  32.,  46.,  59.,  72., 100.], dtype=float32)
    """
    if n is None:
        table = read_table(CELSIUS_FILE)
        random = _random(len(table), noise, seed)
        degrees, fahrenheit = table.column("celsius"), table.column("fahrenheit")
    else:
        random = _random(n, noise, seed)
        degrees = np.linspace(-40.0, 38.0, n)
        fahrenheit = 1.8 * degrees + 32.0
    measured = fahrenheit + noise * random.standard_normal(degrees.size)
    return degrees[:, None].astype(np.float32), measured.astype(np.float32)


def _two_classes(n: int, noise: float, seed: int | None) -> tuple[np.random.Generator, _Labels]:
    """Give the random numbers of a data set, and its classes, which take turns: 0, 1, 0, 1, ..."""
    random = _random(n, noise, seed)
    return random, np.arange(n, dtype=np.int64) % 2


def _random(n: object, noise: object, seed: object) -> np.random.Generator:
    """Check the arguments that every data set takes; give the random numbers that belong to the seed."""
    if not _is_whole(n) or n < 0:
        raise ArgumentError("n cannot be used", expected="a whole number, at least 0", received=repr(n))
    if not (_is_whole(noise) or isinstance(noise, float | np.floating)) or not 0 <= noise < math.inf:
        raise ArgumentError(
            "noise cannot be used", expected="a finite number, at least 0", received=repr(noise)
        )
    if seed is None:
        return np.random.default_rng()
    if not _is_whole(seed):
        raise ArgumentError("seed cannot be used", expected="an integer or None", received=repr(seed))
    # NumPy takes no negative seeds. Here they count down from 2**64.
    return np.random.default_rng(int(seed) % 2**64)


def _is_whole(value: object) -> TypeGuard[int | np.integer[Any]]:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _shuffled(random: np.random.Generator, points: _Points, labels: _Labels) -> _Classification:
    order = random.permutation(labels.size)
    return points[order].astype(np.float32), labels[order]


def _shift(random: np.random.Generator, points: _Points, reach: float) -> _Points:
    """Draw how far each coordinate moves: anything up to reach, either way."""
    return reach * random.uniform(-1.0, 1.0, size=points.shape)


def _progress(labels: _Labels) -> NDArray[np.float64]:
    """Give each point its place along the curve of its class: from 0, evenly, to just below 1."""
    return np.arange(labels.size) // 2 / (labels.size / 2)


def _polar(radius: NDArray[np.float64], angle: NDArray[np.float64]) -> _Points:
    """Place points by their angle from straight up, clockwise."""
    return _columns(radius * np.sin(angle), radius * np.cos(angle))


def _columns(first: NDArray[np.float64], second: NDArray[np.float64]) -> _Points:
    return np.stack([first, second], axis=1)
