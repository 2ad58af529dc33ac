"""TFLearn's convolutions and pools: `tflearn.layers.conv`."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from beenet.config.functions import Activation, Initializer, Linear, UniformScaling
from beenet.config.layers.base import (
    ExampleShape,
    Layer,
    Trained,
    need_rank,
    pair,
    slide,
)
from beenet.config.values import Count, Name, Size2D

IMAGE = ("height", "width", "channels")
SEQUENCE = ("steps", "channels")

Padding = Annotated[
    Literal["same", "valid"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]
"""``same`` pads with zeros, ``valid`` does not pad."""


class Conv2D(Trained):
    """Convolution over images."""

    tflearn_name: ClassVar[str] = "conv_2d"
    nb_filter: Count
    """Number of filters, the output's channels."""
    filter_size: Size2D
    """Height and width of a filter in pixels."""
    strides: Size2D = 1
    """Step of the filter in pixels."""
    padding: Padding = "same"
    """same keeps the size at stride 1; valid shrinks it by filter_size - 1."""
    bias: bool = True
    """Whether each filter has a bias."""
    weights_init: Initializer = UniformScaling()
    """Initializer of the weights."""
    name: Name = "Conv2D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, nb_filter)."""
        need_rank(shape, IMAGE, self)
        sides = _slide_2d(shape, self.filter_size, self.strides, self.padding)
        return self.activated((*sides, self.nb_filter))


class Conv1D(Trained):
    """Convolution over sequences."""

    tflearn_name: ClassVar[str] = "conv_1d"
    activation: Activation = Linear()
    """Activation of the outputs."""
    nb_filter: Count
    """Number of filters, the output's channels."""
    filter_size: Count
    """Length of a filter in steps."""
    strides: Count = 1
    """Stride of the filter in steps."""
    padding: Padding = "same"
    """same keeps the length at stride 1; valid shrinks it by filter_size - 1."""
    bias: bool = True
    """Whether each filter has a bias."""
    weights_init: Initializer = UniformScaling()
    """Initializer of the weights."""
    name: Name = "Conv1D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, nb_filter)."""
        need_rank(shape, SEQUENCE, self)
        steps = slide(shape[0], self.filter_size, self.strides, self.padding, "length")
        return self.activated((steps, self.nb_filter))


class _Pool2D(Layer):
    kernel_size: Size2D
    """Height and width of the window in pixels."""
    strides: Size2D | None = None
    """Step of the window in pixels; its own size if not given."""
    padding: Padding = "same"
    """same pools what is left at the edges too; valid drops it."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, channels)."""
        need_rank(shape, IMAGE, self)
        strides = self.strides or self.kernel_size
        sides = _slide_2d(shape, self.kernel_size, strides, self.padding)
        return (*sides, shape[2])


class MaxPool2D(_Pool2D):
    """The largest value of each window of an image."""

    tflearn_name: ClassVar[str] = "max_pool_2d"
    name: Name = "MaxPool2D"
    """Name of the layer."""


class AvgPool2D(_Pool2D):
    """The mean value of each window of an image."""

    tflearn_name: ClassVar[str] = "avg_pool_2d"
    name: Name = "AvgPool2D"
    """Name of the layer."""


class _Pool1D(Layer):
    kernel_size: Count
    """Length of the window in steps."""
    strides: Count | None = None
    """Stride of the window in steps; its own length if not given."""
    padding: Padding = "same"
    """same pools what is left at the end too; valid drops it."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, channels)."""
        need_rank(shape, SEQUENCE, self)
        strides = self.strides or self.kernel_size
        steps = slide(shape[0], self.kernel_size, strides, self.padding, "length")
        return (steps, shape[1])


class MaxPool1D(_Pool1D):
    """The largest value of each window of a sequence."""

    tflearn_name: ClassVar[str] = "max_pool_1d"
    name: Name = "MaxPool1D"
    """Name of the layer."""


class AvgPool1D(_Pool1D):
    """The mean value of each window of a sequence."""

    tflearn_name: ClassVar[str] = "avg_pool_1d"
    name: Name = "AvgPool1D"
    """Name of the layer."""


class _GlobalPool(Layer):
    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (channels,)."""
        need_rank(shape, IMAGE, self)
        return (shape[2],)


class GlobalMaxPool(_GlobalPool):
    """The largest value of each channel."""

    tflearn_name: ClassVar[str] = "global_max_pool"
    name: Name = "GlobalMaxPool"
    """Name of the layer."""


class GlobalAvgPool(_GlobalPool):
    """The mean value of each channel."""

    tflearn_name: ClassVar[str] = "global_avg_pool"
    name: Name = "GlobalAvgPool"
    """Name of the layer."""


def _slide_2d(
    shape: ExampleShape, window: object, strides: object, padding: str
) -> tuple[int, int]:
    (rows, columns), (down, right) = pair(window), pair(strides)
    return (
        slide(shape[0], rows, down, padding, "height"),
        slide(shape[1], columns, right, padding, "width"),
    )
