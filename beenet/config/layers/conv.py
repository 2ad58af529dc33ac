"""Models of TFLearn's convolutions: `tflearn.layers.conv`."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from beenet.config.functions import Activation, Initializer, Linear, UniformScaling
from beenet.config.layers.base import (
    IMAGE,
    SEQUENCE,
    VOLUME,
    ExampleShape,
    ShapeError,
    WeightedLayer,
    need_rank,
    pair,
    refuse_crelu,
    slide_all,
)
from beenet.config.structure import table
from beenet.config.values import Count, Name, Shape, Size2D, Size3D
from beenet.text.values import show_shape

Padding = Annotated[
    Literal["same", "valid"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
]
"""``same`` pads with zeros, ``valid`` does not pad."""


class _Conv(WeightedLayer):
    nb_filter: Count
    """Number of filters, the output's channels."""
    padding: Padding = "same"
    """same keeps the size at stride 1; valid shrinks it by filter_size - 1."""
    bias: bool = True
    """Whether each filter has a bias."""
    weights_init: Initializer = UniformScaling()
    """Initializer of the weights."""


class Conv2D(_Conv):
    """Convolution over images."""

    yaml_name: ClassVar[str] = "conv_2d"
    filter_size: Size2D
    """Height and width of a filter in pixels."""
    strides: Size2D = 1
    """Step of the filter in pixels."""
    name: Name = "Conv2D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, nb_filter)."""
        need_rank(shape, IMAGE, self)
        sides = slide_all(shape, self.filter_size, self.strides, self.padding)
        return self.activated((*sides, self.nb_filter))


class Conv1D(_Conv):
    """Convolution over sequences."""

    yaml_name: ClassVar[str] = "conv_1d"
    activation: Activation = Linear()
    """Activation of the outputs."""
    filter_size: Count
    """Length of a filter in steps."""
    strides: Count = 1
    """Stride of the filter in steps."""
    name: Name = "Conv1D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, nb_filter)."""
        need_rank(shape, SEQUENCE, self)
        sides = slide_all(shape, self.filter_size, self.strides, self.padding)
        return self.activated((*sides, self.nb_filter))


class Conv3D(_Conv):
    """Convolution over volumes."""

    yaml_name: ClassVar[str] = "conv_3d"
    activation: Activation = Linear()
    """Activation of the outputs."""
    filter_size: Size3D
    """Depth, height and width of a filter in voxels."""
    strides: Size3D = 1
    """Step of the filter in voxels."""
    name: Name = "Conv3D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (depth, height, width, nb_filter)."""
        need_rank(shape, VOLUME, self)
        sides = slide_all(shape, self.filter_size, self.strides, self.padding)
        return self.activated((*sides, self.nb_filter))


class _Transpose(_Conv):
    activation: Activation = Linear()
    """Activation of the outputs."""

    def _from(
        self, shape: ExampleShape, wanted: ExampleShape, window: object, strides: object
    ) -> ExampleShape:
        """Return ``wanted``, if a convolution would turn it into ``shape``."""
        out = wanted if len(wanted) == len(shape) else (*wanted, self.nb_filter)
        if len(out) != len(shape) or out[-1] != self.nb_filter:
            raise ShapeError(
                f"output_shape needs {len(shape) - 1} sides, and may end in nb_filter "
                f"({self.nb_filter}), but is {show_shape(wanted)}"
            )
        back = slide_all(out, window, strides, self.padding)
        if back != shape[:-1]:
            raise ShapeError(
                f"output_shape {show_shape(out[:-1])} does not fit: a convolution "
                f"would make {show_shape(back)} of it, where {show_shape(shape[:-1])} "
                "comes in"
            )
        return self.activated(out)


class Conv2DTranspose(_Transpose):
    """Transposed convolution over images, which makes them larger."""

    yaml_name: ClassVar[str] = "conv_2d_transpose"
    filter_size: Size2D
    """Height and width of a filter in pixels."""
    wanted_shape: Shape = Field(alias="output_shape")
    """Height and width of the output; nb_filter may follow."""
    strides: Size2D = 1
    """Step of the filter in pixels of the output."""
    name: Name = "Conv2DTranspose"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, nb_filter)."""
        need_rank(shape, IMAGE, self)
        return self._from(shape, self.wanted_shape, self.filter_size, self.strides)


class Conv3DTranspose(_Transpose):
    """Transposed convolution over volumes, which makes them larger."""

    yaml_name: ClassVar[str] = "conv_3d_transpose"
    filter_size: Size3D
    """Depth, height and width of a filter in voxels."""
    wanted_shape: Shape = Field(alias="output_shape")
    """Depth, height and width of the output; nb_filter may follow."""
    strides: Size3D = 1
    """Step of the filter in voxels of the output."""
    name: Name = "Conv3DTranspose"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (depth, height, width, nb_filter)."""
        need_rank(shape, VOLUME, self)
        return self._from(shape, self.wanted_shape, self.filter_size, self.strides)


class AtrousConv2D(_Conv):
    """Convolution over images with holes between a filter's points."""

    yaml_name: ClassVar[str] = "atrous_conv_2d"
    filter_size: Size2D
    """Height and width of a filter in points."""
    rate: Count = 1
    """Distance of a filter's points in pixels; 1 leaves no holes."""
    name: Name = "AtrousConv2D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, nb_filter)."""
        need_rank(shape, IMAGE, self)
        reach = tuple((n - 1) * self.rate + 1 for n in pair(self.filter_size))
        sides = slide_all(shape, reach, 1, self.padding)
        return self.activated((*sides, self.nb_filter))


class GroupedConv2D(WeightedLayer):
    """Depthwise convolution: each channel has its own filters."""

    yaml_name: ClassVar[str] = "grouped_conv_2d"
    channel_multiplier: Count
    """Number of filters for each channel."""
    filter_size: Size2D
    """Height and width of a filter in pixels."""
    strides: Size2D = 1
    """Step of the filter in pixels, the same for height and width."""
    padding: Padding = "same"
    """same keeps the size at stride 1; valid shrinks it by filter_size - 1."""
    bias: bool = False
    """Whether each filter has a bias."""
    weights_init: Initializer = UniformScaling()
    """Initializer of the weights."""
    name: Name = "GroupedConv2D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, channels * channel_multiplier)."""
        need_rank(shape, IMAGE, self)
        down, right = pair(self.strides)
        if down != right:
            raise ShapeError(
                "grouped_conv_2d needs equal strides for height and width, "
                f"gets {down} and {right}"
            )
        sides = slide_all(shape, self.filter_size, self.strides, self.padding)
        return self.activated((*sides, shape[2] * self.channel_multiplier))


class _HighwayConv(WeightedLayer):
    activation: Activation = Linear()
    """Activation of the transformed part."""
    nb_filter: Count
    """Number of filters, the output's channels."""
    padding: Padding = "same"
    """same keeps the size at stride 1; valid shrinks it by filter_size - 1."""
    weights_init: Initializer = UniformScaling()
    """Initializer of the weights and of the gate's weights."""


class HighwayConv2D(_HighwayConv):
    """Convolution over images that learns how much of it to transform."""

    yaml_name: ClassVar[str] = "highway_conv_2d"
    filter_size: Size2D
    """Height and width of a filter in pixels."""
    strides: Size2D = 1
    """Step of the filter in pixels."""
    name: Name = "HighwayConv2D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (height, width, nb_filter)."""
        need_rank(shape, IMAGE, self)
        refuse_crelu(self.activation, self)
        sides = slide_all(shape, self.filter_size, self.strides, self.padding)
        return (*sides, self.nb_filter)


class HighwayConv1D(_HighwayConv):
    """Convolution over sequences that learns how much of it to transform."""

    yaml_name: ClassVar[str] = "highway_conv_1d"
    filter_size: Count
    """Length of a filter in steps."""
    strides: Annotated[int, Field(ge=1, le=1)] = 1
    """Should be the filter's stride, but TFLearn ignores it: it must stay 1."""
    name: Name = "HighwayConv1D"
    """Name of the layer and of its weights in the saved file."""

    def output_shape(self, shape: ExampleShape) -> ExampleShape:
        """Return (steps, nb_filter)."""
        need_rank(shape, SEQUENCE, self)
        refuse_crelu(self.activation, self)
        sides = slide_all(shape, self.filter_size, 1, self.padding)
        return (*sides, self.nb_filter)


CONVOLUTIONS = table(
    Conv2D, Conv1D, Conv3D, Conv2DTranspose, Conv3DTranspose, AtrousConv2D,
    GroupedConv2D, HighwayConv2D, HighwayConv1D,
)  # fmt: skip
