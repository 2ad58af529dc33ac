"""Finds values in a valid config that are legal but nearly always mistakes."""

import math
from collections.abc import Iterator, Mapping

from beenet.config.functions import Relu, Zeros
from beenet.config.graph import THE_INPUT, Node
from beenet.config.layers import ExampleShape
from beenet.config.lint_estimator import Issue
from beenet.config.model import Config
from beenet.text.values import show_shape
from beenet.text.words import counted

_STEEP = 1.0
"""Learning rates above this are hardly ever intended."""
_OF_ANOTHER_SCALE = ("adadelta", "ftrl")
"""Optimizers whose rates are not steps in units of the gradient."""
_WINDOWS = ("filter_size", "kernel_size")
_WHOLE_NUMBERS = ("embedding", "one_hot_encoding")
_RESHAPING = ("input_data", "flatten", "reshape")
_TURNED = ("random_flip_leftright", "random_flip_updown", "random_90degrees_rotation")


def choice_findings(
    config: Config, shapes: Mapping[int, ExampleShape], output: Node | None
) -> Iterator[Issue]:
    """Yield values that are probably not intended.

    Args:
        config: a valid config.
        shapes: node number to output shape of one example, as far as known.
        output: the layer with the weights of the output; None if there is no single
            one.
    """
    yield from _optimizer(config)
    yield from _training(config)
    yield from _layers(config, output)
    yield from _windows(config, shapes)
    yield from _digits(config)


def _optimizer(config: Config) -> Iterator[Issue]:
    optimizer = config.optimizer
    at = ("optimizer", optimizer.yaml_name)
    for key in ("beta1", "beta2"):
        if getattr(optimizer, key, 0) == 1:
            text = (
                "must be less than 1: updates are divided by 1 less its powers, got 1"
            )
            yield "error", (*at, key), text
    momentum = getattr(optimizer, "momentum", 0.0)
    if momentum >= 1:
        text = f"{momentum:g} lets every step be longer than the one before"
        yield "warning", (*at, "momentum"), text
    rate = optimizer.learning_rate
    if rate > _STEEP and optimizer.yaml_name not in _OF_ANOTHER_SCALE:
        text = f"{rate:g} is very large: 0.1 is much for most networks"
        yield "warning", (*at, "learning_rate"), text


def _training(config: Config) -> Iterator[Issue]:
    training = config.training
    epochs = counted(training.epochs, "epoch")
    stopping, schedule = training.early_stopping, training.schedule
    if stopping and stopping.patience >= training.epochs:
        text = f"{stopping.patience} is never reached in {epochs}"
        yield "warning", ("training", "early_stopping", "patience"), text
    if schedule and schedule.warm_up >= training.epochs:
        at = ("training", "schedule", schedule.yaml_name, "warm_up")
        text = f"{schedule.warm_up} is not over in {epochs}"
        yield "warning", at, text
    clip = training.clip_gradients
    if 0 < clip < 1e-3:
        text = f"{clip:g} leaves hardly anything of a gradient; 0 turns clipping off"
        yield "warning", ("training", "clip_gradients"), text


def _layers(config: Config, output: Node | None) -> Iterator[Issue]:
    """Yield layers whose weights cannot learn, or learn nothing from the data."""
    trained = [n for n in config.nodes if "weights_init" in type(n.layer).model_fields]
    for node in (node for node in trained if node.first):
        penalty = getattr(node.layer, "weight_decay", 0.0)
        if getattr(node.layer, "regularizer", None) and penalty >= 1:
            text = f"{penalty:g} drives all weights to 0; TFLearn's own is 0.001"
            yield "warning", node.at("weight_decay"), text
        zeros = isinstance(getattr(node.layer, "weights_init", None), Zeros)
        if zeros and getattr(node.layer, "activation", None) == Relu():
            text = "zeros under relu never learn: what they put out has no slope"
            yield "warning", node.at("weights_init"), text
    frozen = output and not getattr(output.layer, "trainable", True)
    if output and frozen and not config.warm_start:
        text = "freezes the output layer at random weights, unless --from brings others"
        yield "warning", output.at("trainable"), text
    if config.dataset.name:
        for node in config.nodes:
            if node.kind in _WHOLE_NUMBERS and _is_fed_examples(config, node):
                text = (
                    f"{node.kind} takes whole numbers; those of "
                    f"{config.dataset.title} are fractions"
                )
                yield "warning", node.at(), text


def _is_fed_examples(config: Config, node: Node) -> bool:
    """Return whether a node's input is the examples' own values."""
    while node.inputs and node.inputs[0] != THE_INPUT:
        node = config.nodes[node.inputs[0]]
        if node.kind not in _RESHAPING:
            return False
    return True


def _windows(config: Config, shapes: Mapping[int, ExampleShape]) -> Iterator[Issue]:
    """Yield windows on the examples that are larger than the examples."""
    for number, node in enumerate(config.nodes):
        shape = shapes.get(node.inputs[0] if node.inputs else THE_INPUT)
        if shape is None or len(shape) < 2 or number not in shapes:
            continue  # cannot be built, which is reported elsewhere
        if not _is_fed_examples(config, node):
            continue
        for key in _WINDOWS:
            size = getattr(node.layer, key, None)
            sizes = [size] if isinstance(size, int) else list(size or ())
            sides = shape[:-1]
            if sizes and math.prod(sides) > 1 and min(sizes) > max(sides):
                text = (
                    f"{'x'.join(map(str, sizes))} is larger than the examples, "
                    f"{show_shape(shape)}"
                )
                yield "warning", node.at(key), text


def _digits(config: Config) -> Iterator[Issue]:
    if config.dataset.name != "MNIST":
        return
    for number, method in enumerate(config.augmentation):
        if method.yaml_name in _TURNED:
            at = ("augmentation", number, method.yaml_name)
            yield "warning", at, "makes other digits, or none, of digits"
