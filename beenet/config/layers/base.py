"""What every layer of a config is: TFLearn's arguments, and the shape it gives."""

import math
from typing import Any, ClassVar

from beenet.config.functions import (
    Activation,
    Function,
    Initializer,
    Linear,
    Regularizer,
    TruncatedNormal,
    Zeros,
)
from beenet.config.structure import Named
from beenet.config.values import Name, NotNegative

ExampleShape = tuple[int, ...]
"""The shape of one example, without the batch."""


class ShapeError(ValueError):
    """A layer cannot be built on what comes in; the message says why."""


class Layer(Named):
    """A layer by TFLearn's name, with TFLearn's arguments and defaults."""

    takes_many: ClassVar[bool] = False
    """Whether it makes one of several layers' outputs; `output_shape` takes each."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape of one example behind this layer.

        Args:
            shape: the shape of one example before it.

        Raises:
            ShapeError: the layer cannot be built on that shape.
        """
        return shape


class Trained(Layer):
    """The arguments that every layer with weights has."""

    activation: Activation | None = Linear()
    """Activation of the outputs; null or linear for none."""
    weights_init: Initializer = TruncatedNormal()
    """Initializer of the weights."""
    bias_init: Initializer = Zeros()
    """Initializer of the biases."""
    regularizer: Regularizer | None = None
    """L1 or L2 penalty on the weights, added to the loss that is minimized."""
    weight_decay: NotNegative = 0.001
    """Factor of the penalty: L2 adds weight_decay / 2 * sum(W^2)."""
    trainable: bool = True
    """Whether the weights are learned."""
    restore: bool = True
    """Whether the weights are restored when training goes on from a model."""
    reuse: bool = False
    """Share the weights of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""

    def activated(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape`` behind the activation: crelu doubles the channels."""
        return activated(self.activation, shape)


def activated(activation: Function | None, shape: ExampleShape) -> ExampleShape:
    """Return the shape behind an activation."""
    if activation is not None and activation.tflearn_name == "crelu":
        return (*shape[:-1], 2 * shape[-1])
    return shape


def need_rank(shape: ExampleShape, names: tuple[str, ...], layer: Layer) -> None:
    """Raise `ShapeError` unless ``shape`` has one number for each name."""
    if len(shape) != len(names):
        raise ShapeError(
            f"{layer.tflearn_name} needs examples of shape "
            f"({', '.join(names)}), gets {show_shape(shape)}"
        )


def slide(size: int, window: int, stride: int, padding: str, side: str) -> int:
    """Return how often a window fits along a side.

    TensorFlow's arithmetic: ``same`` gives ceil(size / stride), ``valid`` gives
    ceil((size - window + 1) / stride).

    Raises:
        ShapeError: it does not fit once.
    """
    if padding == "same":
        return math.ceil(size / stride)
    if window > size:
        raise ShapeError(
            f"a window of {window} does not fit a {side} of {size} without padding"
        )
    return math.ceil((size - window + 1) / stride)


def pair(size: Any) -> tuple[int, int]:
    """Return height and width of a size that may be one number for both."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def show_shape(shape: ExampleShape) -> str:
    """Write a shape as people do: ``28x28x1``."""
    return "x".join(map(str, shape))
