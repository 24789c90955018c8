"""From graph to graph: the gradient, simplification, and the same in float64."""

from pellucid.transforms.gradient import gradient, pullback
from pellucid.transforms.precision import in_double
from pellucid.transforms.simplify import simplify

__all__ = ["gradient", "in_double", "pullback", "simplify"]
