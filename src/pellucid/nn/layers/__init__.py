"""Layers: one file each, over the common base."""

from pellucid.nn.layers.activation import Activation
from pellucid.nn.layers.base import Layer
from pellucid.nn.layers.batch_normalization import BatchNormalization
from pellucid.nn.layers.convolution import Conv1D, Conv2D, Convolution1D, Convolution2D
from pellucid.nn.layers.dense import Dense
from pellucid.nn.layers.depthwise import DepthwiseConv2D
from pellucid.nn.layers.dropout import Dropout
from pellucid.nn.layers.flatten import Flatten
from pellucid.nn.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
)
from pellucid.nn.layers.input import Input, InputLayer
from pellucid.nn.layers.layer_normalization import LayerNormalization
from pellucid.nn.layers.normalization import Normalization
from pellucid.nn.layers.padding import ZeroPadding1D, ZeroPadding2D
from pellucid.nn.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AvgPool1D,
    AvgPool2D,
    MaxPool1D,
    MaxPool2D,
    MaxPooling1D,
    MaxPooling2D,
)
from pellucid.nn.layers.upsampling import UpSampling1D, UpSampling2D

__all__ = [
    "Activation",
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "BatchNormalization",
    "Conv1D",
    "Conv2D",
    "Convolution1D",
    "Convolution2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "Normalization",
    "UpSampling1D",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
]
