"""Layers that move a window, in all their ways, and what each is tried on."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import layers

__all__ = ["WINDOWED"]

SERIES = np.random.default_rng(5).normal(size=(2, 4, 2))
PICTURES = np.random.default_rng(6).normal(size=(2, 3, 3, 2))
FIRST: dict[str, Any] = {"data_format": "channels_first"}

WINDOWED = {
    "conv 1-D": (lambda: layers.Conv1D(2, 3), SERIES),
    "conv 1-D, same": (lambda: layers.Conv1D(2, 2, 2, "same", activation="tanh"), SERIES),
    "conv 1-D, causal": (lambda: layers.Conv1D(1, 2, padding="causal", dilation_rate=2), SERIES),
    "conv 1-D, channels first": (lambda: layers.Conv1D(3, 1, activation="tanh", **FIRST), SERIES),
    "conv 2-D": (lambda: layers.Conv2D(3, 2), PICTURES),
    "conv 2-D, no bias": (lambda: layers.Conv2D(2, (3, 3), use_bias=False), PICTURES),
    "conv 2-D, groups": (lambda: layers.Conv2D(4, 2, groups=2, dilation_rate=(2, 1)), PICTURES),
    "conv 2-D, everything": (
        lambda: layers.Conv2D(
            2,
            [2, 3],
            strides=(2, 1),
            padding="same",
            groups=2,
            activation="softplus",
            kernel_initializer="he_normal",
            bias_initializer="ones",
            kernel_regularizer="l2",
            bias_regularizer="l2",
            activity_regularizer="l1_l2",
            name="all of it",
            **FIRST,
        ),
        PICTURES.transpose(0, 3, 1, 2),
    ),
    "depthwise": (lambda: layers.DepthwiseConv2D(2), PICTURES),
    "depthwise, everything": (
        lambda: layers.DepthwiseConv2D(
            (3, 2),
            strides=2,
            padding="same",
            depth_multiplier=2,
            activation="tanh",
            use_bias=True,
            depthwise_initializer="normal",
            bias_initializer="ones",
            depthwise_regularizer="l2",
            bias_regularizer="l1",
            **FIRST,
        ),
        PICTURES.transpose(0, 3, 1, 2),
    ),
    **{
        f"{kind.__name__}, {place}": (lambda kind=kind, options=options: kind(**options), x)
        for kinds, x in (
            ((layers.MaxPooling1D, layers.AveragePooling1D), SERIES),
            ((layers.MaxPooling2D, layers.AveragePooling2D), PICTURES),
        )
        for kind in kinds
        for place, options in enumerate(
            [
                {},
                {"pool_size": 3, "strides": 1},
                {"pool_size": 3, "strides": 2, "padding": "same"},
                {"pool_size": 2, **FIRST},
            ]
        )
    },
    **{
        f"{kind.__name__}, {place}": (lambda kind=kind, options=options: kind(**options), x)
        for kinds, x in (
            ((layers.GlobalMaxPooling1D, layers.GlobalAveragePooling1D), SERIES),
            ((layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D), PICTURES),
        )
        for kind in kinds
        for place, options in enumerate([{}, {"keepdims": True}, {"keepdims": True, **FIRST}])
    },
}
