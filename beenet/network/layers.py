"""Map a config's layer to TFLearn's function of that name."""

import functools
import importlib
from collections.abc import Callable
from typing import Any

from beenet.config.functions import Function
from beenet.config.layers import Layer, PluginLayer
from beenet.config.layers.cells import Cell
from beenet.errors import NetworkError
from beenet.network.functions import function
from beenet.text.values import show_shape
from beenet.tflearn_backend import tf, tflearn


def layer_function(layer: Layer) -> Callable[[Any], Any]:
    """Return TFLearn's function for a layer, with the layer's arguments bound."""
    if isinstance(layer, PluginLayer):
        return functools.partial(_custom_layer, layer=layer)
    return functools.partial(_LAYERS[layer.yaml_name], **_arguments(layer))


def _arguments(named: Layer | Cell) -> dict[str, Any]:
    return {key: _argument(value) for key, value in named.arguments().items()}


def _argument(value: Any) -> Any:
    if isinstance(value, Function):
        return function(value)
    if isinstance(value, Layer):
        return layer_function(value)
    if isinstance(value, Cell):
        return _CELLS[value.yaml_name](**_arguments(value))
    return list(value) if isinstance(value, tuple) else value


def _custom_layer(incoming: Any, layer: PluginLayer) -> Any:
    """Build a plugin's layer with TFLearn's ``custom_layer``."""
    module, _, name = layer.built_by.partition(":")
    try:
        build = getattr(importlib.import_module(module), name)
    except Exception as error:  # importing a module may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise NetworkError(f"{layer.built_by} cannot be loaded: {reason}") from error
    tensor = tflearn.layers.core.custom_layer(incoming, build, **_arguments(layer))
    foretold = layer.output_shape(tuple(incoming.shape.as_list()[1:]))
    if not tensor.shape.is_compatible_with([None, *foretold]):
        made = show_shape(tuple(tensor.shape[1:]))
        raise NetworkError(
            f"{layer.built_by} makes {made} of each example, where the layer's "
            f"output_shape says {show_shape(foretold)}"
        )
    tensor.set_shape([None, *foretold])
    return tensor


core, conv = tflearn.layers.core, tflearn.layers.conv
recurrent, normalization = tflearn.layers.recurrent, tflearn.layers.normalization

_CELLS = {
    "BasicRNNCell": recurrent.BasicRNNCell,
    "BasicLSTMCell": recurrent.BasicLSTMCell,
    "GRUCell": recurrent.GRUCell,
}
_LAYERS = {
    "fully_connected": core.fully_connected,
    "dropout": core.dropout,
    "reshape": core.reshape,
    "flatten": core.flatten,
    "activation": core.activation,
    "single_unit": core.single_unit,
    "highway": core.highway,
    "one_hot_encoding": core.one_hot_encoding,
    "time_distributed": core.time_distributed,
    "conv_2d": conv.conv_2d,
    "conv_1d": conv.conv_1d,
    "conv_3d": conv.conv_3d,
    "conv_2d_transpose": conv.conv_2d_transpose,
    "conv_3d_transpose": conv.conv_3d_transpose,
    "atrous_conv_2d": conv.atrous_conv_2d,
    "grouped_conv_2d": conv.grouped_conv_2d,
    "highway_conv_2d": conv.highway_conv_2d,
    "highway_conv_1d": conv.highway_conv_1d,
    "max_pool_2d": conv.max_pool_2d,
    "avg_pool_2d": conv.avg_pool_2d,
    "max_pool_1d": conv.max_pool_1d,
    "avg_pool_1d": conv.avg_pool_1d,
    "max_pool_3d": conv.max_pool_3d,
    "avg_pool_3d": conv.avg_pool_3d,
    "global_max_pool": conv.global_max_pool,
    "global_avg_pool": conv.global_avg_pool,
    "upsample_2d": conv.upsample_2d,
    "upscore_layer": conv.upscore_layer,
    "upscore_layer3d": conv.upscore_layer3d,
    "residual_block": conv.residual_block,
    "residual_bottleneck": conv.residual_bottleneck,
    "resnext_block": conv.resnext_block,
    "densenet_block": conv.densenet_block,
    "batch_normalization": normalization.batch_normalization,
    "local_response_normalization": normalization.local_response_normalization,
    "l2_normalize": normalization.l2_normalize,
    "simple_rnn": recurrent.simple_rnn,
    "lstm": recurrent.lstm,
    "gru": recurrent.gru,
    "bidirectional_rnn": recurrent.bidirectional_rnn,
    "embedding": tflearn.layers.embedding_ops.embedding,
    "merge": tflearn.merge,
    "merge_outputs": tflearn.merge_outputs,
    # Not TFLearn's: TensorFlow's own, under beenet's names.
    "reduce_mean": tf.reduce_mean,
    "reduce_max": tf.reduce_max,
    "reduce_sum": tf.reduce_sum,
}
