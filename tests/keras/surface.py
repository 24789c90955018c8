"""What is compared with Keras beside numbers of a run: defaults of arguments, and initializers."""

from __future__ import annotations

import inspect
from functools import reduce
from typing import Any

import numpy as np

from .combinations import Call, call, dense
from .training import made

__all__ = ["INITIALIZERS", "INTERFACES", "defaults", "initial_kernel", "statistics"]

INTERFACE_NAMES = """
    Input Sequential.compile Sequential.fit Sequential.evaluate Sequential.predict
    layers.Dense layers.Dropout layers.InputLayer
    activations.celu activations.elu activations.gelu activations.glu activations.hard_shrink
    activations.leaky_relu activations.log_softmax activations.relu activations.soft_shrink
    activations.softmax activations.squareplus
    losses.BinaryCrossentropy losses.CategoricalCrossentropy losses.SparseCategoricalCrossentropy
    metrics.BinaryAccuracy optimizers.Adam optimizers.RMSprop optimizers.SGD
    regularizers.L1 regularizers.L1L2 regularizers.L2
    initializers.Constant initializers.Identity initializers.Orthogonal initializers.RandomNormal
    initializers.RandomUniform initializers.TruncatedNormal initializers.VarianceScaling
"""
INTERFACES = INTERFACE_NAMES.split()
INITIALIZER_NAMES = """
    zeros ones identity glorot_normal glorot_uniform he_normal he_uniform lecun_normal lecun_uniform
    orthogonal random_normal random_uniform truncated_normal variance_scaling
"""
INITIALIZERS: dict[str, str | Call] = {
    **{name: name for name in INITIALIZER_NAMES.split()},
    "Constant(0.3)": call("initializers.Constant", 0.3),
    "Identity(2)": call("initializers.Identity", 2.0),
    "Orthogonal(3)": call("initializers.Orthogonal", gain=3.0),
    "RandomNormal(1, 2)": call("initializers.RandomNormal", 1.0, 2.0),
    "RandomUniform(1, 3)": call("initializers.RandomUniform", 1.0, 3.0),
    "TruncatedNormal(1, 2)": call("initializers.TruncatedNormal", mean=1.0, stddev=2.0),
    **{
        f"VarianceScaling(2, {mode}, {distribution})": call(
            "initializers.VarianceScaling", scale=2.0, mode=mode, distribution=distribution
        )
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("truncated_normal", "untruncated_normal", "uniform")
    },
}


def defaults(keras: Any, interface: str) -> dict[str, Any]:
    """Return the arguments that may be left out, in their order, and what then holds."""
    parameters = inspect.signature(reduce(getattr, interface.split("."), keras)).parameters.values()
    return {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.default is not parameter.empty
    }


def initial_kernel(keras: Any, initializer: str | Call) -> np.ndarray:
    """Return the first weights of a layer of 300 units on 200 inputs."""
    model = keras.Sequential([keras.Input((200,)), made(keras, dense(300, kernel_initializer=initializer))])
    kernel, _ = model.get_weights()
    return np.asarray(kernel)


def statistics(kernel: np.ndarray) -> dict[str, float]:
    return {
        "mean": float(kernel.mean()),
        "deviation": float(kernel.std()),
        "smallest": float(kernel.min()),
        "largest": float(kernel.max()),
    }
