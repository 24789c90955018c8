"""Random numbers: a function of the seed, the name of the stream and the step, and of nothing else."""

from __future__ import annotations

from pellucid.errors import DtypeError
from pellucid.graph import NUMBER, Node, Shape
from pellucid.ops import formulas
from pellucid.ops.primitive import Formula, Sample, primitive
from pellucid.ops.reduction import sizes_text

__all__ = ["random_uniform"]


def _uniform_shape(seed: Node, step: Node, shape: Shape, stream: str) -> tuple[Shape, str]:
    if {seed.dtype, step.dtype} != {NUMBER}:
        raise DtypeError(
            "the seed and the step are Python numbers", received=f"{seed.dtype} and {step.dtype}"
        )
    return shape, "float32"


random_uniform = primitive(
    "random_uniform",
    shape=_uniform_shape,
    numpy=Formula(
        lambda node: f"random_uniform({sizes_text(node['shape'])}, x, {node['stream']!r}, y)",
        formulas.random_uniform,
    ),
    samples=[Sample(7, 3, shape=(2, 5), stream="dropout")],
    gradient=lambda g, out, seed, step: (None, None),
    source="Salmon et al. 2011, Threefry-2x32 with 20 rounds",
)
