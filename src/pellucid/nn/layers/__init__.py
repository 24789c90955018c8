"""Layers: one file each, over the common base."""

from pellucid.nn.layers.activation import Activation
from pellucid.nn.layers.base import Layer
from pellucid.nn.layers.dense import Dense
from pellucid.nn.layers.dropout import Dropout
from pellucid.nn.layers.flatten import Flatten
from pellucid.nn.layers.input import Input, InputLayer
from pellucid.nn.layers.normalization import Normalization

__all__ = ["Activation", "Dense", "Dropout", "Flatten", "Input", "InputLayer", "Layer", "Normalization"]
