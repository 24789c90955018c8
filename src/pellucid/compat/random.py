"""tf.random: the seed."""

from __future__ import annotations

from pellucid.nn.settings import set_random_seed

__all__ = ["set_random_seed", "set_seed"]

set_seed = set_random_seed
