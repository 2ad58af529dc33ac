"""A config becomes a TFLearn graph, call by call as a TFLearn script would make it."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from beenet.config import Config
from beenet.config.estimator import Loss, Optimizer
from beenet.config.functions import Function
from beenet.config.layers import Layer, show_shape
from beenet.errors import NetworkError
from beenet.network.network import Network
from beenet.tflearn_backend import tf, tflearn


def build(
    config: Config, shape: Sequence[int], n_classes: int, *, session_config: Any = None
) -> Network:
    """Build the network that a config describes, with its first weights drawn.

    Args:
        config: the experiment.
        shape: the shape of one example of its data.
        n_classes: the number of classes, which the output must have.
        session_config: the ``tf.ConfigProto`` of the network's session.

    Raises:
        NetworkError: TensorFlow refuses a layer; names it.
    """
    with tf.Graph().as_default():
        # Before the first layer, or the operations take their seeds from the clock.
        tf.set_random_seed(config.training.seed)
        # Outside any layer, or the first that asks would give it its own scope.
        tflearn.config.init_training_mode()
        if session_config is not None:
            tf.add_to_collection(tf.GraphKeys.GRAPH_CONFIG, session_config)
        output = _stack(config.layers, shape)
        if output.shape.as_list() != [None, n_classes]:
            came = show_shape(tuple(output.shape[1:]))
            raise NetworkError(
                f"the network's output has shape {came}, but there are {n_classes} "
                "classes"
            )
        output = tflearn.regression(
            output,
            optimizer=_optimizer(config.optimizer),
            loss=_loss(config.loss),
            batch_size=config.training.batch_size,
        )
        return Network(output, clip_gradients=config.training.clip_gradients)


def _stack(layers: Sequence[Layer], shape: Sequence[int]) -> Any:
    first, *rest = layers
    if first.tflearn_name == "input_data":
        arguments = first.arguments()
        tensor = tflearn.input_data(
            shape=[None, *arguments["shape"]], name=arguments["name"]
        )
    else:
        tensor = tflearn.input_data(shape=[None, *shape])
        rest = list(layers)
    for layer in rest:
        try:
            tensor = layer_function(layer)(tensor)
        except Exception as error:  # whatever TensorFlow or TFLearn raise
            name = f"{getattr(layer, 'name', '')} ({layer.tflearn_name})"
            reason = str(error).strip().splitlines()[0] if str(error) else repr(error)
            came = show_shape(tuple(tensor.shape[1:]))
            raise NetworkError(
                f"layer {name} cannot be built on {came}: {reason}"
            ) from error
    return tensor


def layer_function(layer: Layer) -> Callable[[Any], Any]:
    """Return TFLearn's function for a layer, with the layer's arguments bound."""
    function = _LAYERS[layer.tflearn_name]
    return functools.partial(
        function, **{key: _argument(value) for key, value in layer.arguments().items()}
    )


def _argument(value: Any) -> Any:
    if isinstance(value, Function):
        return _function(value)
    return list(value) if isinstance(value, tuple) else value


def _function(function: Function) -> Any:
    """Return what TFLearn takes for an activation or an initializer.

    A name where all arguments have their defaults, as a script would write it.
    """
    arguments = function.arguments()
    if not any(map(function.given, arguments)):
        return function.tflearn_name
    if function.tflearn_name in _ACTIVATIONS:
        return functools.partial(_ACTIVATIONS[function.tflearn_name], **arguments)
    return _INITIALIZERS[function.tflearn_name](**arguments)


def _optimizer(optimizer: Optimizer) -> Any:
    return _OPTIMIZERS[optimizer.tflearn_name](**optimizer.arguments())


def _loss(loss: Loss) -> Any:
    arguments = loss.arguments()
    if not any(map(loss.given, arguments)):
        return loss.tflearn_name
    return functools.partial(_LOSSES[loss.tflearn_name], **arguments)


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
    "batch_normalization": tflearn.batch_normalization,
    "local_response_normalization": tflearn.local_response_normalization,
}
_ACTIVATIONS = {
    "leaky_relu": tflearn.activations.leaky_relu,
    "prelu": tflearn.activations.prelu,
}
"""The activations with arguments; the others go by their names."""
_INITIALIZERS = {
    "uniform": tflearn.initializations.uniform,
    "uniform_scaling": tflearn.initializations.uniform_scaling,
    "normal": tflearn.initializations.normal,
    "truncated_normal": tflearn.initializations.truncated_normal,
    "xavier": tflearn.initializations.xavier,
    "variance_scaling": tflearn.initializations.variance_scaling,
}
_OPTIMIZERS = {
    "sgd": tflearn.SGD,
    "momentum": tflearn.Momentum,
    "nesterov": tflearn.Nesterov,
    "adam": tflearn.Adam,
    "rmsprop": tflearn.RMSProp,
    "adagrad": tflearn.AdaGrad,
    "ftrl": tflearn.Ftrl,
    "adadelta": tflearn.AdaDelta,
    "proximaladagrad": tflearn.ProximalAdaGrad,
}
_LOSSES = {"weighted_crossentropy": tflearn.objectives.weighted_crossentropy}
"""The losses with arguments; the others go by their names."""
