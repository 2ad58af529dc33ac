"""Finds mistakes in the loss, metric and training options of a valid config."""

from collections.abc import Iterator
from typing import Literal

from beenet.config.estimator import TopK, WeakCrossEntropy2D
from beenet.config.faults import KeyPath, did_you_mean
from beenet.config.functions import PRelu
from beenet.config.layers import Layer
from beenet.config.layers.plugins import PluginLayer
from beenet.config.model import Config
from beenet.registry import REGISTRY
from beenet.text.words import counted

Severity = Literal["error", "warning"]
Issue = tuple[Severity, KeyPath, str]


def estimator_findings(config: Config, n_classes: int | None) -> Iterator[Issue]:
    """Yield options that do not fit together.

    Args:
        config: a valid config.
        n_classes: the number of its data's classes, if known.
    """
    if n_classes is not None:
        yield from _counts(config, n_classes)
    yield from _class_weights(config)
    yield from _schedule(config)
    yield from _frozen(config)
    yield from _nothing_learns(config)


def _counts(config: Config, n_classes: int) -> Iterator[Issue]:
    """Compare the arguments of loss and metric with the number of classes."""
    has = f"{config.dataset.title} has {n_classes} classes"
    loss, metric = config.loss, config.metric
    if isinstance(loss, WeakCrossEntropy2D):
        at = ("loss", loss.yaml_name)
        if loss.num_classes not in (None, n_classes):
            yield "error", (*at, "num_classes"), f"is {loss.num_classes}, but {has}"
        if loss.head is not None and len(loss.head) != n_classes:
            yield "error", (*at, "head"), f"has {len(loss.head)} factors, but {has}"
    if isinstance(metric, TopK) and metric.k >= n_classes:
        text = f"is {metric.k}, so that the metric is always 1: {has}"
        yield "warning", ("metric", "top_k", "k"), text


def _class_weights(config: Config) -> Iterator[Issue]:
    weights, dataset, loss = config.training.class_weights, config.dataset, config.loss
    if weights is None:
        return
    at = ("training", "class_weights")
    if not loss.by_example:
        text = f"{loss.yaml_name} compares examples with each other; none has weight"
        yield "error", at, text
    classes = REGISTRY[dataset.name].classes if dataset.name else dataset.classes or ()
    if isinstance(weights, tuple) and len(weights) != len(classes):
        text = f"has {len(weights)} weights, but {dataset.title} has {len(classes)}"
        yield "error", at, f"{text} classes"
    if isinstance(weights, dict):
        for name in [name for name in weights if name not in classes]:
            hint = did_you_mean(name, classes)
            text = f"is not a class of {dataset.title}{hint or _known(classes)}"
            yield "error", (*at, name), text


def _known(classes: tuple[str, ...]) -> str:
    return f"; they are {', '.join(classes)}"


# Enough epochs to see whether a schedule has an effect; few enough to try each.
_TRIED = 200


def _schedule(config: Config) -> Iterator[Issue]:
    schedule, optimizer = config.training.schedule, config.optimizer
    epochs, base = config.training.epochs, optimizer.learning_rate
    if schedule is None:
        return
    at = ("training", "schedule", schedule.yaml_name)
    if getattr(optimizer, "lr_decay", 0):
        other = f"optimizer.{optimizer.yaml_name}.lr_decay"
        yield "error", at, f"sets the learning rate, as {other} does; choose one"
    floor = getattr(schedule, "floor", 0.0)
    if floor >= base:
        text = f"must be below the optimizer's learning_rate, {base:g}, got {floor:g}"
        yield "error", (*at, "floor"), text
        return
    # A test loss that never falls makes a plateau lower the rate most often.
    rates = {
        schedule.rate(base, [1.0] * done, epochs) for done in range(min(epochs, _TRIED))
    }
    if rates == {base} and epochs <= _TRIED:
        yield "warning", at, f"changes nothing in {counted(epochs, 'epoch')}"


_BLOCKS = ("residual_block", "residual_bottleneck", "densenet_block")
"""Blocks whose batch normalization TFLearn does not freeze."""


def _frozen(config: Config) -> Iterator[Issue]:
    """Yield the frozen layers in which TFLearn still trains something."""
    for node in config.nodes:
        if not node.first or getattr(node.layer, "trainable", True):
            continue
        activation = getattr(node.layer, "activation", None)
        learning = "batch normalization" if node.kind in _BLOCKS else ""
        if isinstance(activation, PRelu) and activation.trainable:
            learning = "prelu: freeze it by activation: {prelu: {trainable: false}}"
        if learning:
            text = f"does not freeze TFLearn's {learning}"
            yield "warning", node.at("trainable"), text


def _nothing_learns(config: Config) -> Iterator[Issue]:
    """Yield a network in which TFLearn would find no variable to train."""
    layers = [node.layer for node in config.nodes]
    frozen = [not getattr(layer, "trainable", True) for layer in layers]
    if any(frozen) and not any(map(_may_learn, layers)):
        text = "there is nothing to train: every layer that has weights is frozen"
        yield "error", ("layers",), text


def _may_learn(layer: Layer) -> bool:
    if isinstance(getattr(layer, "activation", None), PRelu):
        return True
    if layer.yaml_name in (*_BLOCKS, "bidirectional_rnn", "time_distributed"):
        return True
    return getattr(layer, "trainable", isinstance(layer, PluginLayer))
