"""The initializers by name, and the numbers that one of them makes."""

from __future__ import annotations

from pellucid.nn import initializers

NAMED = ["glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "lecun_normal", "lecun_uniform"]
RANDOM = [*NAMED, "orthogonal", "random_normal", "random_uniform", "truncated_normal", "variance_scaling"]
EVERY = [*RANDOM, "constant", "identity", "ones", "zeros"]


def made(initializer, shape, dtype="float32", *, stream="dense/kernel", seed=0):
    return initializers.get(initializer).recipe(shape, dtype, stream).make(seed)
