"""The base of layer models: TFLearn's arguments, and the output shape."""

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
from beenet.config.structure import Component
from beenet.config.values import Name, NotNegative
from beenet.text.values import show_shape

ExampleShape = tuple[int, ...]
"""The shape of one example, without the batch; () is a single number."""

SEQUENCE = ("steps", "channels")
IMAGE = ("height", "width", "channels")
VOLUME = ("depth", "height", "width", "channels")


class ShapeError(ValueError):
    """A layer cannot be built on its input; the message says why."""


class Layer(Component):
    """A layer by TFLearn's name, with TFLearn's arguments and defaults."""

    takes_many: ClassVar[bool] = False
    """Whether it takes the outputs of several layers, as `output_shape` does then."""
    variables: ClassVar[str] = ""
    """What its variables are called, if layers of other kinds use the same names: no
    two of these can be in one scope."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return the shape of one example after this layer.

        Args:
            shape: the shape of one example before it.

        Raises:
            ShapeError: the layer cannot be built on that shape.
        """
        return shape


class WeightedLayer(Layer):
    """The arguments that layers with weights have in common."""

    variables: ClassVar[str] = "W"

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
    """Whether the weights are restored when training continues from a model."""
    reuse: bool = False
    """Share the weights of the layer with the same scope."""
    scope: Name | None = None
    """Scope of the weights; overrides the name."""

    def activated(self, shape: ExampleShape) -> ExampleShape:
        """Return ``shape`` after the activation: crelu doubles the channels."""
        return activated(self.activation, shape)


def activated(activation: Function | None, shape: ExampleShape) -> ExampleShape:
    """Return the shape after an activation."""
    if activation is not None and activation.yaml_name == "crelu":
        return (*shape[:-1], 2 * shape[-1])
    return shape


def refuse_crelu(activation: Function | None, layer: Component) -> None:
    """Raise `ShapeError` for crelu, whose doubled outputs ``layer`` cannot add up."""
    if activation is not None and activation.yaml_name == "crelu":
        name = layer.yaml_name
        raise ShapeError(f"{name} cannot use crelu, which doubles the channels")


def need_rank(shape: ExampleShape, names: tuple[str, ...], layer: Component) -> None:
    """Raise `ShapeError` unless ``shape`` has one number for each name."""
    if len(shape) != len(names):
        raise ShapeError(
            f"{layer.yaml_name} needs examples of shape "
            f"({', '.join(names)}), gets {show_shape(shape)}"
        )


def need_sides(shape: ExampleShape, layer: Component) -> None:
    """Raise `ShapeError` if an example is a single number, without any side."""
    if not shape:
        raise ShapeError(
            f"{layer.yaml_name} needs examples with at least one side, gets single "
            "numbers; reshape them to [-1, 1] first"
        )


_SIDES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def slide_all(
    shape: ExampleShape, window: object, strides: object, padding: str
) -> ExampleShape:
    """Return the number of window positions along each side except the channels."""
    sides = len(shape) - 1
    each = zip(
        shape, sizes(window, sides), sizes(strides, sides), _SIDES[sides], strict=False
    )
    return tuple(slide(n, size, step, padding, side) for n, size, step, side in each)


def slide(size: int, window: int, stride: int, padding: str, side: str) -> int:
    """Return the number of window positions along a side.

    TensorFlow's arithmetic: ``same`` gives ceil(size / stride), ``valid`` gives
    ceil((size - window + 1) / stride).

    Raises:
        ShapeError: the window does not fit.
    """
    if padding == "same":
        return math.ceil(size / stride)
    if window > size:
        raise ShapeError(
            f"a window of {window} does not fit a {side} of {size} without padding"
        )
    return math.ceil((size - window + 1) / stride)


def sizes(size: Any, sides: int) -> tuple[int, ...]:
    """Return the number for each side of a size that may be one number for all."""
    return (size,) * sides if isinstance(size, int) else tuple(size)


def pair(size: Any) -> tuple[int, int]:
    """Return height and width of a size that may be one number for both."""
    height, width = sizes(size, 2)
    return height, width


def find_axis(axis: int, shape: ExampleShape) -> int:
    """Return the index in ``shape`` of an axis, where the batch is axis 0.

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    side = axis - 1 if axis > 0 else axis + len(shape)
    if axis == 0 or not 0 <= side < len(shape):
        raise ShapeError(
            f"axis {axis} is not an axis of {show_shape(shape)}, whose axes are 1 to "
            f"{len(shape)}; the batch is axis 0"
        )
    return side
