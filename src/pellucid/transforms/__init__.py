"""From graph to graph: the gradient, and simplification."""

from pellucid.transforms.gradient import gradient, pullback
from pellucid.transforms.simplify import simplify

__all__ = ["gradient", "pullback", "simplify"]
