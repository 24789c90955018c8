"""Functions that every printed program carries, beside those that formulas and initial weights bring along.

Programs carry their source, so they have no type hints.
"""

import numpy as np

from pellucid.ops.formulas import random_bits

__all__ = ["orders"]


def orders(count, seed, first, epochs):
    """For each epoch the numbers 0 to count - 1 in a random order; those of many epochs are drawn at once."""
    block = max(1, 4096 // max(1, count))
    for start in range(first, first + epochs, block):
        steps = range(start, min(start + block, first + epochs))
        yield from np.argsort(random_bits(count, seed, "shuffle", steps), axis=1, kind="stable")
