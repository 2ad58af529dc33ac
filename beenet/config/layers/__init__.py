"""The layers a config may name, each as a model of TFLearn's own arguments."""

from beenet.config.layers.base import ExampleShape, Layer, ShapeError, show_shape
from beenet.config.layers.conv import (
    AvgPool1D,
    AvgPool2D,
    Conv1D,
    Conv2D,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool1D,
    MaxPool2D,
)
from beenet.config.layers.core import (
    ActivationLayer,
    Dropout,
    Flatten,
    FullyConnected,
    Highway,
    InputData,
    Reshape,
)
from beenet.config.layers.merge import Merge, MergeOutputs
from beenet.config.layers.normalization import (
    BatchNormalization,
    LocalResponseNormalization,
)
from beenet.config.structure import table

LAYERS = table(
    # core
    InputData, FullyConnected, Dropout, Reshape, Flatten, ActivationLayer, Highway,
    # conv
    Conv2D, Conv1D, MaxPool2D, AvgPool2D, MaxPool1D, AvgPool1D, GlobalMaxPool,
    GlobalAvgPool,
    # merge
    Merge, MergeOutputs,
    # normalization
    BatchNormalization, LocalResponseNormalization,
)  # fmt: skip

__all__ = [
    "LAYERS",
    "ExampleShape",
    "InputData",
    "Layer",
    "ShapeError",
    "show_shape",
]
