"""A layer of the config becomes a call of TFLearn's function of that name."""

import functools
from collections.abc import Callable
from typing import Any

from beenet.config.functions import Function
from beenet.config.layers import Layer
from beenet.network.functions import function
from beenet.tflearn_backend import tflearn


def layer_function(layer: Layer) -> Callable[[Any], Any]:
    """Return TFLearn's function for a layer, with the layer's arguments bound."""
    arguments = {key: _argument(value) for key, value in layer.arguments().items()}
    return functools.partial(_LAYERS[layer.tflearn_name], **arguments)


def _argument(value: Any) -> Any:
    if isinstance(value, Function):
        return function(value)
    return list(value) if isinstance(value, tuple) else value


_LAYERS = {
    "fully_connected": tflearn.fully_connected,
    "dropout": tflearn.dropout,
    "reshape": tflearn.reshape,
    "flatten": tflearn.flatten,
    "activation": tflearn.activation,
    "highway": tflearn.highway,
    "conv_2d": tflearn.conv_2d,
    "conv_1d": tflearn.conv_1d,
    "max_pool_2d": tflearn.max_pool_2d,
    "avg_pool_2d": tflearn.avg_pool_2d,
    "max_pool_1d": tflearn.max_pool_1d,
    "avg_pool_1d": tflearn.avg_pool_1d,
    "global_max_pool": tflearn.layers.conv.global_max_pool,
    "global_avg_pool": tflearn.global_avg_pool,
    "merge": tflearn.merge,
    "merge_outputs": tflearn.merge_outputs,
    "batch_normalization": tflearn.batch_normalization,
    "local_response_normalization": tflearn.local_response_normalization,
}
