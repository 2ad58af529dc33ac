"""Activations, initializers, optimizers and losses, as TFLearn takes them."""

import functools
from typing import Any

from beenet.config.estimator import Loss, Metric, Optimizer
from beenet.config.functions import Function
from beenet.tflearn_backend import tflearn


def function(named: Function) -> Any:
    """Return what TFLearn takes for an activation or an initializer.

    A name where all arguments have their defaults, as a script would write it.
    """
    arguments = named.arguments()
    if not any(map(named.given, arguments)):
        return named.tflearn_name
    if named.tflearn_name in _ACTIVATIONS:
        return functools.partial(_ACTIVATIONS[named.tflearn_name], **arguments)
    return _INITIALIZERS[named.tflearn_name](**arguments)


def optimizer(named: Optimizer) -> Any:
    """Return TFLearn's optimizer."""
    return _OPTIMIZERS[named.tflearn_name](**named.arguments())


def loss_function(named: Loss) -> Any:
    """Return what `tflearn.regression` takes for a loss."""
    arguments = named.arguments()
    if not any(map(named.given, arguments)):
        return named.tflearn_name
    return functools.partial(_LOSSES[named.tflearn_name], **arguments)


def metric(named: Metric | None) -> Any:
    """Return TFLearn's metric; None for none."""
    return None if named is None else _METRICS[named.tflearn_name](**named.arguments())


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
_LOSSES = {
    "weighted_crossentropy": tflearn.objectives.weighted_crossentropy,
    "weak_cross_entropy_2d": tflearn.objectives.weak_cross_entropy_2d,
}
"""The losses with arguments; the others go by their names."""
_METRICS = {
    "accuracy": tflearn.metrics.Accuracy,
    "top_k": tflearn.metrics.Top_k,
    "R2": tflearn.metrics.R2,
}
