"""The layers of a config, each a model with TFLearn's own arguments."""

from beenet.config.layers.base import ExampleShape, Layer, ShapeError
from beenet.config.layers.core import InputData
from beenet.config.layers.merge import Merge, MergeOutputs
from beenet.config.layers.nested import NESTED, STEP_LAYERS
from beenet.config.layers.plugins import PluginLayer
from beenet.config.structure import table

LAYERS = {
    **table(InputData),
    **STEP_LAYERS,
    **NESTED,
    **table(Merge, MergeOutputs),
}

__all__ = [
    "LAYERS",
    "ExampleShape",
    "InputData",
    "Layer",
    "PluginLayer",
    "ShapeError",
]
