"""Create TFLearn's activations, initializers, optimizers, losses and metrics."""

import functools
from collections.abc import Sequence
from typing import Any

from beenet.config.estimator import Loss, Metric, Optimizer
from beenet.config.functions import Function
from beenet.tflearn_backend import tf, tflearn


def function(named: Function) -> Any:
    """Return an activation or an initializer as TFLearn takes it.

    It is a name if all arguments have their defaults, as in a script.
    """
    arguments = named.arguments()
    if not any(map(named.given, arguments)):
        return named.yaml_name
    if named.yaml_name in _ACTIVATIONS:
        return functools.partial(_ACTIVATIONS[named.yaml_name], **arguments)
    return _INITIALIZERS[named.yaml_name](**arguments)


def optimizer(named: Optimizer, learning_rate: Any = None) -> Any:
    """Return TFLearn's optimizer; ``learning_rate``, a variable, replaces its rate."""
    arguments = named.arguments()
    if learning_rate is not None:
        arguments["learning_rate"] = learning_rate
    return _OPTIMIZERS[named.yaml_name](**arguments)


def loss_function(named: Loss) -> Any:
    """Return a loss as `tflearn.regression` takes it."""
    arguments = named.arguments()
    if not any(map(named.given, arguments)):
        return named.yaml_name
    return functools.partial(_LOSSES[named.yaml_name], **arguments)


class ClassWeighted:
    """One of TFLearn's losses, each example's multiplied by the weight of its class.

    TFLearn's function ends with a mean. The inputs of that are weighted, and their mean
    gets the name of TFLearn's, so that the `.tfl` has the same variables with weights
    as without.

    Attributes:
        unweighted: the loss without the weights, set when this is called.
    """

    def __init__(self, loss: Any, weights: Sequence[float]) -> None:
        """Store what ``loss_function`` returned, and the weights in one-hot order."""
        self._loss = tflearn.objectives.get(loss) if isinstance(loss, str) else loss
        self._weights = weights
        self.unweighted: Any = None

    def __call__(self, y_pred: Any, y_true: Any) -> Any:
        """Return the weighted loss, a scalar tensor."""
        with tf.name_scope("Unweighted") as scope:
            self.unweighted = self._loss(y_pred, y_true)
        losses = self.unweighted.op.inputs[0]  # [batch], or [batch, n_classes]
        with tf.name_scope("ClassWeights"):
            weights = tf.constant(self._weights, y_true.dtype)
            of_examples = tf.reduce_sum(y_true * weights, axis=1)
            if len(losses.shape) > 1:
                of_examples = tf.expand_dims(of_examples, 1)
            losses = losses * of_examples
        name = self.unweighted.op.name.removeprefix(scope)
        return tf.reduce_mean(losses, name=name)


def metric(named: Metric | None) -> Any:
    """Return TFLearn's metric; None for none."""
    return None if named is None else _METRICS[named.yaml_name](**named.arguments())


_ACTIVATIONS = {
    "leaky_relu": tflearn.activations.leaky_relu,
    "prelu": tflearn.activations.prelu,
}
"""The activations with arguments; the others are passed by name."""
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
_LOSSES = {
    "weighted_crossentropy": tflearn.objectives.weighted_crossentropy,
    "weak_cross_entropy_2d": tflearn.objectives.weak_cross_entropy_2d,
}
"""The losses with arguments; the others are passed by name."""
_METRICS = {
    "accuracy": tflearn.metrics.Accuracy,
    "top_k": tflearn.metrics.Top_k,
    "R2": tflearn.metrics.R2,
}
